//! Symplectic integrators of molecular dynamics.

use crate::density::{Action, Aux, Workspace};
use crate::error::{Error, Result};
use crate::lattice::{Continuous, Field, Tangent};

/// A reversible, volume-preserving splitting of `H = ½p² + S(q)` into kicks of `p` and drifts of `q`.
///
/// # Source  Omelyan, Mryglod, Folk, Comput. Phys. Commun. 151 (2003) 272 for the two minimum-norm forms; Yoshida,
/// Phys. Lett. A 150 (1990) 262; S. A. Chin, Phys. Lett. A 226 (1997) 344 (algorithm A) and, for the second force in place of its
/// derivative, H. Yin, R. D. Mawhinney, PoS LATTICE2011 (2011) 051, for the force gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Integrator {
    /// Kick ½, drift, kick ½: second order, one force a step.
    Leapfrog,
    /// Drift ½, kick, drift ½: second order, one force a step.
    LeapfrogPosition,
    /// Kick λ, drift ½, kick 1−2λ, drift ½, kick λ: second order with a small error, two forces a step.
    Omelyan,
    /// Drift λ, kick ½, drift 1−2λ, kick ½, drift λ: two forces a step.
    OmelyanPosition,
    /// Three leapfrogs of `w₁`, `w₀`, `w₁` steps: fourth order, three forces a step.
    Yoshida4,
    /// Kick 1/6, drift ½, kick 2/3 by the force at `q + ε²F/24`, drift ½, kick 1/6: fourth order with a small error, three
    /// forces a step. Reversible and volume-preserving, but symplectic only up to `ε⁵`.
    ForceGradient,
}

/// The `λ` that minimises the norm of the leading error.
const LAMBDA: f64 = 0.193_183_327_503_783_6;

/// The outer kicks of the force-gradient form.
const SIXTH: f64 = 1.0 / 6.0;

impl Integrator {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Leapfrog,
        Self::LeapfrogPosition,
        Self::Omelyan,
        Self::OmelyanPosition,
        Self::Yoshida4,
        Self::ForceGradient,
    ];

    /// Its name in specifications and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Leapfrog => "leapfrog",
            Self::LeapfrogPosition => "leapfrog-position",
            Self::Omelyan => "omelyan",
            Self::OmelyanPosition => "omelyan-position",
            Self::Yoshida4 => "yoshida4",
            Self::ForceGradient => "force-gradient",
        }
    }

    /// The integrator of this name.
    ///
    /// # Errors  `Error::UnknownName`.
    pub fn from_name(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|one| one.name() == name);
        found.ok_or_else(|| Error::unknown("integrator", name, Self::ALL.map(Self::name)))
    }

    /// The power of the step size that energy is conserved to.
    #[must_use]
    pub const fn order(self) -> i32 {
        match self {
            Self::Yoshida4 | Self::ForceGradient => 4,
            _ => 2,
        }
    }

    /// Kicks and drifts of one step, in units of the step; the last drift of forms that end with a kick is zero.
    fn pattern(self) -> Vec<Part> {
        let inner = 2.0_f64.mul_add(-LAMBDA, 1.0);
        let parts: Vec<[f64; 2]> = match self {
            Self::Leapfrog => vec![[0.5, 1.0], [0.5, 0.0]],
            Self::LeapfrogPosition => vec![[0.0, 0.5], [1.0, 0.5]],
            Self::Omelyan => vec![[LAMBDA, 0.5], [inner, 0.5], [LAMBDA, 0.0]],
            Self::OmelyanPosition => vec![[0.0, LAMBDA], [0.5, inner], [0.5, LAMBDA]],
            Self::Yoshida4 => {
                let w1 = 1.0 / (2.0 - 2.0_f64.cbrt());
                let w0 = 2.0_f64.mul_add(-w1, 1.0);
                let between = 0.5 * (w0 + w1);
                vec![
                    [0.5 * w1, w1],
                    [between, w0],
                    [between, w1],
                    [0.5 * w1, 0.0],
                ]
            }
            Self::ForceGradient => vec![[SIXTH, 0.5], [1.0 - 2.0 * SIXTH, 0.5], [SIXTH, 0.0]],
        };
        let mut parts: Vec<Part> = parts
            .into_iter()
            .map(|[kick, drift]| Part::new(kick, drift))
            .collect();
        if self == Self::ForceGradient {
            parts[1].shift = 1.0 / 24.0;
        }
        parts
    }

    /// Kicks and drifts of a trajectory: kicks that follow each other are one, and so are drifts. The last entry is a
    /// kick alone, zero for forms that end with a drift.
    fn schedule(self, step: f64, steps: usize) -> Vec<Part> {
        let mut schedule: Vec<Part> = Vec::new();
        for part in (0..steps).flat_map(|_| self.pattern()) {
            match schedule.last_mut() {
                Some(last) if last.drift == 0.0 => {
                    last.kick += part.kick;
                    last.drift = part.drift;
                }
                Some(last) if part.kick == 0.0 => last.drift += part.drift,
                _ => schedule.push(part),
            }
        }
        if schedule.last().is_none_or(|last| last.drift != 0.0) {
            schedule.push(Part::new(0.0, 0.0));
        }
        schedule.iter_mut().for_each(|part| part.scale(step));
        schedule
    }
}

