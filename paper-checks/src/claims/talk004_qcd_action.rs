//! `qcd-action`: `S = ∫ [−½ tr F² + ψ̄(iD̸ + gA̸ − m)ψ]` with `F = ∂A − ∂A − ig[A,A]`: the coupling to A stands twice.
//!
//! `D = ∂ − igA` holds gA already. Decider: gauge transformations of fields and their derivatives at a point, exact to the
//! order that is needed; matrices of SU(3) by the library's `linalg`.

use fieldassay::Result;
use fieldassay::linalg::{Complex64, Matrix, matmul};
use fieldassay::num::{Tol, Worst};
use fieldassay::rng::Rng;
use fieldassay::verdict::{Evidence, Verdict};

use crate::claim::{Alteration, Claim, Context, Finding, Headline, Statement};

const I: Complex64 = Complex64::new(0.0, 1.0);
/// Colours.
const N: usize = 3;
/// Directions.
const D: usize = 4;
const POINTS: usize = 50;
const ROUNDING: Tol = Tol::rel_abs(1e-12, 1e-11).because("products of a dozen 3 × 3 matrices of order one");

type Colour = Matrix<Complex64>;

/// The claim.
pub fn claim() -> Claim {
    Claim::new(
        "qcd-action",
        "Akio Tomiya, 格子QCDとその周辺における機械学習の活用, undated (announces a school of \
         2024-09): slide \"QCD (Quantum Chromo-dynamics) in 3 + 1 dimension\"",
        "S = ∫ d⁴x [−(1/2) tr F_μν F^μν + ψ̄(iD̸ + gA̸ − m)ψ], F_μν = ∂_μ A_ν − ∂_ν A_μ − ig[A_μ, A_ν]",
        vec![
            Statement::says(
                "quark term, as printed",
                "With D = ∂ − igA, iD̸ + gA̸ is gauge covariant: gA stands in it twice.",
                "a gauge transformation under which it does not turn like ψ",
            )
            .decided_by(
                Verdict::Refuted,
                turns_like_the_quark,
                2.0,
                Alteration::new("gA counted twice → not at all", 0.0),
            ),
            Statement::says(
                "quark term, corrected",
                "i∂̸ + gA̸, which is iD̸, is gauge covariant.",
                "a gauge transformation under which it does not turn like ψ",
            )
            .decided_by(
                Verdict::Supported,
                turns_like_the_quark,
                1.0,
                Alteration::new("i∂̸ + gA̸ → i∂̸ − gA̸", -1.0),
            ),
            Statement::says(
                "gluon term",
                "tr F² with F = ∂A − ∂A − ig[A,A] is gauge invariant.",
                "a gauge transformation that changes it",
            )
            .decided_by(
                Verdict::Supported,
                is_invariant,
                1.0,
                Alteration::new("−ig[A,A] → −i(g/2)[A,A]", 0.5),
            ),
            Statement::says(
                "normalisation",
                "−½ tr F² is −¼ F^a F^a, for tr T^a T^b = ½ δ^{ab}.",
                "another factor between them",
            )
            .decided_by(
                Verdict::Supported,
                is_a_quarter_of_the_squares,
                0.5,
                Alteration::new("−½ tr F² → −¼ tr F²", 0.25),
            ),
        ],
    )
}

fn product(a: &Colour, b: &Colour) -> Colour {
    matmul(a.view(), b.view()).expect("square matrices of one size")
}

/// `a + factor·b`.
fn plus(a: &Colour, factor: Complex64, b: &Colour) -> Colour {
    Colour::from_fn(a.rows(), a.cols(), |i, j| a[(i, j)] + factor * b[(i, j)])
}

fn scaled(factor: Complex64, a: &Colour) -> Colour {
    a.map(|x| factor * x)
}

fn trace(a: &Colour) -> Complex64 {
    (0..N).map(|i| a[(i, i)]).sum()
}

/// `T^a = λ^a/2`: the traceless Hermitian matrices with `tr T^a T^b = ½ δ^{ab}`, off-diagonal ones first.
fn generators() -> Vec<Colour> {
    let mut all = Vec::new();
    for i in 0..N {
        for j in i + 1..N {
            for entry in [Complex64::new(0.5, 0.0), Complex64::new(0.0, -0.5)] {
                let mut t = Colour::zeros(N, N);
                t[(i, j)] = entry;
                t[(j, i)] = entry.conj();
                all.push(t);
            }
        }
    }
    for k in 1..N {
        let norm = 1.0 / ((2 * k * (k + 1)) as f64).sqrt();
        let mut t = Colour::zeros(N, N);
        (0..k).for_each(|i| t[(i, i)] = norm.into());
        t[(k, k)] = (-norm * k as f64).into();
        all.push(t);
    }
    all
}

