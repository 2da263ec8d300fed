//! Eight matrices at a time: the same eigenvalues as one by one, whatever stands in the other lanes.

#![allow(
    clippy::needless_range_loop,
    reason = "one index for several arrays of lanes"
)]

use fieldassay::Error;
use fieldassay::linalg::{LANES, LaneEigenvalues, Matrix, symmetric_eigenvalues};
use fieldassay::num::simd::Level;
use fieldassay::num::{Tol, Worst};
use fieldassay::rng::Seed;

/// Eight random matrices of dimension `n`, lane by lane.
fn matrices(n: usize, label: &str) -> Vec<Matrix<f64>> {
    let mut rng = Seed(20_260_901).stream(&format!("laws/linalg/lanes/{label}/{n}"));
    (0..LANES)
        .map(|lane| {
            let scale = 10_f64.powi(lane as i32 - 4);
            let lower = Matrix::from_fn(n, n, |_, _| scale * rng.normal());
            Matrix::from_fn(n, n, |i, j| lower[(i.max(j), i.min(j))])
        })
        .collect()
}

fn filled(matrices: &[Matrix<f64>]) -> LaneEigenvalues {
    let n = matrices[0].rows();
    let mut lanes = LaneEigenvalues::new(n).unwrap();
    for i in 0..n {
        for j in 0..=i {
            lanes.set(i, j, std::array::from_fn(|lane| matrices[lane][(i, j)]));
        }
    }
    lanes
}

fn compare(matrices: &[Matrix<f64>], worst: &mut Worst) {
    let n = matrices[0].rows();
    for level in Level::available() {
        let mut out = vec![[0.0; LANES]; n];
        filled(matrices).lowest_at(level, &mut out).unwrap();
        for (lane, matrix) in matrices.iter().enumerate() {
            let exact = symmetric_eigenvalues(matrix).unwrap();
            let norm = exact.iter().fold(0.0_f64, |most, x| x.abs().max(most));
            let unit = (n as f64 * f64::EPSILON * norm).max(f64::MIN_POSITIVE);
            for (k, exact) in exact.iter().enumerate() {
                worst.see((out[k][lane] - exact) / unit, 0.0, || {
                    format!("eigenvalue {k} of {n}, lane {lane}, {}", level.name())
                });
            }
        }
    }
}

#[test]
fn lane_eigenvalues_are_those_of_the_single_matrices() {
    const BOUND: Tol = Tol::abs(4.0).because("the documented factor of nε‖A‖, on either side");
    let mut worst = Worst::new(BOUND);
    for n in [1, 2, 3, 4, 5, 6, 7, 8, 16, 17, 33, 61] {
        compare(&matrices(n, "random"), &mut worst);
    }
    worst.assert_at_least(160 * LANES);
}

#[test]
fn lane_eigenvalues_survive_zeros_and_degeneracy() {
    const BOUND: Tol = Tol::abs(4.0).because("the documented factor of nε‖A‖, on either side");
    let mut worst = Worst::new(BOUND);
    for n in [1, 2, 3, 5, 12] {
        let special = (0..LANES).map(|lane| match lane {
            0 => Matrix::zeros(n, n),
            1 => Matrix::identity(n),
            2 => Matrix::from_fn(n, n, |_, _| 1.0),
            3 => Matrix::diagonal(&(0..n).map(|i| (i / 2) as f64).collect::<Vec<_>>()),
            4 => Matrix::from_fn(n, n, |i, j| f64::from(u8::from(i.abs_diff(j) == 1))),
            5 => Matrix::from_fn(n, n, |i, j| if i + j == 0 { 1e-120 } else { 0.0 }),
            6 => Matrix::from_fn(n, n, |i, j| 1.0 / (i + j + 1) as f64),
            _ => Matrix::from_fn(n, n, |i, j| if i == j { -1e100 } else { 1e-100 }),
        });
        compare(&special.collect::<Vec<_>>(), &mut worst);
    }
    worst.assert_at_least(23 * LANES);
}

#[test]
fn a_lane_does_not_see_the_others() {
    let all = matrices(17, "alone");
    for level in Level::available() {
        let mut together = [[0.0; LANES]; 6];
        filled(&all).lowest_at(level, &mut together).unwrap();
        for lane in 0..LANES {
            let mut moved = vec![Matrix::zeros(17, 17); LANES];
            moved[(lane + 3) % LANES] = all[lane].clone();
            let mut alone = [[0.0; LANES]; 6];
            filled(&moved).lowest_at(level, &mut alone).unwrap();
            for k in 0..6 {
                assert_eq!(
                    alone[k][(lane + 3) % LANES],
                    together[k][lane],
                    "{}",
                    level.name()
                );
            }
        }
    }
}

#[test]
fn bad_lanes_are_refused_by_name() {
    assert!(matches!(
        LaneEigenvalues::new(0),
        Err(Error::Domain {
            what: "dimension",
            ..
        })
    ));
    let mut lanes = LaneEigenvalues::new(2).unwrap();
    let refused = lanes.lowest(&mut [[0.0; LANES]; 3]);
    assert!(matches!(refused, Err(Error::ShapeMismatch { .. })));
    for bad in [f64::NAN, f64::INFINITY, -1e200] {
        let mut entry = [0.0; LANES];
        entry[5] = bad;
        lanes.set(1, 0, entry);
        let refused = lanes.lowest(&mut [[0.0; LANES]; 2]);
        assert!(matches!(refused, Err(Error::Matrix { .. })), "{bad}");
    }
}