/// A kick by the force at `q + shift·F(q)`, then a drift. A shifted kick is neither the first nor the last of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Part {
    kick: f64,
    drift: f64,
    /// In units of the step squared.
    shift: f64,
}

impl Part {
    const fn new(kick: f64, drift: f64) -> Self {
        Self {
            kick,
            drift,
            shift: 0.0,
        }
    }

    fn scale(&mut self, step: f64) {
        self.kick *= step;
        self.drift *= step;
        self.shift *= step * step;
    }

    fn forces(&self) -> u64 {
        u64::from(self.kick != 0.0) + u64::from(self.shift != 0.0)
    }
}

/// A trajectory: an integrator, its step size and the number of steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    integrator: Integrator,
    step: f64,
    steps: usize,
    schedule: Vec<Part>,
}

/// Fields that a trajectory runs through.
#[derive(Clone, Debug)]
pub struct Path<M: Continuous> {
    /// Where it has come to.
    pub q: Field<M>,
    /// Momenta.
    pub p: Tangent<M>,
    next: Field<M>,
    shifted: Option<Field<M>>,
    ws: Workspace<M>,
}

impl<M: Continuous> Path<M> {
    /// Memory for trajectories from fields like `q`, momenta zero.
    #[must_use]
    pub fn new(q: &Field<M>) -> Self {
        Self {
            q: q.clone(),
            p: Tangent::zero(q),
            next: q.clone(),
            shifted: None,
            ws: Workspace::default(),
        }
    }

    /// The memory in `slot`, made anew if it is not of the shape of `q`.
    pub(super) fn for_field<'a>(slot: &'a mut Option<Self>, q: &Field<M>) -> &'a mut Self {
        let fits = |path: &Self| {
            path.q.chains() == q.chains()
                && path.q.lattice() == q.lattice()
                && path.q.variables() == q.variables()
        };
        if !slot.as_ref().is_some_and(fits) {
            *slot = Some(Self::new(q));
        }
        slot.as_mut().expect("made above")
    }

    /// One kick and one drift from `from`.
    pub(super) fn kick_and_drift(
        &mut self,
        action: &dyn Action<M>,
        aux: &Aux,
        from: &Field<M>,
        kick: f64,
        drift: f64,
    ) {
        let Self { q, p, next, ws, .. } = self;
        action.kick_drift(from, p, kick, drift, aux, ws, next);
        std::mem::swap(q, next);
    }
}

impl Trajectory {
    /// `steps` steps of size `step`.
    ///
    /// # Errors  `Error::Argument` unless there is a step, and its size is finite and not zero.
    pub fn new(integrator: Integrator, step: f64, steps: usize) -> Result<Self> {
        if !(step.is_finite() && step != 0.0) {
            return Err(Error::argument(
                "step",
                step.to_string(),
                "finite, not zero",
            ));
        }
        if steps == 0 {
            return Err(Error::argument("steps", "0", "at least one"));
        }
        Ok(Self {
            integrator,
            step,
            steps,
            schedule: integrator.schedule(step, steps),
        })
    }

    /// The integrator.
    #[must_use]
    pub const fn integrator(&self) -> Integrator {
        self.integrator
    }

    /// The number of steps.
    #[must_use]
    pub const fn steps(&self) -> usize {
        self.steps
    }

    /// Its length in molecular-dynamics time.
    #[must_use]
    pub fn length(&self) -> f64 {
        self.step * self.steps as f64
    }

    /// Force evaluations.
    #[must_use]
    pub fn forces(&self) -> u64 {
        self.schedule.iter().map(Part::forces).sum()
    }

    /// The trajectory of `factor` times its length, in as many steps.
    ///
    /// # Errors  `Error::Argument` unless the step remains finite and not zero.
    pub fn stretched(&self, factor: f64) -> Result<Self> {
        Self::new(self.integrator, self.step * factor, self.steps)
    }

    /// From `start` and the momenta in `path` to the end, whose action goes to `s`.
    ///
    /// # Shapes  `s: (chains,)`.
    /// # Panics  if a shape differs.
    pub fn run<M: Continuous>(
        &self,
        action: &dyn Action<M>,
        aux: &Aux,
        start: &Field<M>,
        path: &mut Path<M>,
        s: &mut [f64],
    ) {
        let (last, sweeps) = self.schedule.split_last().expect("at least one step");
        let Path {
            q,
            p,
            next,
            shifted,
            ws,
        } = path;
        for (i, part) in sweeps.iter().enumerate() {
            let from = if i == 0 { start } else { &*q };
            if part.shift != 0.0 {
                let shifted = shifted.get_or_insert_with(|| from.clone());
                let force = ws.tangent(from);
                action.force(from, aux, force);
                M::retract(from, force, part.shift, shifted);
                action.force(shifted, aux, force);
                p.add_scaled(part.kick, force);
            }
            if part.kick == 0.0 || part.shift != 0.0 {
                M::retract(from, p, part.drift, next);
            } else {
                action.kick_drift(from, p, part.kick, part.drift, aux, ws, next);
            }
            std::mem::swap(q, next);
        }
        if last.kick == 0.0 {
            action.value(q, aux, s);
        } else {
            action.kick_value(q, p, last.kick, aux, ws, s);
        }
    }
}
