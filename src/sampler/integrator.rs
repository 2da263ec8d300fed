//! Symplectic integrators of molecular dynamics.

use crate::density::{Action, Aux, Workspace};
use crate::error::{Error, Result};
use crate::lattice::{Continuous, Field, Tangent};

/// A reversible, volume-preserving splitting of `H = ½p² + S(q)` into kicks of `p` and drifts of `q`.
///
/// # Source  Omelyan, Mryglod, Folk, Comput. Phys. Commun. 151 (2003) 272 for the two minimum-norm forms; Yoshida,
/// Phys. Lett. A 150 (1990) 262.
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
}

/// The `λ` that minimises the norm of the leading error.
const LAMBDA: f64 = 0.193_183_327_503_783_6;

impl Integrator {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Leapfrog,
        Self::LeapfrogPosition,
        Self::Omelyan,
        Self::OmelyanPosition,
        Self::Yoshida4,
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
            Self::Yoshida4 => 4,
            _ => 2,
        }
    }

    /// Kicks and drifts of one step, in units of the step, beginning with a kick; the last drift of forms that end with
    /// a kick is zero.
    fn pattern(self) -> Vec<[f64; 2]> {
        let inner = 2.0_f64.mul_add(-LAMBDA, 1.0);
        match self {
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
        }
    }

    /// Kicks and drifts of a trajectory: kicks that follow each other are one, and so are drifts. The last entry is a
    /// kick alone, zero for forms that end with a drift.
    fn schedule(self, step: f64, steps: usize) -> Vec<[f64; 2]> {
        let mut schedule: Vec<[f64; 2]> = Vec::new();
        for [kick, drift] in (0..steps).flat_map(|_| self.pattern()) {
            match schedule.last_mut() {
                Some(last) if last[1] == 0.0 => {
                    last[0] += kick;
                    last[1] = drift;
                }
                Some(last) if kick == 0.0 => last[1] += drift,
                _ => schedule.push([kick, drift]),
            }
        }
        if schedule.last().is_none_or(|last| last[1] != 0.0) {
            schedule.push([0.0, 0.0]);
        }
        for part in schedule.iter_mut().flatten() {
            *part *= step;
        }
        schedule
    }
}

/// A trajectory: an integrator, its step size and the number of steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    integrator: Integrator,
    step: f64,
    steps: usize,
    schedule: Vec<[f64; 2]>,
}

/// Fields that a trajectory runs through.
#[derive(Clone, Debug)]
pub struct Path<M: Continuous> {
    /// Where it has come to.
    pub q: Field<M>,
    /// Momenta.
    pub p: Tangent<M>,
    next: Field<M>,
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
        let Self { q, p, next, ws } = self;
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

    /// Its length in molecular-dynamics time.
    #[must_use]
    pub fn length(&self) -> f64 {
        self.step * self.steps as f64
    }

    /// Force evaluations.
    #[must_use]
    pub fn forces(&self) -> u64 {
        self.schedule
            .iter()
            .filter(|[kick, _]| *kick != 0.0)
            .count() as u64
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
        let ([last_kick, _], sweeps) = self.schedule.split_last().expect("at least one step");
        let Path { q, p, next, ws } = path;
        for (i, [kick, drift]) in sweeps.iter().enumerate() {
            let from = if i == 0 { start } else { &*q };
            if *kick == 0.0 {
                M::retract(from, p, *drift, next);
            } else {
                action.kick_drift(from, p, *kick, *drift, aux, ws, next);
            }
            std::mem::swap(q, next);
        }
        if *last_kick == 0.0 {
            action.value(q, aux, s);
        } else {
            action.kick_value(q, p, *last_kick, aux, ws, s);
        }
    }
}
