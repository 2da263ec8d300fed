//! Which of the phases that differ by multiples of π is meant.

use std::f64::consts::{FRAC_PI_2, PI};

/// The branch of a phase shift, which a box determines modulo π only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PhaseBranch {
    /// Between −90° (excluded) and 90°.
    #[default]
    Principal,
    /// Continuous in energy and zero at threshold, as far as points 90° apart or nearer tell.
    ZeroAtThreshold,
}

impl PhaseBranch {
    /// Puts phases (radians, ascending in energy, modulo π) of this branch on a continuous course.
    ///
    /// `ZeroAtThreshold` is continuous already and stays as it is.
    pub fn follow(self, delta: &mut [f64]) {
        if self == Self::Principal {
            for i in 1..delta.len() {
                delta[i] = nearest(delta[i], delta[i - 1]);
            }
        }
    }

    /// Puts phases that are known modulo π (radians, ascending in energy) on this branch.
    ///
    /// ```
    /// use fieldassay::finite_volume::PhaseBranch;
    /// let (mut principal, mut continuous) = ([0.5, 2.0], [0.5, 2.0]);
    /// PhaseBranch::Principal.choose(&mut principal);
    /// PhaseBranch::ZeroAtThreshold.choose(&mut continuous);
    /// assert!(principal[1] < 0.0 && continuous[1] == 2.0);
    /// ```
    pub fn choose(self, delta: &mut [f64]) {
        let mut before = 0.0;
        for delta in delta {
            *delta = nearest(*delta, before);
            if self == Self::ZeroAtThreshold {
                before = *delta;
            } else if *delta <= -FRAC_PI_2 {
                *delta += PI;
            }
        }
    }
}

/// `delta` moved by a multiple of π to lie within π/2 of `anchor`.
fn nearest(delta: f64, anchor: f64) -> f64 {
    delta - PI * ((delta - anchor) / PI).round()
}
