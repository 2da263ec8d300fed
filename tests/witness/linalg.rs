//! Linear algebra against the textbook routines of `reference/`: no method is the same on both
//! sides, and the reference's two eigensolvers are held against each other.

#[path = "../laws/linalg/ensemble.rs"]
#[allow(
    dead_code,
    reason = "the laws use more of the ensemble than the witnesses"
)]
mod ensemble;

use ensemble::{
    Case, EPS, Number, gaussian, graded, hermitian, hermitian_part, positive, rectangular, regular,
    singular, stream, times, with_values,
};
use fieldassay::linalg::{Cholesky, Complex64, Lu, Matrix, Qr, generalized_eigen, singular_values};
use fieldassay::num::{Tol, Worst};
use fieldassay_reference::linalg as reference;
use reference::{Complex, ComplexRows, Rows};

/// The reference is cubic with large constants: sizes up to this one.
const LARGEST: usize = 40;

const EIGEN: Tol =
    Tol::abs(8.0).because("documented 4 for us and as much for them, in units of nε‖A‖");
const SINGULAR: Tol =
    Tol::abs(8.0).because("documented 4 for us and as much for them, in units of (m + n)ε‖A‖");
const SYSTEM: Tol =
    Tol::abs(8.0).because("a residual of 4nε‖A‖‖X‖ on each side, times the condition");
const LN_DET: Tol =
    Tol::abs(4.0).because("documented 2 and as much for them, in units of n²ε times the condition");
const FACTOR: Tol =
    Tol::abs(8.0).because("first-order perturbation of the factor, times the condition");

/// A number type that the reference's complex type can hold.
trait Known: Number {
    fn to_reference(self) -> Complex;
}

impl Known for f64 {
    fn to_reference(self) -> Complex {
        Complex::new(self, 0.0)
    }
}

impl Known for Complex64 {
    fn to_reference(self) -> Complex {
        Complex::new(self.re, self.im)
    }
}

fn rows_of<T: Known>(a: &Matrix<T>) -> ComplexRows {
    (0..a.rows())
        .map(|i| a.row(i).iter().map(|x| x.to_reference()).collect())
        .collect()
}

fn real_rows(a: &Matrix<f64>) -> Rows {
    (0..a.rows()).map(|i| a.row(i).to_vec()).collect()
}

/// `‖A − B‖_F` of a matrix of ours and one of theirs.
fn distance<T: Known>(a: &Matrix<T>, b: &ComplexRows) -> f64 {
    assert_eq!((a.rows(), a.cols()), (b.len(), b[0].len()), "unlike shapes");
    let gaps = (0..a.rows()).flat_map(|i| (0..a.cols()).map(move |j| (i, j)));
    gaps.map(|(i, j)| (a[(i, j)].to_reference() - b[i][j]).abs())
        .fold(
            0.0,
            |sum, gap| if gap.is_nan() { gap } else { gap.hypot(sum) },
        )
}

fn small<T>(cases: Vec<Case<T>>) -> impl Iterator<Item = Case<T>>
where
    T: Number,
{
    cases
        .into_iter()
        .filter(|case| case.matrix.rows().max(case.matrix.cols()) <= LARGEST)
}

fn relative(x: f64, unit: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x / unit }
}

fn condition<T: Number>(a: &Matrix<T>) -> f64 {
    let s = singular_values(a).unwrap();
    s[0] / s[s.len() - 1]
}

fn see_values(worst: &mut Worst, ours: &[f64], theirs: &[f64], unit: f64, name: &str) {
    assert_eq!(ours.len(), theirs.len(), "{name}");
    for (k, (x, y)) in ours.iter().zip(theirs).enumerate() {
        worst.see(relative((x - y).abs(), unit), 0.0, || {
            format!("{name}, value {k}")
        });
    }
}

fn largest_of(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |max, x| x.abs().max(max))
}

#[test]
fn symmetric_eigenvalues_agree_with_householder_and_ql() {
    let mut worst = Worst::new(EIGEN);
    for case in small(hermitian::<f64>()) {
        let (theirs, _) = reference::symmetric_eigen(&real_rows(&case.matrix));
        let ours = f64::eigenvalues(&case.matrix).unwrap();
        let unit = ours.len() as f64 * EPS * largest_of(&theirs);
        see_values(&mut worst, &ours, &theirs, unit, &case.name);
    }
    worst.assert_at_least(1_000);
}

