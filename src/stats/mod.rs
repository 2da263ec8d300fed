//! Statistics. [`Estimate`] is the only form in which a measured number travels; importance weights
//! come with the two numbers that say whether to trust them.

mod estimate;
mod importance;
mod resampling;
mod tail;

pub use estimate::Estimate;
pub use importance::{ImportanceWeights, generalised_pareto_shape};
pub use resampling::Resampling;
pub use tail::{
    chi2_tail, normal_quantile_two_sided, normal_two_sided_tail, student_t_quantile_two_sided,
};
