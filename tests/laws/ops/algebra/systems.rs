//! Inverses and linear systems.

use fieldassay::linalg::{Lu, Matrix, matmul};
use fieldassay::num::{Tol, Worst};
use fieldassay::tensor::{Graph, Real, Shape, Var};

use super::{epsilon, evaluate, graph, normals, refuses, rounded, sample, stream};

const RESIDUAL: Tol = Tol::abs(4.0).because("documented of `Lu::solve`, in units of nε‖A‖‖X‖");
/// Lanes and whether the matrix is batched.
const CASES: [(usize, bool); 9] = [
    (0, true),
    (1, true),
    (2, true),
    (3, true),
    (17, true),
    (0, false),
    (1, false),
    (5, false),
    (17, false),
];

fn matrix(rows: usize, columns: usize, x: &[f64]) -> Matrix<f64> {
    Matrix::from_fn(rows, columns, |i, j| x[i * columns + j])
}

/// `‖A·X − B‖ / (nε‖A‖‖X‖)`.
fn residual<T: Real>(a: &Matrix<f64>, x: &Matrix<f64>, b: &Matrix<f64>) -> f64 {
    let product = matmul(a.view(), x.view()).expect("shapes that fit");
    let rest = Matrix::from_fn(b.rows(), b.cols(), |i, j| product[(i, j)] - b[(i, j)]);
    rest.frobenius() / (a.rows() as f64 * epsilon::<T>() * a.frobenius() * x.frobenius())
}

fn solve(g: &mut Graph, a: Var, b: Var, transposed: bool) -> Var {
    match transposed {
        false => g.solve(a, b).expect("a system"),
        true => g.solve_transposed(a, b).expect("a system"),
    }
}

fn systems<T: Real>() {
    let mut r = stream("systems");
    let mut worst = Worst::new(RESIDUAL);
    let sizes = [1, 2, 3, 4, 5, 8, 17, 64]
        .into_iter()
        .flat_map(|n| [(n, 1), (n, 3), (n, n)]);
    for ((n, m), transposed) in sizes.flat_map(|s| [(s, false), (s, true)]) {
        for (lanes, batched) in CASES {
            let copies = if batched { lanes } else { 1 };
            let a = rounded::<T>(&normals(&mut r, n * n * copies));
            let b = rounded::<T>(&normals(&mut r, n * m * lanes));
            let (mut g, v) = graph(&[
                Shape::shared(&[n, n]).with_batched(batched),
                Shape::batched(&[n, m]),
            ]);
            let x = solve(&mut g, v[0], v[1], transposed);
            let x = &evaluate::<T>(&g, &[x], &[&a, &b], lanes)[0];
            assert_eq!(x.len(), b.len());
            for lane in 0..lanes {
                let a = if batched {
                    sample(&a, lanes, lane)
                } else {
                    a.clone()
                };
                let a = matrix(n, n, &a);
                let a = if transposed {
                    Matrix::from_fn(n, n, |i, j| a[(j, i)])
                } else {
                    a
                };
                let [x, b] = [x, &b].map(|x| matrix(n, m, &sample(x, lanes, lane)));
                worst.see(residual::<T>(&a, &x, &b), 0.0, || {
                    format!("{} {n} × {m}, {lanes} lanes, {transposed}", T::NAME)
                });
            }
        }
    }
    worst.assert_at_least(1500);
}

#[test]
fn solutions_solve_their_systems() {
    systems::<f32>();
    systems::<f64>();
}

fn inverses<T: Real>() {
    let mut r = stream("inverses");
    let mut worst = Worst::new(RESIDUAL);
    for (n, lanes) in [1, 2, 3, 4, 8, 17, 64]
        .into_iter()
        .flat_map(|n| [0, 1, 2, 3, 17].map(|l| (n, l)))
    {
        let a = rounded::<T>(&normals(&mut r, n * n * lanes));
        let (mut g, v) = graph(&[Shape::batched(&[n, n])]);
        let (y, z) = (
            g.inverse(v[0]).unwrap(),
            g.inverse_transposed(v[0]).unwrap(),
        );
        let out = evaluate::<T>(&g, &[y, z], &[&a], lanes);
        for lane in 0..lanes {
            let [a, y, z] = [&a, &out[0], &out[1]].map(|x| matrix(n, n, &sample(x, lanes, lane)));
            assert!((0..n * n).all(|e| y[(e / n, e % n)] == z[(e % n, e / n)]));
            let residual = residual::<T>(&a, &y, &Matrix::identity(n));
            worst.see(residual, 0.0, || format!("{} {n}, {lanes} lanes", T::NAME));
        }
    }
    worst.assert_at_least(100);
}

