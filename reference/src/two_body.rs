//! Relative momentum of two particles from their energy by bisection: no Källén function.

/// `k²` with `√(m₁² + k²) + √(m₂² + k²) = energy`, bisected to the last bit.
///
/// # Panics  for an energy below that of `k² = −min(m₁, m₂)²`, where there is no solution.
#[must_use]
pub fn momentum2(m1: f64, m2: f64, energy: f64) -> f64 {
    let total = |k2: f64| (m1 * m1 + k2).max(0.0).sqrt() + (m2 * m2 + k2).max(0.0).sqrt();
    let (mut low, mut high) = (-m1.min(m2).powi(2), energy * energy);
    assert!(
        total(low) <= energy,
        "no momentum for an energy of {energy}"
    );
    for _ in 0..2000 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if total(middle) < energy {
            low = middle
        } else {
            high = middle
        }
    }
    0.5 * (low + high)
}

/// Energies, in the centre-of-mass frame and ascending, of two free particles with total momentum
/// `2πd/L`, every momentum `n` with `|n_i| ≤ reach` tried; equal energies are repeated.
#[must_use]
pub fn free_energies(m1: f64, m2: f64, length: f64, d: [i32; 3], reach: i32) -> Vec<f64> {
    let unit = std::f64::consts::TAU / length;
    let energy = |mass: f64, n: [i32; 3]| {
        let squares: i32 = n.iter().map(|c| c * c).sum();
        (mass * mass + unit * unit * f64::from(squares)).sqrt()
    };
    let squares: i32 = d.iter().map(|c| c * c).sum();
    let side = 2 * reach + 1;
    let mut energies: Vec<f64> = (0..side.pow(3))
        .map(|i| {
            [
                i % side - reach,
                i / side % side - reach,
                i / side / side - reach,
            ]
        })
        .map(|n| energy(m1, n) + energy(m2, [d[0] - n[0], d[1] - n[1], d[2] - n[2]]))
        .map(|lab| (lab * lab - unit * unit * f64::from(squares)).sqrt())
        .collect();
    energies.sort_by(f64::total_cmp);
    energies
}
