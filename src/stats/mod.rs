//! Statistics. Here: the [`Estimate`], the only form in which a measured number travels.

mod estimate;
mod tail;

pub use estimate::Estimate;
pub use tail::{normal_quantile_two_sided, normal_two_sided_tail, student_t_quantile_two_sided};
