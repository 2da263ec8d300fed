//! Complex Langevin dynamics: moments with a complex weight against closed forms and quadrature, and the sign of failure.

use fieldassay::Seed;
use fieldassay::action::ComplexPhi4;
use fieldassay::density::{Aux, Holomorphic, Info, Kernel};
use fieldassay::sampler::{ComplexLangevin, DriftTail, Tail, TailKind};
use fieldassay::stats::Estimate;
use fieldassay_reference::quadrature::line;

use super::sampler::{CHAINS, passes};

type Complex = [f64; 2];

fn product([a, b]: Complex, [c, d]: Complex) -> Complex {
    [a * c - b * d, a * d + b * c]
}

fn inverse([a, b]: Complex) -> Complex {
    let norm = a * a + b * b;
    [a / norm, -b / norm]
}

/// Means of `z²` and `z⁴` over sites, time and chains, and the tail of the drift.
fn run(
    action: &ComplexPhi4,
    epsilon: f64,
    [warm_up, steps]: [usize; 2],
    name: &str,
) -> ([[Estimate; 2]; 2], Tail) {
    let mut r = Seed(20_261_127).chains(&format!("statistical/complex-langevin/{name}"), CHAINS);
    let (mut z, mut aux, mut info) = (action.neutral(CHAINS), Aux::default(), Info::default());
    let mut dynamics = ComplexLangevin::new(action, epsilon, 20.0).unwrap();
    let mut tail = DriftTail::new(0.2).unwrap();
    let sites = z.lattice().sites();
    // `[moment][part][chain]`, and the time of each chain.
    let (mut sums, mut times) = ([[[0.0; CHAINS]; 2]; 2], [0.0; CHAINS]);
    for step in 0..warm_up + steps {
        let before = z.clone();
        dynamics.step(&mut z, &mut aux, &mut r, &mut info);
        if step < warm_up {
            continue;
        }
        tail.see(&dynamics);
        for chain in 0..CHAINS {
            let time = dynamics.steps()[chain];
            times[chain] += time;
            for site in 0..sites {
                let one = [0, 1].map(|part| before.get(site, part, chain));
                let square = product(one, one);
                for (sums, power) in sums.iter_mut().zip([square, product(square, square)]) {
                    for (sums, power) in sums.iter_mut().zip(power) {
                        sums[chain] += time * power / sites as f64;
                    }
                }
            }
        }
    }
    let moments = sums.map(|moment| {
        moment.map(|part| {
            let means: Vec<f64> = part
                .iter()
                .zip(times)
                .map(|(sum, time)| sum / time)
                .collect();
            Estimate::from_independent(&means).unwrap()
        })
    });
    (moments, tail.tail().unwrap())
}

fn both_pass(name: &str, found: [Estimate; 2], exact: Complex, resolves: f64) {
    for ((part, found), exact) in ["real", "imaginary"].iter().zip(found).zip(exact) {
        passes(&format!("{name}, {part}"), found, exact, resolves);
    }
}

/// `⟨z̃²⟩ = 1/σ(1 − σε/2)` of every mode with `S = σ z̃²/2`, `σ = 2(A − 2K cos p)`.
#[test]
fn complex_gaussians_have_their_variance_at_a_finite_step() {
    let epsilon = 0.15;
    for (extents, hopping, quadratic) in [(&[1][..], 0.0, [0.6, 0.9]), (&[4], 0.3, [1.2, 0.8])] {
        let action = ComplexPhi4::new(extents, hopping, quadratic, 0.0).unwrap();
        let mut exact = [0.0; 2];
        let modes = extents[0];
        for k in 0..modes {
            let cosine = (std::f64::consts::TAU * k as f64 / modes as f64).cos();
            let sigma = [
                2.0 * quadratic[0] - 4.0 * hopping * cosine,
                2.0 * quadratic[1],
            ];
            let damped = [1.0 - 0.5 * epsilon * sigma[0], -0.5 * epsilon * sigma[1]];
            let variance = inverse(product(sigma, damped));
            for (exact, part) in exact.iter_mut().zip(variance) {
                *exact += part / modes as f64;
            }
        }
        let name = format!("complex gaussian/{modes}");
        let ([squares, _], tail) = run(&action, epsilon, [100, 2000], &name);
        both_pass(&name, squares, exact, 0.04);
        assert_eq!(tail.kind, TailKind::Light, "{tail:?}");
    }
}

/// `⟨x²⟩` and `⟨x⁴⟩` with the weight `e^{−σx²/2 − λx⁴/4}`.
fn quadrature(sigma: Complex, lambda: f64) -> [Complex; 2] {
    let integral = |power: i32| {
        let part = |turned: bool| {
            line(
                |x| {
                    let size = (-0.5 * sigma[0] * x * x - 0.25 * lambda * x.powi(4)).exp();
                    let phase = -0.5 * sigma[1] * x * x;
                    x.powi(power) * size * if turned { phase.sin() } else { phase.cos() }
                },
                8.0,
                0.01,
            )
        };
        [part(false), part(true)]
    };
    [2, 4].map(|power| product(integral(power), inverse(integral(0))))
}

/// At `σ = 1 + i`, where the drift keeps `z` in a strip, the moments are right and the tail is light.
#[test]
fn the_quartic_model_is_right_where_its_drift_has_a_light_tail() {
    let sigma = [1.0, 1.0];
    let action = ComplexPhi4::one_variable(sigma, 1.0).unwrap();
    let ([squares, quartics], tail) = run(&action, 0.01, [500, 9000], "strip");
    let exact = quadrature(sigma, 1.0);
    both_pass("strip, z²", squares, exact[0], 0.05);
    both_pass("strip, z⁴", quartics, exact[1], 0.15);
    assert_eq!(tail.kind, TailKind::Light, "{tail:?}");
}

/// At `σ = 1 + 4i`, beyond `Im σ = √3 Re σ`, no strip holds `z` and its drift falls like a power.
///
/// Source: G. Aarts, P. Giudice, E. Seiler, Ann. Phys. 337 (2013) 238.
#[test]
fn the_quartic_model_fails_with_the_sign_of_a_power() {
    let sigma = [1.0, 4.0];
    let action = ComplexPhi4::one_variable(sigma, 1.0).unwrap();
    let ([_, quartics], tail) = run(&action, 0.005, [1000, 9000], "no strip");
    assert_eq!(tail.kind, TailKind::Power, "{tail:?}");
    // And indeed ⟨z⁴⟩ is off by more than half of itself.
    let (found, exact) = (quartics[0], quadrature(sigma, 1.0)[1][0]);
    let off = (found.value() - exact).abs();
    assert!(
        off > 5.0 * found.error(),
        "the fourth moment is right: {found}, {exact}"
    );
}

#[test]
fn dynamics_and_tails_that_cannot_be_are_refused() {
    let action = ComplexPhi4::one_variable([1.0, 1.0], 1.0).unwrap();
    assert!(ComplexLangevin::new(&action, 0.0, 1.0).is_err());
    assert!(ComplexLangevin::new(&action, 0.1, f64::NAN).is_err());
    assert!(DriftTail::new(-1.0).is_err());
    assert!(DriftTail::new(1.0).unwrap().tail().is_err());
}