fn eigenvalues_agree_with_jacobi<T: Known>() {
    let mut worst = Worst::new(EIGEN);
    for case in small(hermitian::<T>()) {
        let (theirs, _) = reference::hermitian_eigen(&rows_of(&case.matrix));
        let ours = T::eigenvalues(&case.matrix).unwrap();
        let unit = ours.len() as f64 * EPS * largest_of(&theirs);
        see_values(&mut worst, &ours, &theirs, unit, &case.name);
    }
    worst.assert_at_least(1_000);
}

#[test]
fn eigenvalues_agree_with_cyclic_jacobi() {
    eigenvalues_agree_with_jacobi::<f64>();
    eigenvalues_agree_with_jacobi::<Complex64>();
}

#[test]
fn ql_and_jacobi_of_the_reference_agree_and_diagonalise() {
    let mut worst = Worst::new(EIGEN);
    for case in small(hermitian::<f64>()) {
        let a = real_rows(&case.matrix);
        let (ql, vectors) = reference::symmetric_eigen(&a);
        let (jacobi, rotated) = reference::hermitian_eigen(&reference::complexify(&a));
        let unit = ql.len() as f64 * EPS * largest_of(&ql);
        see_values(&mut worst, &ql, &jacobi, unit, &case.name);
        for v in [reference::complexify(&vectors), rotated] {
            let residual = eigen_residual(&reference::complexify(&a), &v, &ql);
            worst.see(relative(residual, unit), 0.0, || {
                format!("vectors of {}", case.name)
            });
        }
    }
    worst.assert_at_least(1_000);
}

/// The largest entry of `A·V − V·Λ`.
fn eigen_residual(a: &ComplexRows, v: &ComplexRows, values: &[f64]) -> f64 {
    let image = reference::product(a, v);
    let gaps = image.iter().zip(v).flat_map(|(image, v)| {
        let columns = image.iter().zip(v).zip(values);
        columns.map(|((&x, &y), &value)| (x - y.times(value)).abs())
    });
    gaps.fold(
        0.0,
        |max, gap| if gap.is_nan() { gap } else { gap.max(max) },
    )
}

fn generalized_eigenvalues_agree<T: Known>() {
    let mut rng = stream("generalized");
    let mut worst = Worst::new(Tol::abs(8.0).because("documented, in units of nε‖A‖‖B⁻¹‖κ(B)"));
    for n in 1..=25 {
        let a = hermitian_part(&gaussian::<T>(&mut rng, n, n));
        let b = hermitian_part(&with_values::<T>(&mut rng, &graded(n, 1e4), true));
        let ours = generalized_eigen(&a, &b).unwrap().values;
        let theirs = reference::generalized_eigenvalues(&rows_of(&a), &rows_of(&b));
        let norm = singular_values(&a).unwrap()[0];
        let smallest = singular_values(&b).unwrap()[n - 1];
        let unit = n as f64 * EPS * norm / smallest * condition(&b);
        see_values(
            &mut worst,
            &ours,
            &theirs,
            unit,
            &format!("{} n = {n}", T::NAME),
        );
    }
    worst.assert_at_least(325);
}

#[test]
fn generalized_eigenvalues_agree_with_the_square_root_of_the_metric() {
    generalized_eigenvalues_agree::<f64>();
    generalized_eigenvalues_agree::<Complex64>();
}

fn singular_values_agree<T: Known>() {
    let mut worst = Worst::new(SINGULAR);
    let deficient = singular::<T>().into_iter().map(|(case, _)| case).collect();
    let cases = small(rectangular::<T>())
        .chain(small(regular()))
        .chain(small(deficient));
    for case in cases {
        let theirs = reference::singular_values(&rows_of(&case.matrix));
        let ours = singular_values(&case.matrix).unwrap();
        let (m, n) = case.matrix.shape();
        let unit = (m + n) as f64 * EPS * largest_of(&theirs);
        see_values(&mut worst, &ours, &theirs, unit, &case.name);
    }
    worst.assert_at_least(1_500);
}

#[test]
fn singular_values_agree_with_one_sided_jacobi() {
    singular_values_agree::<f64>();
    singular_values_agree::<Complex64>();
}

