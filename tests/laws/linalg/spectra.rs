//! Eigenvalues and singular values.

use std::f64::consts::PI;

use approx::assert_relative_eq;
use fieldassay::linalg::{
    Complex64, Matrix, generalized_eigen, singular_values, svd, symmetric_eigenvalues,
};
use fieldassay::num::{Tol, Worst};

use super::ensemble::{
    Number, defect, gaussian, graded, hermitian, hermitian_part, minus, positive, rectangular,
    regular, singular, stream, times, with_values,
};

const EIGEN: Tol = Tol::abs(8.0).because("documented, in units of nε‖A‖");
const VALUES: Tol = Tol::abs(4.0).because("documented, in units of nε‖A‖₂");
const SINGULAR: Tol = Tol::abs(4.0).because("documented, in units of (m + n)ε‖A‖");

/// `x / unit`, and 0 for the zero matrix, whose unit is zero.
fn relative(x: f64, unit: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x / unit }
}

fn diagonal<T: Number>(values: &[f64]) -> Matrix<T> {
    let entries: Vec<T> = values.iter().map(|&x| T::from_real(x)).collect();
    Matrix::diagonal(&entries)
}

fn eigenvectors_solve_their_equation<T: Number>() {
    let (mut equation, mut basis) = (Worst::new(EIGEN), Worst::new(EIGEN));
    for case in hermitian::<T>() {
        let (a, n) = (&case.matrix, case.matrix.rows() as f64);
        let eigen = T::eigen(a).unwrap();
        let (v, lambda) = (&eigen.vectors, diagonal(&eigen.values));
        assert!(
            eigen.values.is_sorted(),
            "{}: {:?}",
            case.name,
            eigen.values
        );
        let residual = minus(&times(a, v), &times(v, &lambda)).frobenius();
        let unit = n * f64::EPSILON * a.frobenius();
        equation.see(relative(residual, unit), 0.0, || case.name.clone());
        basis.see(defect(v) / (n * f64::EPSILON), 0.0, || case.name.clone());
    }
    equation.assert_at_least(60);
    basis.assert_at_least(60);
}

#[test]
fn eigenvectors_solve_their_equation_and_are_orthonormal() {
    eigenvectors_solve_their_equation::<f64>();
    eigenvectors_solve_their_equation::<Complex64>();
}

fn values_alone_agree<T: Number>() {
    let mut worst = Worst::new(VALUES);
    for case in hermitian::<T>() {
        let eigen = T::eigen(&case.matrix).unwrap();
        let alone = T::eigenvalues(&case.matrix).unwrap();
        assert_eq!(alone.len(), eigen.values.len());
        let largest = eigen.values.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
        let unit = 2.0 * alone.len() as f64 * f64::EPSILON * largest;
        for (x, y) in alone.iter().zip(&eigen.values) {
            worst.see(relative((x - y).abs(), unit), 0.0, || case.name.clone());
        }
    }
    worst.assert_at_least(1_000);
}

#[test]
fn eigenvalues_without_vectors_are_the_same_eigenvalues() {
    values_alone_agree::<f64>();
    values_alone_agree::<Complex64>();
}

fn prescribed_eigenvalues_come_back<T: Number>() {
    let mut rng = stream("prescribed");
    let mut worst =
        Worst::new(Tol::abs(8.0).because("documented 4, and the matrix is rounded too"));
    for n in [2, 7, 20, 39, 90] {
        let triples: Vec<f64> = (0..n).map(|k| (k / 3) as f64 - 2.0).collect();
        let mut steep = graded(n, 1e12);
        steep.reverse();
        for values in [triples, steep] {
            let a = hermitian_part(&with_values::<T>(&mut rng, &values, true));
            let largest = values.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
            let found = T::eigenvalues(&a).unwrap();
            for (x, y) in found.iter().zip(&values) {
                let unit = n as f64 * f64::EPSILON * largest;
                worst.see((x - y).abs() / unit, 0.0, || format!("{} n = {n}", T::NAME));
            }
        }
    }
    worst.assert_at_least(316);
}

#[test]
fn prescribed_eigenvalues_come_back_repeated_ones_included() {
    prescribed_eigenvalues_come_back::<f64>();
    prescribed_eigenvalues_come_back::<Complex64>();
}

#[test]
fn eigenvalues_scale_with_the_matrix_bit_by_bit() {
    let mut rng = stream("scale");
    let a = hermitian_part(&gaussian::<f64>(&mut rng, 12, 12));
    let values = symmetric_eigenvalues(&a).unwrap();
    for power in [-900, -3, 5, 900] {
        let factor = 2f64.powi(power);
        let scaled = symmetric_eigenvalues(&a.map(|x| x * factor)).unwrap();
        let expected: Vec<f64> = values.iter().map(|x| x * factor).collect();
        assert_eq!(scaled, expected, "factor 2^{power}");
    }
}

#[test]
fn second_difference_has_its_textbook_eigenvalues() {
    for n in [1_usize, 2, 9, 64, 110] {
        let a = Matrix::from_fn(n, n, |i, j| match i.abs_diff(j) {
            0 => 2.0,
            1 => -1.0,
            _ => 0.0,
        });
        let values = symmetric_eigenvalues(&a).unwrap();
        assert_eq!(values.len(), n);
        for (k, value) in (1..).zip(values) {
            let expected = 2.0 - 2.0 * (f64::from(k) * PI / (n + 1) as f64).cos();
            assert_relative_eq!(value, expected, epsilon = 1e-13);
        }
    }
}

