//! LU, Cholesky and QR: reconstruction, determinants, systems, least squares, rank.

use approx::assert_relative_eq;
use fieldassay::linalg::{Cholesky, Complex64, LnDet, Lu, Matrix, Qr, singular_values};
use fieldassay::num::{Tol, Worst};

use super::ensemble::{
    EPS, Number, cyclic_shift, defect, gaussian, graded, hermitian_part, hilbert, minus, positive,
    rectangular, regular, singular, stream, times, with_values,
};

const LU: Tol = Tol::abs(1.0).because("documented bound |PA − LU| ≤ nε|L||U|, 4nε for complex");
const RESIDUAL: Tol = Tol::abs(4.0).because("documented, in units of nε‖A‖‖X‖");
const LN_DET: Tol = Tol::abs(2.0).because("documented, in units of n²ε times the condition");
const CHOLESKY: Tol = Tol::abs(4.0).because("documented, in units of nε√(a_ii a_jj)");
const QR: Tol = Tol::abs(4.0).because("documented, in units of (m + n)ε‖A‖");

fn factors_reconstruct<T: Number>(factor: f64) {
    let mut worst = Worst::new(LU);
    for case in regular::<T>() {
        let (a, n) = (&case.matrix, case.matrix.rows());
        let lu = Lu::new(a).unwrap();
        assert!(!lu.is_singular(), "{}", case.name);
        let (l, u) = (lu.lower(), lu.upper());
        let moduli = |m: &Matrix<T>| m.map(|x| x.modulus());
        let size = times(&moduli(l), &moduli(&u));
        let gap = minus(&a.select_rows(lu.permutation()), &times(l, &u));
        for (at, (x, size)) in gap.as_slice().iter().zip(size.as_slice()).enumerate() {
            let (i, j) = (at / n, at % n);
            assert!(
                j < i || i == j || l[(i, j)] == T::ZERO,
                "L of {}",
                case.name
            );
            assert!(j >= i || u[(i, j)] == T::ZERO, "U of {}", case.name);
            // Two roundings of the comparison itself for each of the n terms.
            let bound = (factor + 2.0) * n as f64 * EPS * size;
            let ratio = if x.modulus() == 0.0 {
                0.0
            } else {
                x.modulus() / bound
            };
            worst.see(ratio, 0.0, || format!("{} ({i}, {j})", case.name));
        }
    }
    worst.assert_at_least(50_000);
}

#[test]
fn lu_reconstructs_the_matrix() {
    factors_reconstruct::<f64>(1.0);
    factors_reconstruct::<Complex64>(4.0);
}

fn solution_solves<T: Number>() {
    let mut rng = stream("solve");
    let mut worst = Worst::new(RESIDUAL);
    for case in regular::<T>() {
        let (a, n) = (&case.matrix, case.matrix.rows());
        let b = gaussian::<T>(&mut rng, n, 3);
        let lu = Lu::new(a).unwrap();
        let x = lu.solve(&b).unwrap();
        let unit = n as f64 * EPS * a.frobenius();
        let residual = minus(&times(a, &x), &b).frobenius();
        worst.see(residual / (unit * x.frobenius()), 0.0, || case.name.clone());
        let inverse = lu.inverse().unwrap();
        let residual = minus(&times(a, &inverse), &Matrix::identity(n)).frobenius();
        worst.see(residual / (unit * inverse.frobenius()), 0.0, || {
            format!("inverse of {}", case.name)
        });
    }
    worst.assert_at_least(140);
}

#[test]
fn lu_solution_solves_the_system() {
    solution_solves::<f64>();
    solution_solves::<Complex64>();
}

fn condition<T: Number>(a: &Matrix<T>) -> f64 {
    let s = singular_values(a).unwrap();
    s[0] / s[s.len() - 1]
}

