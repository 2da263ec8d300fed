//! What the claims on the double well of the F-Flow talk share: `H = p²/2m + λ(x² − f²)²` with `m = ½`, `λ = 1`.

use fieldassay::action::Couplings;
use fieldassay_reference::quantum::{Particle, Potential};

/// The talk's mass.
pub const MASS: f64 = 0.5;
/// The talk's coupling.
pub const LAMBDA: f64 = 1.0;

/// The particle, for the exact references.
pub fn particle(f2: f64) -> Particle {
    Particle {
        mass: MASS,
        potential: Potential::double_well(LAMBDA, f2),
    }
}

/// `Σ [m(x₊ − x)²/2a + aλ(x² − f²)²]` less its constant as a φ⁴ chain.
pub fn couplings(f2: f64, spacing: f64) -> Couplings {
    Couplings {
        hopping: 0.5 * MASS / spacing,
        quadratic: MASS / spacing - 2.0 * spacing * LAMBDA * f2,
        quartic: spacing * LAMBDA,
    }
}