fn systems_agree<T: Known>() {
    let mut rng = stream("systems");
    let (mut solutions, mut logs) = (Worst::new(SYSTEM), Worst::new(LN_DET));
    for case in small(regular::<T>()) {
        let (a, n) = (&case.matrix, case.matrix.rows());
        let b = gaussian::<T>(&mut rng, n, 2);
        let lu = Lu::new(a).unwrap();
        let x = lu.solve(&b).unwrap();
        let unit = n as f64 * EPS * condition(a);
        let gap = distance(&x, &reference::solve(&rows_of(a), &rows_of(&b)));
        solutions.see(gap / (unit * x.frobenius()), 0.0, || case.name.clone());
        let (ours, theirs) = (lu.ln_det(), reference::ln_det(&rows_of(a)));
        let rounding = n as f64 * EPS * theirs.ln_abs.abs();
        let unit = n as f64 * unit + rounding;
        logs.see((ours.ln_abs - theirs.ln_abs).abs() / unit, 0.0, || {
            case.name.clone()
        });
        let turn = (ours.phase.to_reference() - theirs.phase).abs();
        logs.see(turn / unit, 0.0, || format!("phase of {}", case.name));
    }
    solutions.assert_at_least(60);
    logs.assert_at_least(120);
}

#[test]
fn systems_and_determinants_agree_with_full_pivoting() {
    systems_agree::<f64>();
    systems_agree::<Complex64>();
}

fn cholesky_agrees<T: Known>() {
    let mut worst = Worst::new(FACTOR);
    for case in small(positive::<T>()) {
        let ours = Cholesky::new(&case.matrix).unwrap();
        let theirs = reference::cholesky(&rows_of(&case.matrix)).expect("positive definite");
        let unit = case.matrix.rows() as f64 * EPS * condition(&case.matrix);
        let size = ours.lower().frobenius();
        let gap = distance(ours.lower(), &theirs);
        worst.see(gap / (unit * size), 0.0, || case.name.clone());
    }
    worst.assert_at_least(45);
}

#[test]
fn cholesky_agrees_with_the_textbook_loop() {
    cholesky_agrees::<f64>();
    cholesky_agrees::<Complex64>();
}

fn qr_agrees<T: Known>() {
    let mut worst = Worst::new(FACTOR);
    for case in small(rectangular::<T>()) {
        let (a, (m, n)) = (&case.matrix, case.matrix.shape());
        if m < n {
            continue;
        }
        let qr = Qr::new(a).unwrap();
        let ordered = a.transpose().select_rows(qr.permutation()).transpose();
        let (q, r) = reference::gram_schmidt(&rows_of(&ordered));
        // Ours may carry a phase in each row of R; theirs has a positive diagonal.
        let phases: Vec<T> = (0..n).map(|k| qr.r()[(k, k)].phase()).collect();
        let our_q = Matrix::from_fn(m, n, |i, j| qr.q()[(i, j)] * phases[j]);
        let our_r = Matrix::from_fn(n, n, |i, j| phases[i].conj() * qr.r()[(i, j)]);
        let unit = (m + n) as f64 * EPS * condition(a);
        worst.see(
            distance(&our_q, &q) / (unit * (n as f64).sqrt()),
            0.0,
            || format!("Q of {}", case.name),
        );
        worst.see(distance(&our_r, &r) / (unit * a.frobenius()), 0.0, || {
            format!("R of {}", case.name)
        });
    }
    worst.assert_at_least(80);
}

#[test]
fn qr_agrees_with_gram_schmidt_twice() {
    qr_agrees::<f64>();
    qr_agrees::<Complex64>();
}

fn products_agree<T: Known>() {
    let mut rng = stream("products");
    let mut worst = Worst::new(Tol::abs(4.0).because("complex bound 4(k + 2)ε‖A‖‖B‖ of gemm"));
    for n in 1..=40 {
        let (a, b) = (
            gaussian::<T>(&mut rng, n, n + 3),
            gaussian::<T>(&mut rng, n + 3, 2 * n),
        );
        let gap = distance(
            &times(&a, &b),
            &reference::product(&rows_of(&a), &rows_of(&b)),
        );
        let unit = (n + 5) as f64 * EPS * a.frobenius() * b.frobenius();
        worst.see(gap / unit, 0.0, || format!("{} n = {n}", T::NAME));
    }
    worst.assert_at_least(40);
}

#[test]
fn products_agree_with_the_compensated_triple_loop() {
    products_agree::<f64>();
    products_agree::<Complex64>();
}
