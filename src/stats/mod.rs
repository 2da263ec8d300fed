//! Statistics. [`Estimate`] is the only form in which a measured number travels; importance weights
//! come with the two numbers that say whether to trust them.
//!
//! Errors of chains: [`GammaMethod`] (autocorrelation summed) and [`Blocks`] (jackknife, bootstrap), both for any
//! function of several means, over replicas in [`Histories`].  Have chains met: [`ChainDiagnostics`].  Are errors
//! honest: [`PullTest`], [`family_chi2`], [`KolmogorovSmirnov`].  From weights: [`LnZ`], [`reweighted`],
//! [`MultiHistogram`].  From correlators: [`EffectiveMass`].

mod autocorrelation;
mod binning;
mod chains;
mod cholesky;
mod distribution;
mod estimate;
mod gamma_method;
mod history;
mod importance;
mod kolmogorov;
mod multi_histogram;
mod partition;
mod resampling;
mod reweighting;
mod shrinkage;
mod spectroscopy;
mod tail;

pub use autocorrelation::{autocovariance, cross_covariance};
pub use binning::{BlockCovariance, Blocks, Bootstrap, Jackknife};
pub use chains::ChainDiagnostics;
pub use distribution::{Chi2, KolmogorovSmirnov, PullTest, family_chi2, pull};
pub use estimate::Estimate;
pub use gamma_method::{GammaAnalysis, GammaCovariance, GammaMethod, ReplicaTest};
pub use history::Histories;
pub use importance::{ImportanceWeights, generalised_pareto_shape};
pub use kolmogorov::{kolmogorov_limit, kolmogorov_tail, two_sample_tail};
pub use multi_histogram::{MultiHistogram, Run};
pub use partition::{LnZ, PartitionFunction};
pub use resampling::Resampling;
pub use reweighting::{Reweighted, reweighted};
pub use shrinkage::{ShrinkageTarget, Shrunk, ledoit_wolf};
pub use spectroscopy::EffectiveMass;
pub use tail::{
    chi2_tail, normal_quantile, normal_quantile_two_sided, normal_two_sided_tail,
    student_t_quantile_two_sided,
};