fn determinants_multiply<T: Number>() {
    let mut rng = stream("determinant");
    let (mut logs, mut phases) = (Worst::new(LN_DET), Worst::new(LN_DET));
    for case in regular::<T>() {
        let (a, n) = (&case.matrix, case.matrix.rows());
        let b = gaussian::<T>(&mut rng, n, n);
        let ln_det = |m: &Matrix<T>| Lu::new(m).unwrap().ln_det();
        let (of_a, of_b) = (ln_det(a), ln_det(&b));
        let of_ab = ln_det(&times(a, &b));
        let unit = (n * n) as f64 * EPS * condition(a) * condition(&b);
        if unit > 1e-2 {
            continue;
        }
        // The logarithms themselves are rounded where they are large (1e±300 to the nth power).
        let rounding = EPS * (of_a.ln_abs.abs() + of_b.ln_abs.abs());
        let gap = (of_ab.ln_abs - of_a.ln_abs - of_b.ln_abs).abs();
        logs.see(gap / (unit + rounding), 0.0, || case.name.clone());
        let turn = (of_ab.phase - of_a.phase * of_b.phase).modulus();
        phases.see(turn / unit, 0.0, || case.name.clone());
    }
    logs.assert_at_least(60);
    phases.assert_at_least(60);
}

#[test]
fn determinant_of_a_product_is_the_product_of_determinants() {
    determinants_multiply::<f64>();
    determinants_multiply::<Complex64>();
}

#[test]
fn exchanging_two_rows_turns_the_sign() {
    let mut rng = stream("exchange");
    let mut seen = 0;
    for n in 2..=40 {
        let a = gaussian::<f64>(&mut rng, n, n);
        let mut order: Vec<usize> = (0..n).collect();
        let first = rng.below(n);
        order.swap(first, (first + 1 + rng.below(n - 1)) % n);
        let (before, after) = (
            Lu::new(&a).unwrap(),
            Lu::new(&a.select_rows(&order)).unwrap(),
        );
        assert_eq!(before.ln_det().phase, -after.ln_det().phase, "n = {n}");
        assert_relative_eq!(
            before.ln_det().ln_abs,
            after.ln_det().ln_abs,
            epsilon = 1e-10
        );
        seen += 1;
    }
    assert_eq!(seen, 39);
}

#[test]
fn determinant_of_a_permutation_is_its_parity() {
    let mut rng = stream("parity");
    let (mut odd, mut even) = (0, 0);
    for trial in 0..400 {
        let n = 1 + trial % 40;
        let mut order: Vec<usize> = (0..n).collect();
        (1..n).rev().for_each(|i| order.swap(i, rng.below(i + 1)));
        let inversions: usize = (0..n)
            .map(|i| {
                order[i + 1..]
                    .iter()
                    .filter(|&&later| later < order[i])
                    .count()
            })
            .sum();
        let p = Matrix::<f64>::identity(n).select_rows(&order);
        let parity = if inversions.is_multiple_of(2) {
            1.0
        } else {
            -1.0
        };
        let expected = LnDet {
            phase: parity,
            ln_abs: 0.0,
        };
        assert_eq!(Lu::new(&p).unwrap().ln_det(), expected, "{order:?}");
        *(if parity < 0.0 { &mut odd } else { &mut even }) += 1;
    }
    assert!(odd > 100 && even > 100, "{odd} odd, {even} even");
    for n in 1..12 {
        let sign = if n % 2 == 1 { 1.0 } else { -1.0 };
        let shift = Lu::new(&cyclic_shift::<Complex64>(n)).unwrap().ln_det();
        assert_eq!(
            shift.phase,
            Complex64::new(sign, 0.0),
            "cyclic shift of {n}"
        );
    }
}