/// A random element of the algebra, and its components.
fn random_algebra(rng: &mut Rng) -> (Colour, Vec<f64>) {
    let basis = generators();
    let components: Vec<f64> = basis.iter().map(|_| rng.normal()).collect();
    let sum = basis.iter().zip(&components).fold(Colour::zeros(N, N), |sum, (t, c)| {
        plus(&sum, Complex64::from(*c), t)
    });
    (sum, components)
}

/// `e^{iX}` by scaling, the Taylor series and squaring.
fn exp_i(x: &Colour) -> Colour {
    const SQUARINGS: i32 = 8;
    let small = scaled(I * 0.5_f64.powi(SQUARINGS), x);
    let mut term = Colour::identity(N);
    let mut sum = Colour::identity(N);
    for n in 1..=14 {
        term = scaled(Complex64::from(1.0 / f64::from(n)), &product(&term, &small));
        sum = plus(&sum, 1.0.into(), &term);
    }
    (0..SQUARINGS).fold(sum, |power, _| product(&power, &power))
}

/// A gauge field and its first derivatives at a point: `A_μ`, and `∂_μ A_ν` at `[μ][ν]`.
struct Gauge {
    a: Vec<Colour>,
    da: Vec<Vec<Colour>>,
}

/// A gauge transformation and its derivatives at a point, `Ω = e^{i(W·x + ½ x S x)} Ω₀` at `x = 0`.
struct Rotation {
    omega: Colour,
    d: Vec<Colour>,
    dd: Vec<Vec<Colour>>,
}

impl Rotation {
    fn random(rng: &mut Rng) -> Self {
        let omega = exp_i(&random_algebra(rng).0);
        let w: Vec<Colour> = (0..D).map(|_| random_algebra(rng).0).collect();
        let mut dd = vec![vec![Colour::zeros(N, N); D]; D];
        let pairs = (0..D).flat_map(|mu| (mu..D).map(move |nu| (mu, nu)));
        for (mu, nu) in pairs {
            let s = random_algebra(rng).0;
            let squares = plus(&product(&w[mu], &w[nu]), 1.0.into(), &product(&w[nu], &w[mu]));
            let second = plus(&scaled(I, &s), Complex64::from(-0.5), &squares);
            dd[mu][nu] = product(&second, &omega);
            dd[nu][mu] = dd[mu][nu].clone();
        }
        let d = w.iter().map(|w| product(&scaled(I, w), &omega)).collect();
        Self { omega, d, dd }
    }
}

impl Gauge {
    fn random(rng: &mut Rng) -> Self {
        let mut row = || (0..D).map(|_| random_algebra(rng).0).collect::<Vec<_>>();
        Self { a: row(), da: (0..D).map(|_| row()).collect() }
    }

    /// `A' = Ω A Ω† + (i/g) Ω ∂Ω†` and its derivatives.
    fn rotated(&self, by: &Rotation, g: f64) -> Self {
        let Rotation { omega, d, dd } = by;
        let inverse = omega.adjoint();
        let turn = |x: &Colour| product(&product(omega, x), &inverse);
        let pure = I / g;
        let a = (0..D)
            .map(|nu| plus(&turn(&self.a[nu]), pure, &product(omega, &d[nu].adjoint())))
            .collect();
        let derivative = |mu: usize, nu: usize| {
            let mut sum = turn(&self.da[mu][nu]);
            let first = product(&product(&d[mu], &self.a[nu]), &inverse);
            let last = product(&product(omega, &self.a[nu]), &d[mu].adjoint());
            sum = plus(&plus(&sum, 1.0.into(), &first), 1.0.into(), &last);
            let slopes = product(&d[mu], &d[nu].adjoint());
            let curve = product(omega, &dd[mu][nu].adjoint());
            plus(&plus(&sum, pure, &slopes), pure, &curve)
        };
        Self { a, da: (0..D).map(|mu| (0..D).map(|nu| derivative(mu, nu)).collect()).collect() }
    }

    /// `∂_μ A_ν − ∂_ν A_μ − i·factor·g [A_μ, A_ν]`.
    fn strength(&self, mu: usize, nu: usize, factor: f64, g: f64) -> Colour {
        let curl = plus(&self.da[mu][nu], Complex64::from(-1.0), &self.da[nu][mu]);
        let forward = product(&self.a[mu], &self.a[nu]);
        let commutator = plus(&forward, Complex64::from(-1.0), &product(&self.a[nu], &self.a[mu]));
        plus(&curl, -I * factor * g, &commutator)
    }

