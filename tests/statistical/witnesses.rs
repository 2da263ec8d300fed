//! The witnesses of the claims, held to values that come from elsewhere.

use fieldassay::num::{Tol, Worst};
use fieldassay_reference::dual::{Dual, jacobian};
use fieldassay_reference::fixed::{Fixed, bisect};
use fieldassay_reference::importance::Mixture;
use fieldassay_reference::markov::Chain;
use fieldassay_reference::schwinger::{Edge, Plaquette, determinant};
use fieldassay_reference::{probability, quadrature};

type X = Fixed<256>;

/// A number with its decimal digits as an integer over `10^places`.
fn decimal(digits: &str, places: u32) -> X {
    let ten = X::integer(10);
    let number = digits.bytes().fold(X::zero(), |number, digit| {
        &(&number * &ten) + &X::integer(i64::from(digit - b'0'))
    });
    (0..places).fold(number, |number, _| &number / &ten)
}

#[test]
fn fixed_point_functions_agree_with_tabulated_constants() {
    // OEIS A002162 (ln 2), A001113 (e), A030178 (the root of x eˣ = 1), A002193 (√2).
    let one = X::integer(1);
    let omega = bisect(|x: &X| &(x * &x.exp()) - &one, &X::zero(), &one);
    let cases = [
        (
            "ln 2",
            X::integer(2).ln(),
            "069314718055994530941723212145817656807550013436025",
            50,
        ),
        (
            "ln 2, series",
            X::ln_2(),
            "069314718055994530941723212145817656807550013436025",
            50,
        ),
        (
            "e",
            one.exp(),
            "271828182845904523536028747135266249775724709369995",
            50,
        ),
        (
            "Ω",
            omega,
            "056714329040978387299996866221035554975381578718651",
            50,
        ),
        (
            "√2",
            X::integer(2).sqrt(),
            "141421356237309504880168872420969807856967187537694",
            50,
        ),
    ];
    let mut seen = 0;
    for (name, value, digits, places) in cases {
        let difference = (&value - &decimal(digits, places)).abs().to_f64();
        assert!(difference <= 1e-49, "{name} is off by {difference:e}");
        seen += 1;
    }
    assert_eq!(seen, 5);
}

#[test]
fn fixed_point_numbers_keep_doubles_through_a_round_trip() {
    let mut seen = 0;
    for x in [
        0.0,
        1.0,
        -1.5,
        0.1,
        -1e-20,
        12345.678,
        1e300,
        -3.5e-30,
        f64::from_bits(1) * 0.0,
    ] {
        let back = Fixed::<256>::from_f64(x).to_f64();
        assert!(back == x, "{x:e} came back as {back:e}");
        seen += 1;
    }
    // Subnormal and huge results of wide numbers.
    for x in [f64::MIN_POSITIVE, 5e-324, f64::MAX] {
        let back = Fixed::<1280>::from_f64(x).to_f64();
        assert!(back == x, "{x:e} came back as {back:e}");
        seen += 1;
    }
    assert_eq!(seen, 12);
}

#[test]
fn wide_softmax_and_gaussian_tail_agree_with_double_precision() {
    let mut worst = Worst::new(Tol::rel(4e-15).because("a few roundings of libm's functions"));
    for z in [0.0, 0.3, 1.0, 2.5, 5.0, 8.0] {
        let tail = libm::erfc(z / std::f64::consts::SQRT_2);
        // The argument's rounding is amplified by z².
        if z < 5.0 {
            worst.see(probability::normal_two_sided_tail(z), tail, || {
                format!("tail at {z}")
            });
        }
        worst.see(probability::sigmoid(z), 1.0 / (1.0 + (-z).exp()), || {
            format!("σ({z})")
        });
    }
    for (p, e) in probability::softmax(&[0.0, 1.0]).iter().zip([0.0_f64, 1.0]) {
        let plain = e.exp() / (1.0 + 1f64.exp());
        worst.see(*p, plain, || "softmax".into());
    }
    worst.assert_at_least(12);
}

#[test]
fn wilson_determinant_has_its_published_values() {
    // 4 × 4, θ_μ(x) = 0.3 sin(1 + μ + 2x₀ + 3x₁), periodic, κ = 0.2, i.e. m = ½; 20 digits from a
    // 30-digit elimination. In the mass form the matrix is (m + 2) times the κ form.
    let link = |x0: usize, x1: usize, mu: usize| {
        0.3 * (1.0 + mu as f64 + 2.0 * x0 as f64 + 3.0 * x1 as f64).sin()
    };
    let (re, im) = determinant([4, 4], Edge::Periodic, 0.5, link);
    let ln_det = re.ln() - 32.0 * 2.5_f64.ln();
    assert!(
        (ln_det + 0.537_503_545_144_696_6).abs() <= 1e-12,
        "{ln_det}"
    );
    assert!((im / re).abs() <= 1e-12, "γ5-hermiticity: {im} beside {re}");
}