#[test]
fn inverses_invert() {
    inverses::<f32>();
    inverses::<f64>();
}

#[test]
fn a_vector_is_one_column_and_leading_axes_are_systems_of_their_own() {
    let mut r = stream("leading axes");
    let (k, n, lanes) = (3, 4, 5);
    let mut seen = 0;
    for (a_batched, b_batched) in [(false, false), (false, true), (true, false), (true, true)] {
        let copies = |batched| if batched { lanes } else { 1 };
        let a = normals(&mut r, k * n * n * copies(a_batched));
        let b = normals(&mut r, k * n * copies(b_batched));
        let (mut g, v) = graph(&[
            Shape::shared(&[k, n, n]).with_batched(a_batched),
            Shape::shared(&[k, n]).with_batched(b_batched),
        ]);
        let x = g.solve(v[0], v[1]).expect("systems");
        let batched = a_batched || b_batched;
        assert_eq!(
            (g.shape(x).dims(), g.shape(x).is_batched()),
            (&[k, n][..], batched)
        );
        let x = &evaluate::<f64>(&g, &[x], &[&a, &b], lanes)[0];
        for (lane, which) in (0..copies(batched)).flat_map(|l| (0..k).map(move |w| (l, w))) {
            let of = |x: &[f64], is: bool| {
                if is {
                    sample(x, lanes, lane)
                } else {
                    x.to_vec()
                }
            };
            let (a, b, x) = (of(&a, a_batched), of(&b, b_batched), of(x, batched));
            let part = |x: &[f64], size: usize| x[which * size..(which + 1) * size].to_vec();
            let lu = Lu::new(&matrix(n, n, &part(&a, n * n))).expect("a finite matrix");
            let right = lu
                .solve(&matrix(n, 1, &part(&b, n)))
                .expect("a regular matrix");
            for (i, ours) in part(&x, n).into_iter().enumerate() {
                assert!(
                    (ours - right[(i, 0)]).abs() <= 1e-11 * right.frobenius(),
                    "{ours}"
                );
                seen += 1;
            }
        }
    }
    assert_eq!(seen, (1 + 3 * lanes) * k * n);
}

#[test]
fn a_singular_system_has_no_finite_solution() {
    for (matrix, lanes) in [([0.0; 4], 1), ([1., 2., 2., 4.], 1), ([1., 2., 2., 4.], 6)] {
        let a: Vec<f64> = matrix.iter().flat_map(|&x| vec![x; lanes]).collect();
        let b: Vec<f64> = [1.0, 3.0].iter().flat_map(|&x| vec![x; lanes]).collect();
        let (mut g, v) = graph(&[Shape::batched(&[2, 2]), Shape::batched(&[2])]);
        let out = [g.solve(v[0], v[1]).unwrap(), g.inverse(v[0]).unwrap()];
        for x in evaluate::<f64>(&g, &out, &[&a, &b], lanes) {
            for lane in 0..lanes {
                assert!(
                    sample(&x, lanes, lane).iter().any(|x| !x.is_finite()),
                    "{x:?}"
                );
            }
        }
    }
}

#[test]
fn systems_that_do_not_fit_are_named() {
    let (mut g, v) = graph(&[
        Shape::batched(&[2, 2]),
        Shape::shared(&[3]),
        Shape::shared(&[3, 1]),
        Shape::shared(&[2, 3]),
    ]);
    refuses(g.solve(v[0], v[1]), "solve", &["[2, 2; batch]", "[3]"]);
    refuses(g.solve(v[0], v[2]), "solve", &["[2, 2; batch]", "[3, 1]"]);
    refuses(g.solve(v[3], v[1]), "solve", &["[2, 3]", "[3]"]);
}
