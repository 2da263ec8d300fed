//! Products of small matrices.

use fieldassay::autodiff::vjp;
use fieldassay::num::{Tol, Worst};
use fieldassay::tensor::{Real, Shape};

use super::{LANES, epsilon, evaluate, graph, normals, refuses, rounded, sample, stream};

/// In units of `(k + 2)·ε·Σ|a||b|`.
const ROUNDING: Tol = Tol::abs(1.0).because("the bound of a sum of k products, whatever its order");
const TRANSPOSED: [[bool; 2]; 4] = [[false, false], [false, true], [true, false], [true, true]];

/// A matrix stored plainly or transposed.
#[derive(Clone, Copy)]
struct Stored<'a> {
    data: &'a [f64],
    columns: usize,
    transposed: bool,
}

impl Stored<'_> {
    fn at(self, i: usize, j: usize) -> f64 {
        match self.transposed {
            false => self.data[i * self.columns + j],
            true => self.data[j * self.columns + i],
        }
    }
}

/// A stored square matrix, or its transpose.
const fn square(data: &[f64], columns: usize, transposed: bool) -> Stored<'_> {
    Stored {
        data,
        columns,
        transposed,
    }
}

fn stored(rows: usize, columns: usize, transposed: bool) -> [usize; 2] {
    if transposed {
        [columns, rows]
    } else {
        [rows, columns]
    }
}

/// `(Σ_k a b, (k + 2)·ε·Σ_k |a||b|)` of every entry.
fn product<T: Real>([m, k, n]: [usize; 3], a: Stored<'_>, b: Stored<'_>) -> Vec<(f64, f64)> {
    let entry = |i, j| {
        let terms = (0..k).map(|p| a.at(i, p) * b.at(p, j));
        let (sum, size) = terms.fold((0.0, 0.0), |(s, t), x| (s + x, t + x.abs()));
        (sum, (k + 2) as f64 * epsilon::<T>() * size)
    };
    (0..m)
        .flat_map(|i| (0..n).map(move |j| entry(i, j)))
        .collect()
}

fn see(worst: &mut Worst, ours: &[f64], right: &[(f64, f64)], what: &str) {
    assert_eq!(ours.len(), right.len(), "{what}");
    for (&ours, &(right, unit)) in ours.iter().zip(right) {
        let excess = if ours == right {
            0.0
        } else {
            (ours - right) / unit
        };
        worst.see(excess, 0.0, || what.to_owned());
    }
}

const SIZES: [[usize; 3]; 14] = [
    [1, 1, 1],
    [2, 2, 2],
    [3, 3, 3],
    [4, 4, 4],
    [5, 6, 7],
    [2, 5, 3],
    [7, 1, 4],
    [3, 0, 2],
    [0, 3, 2],
    [9, 8, 1],
    [1, 9, 10],
    [36, 3, 36],
    [36, 36, 3],
    [64, 64, 64],
];

fn products_are_sums<T: Real>() {
    let mut r = stream("matmul");
    let mut worst = Worst::new(ROUNDING);
    for (sizes, transposed) in SIZES.iter().flat_map(|s| TRANSPOSED.map(|t| (*s, t))) {
        let [m, k, n] = sizes;
        let of = [stored(m, k, transposed[0]), stored(k, n, transposed[1])];
        for (lanes, batched) in LANES
            .map(|lanes| (lanes, true))
            .into_iter()
            .chain([(1, false)])
        {
            if m * n * k > 10_000 && lanes > 17 {
                continue;
            }
            let shapes =
                of.map(|dims| Shape::shared(&[&[2], &dims[..]].concat()).with_batched(batched));
            let x = of.map(|d| rounded::<T>(&normals(&mut r, 2 * d[0] * d[1] * lanes)));
            let (mut g, vars) = graph(&shapes);
            let c = g
                .matmul_transposed(vars[0], vars[1], transposed)
                .expect("factors that fit");
            let c = &evaluate::<T>(&g, &[c], &[&x[0], &x[1]], lanes)[0];
            assert_eq!(c.len(), 2 * m * n * lanes);
            for lane in 0..lanes {
                let [a, b, c] = [&x[0], &x[1], c].map(|x| sample(x, lanes, lane));
                for which in 0..2 {
                    let half =
                        |x: &[f64]| x[which * x.len() / 2..(which + 1) * x.len() / 2].to_vec();
                    let (a, b) = (half(&a), half(&b));
                    let [a, b] = [(&a, 0), (&b, 1)].map(|(data, i)| Stored {
                        data,
                        columns: of[i][1],
                        transposed: transposed[i],
                    });
                    let right = product::<T>(sizes, a, b);
                    let what = format!("{} {sizes:?} {transposed:?}, {lanes} lanes", T::NAME);
                    see(&mut worst, &half(&c), &right, &what);
                }
            }
        }
    }
    worst.assert_at_least(100_000);
}

