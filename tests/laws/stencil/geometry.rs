//! Which sites are read, and what is refused.

use fieldassay::Error;
use fieldassay::tensor::Boundary::{Periodic, Zero};
use fieldassay::tensor::{Boundary, Stencil};
use fieldassay_reference::convolution::Convolution;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use super::cases::random_case;

fn line(extent: usize, kernel: usize, stride: usize, boundary: Boundary) -> Stencil {
    Stencil::convolution(&[extent], &[kernel], &[stride], &[boundary]).expect("a valid shape")
}

/// `(tap, site)` of every output site.
fn lists(stencil: &Stencil) -> Vec<Vec<(u32, u32)>> {
    let of = |site| {
        stencil
            .entries(site)
            .iter()
            .map(|e| (e.tap, e.site))
            .collect()
    };
    (0..stencil.output_sites()).map(of).collect()
}

#[test]
fn small_rings_are_read_several_times() {
    assert_eq!(lists(&line(1, 3, 1, Periodic)), [[(0, 0), (1, 0), (2, 0)]]);
    let two = [[(0, 1), (1, 0), (2, 1)], [(0, 0), (1, 1), (2, 0)]];
    assert_eq!(lists(&line(2, 3, 1, Periodic)), two);
}

#[test]
fn open_edges_leave_pairs_out() {
    let open = [
        vec![(1, 0), (2, 1)],
        vec![(0, 0), (1, 1), (2, 2)],
        vec![(0, 1), (1, 2)],
    ];
    assert_eq!(lists(&line(3, 3, 1, Zero)), open);
}

#[test]
fn even_kernels_reach_one_further_forward() {
    assert_eq!(lists(&line(3, 2, 1, Periodic))[2], [(0, 2), (1, 0)]);
    assert_eq!(
        lists(&line(5, 4, 1, Periodic))[2],
        [(0, 1), (1, 2), (2, 3), (3, 4)]
    );
}

#[test]
fn strides_keep_every_started_step() {
    let stencil = line(5, 3, 2, Zero);
    assert_eq!(stencil.output_sites(), 3);
    assert_eq!(lists(&stencil)[2], [(0, 3), (1, 4)]);
}

#[test]
fn without_axes_there_is_one_site() {
    let affine = Stencil::convolution(&[], &[], &[], &[]).expect("a point");
    assert_eq!(lists(&affine), [[(0, 0)]]);
    assert_eq!(
        (affine.taps(), affine.input_sites(), affine.pairs()),
        (1, 1, 1)
    );
}

proptest! {
    #![proptest_config(Config {
        cases: 500,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_261_124),
        ..Config::default()
    })]

    #[test]
    fn pairs_are_the_witness_s_and_transposing_turns_them_round(case in random_case()) {
        let witness: Vec<_> = case.witness().triples();
        let flat = |stencil: &Stencil| {
            let mut all = Vec::new();
            for (site, row) in lists(stencil).into_iter().enumerate() {
                all.extend(row.into_iter().map(|(tap, other)| (site, tap as usize, other as usize)));
            }
            all
        };
        prop_assert_eq!(&flat(&case.stencil), &witness);
        let transposed = case.stencil.transpose();
        let mut turned: Vec<_> = witness.iter().map(|&(o, t, i)| (i, t, o)).collect();
        turned.sort_unstable();
        prop_assert_eq!(flat(&transposed), turned);
        prop_assert_eq!(transposed.input_sites(), case.stencil.output_sites());
        prop_assert_eq!(flat(&transposed.transpose()), witness);
    }
}

#[test]
fn what_is_wrong_is_named() {
    let refuse = |extents: &[usize], kernel: &[usize], stride: &[usize], boundary: &[Boundary]| {
        Stencil::convolution(extents, kernel, stride, boundary).expect_err("a wrong shape")
    };
    let ring = [Periodic; 2];
    let argument = |error: Error, name: &str| match error {
        Error::Argument { field, .. } => assert_eq!(field, name),
        other => panic!("{other}"),
    };
    argument(refuse(&[4, 0], &[3, 3], &[1, 1], &ring), "extents[1]");
    argument(refuse(&[4, 4], &[0, 3], &[1, 1], &ring), "kernel[0]");
    argument(refuse(&[4, 4], &[3, 3], &[1, 0], &ring), "stride[1]");
    for error in [
        refuse(&[4, 4], &[3], &[1, 1], &ring),
        refuse(&[4, 4], &[3, 3], &[1], &ring),
        refuse(&[4, 4], &[3, 3], &[1, 1], &ring[..1]),
        Stencil::with_taps(&[4, 4], &[vec![0]], &[1, 1], &ring).expect_err("a short offset"),
    ] {
        assert!(matches!(error, Error::ShapeMismatch { .. }), "{error}");
    }
    let huge = refuse(&[1 << 20, 1 << 20], &[1, 1], &[1, 1], &ring);
    assert!(matches!(huge, Error::Unsupported { .. }), "{huge}");
    let kernels = Convolution::kernel_offsets(&[3]);
    assert_eq!(kernels, [[-1], [0], [1]], "the witness centres alike");
}

/// Offsets of several turns in both directions come round to the site that they name.
#[test]
fn a_ring_is_read_round_and_round() {
    for extent in 1..=4_isize {
        let offsets: Vec<Vec<isize>> = (-13..=13).map(|offset| vec![offset]).collect();
        let stencil = Stencil::with_taps(&[extent as usize], &offsets, &[1], &[Boundary::Periodic])
            .expect("a ring");
        for site in 0..extent {
            let found = stencil.entries(site as usize);
            assert_eq!(found.len(), offsets.len());
            for (pair, offset) in found.iter().zip(&offsets) {
                let mut place = site + offset[0];
                while place < 0 {
                    place += extent;
                }
                while place >= extent {
                    place -= extent;
                }
                assert_eq!(
                    pair.site as isize, place,
                    "site {site} of {extent}, offset {offset:?}"
                );
            }
        }
    }
}