#[test]
fn determinant_is_gauge_invariant() {
    let gauge = |x0: usize, x1: usize| 1.7 * (x0 as f64 + 0.3).sin() + 0.9 * (x1 as f64).cos();
    let link = |x0: usize, x1: usize, mu: usize| 0.4 * (x0 * 3 + x1 * 5 + mu) as f64;
    let turned = |x0: usize, x1: usize, mu: usize| {
        let (y0, y1) = ((x0 + 1 - mu) % 3, (x1 + mu) % 4);
        link(x0, x1, mu) + gauge(x0, x1) - gauge(y0, y1)
    };
    let (plain, _) = determinant([3, 4], Edge::Periodic, 0.3, link);
    let (rotated, _) = determinant([3, 4], Edge::Periodic, 0.3, turned);
    assert!(
        (plain / rotated - 1.0).abs() <= 1e-12,
        "{plain} and {rotated}"
    );
}

#[test]
fn one_plaquette_without_fermions_is_a_ratio_of_bessel_functions() {
    // ⟨cos θ⟩ → I₁(β)/I₀(β) as the fermion becomes heavy; I₁(1)/I₀(1) from DLMF 10.25's series.
    let series = |order: u32| -> f64 {
        (0..30)
            .scan(1.0, |term, k| {
                let now = *term;
                *term *= 0.25 / f64::from((k + 1) * (k + 1 + order));
                Some(now)
            })
            .sum()
    };
    let ratio = 0.5 * series(1) / series(0);
    let heavy = Plaquette {
        beta: 1.0,
        mass: 1e4,
        factor: -1.0,
    };
    let average = heavy.average(f64::cos);
    assert!((average - ratio).abs() <= 1e-13, "{average} and {ratio}");
}

#[test]
fn metropolis_matrix_is_reversible_and_forgets_as_it_should() {
    let chain = Chain::metropolis(|theta| theta.cos(), 96, 24);
    let violation = chain.detailed_balance_violation();
    assert!(
        violation <= 1e-15,
        "detailed balance is off by {violation:e}"
    );
    // Flat weight: cos θ is an eigenvector, its eigenvalue the trapezoid average of cos over the
    // reach, whose centre point is the chain standing still.
    let flat = Chain::metropolis(|_| 0.0, 64, 16);
    let step = std::f64::consts::TAU / 64.0;
    let eigenvalue: f64 = (-16..=16_i32)
        .map(|k| {
            let weight = if k.abs() == 16 { 0.5 } else { 1.0 };
            weight * (f64::from(k) * step).cos() / 32.0
        })
        .sum();
    let expected = 0.5 + eigenvalue / (1.0 - eigenvalue);
    let tau = flat.tau_int(f64::cos);
    assert!((tau - expected).abs() <= 1e-12, "{tau} and {expected}");
    let exact = flat.variance_of_mean(f64::cos, 1);
    assert!(
        (exact - 0.5).abs() <= 1e-12,
        "one step has the variance of cos, not {exact}"
    );
}

#[test]
fn quadrature_and_mixture_reproduce_closed_forms() {
    let mut worst = Worst::new(Tol::rel(1e-12).because("trapezoid sums of analytic functions"));
    let circle = quadrature::circle(|theta| (theta.cos() * 2.0).exp(), 64);
    worst.see(
        circle,
        std::f64::consts::TAU * 2.279_585_302_336_067,
        || "2π I₀(2)".into(),
    );
    let normal = Mixture(vec![[1.0, 0.0, 1.0]]);
    worst.see(normal.ess_fraction(2.0), 7f64.sqrt() / 4.0, || {
        "ESS, s = 2".into()
    });
    let two = Mixture(vec![[0.25, -1.0, 0.5], [0.75, 2.0, 1.0]]);
    let integral = two.integral_with(2.0, |x, p, _| x * x * p);
    worst.see(integral, two.second_moment(), || "E[x²]".into());
    let norm = two.integral_with(2.0, |_, p, _| p);
    worst.see(norm, 1.0, || "∫ p".into());
    worst.assert_at_least(4);
}

#[test]
fn dual_numbers_differentiate_by_the_rules() {
    // f = (x y + eˣ, ln(x)/y − x, sin(x) cos(y)): every operation once, against derivatives by hand.
    let f = |v: &[Dual]| {
        let (x, y) = (v[0], v[1]);
        vec![x * y + x.exp(), x.ln() / y - x, x.sin() * y.cos()]
    };
    let (x, y) = (0.7_f64, -1.3_f64);
    let by_hand = [
        [y + x.exp(), x],
        [1.0 / (x * y) - 1.0, -x.ln() / (y * y)],
        [x.cos() * y.cos(), -x.sin() * y.sin()],
    ];
    let mut worst = Worst::new(Tol::rel(1e-15).because("three roundings"));
    for (row, expected) in jacobian(f, &[x, y]).iter().zip(by_hand) {
        for (value, expected) in row.iter().zip(expected) {
            worst.see(*value, expected, || "entry".into());
        }
    }
    worst.assert_at_least(6);
}
