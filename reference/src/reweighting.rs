//! Multi-histogram reweighting as Ferrenberg and Swendsen print it: the equations for the partition functions
//! substituted into themselves until they stand still. No logarithms, so energies must be moderate.

/// A run: `β`, its energies, `τ_int`.
pub type Run = (f64, Vec<f64>, f64);

/// `Z_k/Z_0` of `Z_k = Σ_n (1/2τ) e^{−β_k E_n}/Σ_j n_j e^{−β_j E_n}/Z_j`.
#[must_use]
pub fn partition_functions(runs: &[Run], sweeps: usize) -> Vec<f64> {
    let mut z = vec![1.0; runs.len()];
    for _ in 0..sweeps {
        let new: Vec<f64> = runs
            .iter()
            .map(|run| sum(runs, &z, run.0, |_, _| 1.0))
            .collect();
        z = new.iter().map(|x| x / new[0]).collect();
    }
    z
}

/// `Σ_n (1/2τ) O_n e^{−β E_n}/Σ_j n_j e^{−β_j E_n}/Z_j`, `O` by run and number.
#[must_use]
pub fn sum(runs: &[Run], z: &[f64], beta: f64, observable: impl Fn(usize, usize) -> f64) -> f64 {
    let mut total = 0.0;
    for (k, (_, energies, tau)) in runs.iter().enumerate() {
        for (i, energy) in energies.iter().enumerate() {
            let mut below = 0.0;
            for ((beta, energies, tau), z) in runs.iter().zip(z) {
                below += energies.len() as f64 / (2.0 * tau) * (-beta * energy).exp() / z;
            }
            total += observable(k, i) * (-beta * energy).exp() / below / (2.0 * tau);
        }
    }
    total
}