#[test]
fn known_determinants_come_out() {
    // 1/det of Hilbert's matrix: OEIS A005249.
    let inverses = [1.0, 12.0, 2160.0, 6_048_000.0, 266_716_800_000.0];
    for (n, inverse) in (1..).zip(inverses) {
        let det = Lu::new(&hilbert::<f64>(n)).unwrap().ln_det();
        assert_eq!(det.phase, 1.0);
        assert_relative_eq!(det.value() * inverse, 1.0, epsilon = 1e-10);
    }
    // i times the identity: the phase is iⁿ.
    for n in 1..9 {
        let a = Matrix::diagonal(&vec![Complex64::i(); n]);
        let det = Lu::new(&a).unwrap().ln_det();
        assert_relative_eq!(
            det.phase.re,
            Complex64::i().powu(n as u32).re,
            epsilon = 1e-15
        );
        assert_relative_eq!(
            det.phase.im,
            Complex64::i().powu(n as u32).im,
            epsilon = 1e-15
        );
        assert_eq!(det.ln_abs, 0.0);
    }
    // Beyond the range of f64: 1e300 to the 40th power.
    let huge = Lu::new(&Matrix::diagonal(&[-1e300; 40])).unwrap().ln_det();
    assert_eq!(huge.phase, 1.0);
    assert_relative_eq!(huge.ln_abs, 40.0 * 1e300_f64.ln(), max_relative = 1e-14);
}

fn badly_scaled_is_not_singular<T: Number>() {
    let extremes = Matrix::diagonal(&[1e-150, 1e150].map(T::from_real));
    let lu = Lu::new(&extremes).unwrap();
    let inverse = lu.inverse().unwrap();
    assert_relative_eq!(inverse[(0, 0)].re(), 1e150, max_relative = 1e-14);
    assert_relative_eq!(inverse[(1, 1)].re(), 1e-150, max_relative = 1e-14);
    assert_relative_eq!(lu.ln_det().ln_abs, 0.0, epsilon = 1e-12);
    let shear = Matrix::from_rows(&[[1.0, 1e20], [0.0, 1.0]].map(|r| r.map(T::from_real)));
    assert_eq!(Lu::new(&shear.unwrap()).unwrap().ln_det().phase, T::ONE);
}

#[test]
fn bad_scaling_is_not_taken_for_singularity() {
    badly_scaled_is_not_singular::<f64>();
    badly_scaled_is_not_singular::<Complex64>();
}

fn singular_has_no_determinant<T: Number>() {
    let mut seen = 0;
    for (case, rank) in singular::<T>() {
        let lu = Lu::new(&case.matrix).unwrap();
        assert!(lu.is_singular(), "{}", case.name);
        let det = lu.ln_det();
        assert_eq!((det.phase, det.ln_abs), (T::ZERO, f64::NEG_INFINITY));
        assert_eq!(det.value(), T::ZERO);
        assert_eq!(Qr::new(&case.matrix).unwrap().rank(), rank, "{}", case.name);
        seen += 1;
    }
    assert_eq!(seen, 11);
}

#[test]
fn singular_matrices_have_minus_infinity_and_the_rank_they_were_made_with() {
    singular_has_no_determinant::<f64>();
    singular_has_no_determinant::<Complex64>();
}

fn deficiency_is_told_from_condition<T: Number>() {
    let mut rng = stream("deficiency");
    for n in 2..=101 {
        let rank = 1 + rng.below(n - 1);
        let deficient = times(
            &gaussian::<T>(&mut rng, n, rank),
            &gaussian(&mut rng, rank, n),
        );
        assert!(
            Lu::new(&deficient).unwrap().is_singular(),
            "rank {rank} of {n}"
        );
        let steep = with_values::<T>(&mut rng, &graded(n, 1e14), false);
        assert!(
            !Lu::new(&steep).unwrap().is_singular(),
            "condition 1e14, {n}"
        );
        let steep = hermitian_part(&with_values::<T>(&mut rng, &graded(n, 1e13), true));
        assert!(Cholesky::new(&steep).is_ok(), "condition 1e13, {n}");
    }
}

#[test]
fn deficient_rank_is_told_from_bad_condition() {
    deficiency_is_told_from_condition::<f64>();
    deficiency_is_told_from_condition::<Complex64>();
}

