//! Sign and logarithm of determinants.

use fieldassay::linalg::{Lu, Matrix};
use fieldassay::num::{Tol, Worst};
use fieldassay::rng::Rng;
use fieldassay::tensor::{Real, Shape};

use super::{epsilon, evaluate, graph, normals, refuses, rounded, sample, stream};

const ROUNDING: Tol = Tol::abs(1.0).because("documented, in units of 2n²ε·κ and ε·Σ|ln pivot|");

/// The sign, the logarithm, and the condition number.
fn by_lu(n: usize, a: &[f64]) -> (f64, f64, f64) {
    let a = Matrix::from_fn(n, n, |i, j| a[i * n + j]);
    let lu = Lu::new(&a).expect("a finite matrix");
    let det = lu.ln_det();
    let condition = a.frobenius() * lu.inverse().expect("a regular matrix").frobenius();
    (det.phase, det.ln_abs, condition)
}

/// `(signs, logarithms)` of matrices `[2, n, n]`.
fn slogdet<T: Real>(n: usize, batched: bool, a: &[f64], lanes: usize) -> [Vec<f64>; 2] {
    let (mut g, vars) = graph(&[Shape::shared(&[2, n, n]).with_batched(batched)]);
    let (sign, ln) = g.slogdet(vars[0]).expect("square matrices");
    assert_eq!(g.shape(ln).dims(), [2]);
    let out = evaluate::<T>(&g, &[sign, ln], &[a], lanes);
    [out[0].clone(), out[1].clone()]
}

fn compare<T: Real>(
    r: &mut Rng,
    n: usize,
    lanes: usize,
    batched: bool,
    scale: f64,
    worst: &mut Worst,
) {
    let a: Vec<f64> = normals(r, 2 * n * n * lanes)
        .iter()
        .map(|x| scale * x)
        .collect();
    let a = rounded::<T>(&a);
    let [signs, logs] = slogdet::<T>(n, batched, &a, lanes);
    assert_eq!((signs.len(), logs.len()), (2 * lanes, 2 * lanes));
    for (lane, which) in (0..lanes).flat_map(|lane| [(lane, 0), (lane, 1)]) {
        let one = sample(&a, lanes, lane);
        let (sign, ln, condition) = by_lu(n, &one[which * n * n..(which + 1) * n * n]);
        let eps = epsilon::<T>();
        let unit = 2.0 * (n * n) as f64 * eps * condition
            + 4.0 * eps * (n as f64 * scale.ln().abs() + ln.abs());
        let at = which * lanes + lane;
        let what = || format!("{} n = {n}, {lanes} lanes, scale {scale:e}", T::NAME);
        worst.see((logs[at] - ln) / unit, 0.0, what);
        if unit < 0.1 {
            worst.see(signs[at], sign, what);
        }
    }
}

fn determinants<T: Real>(scales: &[f64]) {
    let mut r = stream("determinants");
    let mut worst = Worst::new(ROUNDING);
    for n in [1, 2, 3, 4, 5, 8, 17, 33, 64] {
        for &scale in scales {
            for lanes in [0, 1, 2, 3, 16, 17] {
                compare::<T>(&mut r, n, lanes, true, scale, &mut worst);
            }
            compare::<T>(&mut r, n, 1, false, scale, &mut worst);
        }
    }
    worst.assert_at_least(3000);
}

#[test]
fn determinants_are_those_of_lu_and_do_not_overflow() {
    determinants::<f32>(&[1.0, 1e-30, 1e30]);
    determinants::<f64>(&[1.0, 1e-200, 1e200]);
}

#[test]
fn the_sign_of_a_permutation_is_its_parity() {
    let mut seen = 0;
    for n in [1, 2, 3, 4, 7, 20, 50] {
        // A cycle of all rows, in every second sample with one exchange more.
        let lanes = 6;
        let mut a = vec![0.0; 2 * n * n * lanes];
        for (lane, which, i) in (0..lanes).flat_map(|l| (0..2 * n).map(move |e| (l, e / n, e % n)))
        {
            let to = match (lane % 2, (i + 1) % n) {
                (1, 0) if n > 1 => 1,
                (1, 1) => 0,
                (_, to) => to,
            };
            a[((which * n + i) * n + to) * lanes + lane] = 2.0;
        }
        let [signs, logs] = slogdet::<f64>(n, true, &a, lanes);
        for (at, (&sign, &ln)) in signs.iter().zip(&logs).enumerate() {
            let exchanges = n - 1 + usize::from(at % lanes % 2 == 1 && n > 1);
            assert_eq!(
                sign,
                if exchanges % 2 == 0 { 1.0 } else { -1.0 },
                "{n}: {at}"
            );
            assert!(
                (ln - n as f64 * 2f64.ln()).abs() <= 1e-15 * n as f64 * ln,
                "{n}: {ln}"
            );
            seen += 1;
        }
    }
    assert_eq!(seen, 7 * 12);
}

#[test]
fn singular_matrices_have_sign_zero_and_nan_is_not_hidden() {
    let matrices: [([f64; 9], f64, f64); 4] = [
        ([0.0; 9], 0.0, f64::NEG_INFINITY),
        ([1., 2., 3., 2., 4., 6., 5., 1., 7.], 0.0, f64::NEG_INFINITY),
        (
            [0., 1., 2., 0., 3., 5., 0., 7., 11.],
            0.0,
            f64::NEG_INFINITY,
        ),
        (
            [1., 2., f64::NAN, 2., 4., 6., 5., 1., 7.],
            f64::NAN,
            f64::NAN,
        ),
    ];
    for lanes in [1, 5] {
        for (matrix, sign, ln) in matrices {
            let a: Vec<f64> = [matrix, matrix]
                .concat()
                .iter()
                .flat_map(|&x| vec![x; lanes])
                .collect();
            let [signs, logs] = slogdet::<f64>(3, true, &a, lanes);
            for (found, right) in signs
                .iter()
                .map(|s| (s, sign))
                .chain(logs.iter().map(|l| (l, ln)))
            {
                assert!(
                    *found == right || (found.is_nan() && right.is_nan()),
                    "{matrix:?}: {found}"
                );
            }
        }
    }
}

#[test]
fn matrices_that_are_not_square_are_named() {
    let (mut g, vars) = graph(&[Shape::batched(&[2, 3]), Shape::shared(&[3])]);
    refuses(g.ln_abs_det(vars[0]), "ln_abs_det", &["[2, 3; batch]"]);
    refuses(g.slogdet(vars[1]), "sign_det", &["[3]"]);
    refuses(g.inverse(vars[0]), "inverse", &["[2, 3; batch]"]);
}
