//! What linear algebra refuses, by variant, with the numbers that the message must name.

use fieldassay::linalg::{
    Cholesky, Complex64, Lu, Matrix, Qr, generalized_eigen, hermitian_eigen, hermitian_eigenvalues,
    singular_values, svd, symmetric_eigen, symmetric_eigenvalues,
};
use fieldassay::{Error, Result};

use super::ensemble::{Number, gaussian, singular, stream, times};

/// Every entry point on a square matrix, its result dropped.
fn square_entries<T: Number>(a: &Matrix<T>) -> Vec<(&'static str, Result<()>)> {
    vec![
        ("eigen", T::eigen(a).map(drop)),
        ("eigenvalues", T::eigenvalues(a).map(drop)),
        (
            "generalized",
            generalized_eigen(a, &Matrix::identity(a.rows())).map(drop),
        ),
        ("lu", Lu::new(a).map(drop)),
        ("cholesky", Cholesky::new(a).map(drop)),
    ]
}

/// Every entry point.
fn entries<T: Number>(a: &Matrix<T>) -> Vec<(&'static str, Result<()>)> {
    let mut all = square_entries(a);
    all.push(("svd", svd(a).map(drop)));
    all.push(("singular_values", singular_values(a).map(drop)));
    all.push(("qr", Qr::new(a).map(drop)));
    all
}

fn positions_are_named<T: Number>(poison: [T; 3]) {
    let mut seen = 0;
    for bad in poison {
        let mut a = Matrix::<T>::identity(4);
        a[(2, 1)] = bad;
        for (entry, result) in entries(&a) {
            match result {
                Err(Error::Matrix {
                    expected: "finite",
                    detail,
                    ..
                }) => {
                    assert!(detail.starts_with("entry (2, 1) is "), "{entry}: {detail}");
                }
                other => panic!("{entry} of {bad:?}: {other:?}"),
            }
            seen += 1;
        }
    }
    assert_eq!(seen, 24);
}

#[test]
fn entries_that_are_not_finite_are_refused_by_position() {
    positions_are_named([f64::NAN, f64::INFINITY, f64::NEG_INFINITY]);
    let part = Complex64::new;
    positions_are_named([
        part(0.0, f64::NAN),
        part(f64::INFINITY, 0.0),
        part(f64::NAN, 1.0),
    ]);
}

#[test]
fn empty_matrices_are_refused() {
    let mut seen = 0;
    for (entry, result) in entries(&Matrix::<f64>::zeros(0, 0)) {
        let refused = matches!(
            &result,
            Err(Error::Matrix {
                expected: "non-empty",
                ..
            })
        );
        assert!(refused, "{entry}: {result:?}");
        seen += 1;
    }
    for (rows, cols) in [(0, 3), (3, 0)] {
        let hollow = Matrix::<Complex64>::zeros(rows, cols);
        assert!(matches!(
            svd(&hollow),
            Err(Error::Matrix {
                expected: "non-empty",
                ..
            })
        ));
        assert!(matches!(
            Qr::new(&hollow),
            Err(Error::Matrix {
                expected: "non-empty",
                ..
            })
        ));
    }
    assert_eq!(seen, 8);
}

#[test]
fn matrices_that_are_not_square_are_refused_with_their_shape() {
    let a = gaussian::<f64>(&mut stream("refusals"), 3, 5);
    for (entry, result) in square_entries(&a) {
        let refused = matches!(&result, Err(Error::ShapeMismatch { lhs, .. }) if lhs == &[3, 5]);
        assert!(refused, "{entry}: {result:?}");
    }
}

#[test]
fn matrices_unlike_their_adjoint_are_refused() {
    let mut a = Matrix::<f64>::identity(3);
    a[(0, 2)] = 1e-11;
    for result in [
        symmetric_eigen(&a).map(drop),
        symmetric_eigenvalues(&a).map(drop),
        Cholesky::new(&a).map(drop),
        generalized_eigen(&a, &Matrix::identity(3)).map(drop),
        generalized_eigen(&Matrix::identity(3), &a).map(drop),
    ] {
        match result {
            Err(Error::Matrix {
                expected: "equal to its adjoint",
                detail,
                ..
            }) => {
                assert!(detail.contains("(2, 0) and (0, 2)"), "{detail}");
            }
            other => panic!("{other:?}"),
        }
    }
    a[(0, 2)] = 1e-13;
    assert!(symmetric_eigen(&a).is_ok(), "rounding is not asymmetry");
    // Symmetric is not Hermitian, and a Hermitian matrix has a real diagonal.
    let symmetric = Matrix::from_fn(2, 2, |_, _| Complex64::i());
    assert!(matches!(
        hermitian_eigen(&symmetric),
        Err(Error::Matrix {
            expected: "equal to its adjoint",
            ..
        })
    ));
    assert!(hermitian_eigenvalues(&Matrix::diagonal(&[Complex64::i()])).is_err());
}