    /// `Σ_{μν} tr F_μν F_μν`.
    fn trace_of_square(&self, factor: f64, g: f64) -> Complex64 {
        let pairs = (0..D).flat_map(|mu| (0..D).map(move |nu| (mu, nu)));
        pairs
            .map(|(mu, nu)| {
                let f = self.strength(mu, nu, factor, g);
                trace(&product(&f, &f))
            })
            .sum()
    }
}

fn is_invariant(context: &Context<'_>, factor: &f64) -> Result<Finding> {
    let mut rng = context.stream("gauge");
    let mut invariant = Worst::new(ROUNDING);
    let mut ratio = f64::NAN;
    for point in 0..POINTS {
        let g = rng.uniform_in(0.5, 2.0);
        let gauge = Gauge::random(&mut rng);
        let rotated = gauge.rotated(&Rotation::random(&mut rng), g);
        let [before, after] = [&gauge, &rotated].map(|one| one.trace_of_square(*factor, g));
        // A sum of squares of Hermitian matrices: real, and not near 0.
        invariant.see(after.re / before.re, 1.0, || format!("point {point}, g = {g:.3}"));
        invariant.see(after.im / before.re, 0.0, || format!("imaginary part, point {point}"));
        ratio = after.re / before.re;
    }
    let headline = Headline {
        quantity: "tr F² after a gauge transformation over before".into(),
        claimed: 1.0,
        value: ratio,
        error: 1e-12,
    };
    let check = invariant.into_check("tr F² of 50 transformed fields", 2 * POINTS);
    Ok(Finding::new(Evidence::from_iter([check]), headline))
}

fn turns_like_the_quark(context: &Context<'_>, couplings: &f64) -> Result<Finding> {
    let mut rng = context.stream("quark");
    let mut covariant = Worst::new(ROUNDING);
    let mut excess = 0.0_f64;
    for point in 0..POINTS {
        let g = rng.uniform_in(0.5, 2.0);
        let gauge = Gauge::random(&mut rng);
        let rotation = Rotation::random(&mut rng);
        let rotated = gauge.rotated(&rotation, g);
        let mut spinor =
            || Colour::from_fn(N, 1, |_, _| Complex64::new(rng.normal(), rng.normal()));
        let psi = spinor();
        let slopes: Vec<Colour> = (0..D).map(|_| spinor()).collect();
        for (mu, slope) in slopes.iter().enumerate() {
            // (i∂_μ + c g A_μ) ψ.
            let acted = |a: &Colour, psi: &Colour, slope: &Colour| {
                plus(&scaled(I, slope), Complex64::from(couplings * g), &product(a, psi))
            };
            let before = product(&rotation.omega, &acted(&gauge.a[mu], &psi, slope));
            let turned = product(&rotation.omega, &psi);
            let turned_slope = plus(
                &product(&rotation.d[mu], &psi),
                1.0.into(),
                &product(&rotation.omega, slope),
            );
            let after = acted(&rotated.a[mu], &turned, &turned_slope);
            for i in 0..N {
                let (after, before) = (after[(i, 0)], before[(i, 0)]);
                covariant.see(after.re, before.re, || format!("point {point}, direction {mu}"));
                covariant.see(after.im, before.im, || format!("point {point}, direction {mu}"));
                excess = excess.max((after - before).norm());
            }
        }
    }
    let headline = Headline {
        quantity: "largest difference of the turned and the transformed quark term".into(),
        claimed: 0.0,
        value: excess,
        error: 1e-11,
    };
    let check = covariant.into_check("(i∂ + c gA)ψ turns with Ω", 2 * POINTS * D * N);
    Ok(Finding::new(Evidence::from_iter([check]), headline))
}

fn is_a_quarter_of_the_squares(context: &Context<'_>, factor: &f64) -> Result<Finding> {
    let mut rng = context.stream("norm");
    let mut equal = Worst::new(ROUNDING);
    let mut ratio = f64::NAN;
    for point in 0..POINTS {
        let (f, components) = random_algebra(&mut rng);
        let squares: f64 = components.iter().map(|c| c * c).sum();
        let traced = factor * trace(&product(&f, &f)).re;
        equal.see(traced, 0.25 * squares, || format!("element {point}"));
        ratio = traced / squares;
    }
    let headline = Headline {
        quantity: "½ tr F² over Σ_a (F^a)²".into(),
        claimed: 0.25,
        value: ratio,
        error: 1e-13,
    };
    let check = equal.into_check("½ tr F² against ¼ Σ_a (F^a)²", POINTS);
    Ok(Finding::new(Evidence::from_iter([check]), headline))
}
