//! What first-order optimisers have in common: the step, and a state that can be saved by name.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::num::simd::Float;

/// A method that moves parameters by one gradient at a time.
///
/// ```
/// use fieldassay::optimize::{Adam, AdamOptions, FirstOrder, Momentum, Sgd, SgdOptions};
/// let options = SgdOptions { momentum: Momentum::Nesterov(0.9), ..SgdOptions::default() };
/// let methods: [Box<dyn FirstOrder<f64>>; 2] = [
///     Box::new(Sgd::new(1, options)?),
///     Box::new(Adam::new(1, AdamOptions::default())?),
/// ];
/// for mut method in methods {
///     let mut theta = [3.0];
///     for _ in 0..2000 {
///         let gradient = [theta[0] - 1.0];
///         method.step(0.01, &mut theta, &gradient)?;
///     }
///     assert!((theta[0] - 1.0).abs() < 1e-4);
/// }
/// # Ok::<(), fieldassay::Error>(())
/// ```
pub trait FirstOrder<T: Float>: std::fmt::Debug + Send {
    /// Moves `theta` against `gradient` at learning rate `rate`; allocates nothing.
    ///
    /// A gradient entry that is not finite makes its own parameter not finite, now or later, and no
    /// other; nothing hides it.
    ///
    /// # Errors  `Error::Domain` for a rate that is not positive and finite,
    /// `Error::ShapeMismatch` unless both slices have the length that the optimiser was made for.
    /// Nothing has changed then.
    fn step(&mut self, rate: f64, theta: &mut [T], gradient: &[T]) -> Result<()>;

    /// What the next step depends on besides its arguments.
    fn state(&self) -> OptimizerState<T>;

    /// Continues from `state`, bit by bit, if the options are the same.
    ///
    /// # Errors  `Error::Argument` naming the vector: missing, unknown, of another length, or with an
    /// entry that no run of finite gradients leaves. Nothing has changed then.
    fn restore(&mut self, state: &OptimizerState<T>) -> Result<()>;
}

/// Steps made, and the flat vectors of an optimiser by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OptimizerState<T> {
    /// Steps made so far.
    pub steps: u64,
    /// One entry per parameter in each.
    pub vectors: BTreeMap<String, Vec<T>>,
}

impl<T: Float> OptimizerState<T> {
    /// The state of these vectors.
    pub(super) fn of(steps: u64, vectors: &[(&str, &[T])]) -> Self {
        let named = vectors
            .iter()
            .map(|(name, v)| ((*name).to_owned(), v.to_vec()));
        Self {
            steps,
            vectors: named.collect(),
        }
    }

    /// The vectors called `names`, in that order, if there are no others and each has `length` entries
    /// that are `sound`.
    pub(super) fn take<const N: usize>(
        &self,
        names: [&str; N],
        length: usize,
        sound: fn(usize, T) -> bool,
    ) -> Result<[Vec<T>; N]> {
        if let Some(other) = self
            .vectors
            .keys()
            .find(|key| !names.contains(&key.as_str()))
        {
            return Err(refuse(
                other,
                "a vector".to_owned(),
                format!("only {}", names.join(", ")),
            ));
        }
        let mut taken = [const { Vec::new() }; N];
        for (k, name) in names.into_iter().enumerate() {
            let Some(vector) = self.vectors.get(name) else {
                return Err(refuse(
                    name,
                    "nothing".to_owned(),
                    format!("{length} numbers"),
                ));
            };
            if vector.len() != length {
                let found = format!("{} numbers", vector.len());
                return Err(refuse(name, found, format!("{length} numbers")));
            }
            if let Some(at) = vector.iter().position(|x| !sound(k, *x)) {
                let found = format!("entry {at} = {:?}", vector[at]);
                return Err(refuse(
                    name,
                    found,
                    "finite entries, squares not negative".to_owned(),
                ));
            }
            taken[k] = vector.clone();
        }
        Ok(taken)
    }
}

fn refuse(name: &str, found: String, expected: String) -> Error {
    Error::argument(format!("optimizer state, {name}"), found, expected)
}

/// Passes if a step of `op` can be made.
pub(super) fn check_step(
    op: &'static str,
    rate: f64,
    lengths: [usize; 2],
    expected: usize,
) -> Result<()> {
    check_positive("learning rate", rate)?;
    if lengths != [expected; 2] {
        return Err(Error::ShapeMismatch {
            op,
            lhs: lengths.to_vec(),
            rhs: vec![expected; 2],
        });
    }
    Ok(())
}

/// Passes a positive, finite number.
pub(super) fn check_positive(what: &'static str, value: f64) -> Result<()> {
    if value > 0.0 && value.is_finite() {
        return Ok(());
    }
    Err(Error::Domain {
        what,
        value,
        expected: "a positive, finite number".to_owned(),
    })
}

/// Passes a number in `[0, 1)`.
pub(super) fn check_fraction(what: &'static str, value: f64) -> Result<()> {
    if (0.0..1.0).contains(&value) {
        return Ok(());
    }
    Err(Error::Domain {
        what,
        value,
        expected: "a number in [0, 1)".to_owned(),
    })
}

/// Passes a finite number that is not negative.
pub(super) fn check_not_negative(what: &'static str, value: f64) -> Result<()> {
    if value >= 0.0 && value.is_finite() {
        return Ok(());
    }
    Err(Error::Domain {
        what,
        value,
        expected: "zero, or a positive, finite number".to_owned(),
    })
}
