//! Learning rates as pure functions of the step, which counts from zero.

use serde::{Deserialize, Serialize};

use super::first_order::check_positive;
use crate::error::{Error, Result};

/// A learning rate for every step; positive everywhere.
///
/// ```
/// use fieldassay::optimize::Schedule;
/// let rate = Schedule::cosine(1e-3, 1e-5, 1000)?.after_warm_up(10);
/// assert!((rate.at(0) - 1e-4).abs() < 1e-18);      // a tenth of the way up
/// assert!((rate.at(10) - 1e-3).abs() < 1e-18);
/// assert!((rate.at(510) - 5.05e-4).abs() < 1e-17);
/// assert_eq!(rate.at(5000), 1e-5);
/// # Ok::<(), fieldassay::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Kind", into = "Kind")]
pub struct Schedule(Kind);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Kind {
    Constant(f64),
    Steps {
        rate: f64,
        factor: f64,
        every: u64,
    },
    Exponential {
        rate: f64,
        factor: f64,
    },
    InverseTime {
        rate: f64,
        scale: f64,
    },
    Cosine {
        from: f64,
        to: f64,
        steps: u64,
    },
    WarmUp {
        steps: u64,
        then: Box<Kind>,
    },
    Switch {
        first: Box<Kind>,
        at: u64,
        then: Box<Kind>,
    },
}

impl Schedule {
    /// The same rate always.
    ///
    /// # Errors  `Error::Domain` for a rate that is not positive and finite; so for every constructor.
    pub fn constant(rate: f64) -> Result<Self> {
        check_positive("learning rate", rate)?;
        Ok(Self(Kind::Constant(rate)))
    }

    /// `rate · factor^⌊step/every⌋`.
    ///
    /// # Errors  `Error::Domain` also for a factor that is not positive or a period of zero steps.
    pub fn step_decay(rate: f64, factor: f64, every: u64) -> Result<Self> {
        check_positive("learning rate", rate)?;
        check_positive("decay factor", factor)?;
        check_steps(every)?;
        Ok(Self(Kind::Steps {
            rate,
            factor,
            every,
        }))
    }

    /// `rate · factor^step`.
    ///
    /// # Errors  `Error::Domain` also for a factor that is not positive.
    pub fn exponential(rate: f64, factor: f64) -> Result<Self> {
        check_positive("learning rate", rate)?;
        check_positive("decay factor", factor)?;
        Ok(Self(Kind::Exponential { rate, factor }))
    }

    /// `rate / (1 + step/scale)`: its sum diverges and the sum of its squares does not.
    ///
    /// # Errors  `Error::Domain` also for a scale that is not positive.
    pub fn inverse_time(rate: f64, scale: f64) -> Result<Self> {
        check_positive("learning rate", rate)?;
        check_positive("scale", scale)?;
        Ok(Self(Kind::InverseTime { rate, scale }))
    }

    /// `to + (from − to)(1 + cos(π step/steps))/2`, and `to` from `steps` on.
    ///
    /// # Errors  `Error::Domain` also for zero steps.
    pub fn cosine(from: f64, to: f64, steps: u64) -> Result<Self> {
        check_positive("learning rate", from)?;
        check_positive("learning rate", to)?;
        check_steps(steps)?;
        Ok(Self(Kind::Cosine { from, to, steps }))
    }

    /// `steps` steps that rise linearly to the first rate of this schedule (the first is one
    /// `steps`-th of it, not zero), then this schedule from its own step zero.
    #[must_use]
    pub fn after_warm_up(self, steps: u64) -> Self {
        Self(Kind::WarmUp {
            steps,
            then: Box::new(self.0),
        })
    }

    /// This schedule for `steps` steps, then `next` from its own step zero.
    #[must_use]
    pub fn then(self, steps: u64, next: Self) -> Self {
        Self(Kind::Switch {
            first: Box::new(self.0),
            at: steps,
            then: Box::new(next.0),
        })
    }

    /// The rate of step `step`, counted from zero; no smaller than the smallest positive number.
    #[must_use]
    pub fn at(&self, step: u64) -> f64 {
        self.0.at(step).max(f64::MIN_POSITIVE)
    }
}

/// From a file: what the constructors refuse is refused here too.
impl TryFrom<Kind> for Schedule {
    type Error = Error;

    fn try_from(kind: Kind) -> Result<Self> {
        Ok(match kind {
            Kind::Constant(rate) => Self::constant(rate)?,
            Kind::Steps {
                rate,
                factor,
                every,
            } => Self::step_decay(rate, factor, every)?,
            Kind::Exponential { rate, factor } => Self::exponential(rate, factor)?,
            Kind::InverseTime { rate, scale } => Self::inverse_time(rate, scale)?,
            Kind::Cosine { from, to, steps } => Self::cosine(from, to, steps)?,
            Kind::WarmUp { steps, then } => Self::try_from(*then)?.after_warm_up(steps),
            Kind::Switch { first, at, then } => {
                Self::try_from(*first)?.then(at, Self::try_from(*then)?)
            }
        })
    }
}

impl From<Schedule> for Kind {
    fn from(schedule: Schedule) -> Self {
        schedule.0
    }
}

impl Kind {
    fn at(&self, step: u64) -> f64 {
        match self {
            Self::Constant(rate) => *rate,
            Self::Steps {
                rate,
                factor,
                every,
            } => rate * factor.powf((step / every) as f64),
            Self::Exponential { rate, factor } => rate * factor.powf(step as f64),
            Self::InverseTime { rate, scale } => rate / (1.0 + step as f64 / scale),
            Self::Cosine { to, steps, .. } if step >= *steps => *to,
            Self::Cosine { from, to, steps } => {
                let angle = std::f64::consts::PI * (step as f64 / *steps as f64);
                to + (from - to) * 0.5 * (1.0 + libm::cos(angle))
            }
            Self::WarmUp { steps, then } if step < *steps => {
                then.at(0) * ((step + 1) as f64 / *steps as f64)
            }
            Self::WarmUp { steps, then } => then.at(step - steps),
            Self::Switch { first, at, .. } if step < *at => first.at(step),
            Self::Switch { at, then, .. } => then.at(step - at),
        }
    }
}

fn check_steps(steps: u64) -> Result<()> {
    if steps > 0 {
        return Ok(());
    }
    Err(Error::Domain {
        what: "number of steps",
        value: 0.0,
        expected: "at least one".to_owned(),
    })
}