fn cholesky_reconstructs<T: Number>() {
    let (mut product, mut systems) = (Worst::new(CHOLESKY), Worst::new(CHOLESKY));
    let mut logs = Worst::new(LN_DET);
    for case in positive::<T>() {
        let (a, n) = (&case.matrix, case.matrix.rows());
        let cholesky = Cholesky::new(a).unwrap();
        let l = cholesky.lower();
        let back = times(l, &l.adjoint());
        let unit = n as f64 * EPS;
        for i in 0..n {
            for j in 0..n {
                assert!(j <= i || l[(i, j)] == T::ZERO, "L of {}", case.name);
                let size = a[(i, i)].re().sqrt() * a[(j, j)].re().sqrt();
                let gap = (back[(i, j)] - a[(i, j)]).modulus();
                product.see(gap / (unit * size), 0.0, || {
                    format!("{} ({i}, {j})", case.name)
                });
            }
        }
        let b = gaussian::<T>(&mut stream(&case.name), n, 2);
        let x = cholesky.solve(&b).unwrap();
        let residual = minus(&times(a, &x), &b).frobenius();
        let size = n as f64 * unit * a.frobenius() * x.frobenius();
        systems.see(residual / size, 0.0, || case.name.clone());
        let by_lu = Lu::new(a).unwrap().ln_det();
        let unit = 2.0 * n as f64 * unit * condition(a) + EPS * by_lu.ln_abs.abs();
        logs.see((cholesky.ln_det() - by_lu.ln_abs).abs() / unit, 0.0, || {
            case.name.clone()
        });
        assert!((by_lu.phase - T::ONE).modulus() < 1e-3, "{}", case.name);
    }
    product.assert_at_least(40_000);
    systems.assert_at_least(50);
    logs.assert_at_least(50);
}

#[test]
fn cholesky_reconstructs_solves_and_agrees_with_lu_on_the_determinant() {
    cholesky_reconstructs::<f64>();
    cholesky_reconstructs::<Complex64>();
}

fn qr_reconstructs<T: Number>() {
    let (mut product, mut basis) = (Worst::new(QR), Worst::new(QR));
    let deficient = singular::<T>().into_iter().map(|(case, _)| case);
    for case in rectangular::<T>()
        .into_iter()
        .chain(regular())
        .chain(deficient)
    {
        let (a, (m, n)) = (&case.matrix, case.matrix.shape());
        let qr = Qr::new(a).unwrap();
        let (q, r) = (qr.q(), qr.r());
        let below = |i: usize, j: usize| j < i && r[(i, j)] != T::ZERO;
        assert!(
            (0..r.rows()).all(|i| (0..n).all(|j| !below(i, j))),
            "R of {}",
            case.name
        );
        let back = times(q, r);
        let ordered = a.transpose().select_rows(qr.permutation()).transpose();
        let unit = (m + n) as f64 * EPS;
        let gap = minus(&back, &ordered).frobenius();
        let ratio = if gap == 0.0 {
            0.0
        } else {
            gap / (unit * a.frobenius())
        };
        product.see(ratio, 0.0, || case.name.clone());
        basis.see(defect(q) / unit, 0.0, || case.name.clone());
    }
    product.assert_at_least(150);
    basis.assert_at_least(150);
}

#[test]
fn qr_reconstructs_the_matrix_from_an_orthonormal_basis() {
    qr_reconstructs::<f64>();
    qr_reconstructs::<Complex64>();
}

fn least_squares_is_normal<T: Number>() {
    let mut rng = stream("least squares");
    let mut worst =
        Worst::new(Tol::abs(2.0).because("documented, in units of (m + n)ε‖A‖(‖A‖‖X‖ + ‖B‖)"));
    for case in rectangular::<T>() {
        let (a, (m, n)) = (&case.matrix, case.matrix.shape());
        if m < n {
            continue;
        }
        let b = gaussian::<T>(&mut rng, m, 2);
        let qr = Qr::new(a).unwrap();
        assert_eq!(qr.rank(), n, "{}", case.name);
        let x = qr.least_squares(&b).unwrap();
        let normal = times(&a.adjoint(), &minus(&times(a, &x), &b)).frobenius();
        let size = a.frobenius() * (a.frobenius() * x.frobenius() + b.frobenius());
        let unit = (m + n) as f64 * EPS * size;
        worst.see(normal / unit, 0.0, || case.name.clone());
    }
    worst.assert_at_least(60);
}

#[test]
fn least_squares_residual_is_orthogonal_to_the_columns() {
    least_squares_is_normal::<f64>();
    least_squares_is_normal::<Complex64>();
}
