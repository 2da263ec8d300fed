//! The claims, one file each, named `<talk>_<id>.rs`; a row here puts a file into the audit.

use crate::claim::Claim;

/// Calls `$call!` with one `module` per implemented claim, in the order of the talks.
///
/// A test lists this folder, so that a file without a row cannot hide.
macro_rules! for_each_claim {
    ($call:ident) => {
        $call! {
            talk000_activations,
            talk000_ad_vs_fd,
            talk000_backprop_chain,
            talk000_classification_training,
            talk000_cross_entropy_value,
            talk000_depth_vs_width,
            talk000_exploding_parameters,
            talk000_heft_box_spectrum,
            talk000_heft_constant_delta,
            talk000_heft_couplings,
            talk000_heft_hamiltonian,
            talk000_heft_level_correction,
            talk000_heft_model_b_transfer,
            talk000_heft_model_independent_link,
            talk000_heft_nn_delta_e,
            talk000_heft_nn_drag,
            talk000_heft_phase_shift,
            talk000_heft_vs_luscher_exp,
            talk000_kan,
            talk000_kl_divergence,
            talk000_luscher_formula,
            talk000_luscher_zeta_sum,
            talk000_mlp_affine_nesting,
            talk000_mse_definition,
            talk000_newton_root_opt,
            talk000_param_counts,
            talk000_quasi_newton_bfgs,
            talk000_resnet_gradient,
            talk000_resnet_recursion,
            talk000_sgd_rule,
            talk000_softmax_sigmoid,
            talk000_softplus_not_relu,
            talk000_uat_width,
            talk001_adam_rule,
            talk001_importance_sampling,
            talk001_lattice_size_50gb,
            talk001_mle_map,
            talk002_critical_slowing,
            talk002_dm_as_sq,
            talk002_dm_fp,
            talk002_dm_table_hmc,
            talk002_dm_table_ul,
            talk002_dw_action,
            talk002_dw_e0_virial,
            talk002_dw_gaps,
            talk002_independent_generation,
            talk002_ising_metropolis_L10,
            talk002_phi4_continuum_action,
            talk002_phi4_dimensionless,
            talk002_phi4_kappa_c,
            talk002_phi4_lattice_kinetic,
            talk002_phi4_ssb,
            talk002_sq_fokker_planck,
            talk002_sq_gauge_fermion,
            talk002_sq_hbar,
            talk002_sq_langevin,
            talk004_box_muller,
            talk004_change_of_variables,
            talk004_independent_per_time,
            talk004_linear_regression,
            talk004_mc_estimator,
            talk004_mlp_digits,
            talk004_nn_universal_strong,
            talk004_qcd_action,
            talk004_scalar_action_sign,
            talk004_u1_hmc_freezing,
        }
    };
}

macro_rules! registry {
    ($($module:ident,)*) => {
        // A file is named after its claim, and some claims have a capital in their name.
        $(#[allow(non_snake_case)] mod $module;)*

        /// The implemented claims.
        #[must_use]
        pub fn all() -> Vec<Claim> {
            vec![$($module::claim()),*]
        }
    };
}

for_each_claim!(registry);