#[test]
fn products_are_sums_of_products() {
    products_are_sums::<f32>();
    products_are_sums::<f64>();
}

#[test]
fn cotangents_of_a_product_are_products() {
    let mut r = stream("cotangents");
    let mut worst = Worst::new(ROUNDING);
    let lanes = 3;
    for (n, transposed) in [1, 2, 3]
        .into_iter()
        .flat_map(|n| TRANSPOSED.map(|t| (n, t)))
    {
        let shapes = [0; 3].map(|_| Shape::batched(&[n, n]));
        let x = [0; 3].map(|_| normals(&mut r, n * n * lanes));
        let (mut g, vars) = graph(&shapes);
        let c = g
            .matmul_transposed(vars[0], vars[1], transposed)
            .expect("factors that fit");
        let back = vjp(&mut g, &[(c, vars[2])], &vars[..2]).expect("a rule");
        let back = evaluate::<f64>(&g, &back, &[&x[0], &x[1], &x[2]], lanes);
        for lane in 0..lanes {
            let [a, b, c] = [0, 1, 2].map(|i| sample(&x[i], lanes, lane));
            // The cotangents of op(A) and op(B) are C̄·op(B)ᵀ and op(A)ᵀ·C̄.
            let to_a = product::<f64>([n; 3], square(&c, n, false), square(&b, n, !transposed[1]));
            let to_b = product::<f64>([n; 3], square(&a, n, !transposed[0]), square(&c, n, false));
            for (ours, right, turned) in [
                (&back[0], to_a, transposed[0]),
                (&back[1], to_b, transposed[1]),
            ] {
                let ours = sample(ours, lanes, lane);
                let ours = square(&ours, n, turned);
                let ours: Vec<f64> = (0..n * n).map(|e| ours.at(e / n, e % n)).collect();
                see(&mut worst, &ours, &right, &format!("{n}, {transposed:?}"));
            }
        }
    }
    worst.assert_at_least(4 * lanes * 2 * (1 + 4 + 9));
}

#[test]
fn a_shared_factor_serves_every_sample() {
    let mut r = stream("shared factor");
    let mut worst = Worst::new(ROUNDING);
    let (lanes, n) = (5, 3);
    for (first, transposed) in [true, false]
        .into_iter()
        .flat_map(|f| TRANSPOSED.map(|t| (f, t)))
    {
        let shapes = [first, !first].map(|batched| Shape::batched(&[n, n]).with_batched(batched));
        let x =
            [first, !first].map(|batched| normals(&mut r, n * n * if batched { lanes } else { 1 }));
        let (mut g, vars) = graph(&shapes);
        let c = g
            .matmul_transposed(vars[0], vars[1], transposed)
            .expect("factors that fit");
        assert!(g.shape(c).is_batched());
        let c = &evaluate::<f64>(&g, &[c], &[&x[0], &x[1]], lanes)[0];
        for lane in 0..lanes {
            let of = |i: usize| match shapes[i].is_batched() {
                true => sample(&x[i], lanes, lane),
                false => x[i].clone(),
            };
            let (a, b) = (of(0), of(1));
            let [a, b] = [(&a, 0), (&b, 1)].map(|(data, i)| Stored {
                data,
                columns: n,
                transposed: transposed[i],
            });
            let right = product::<f64>([n; 3], a, b);
            see(
                &mut worst,
                &sample(c, lanes, lane),
                &right,
                &format!("{first} {transposed:?}"),
            );
        }
    }
    worst.assert_at_least(8 * lanes * n * n);
}

#[test]
fn factors_that_do_not_fit_are_named() {
    let (mut g, vars) = graph(&[
        Shape::shared(&[2, 3]),
        Shape::batched(&[2, 3]),
        Shape::shared(&[4, 3, 2]),
        Shape::shared(&[3]),
    ]);
    refuses(g.matmul(vars[0], vars[0]), "matmul", &["[2, 3]", "[2, 3]"]);
    refuses(
        g.matmul(vars[0], vars[1]),
        "matmul",
        &["[2, 3]", "[2, 3; batch]"],
    );
    refuses(
        g.matmul(vars[0], vars[2]),
        "matmul",
        &["[2, 3]", "[4, 3, 2]"],
    );
    refuses(g.matmul(vars[0], vars[3]), "matmul", &["[2, 3]", "[3]"]);
    assert!(g.matmul_transposed(vars[0], vars[0], [false, true]).is_ok());
}