fn generalized_pairs_solve_their_equation<T: Number>() {
    let mut worst =
        Worst::new(Tol::abs(8.0).because("documented, in units of nε‖A‖‖B⁻¹‖ and nεκ(B)"));
    for case in positive::<T>() {
        let (b, n) = (&case.matrix, case.matrix.rows());
        let a = hermitian_part(&gaussian::<T>(&mut stream(&case.name), n, n));
        let eigen = generalized_eigen(&a, b).unwrap();
        assert!(eigen.values.is_sorted(), "{}", case.name);
        let v = &eigen.vectors;
        let s = svd(b).unwrap();
        let smallest = s.s[n - 1];
        let metric = times(&times(&v.adjoint(), b), v);
        let orthonormality = minus(&metric, &Matrix::identity(n)).frobenius();
        let projected = times(&times(&v.adjoint(), &a), v);
        let residual = minus(&projected, &diagonal(&eigen.values)).frobenius();
        let unit = n as f64 * f64::EPSILON;
        worst.see(residual / (unit * a.frobenius() / smallest), 0.0, || {
            case.name.clone()
        });
        worst.see(orthonormality / (unit * s.condition()), 0.0, || {
            case.name.clone()
        });
    }
    worst.assert_at_least(100);
}

#[test]
fn generalized_eigenvectors_diagonalise_both_matrices() {
    generalized_pairs_solve_their_equation::<f64>();
    generalized_pairs_solve_their_equation::<Complex64>();
}

fn generalized_with_unit_metric<T: Number>() {
    let mut worst = Worst::new(VALUES);
    for case in hermitian::<T>() {
        let n = case.matrix.rows();
        let pairs = generalized_eigen(&case.matrix, &Matrix::identity(n)).unwrap();
        let unit = n as f64 * f64::EPSILON * case.matrix.frobenius();
        for (x, y) in pairs
            .values
            .iter()
            .zip(T::eigenvalues(&case.matrix).unwrap())
        {
            worst.see(relative((x - y).abs(), unit), 0.0, || case.name.clone());
        }
    }
    worst.assert_at_least(1_000);
}

#[test]
fn generalized_problem_with_unit_metric_is_the_ordinary_one() {
    generalized_with_unit_metric::<f64>();
    generalized_with_unit_metric::<Complex64>();
}

fn singular_factors_reconstruct<T: Number>() {
    let (mut product, mut bases) = (Worst::new(SINGULAR), Worst::new(SINGULAR));
    let deficient = singular::<T>().into_iter().map(|(case, _)| case);
    for case in rectangular::<T>()
        .into_iter()
        .chain(regular())
        .chain(deficient)
    {
        let (a, (m, n)) = (&case.matrix, case.matrix.shape());
        let svd = svd(a).unwrap();
        let size = (m + n) as f64 * f64::EPSILON;
        let falling = svd.s.iter().rev().is_sorted() && svd.s.iter().all(|&s| s >= 0.0);
        assert!(falling, "{}: {:?}", case.name, svd.s);
        let back = times(&times(&svd.u, &diagonal(&svd.s)), &svd.v.adjoint());
        let residual = minus(&back, a).frobenius();
        product.see(relative(residual, size * a.frobenius()), 0.0, || {
            case.name.clone()
        });
        bases.see(defect(&svd.u) / size, 0.0, || format!("U of {}", case.name));
        bases.see(defect(&svd.v) / size, 0.0, || format!("V of {}", case.name));
        let alone = singular_values(a).unwrap();
        assert_eq!(alone.len(), svd.s.len());
        for (x, y) in alone.iter().zip(&svd.s) {
            let gap = relative((x - y).abs(), 2.0 * size * svd.s[0]);
            product.see(gap, 0.0, || format!("values alone of {}", case.name));
        }
    }
    product.assert_at_least(2_000);
    bases.assert_at_least(300);
}

#[test]
fn singular_vectors_and_values_reconstruct_the_matrix() {
    singular_factors_reconstruct::<f64>();
    singular_factors_reconstruct::<Complex64>();
}

#[test]
fn squares_of_singular_values_sum_to_the_squared_frobenius_norm() {
    let mut worst = Worst::new(Tol::rel(1e-13).because("sums of at most 150 positive terms"));
    for case in rectangular::<f64>() {
        let s = singular_values(&case.matrix).unwrap();
        let sum = Matrix::from_vec(1, s.len(), s).unwrap().frobenius();
        worst.see(sum, case.matrix.frobenius(), || case.name.clone());
    }
    worst.assert_at_least(90);
}

#[test]
fn rank_of_a_product_of_thin_factors_is_their_width() {
    let mut seen = 0;
    for (case, rank) in singular::<Complex64>() {
        let svd = svd(&case.matrix).unwrap();
        assert_eq!(svd.rank(1e-12), rank, "{}: {:?}", case.name, svd.s);
        seen += 1;
    }
    assert_eq!(seen, 11);
    let steep = with_values::<f64>(&mut stream("condition"), &graded(20, 1e6), false);
    assert_relative_eq!(svd(&steep).unwrap().condition(), 1e6, max_relative = 1e-8);
    assert_eq!(
        svd(&Matrix::<f64>::zeros(2, 2)).unwrap().condition(),
        f64::INFINITY
    );
}
