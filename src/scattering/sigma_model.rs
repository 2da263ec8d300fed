//! The talk's model: one bare state, two pions, one separable potential.

use super::channel::Channel;
use super::form_factor::FormFactor;
use super::heft::{Bare, Heft, Separable};
use super::vertex::Vertex;
use crate::error::Result;
use crate::units::{Fm, HbarC, Mev, ParticleMass};

/// `g(k) = (g/√m_π) f(c, k)`, `v(k, k') = (G/m_π²) f(d, k)² f(d, k')²`.
///
/// `f²` is the square of `f` for every form factor (the slide, literally; one `f` a leg is another model).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SigmaModel {
    /// The letter A, B or C.
    pub form_factor: FormFactor,
    /// Mass of the bare state.
    pub m_sigma: Mev,
    /// `g`, dimensionless.
    pub g: f64,
    /// Range `c` of the coupling.
    pub c: Fm,
    /// `G`, dimensionless; positive repels, zero is no potential.
    pub contact: f64,
    /// Range `d` of the potential.
    pub d: Fm,
    /// Mass of the pion.
    pub m_pi: Mev,
    /// `ħc`.
    pub hbarc: HbarC,
}

impl SigmaModel {
    /// The Hamiltonian.
    ///
    /// # Errors  `Error::Domain` naming the parameter that is not finite or not positive.
    pub fn heft(&self) -> Result<Heft> {
        let mass = self.m_pi.0;
        let pions = Channel::pair(ParticleMass(self.m_pi))?;
        let vertex = |strength, range, power| {
            Vertex::form_factor(strength, self.form_factor, range, power, self.hbarc)
        };
        let bare = Bare {
            mass: self.m_sigma,
            couplings: vec![vertex(self.g / mass.sqrt(), self.c, 1)?],
        };
        let potential = Separable {
            strength: self.contact / (mass * mass),
            vertices: vec![vertex(1.0, self.d, 2)?],
        };
        let potentials: &[Separable] = if self.contact == 0.0 {
            &[]
        } else {
            &[potential]
        };
        Heft::new(self.hbarc, &[pions], &[bare], potentials)
    }
}