fn singular_systems_are_refused<T: Number>() {
    let mut seen = 0;
    for (case, rank) in singular::<T>() {
        let n = case.matrix.rows();
        let lu = Lu::new(&case.matrix).unwrap();
        for result in [lu.solve(&Matrix::identity(n)), lu.inverse()] {
            match result {
                Err(Error::Matrix {
                    expected: "regular",
                    detail,
                    ..
                }) => {
                    assert!(detail.contains("pivot "), "{detail}");
                }
                other => panic!("{}: {other:?}", case.name),
            }
        }
        let qr = Qr::new(&case.matrix).unwrap();
        match qr.least_squares(&Matrix::identity(n)) {
            Err(Error::Matrix {
                expected: "of full column rank",
                detail,
                ..
            }) => {
                assert_eq!(
                    detail,
                    format!("rank {rank} of {n} columns"),
                    "{}",
                    case.name
                );
            }
            other => panic!("{}: {other:?}", case.name),
        }
        seen += 1;
    }
    assert_eq!(seen, 11);
}

#[test]
fn singular_systems_are_refused_with_the_pivot_or_the_rank() {
    singular_systems_are_refused::<f64>();
    singular_systems_are_refused::<Complex64>();
}

#[test]
fn an_underdetermined_least_squares_problem_is_refused() {
    let wide = gaussian::<f64>(&mut stream("underdetermined"), 2, 5);
    let refused = Qr::new(&wide).unwrap().least_squares(&Matrix::zeros(2, 1));
    assert!(
        matches!(&refused, Err(Error::Matrix { detail, .. }) if detail == "rank 2 of 5 columns"),
        "{refused:?}"
    );
}

fn not_positive<T: Number>(a: &Matrix<T>, what: &str) {
    let refused = Cholesky::new(a);
    assert!(
        matches!(
            refused,
            Err(Error::Matrix {
                expected: "positive definite",
                ..
            })
        ),
        "{what}: {refused:?}"
    );
}

fn indefinite_is_refused<T: Number>() {
    let mut rng = stream("indefinite");
    not_positive(&Matrix::<T>::zeros(3, 3), "zero");
    not_positive(
        &Matrix::diagonal(&[1.0, 2.0, -1e-30].map(T::from_real)),
        "negative",
    );
    not_positive(&Matrix::diagonal(&[-T::ONE]), "minus one");
    let mut seen = 0;
    for (n, rank) in [(2, 1), (5, 4), (20, 7), (60, 59)] {
        let tall = gaussian::<T>(&mut rng, n, rank);
        let gram = times(&tall, &tall.adjoint());
        not_positive(
            &super::ensemble::hermitian_part(&gram),
            "Gram of dependent rows",
        );
        seen += 1;
    }
    assert_eq!(seen, 4);
}

#[test]
fn cholesky_refuses_what_is_not_positive_definite_semidefinite_included() {
    indefinite_is_refused::<f64>();
    indefinite_is_refused::<Complex64>();
}

#[test]
fn right_hand_sides_are_checked_too() {
    let one = Matrix::<f64>::identity(3);
    let (lu, qr) = (Lu::new(&one).unwrap(), Qr::new(&one).unwrap());
    let cholesky = Cholesky::new(&one).unwrap();
    let mut poisoned = Matrix::zeros(3, 2);
    poisoned[(2, 1)] = f64::NAN;
    let solve = |b: &Matrix<f64>| [lu.solve(b), cholesky.solve(b), qr.least_squares(b)];
    for result in solve(&Matrix::zeros(4, 1)) {
        let refused = matches!(&result, Err(Error::ShapeMismatch { rhs, .. }) if rhs == &[4, 1]);
        assert!(refused, "{result:?}");
    }
    for result in solve(&poisoned) {
        let refused =
            matches!(&result, Err(Error::Matrix { detail, .. }) if detail.contains("(2, 1)"));
        assert!(refused, "{result:?}");
    }
}

#[test]
fn constructors_refuse_lists_that_do_not_fill_the_shape() {
    for (rows, cols) in [(2, 2), (0, 1), (usize::MAX, 2)] {
        let refused = Matrix::from_vec(rows, cols, vec![1.0; 3]);
        assert!(
            matches!(&refused, Err(Error::ShapeMismatch { lhs, rhs, .. }) if lhs == &[3] && rhs == &[rows, cols]),
            "{refused:?}"
        );
    }
    let ragged = Matrix::from_rows(&[vec![1.0, 2.0], vec![3.0, 4.0], vec![5.0]]);
    assert!(
        matches!(&ragged, Err(Error::ShapeMismatch { lhs, rhs, .. }) if lhs == &[2, 1] && rhs == &[2]),
        "{ragged:?}"
    );
}
