//! Couplings of φ⁴ theory in the forms that the literature uses, in two dimensions, by the master form of [`crate::phi4`].

/// `K`, `A`, `G` of the master form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Couplings {
    /// Hopping.
    pub k: f64,
    /// Of `φ²`.
    pub a: f64,
    /// Of `φ⁴`, positive.
    pub g: f64,
}

impl Couplings {
    /// Form (a): `K = κ`, `A = 1 − 2λ`, `G = λ`.
    #[must_use]
    pub fn kappa(kappa: f64, lambda: f64) -> Self {
        Self {
            k: kappa,
            a: 1.0 - 2.0 * lambda,
            g: lambda,
        }
    }

    /// Form (b) in two dimensions, `S = Σ φ□φ + m²φ² + λφ⁴`: `K = 1`, `A = 4 + m²`, `G = λ`.
    #[must_use]
    pub fn no_half(mass2: f64, lambda: f64) -> Self {
        Self {
            k: 1.0,
            a: 4.0 + mass2,
            g: lambda,
        }
    }

    /// How far the neighbours follow a field, in the weight of the nodes: all of them where a uniform field is in a valley
    /// that is deep, three out of four otherwise.
    pub(crate) fn followers(&self) -> f64 {
        let slope = (4.0 * self.k - self.a).max(0.0);
        let depth = slope * slope / (4.0 * self.g);
        if depth > 20.0 { 4.0 } else { 3.0 }
    }

    /// Of the weight of the nodes.
    pub(crate) fn ln_weight(&self, phi: f64) -> f64 {
        let square = phi * phi;
        -square * (self.a - self.followers() * self.k + self.g * square)
    }
}
