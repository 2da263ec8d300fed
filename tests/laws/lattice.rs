//! Lattices and fields.

use std::sync::Arc;

use fieldassay::lattice::{ChainSum, Circle, Continuous, Field, Lattice, RealLine, Tangent, wrap};
use fieldassay::num::{Tol, compensated_sum};
use fieldassay::{Error, Seed};

const EXTENTS: [&[usize]; 8] = [
    &[1],
    &[5],
    &[2, 2],
    &[3, 1],
    &[1, 4],
    &[3, 4, 5],
    &[2, 1, 3, 2],
    &[2, 3, 2, 2, 3],
];

#[test]
fn coordinates_number_the_sites_with_the_last_direction_fastest() {
    for extents in EXTENTS {
        let lattice = Lattice::new(extents).unwrap();
        let mut expected = vec![0; extents.len()];
        for site in 0..lattice.sites() {
            assert_eq!(lattice.coordinates(site), expected, "{extents:?}");
            let signed: Vec<isize> = expected.iter().map(|&x| x as isize).collect();
            assert_eq!(lattice.site(&signed), site);
            for mu in (0..extents.len()).rev() {
                expected[mu] += 1;
                if expected[mu] < extents[mu] {
                    break;
                }
                expected[mu] = 0;
            }
        }
        assert!(
            expected.iter().all(|&x| x == 0),
            "every site was seen: {extents:?}"
        );
    }
}

#[test]
fn neighbours_are_periodic_and_undo_each_other() {
    for extents in EXTENTS {
        let lattice = Lattice::new(extents).unwrap();
        for site in 0..lattice.sites() {
            for mu in 0..extents.len() {
                for steps in [-7, -1, 0, 1, 2, 3] {
                    let there = lattice.neighbour(site, mu, steps);
                    let mut x: Vec<isize> = lattice
                        .coordinates(site)
                        .iter()
                        .map(|&x| x as isize)
                        .collect();
                    x[mu] += steps;
                    assert_eq!(there, lattice.site(&x), "{extents:?} {site} {mu} {steps}");
                    assert_eq!(lattice.neighbour(there, mu, -steps), site);
                }
            }
        }
    }
}

#[test]
fn rows_beside_a_row_hold_the_neighbours_of_its_sites() {
    for extents in EXTENTS {
        let lattice = Lattice::new(extents).unwrap();
        let length = lattice.row_length();
        assert_eq!(lattice.rows() * length, lattice.sites());
        for row in 0..lattice.rows() {
            let beside = lattice.rows_beside(row);
            assert_eq!(beside.len(), extents.len() - 1);
            for (mu, [behind, ahead]) in beside.iter().enumerate() {
                for x in 0..length {
                    let site = row * length + x;
                    assert_eq!(lattice.neighbour(site, mu, -1), behind * length + x);
                    assert_eq!(lattice.neighbour(site, mu, 1), ahead * length + x);
                }
            }
        }
    }
}

#[test]
fn lattices_that_cannot_be_are_refused_by_name() {
    for extents in [
        &[][..],
        &[0],
        &[4, 0, 4],
        &[usize::MAX, 2],
        &[1 << 40, 1 << 40],
    ] {
        let refused = Lattice::new(extents).unwrap_err();
        assert!(
            matches!(&refused, Error::Argument { field, .. } if field == "extents"),
            "{refused}"
        );
    }
}

#[test]
fn a_number_of_a_field_lies_in_its_row_and_nowhere_else() {
    let lattice = Arc::new(Lattice::new(&[3, 2, 4]).unwrap());
    let (variables, chains) = (2, 3);
    let mut field = Field::<Circle>::neutral(&lattice, variables, chains);
    let mut count = 0.0;
    for site in 0..lattice.sites() {
        for component in 0..variables {
            for chain in 0..chains {
                count += 1.0;
                field.set(site, component, chain, count);
            }
        }
    }
    let mut seen = 0.0;
    for site in 0..lattice.sites() {
        for component in 0..variables {
            for chain in 0..chains {
                seen += 1.0;
                assert_eq!(field.get(site, component, chain), seen);
                let (row, x) = (site / 4, site % 4);
                assert_eq!(field.row(row, component)[x * chains + chain], seen);
            }
        }
    }
    assert_eq!(seen as usize, field.numbers().len());
}

#[test]
fn a_field_takes_the_chains_that_were_accepted() {
    let lattice = Arc::new(Lattice::new(&[2, 3]).unwrap());
    let filled = |by: f64| {
        let mut field = Field::<RealLine>::neutral(&lattice, 1, 3);
        for (i, x) in field.numbers_mut().iter_mut().enumerate() {
            *x = by + i as f64;
        }
        field
    };
    for accepted in [
        [true; 3],
        [false; 3],
        [true, false, true],
        [false, true, false],
    ] {
        let (mut old, mut new) = (filled(0.0), filled(100.0));
        let revision = old.revision();
        old.take(&mut new, &accepted);
        for (i, x) in old.numbers().iter().enumerate() {
            let expected = i as f64 + if accepted[i % 3] { 100.0 } else { 0.0 };
            assert_eq!(*x, expected, "{accepted:?}");
        }
        assert_eq!(old.revision() == revision, accepted == [false; 3]);
    }
}

#[test]
fn fields_of_one_revision_hold_the_same_numbers() {
    let lattice = Arc::new(Lattice::new(&[3]).unwrap());
    let mut field = Field::<RealLine>::neutral(&lattice, 1, 1);
    let copy = field.clone();
    assert_eq!(field.revision(), copy.revision());
    field.set(1, 0, 0, 2.0);
    assert_ne!(field.revision(), copy.revision());
    let before = field.revision();
    field.row_mut(0, 0)[2] = 1.0;
    assert_ne!(field.revision(), before);
    assert_ne!(
        Field::<RealLine>::neutral(&lattice, 1, 1).revision(),
        Field::<RealLine>::neutral(&lattice, 1, 1).revision()
    );
}

#[test]
fn sums_of_a_chain_do_not_notice_the_chains_beside_it() {
    const CLOSE: Tol = Tol::rel(1e-14).because("sixteen partial sums of some ten terms each");
    let mut r = Seed(4).stream("laws/lattice/sums");
    let mut looked_at = 0;
    for (rows, length) in [(1, 1), (4, 7), (3, 16), (5, 33), (2, 100)] {
        let chains = 5;
        let terms: Vec<f64> = (0..rows * length * chains)
            .map(|_| r.uniform_in(0.1, 1.0))
            .collect();
        let sums = |picked: &[usize]| {
            let (mut sum, mut squares) = (ChainSum::new(picked.len()), ChainSum::new(picked.len()));
            for row in terms.chunks_exact(length * chains) {
                let row: Vec<f64> = row
                    .chunks_exact(chains)
                    .flat_map(|site| picked.iter().map(|&chain| site[chain]))
                    .collect();
                sum.add(&row);
                squares.add_squares(&row);
            }
            let mut out = [vec![0.0; picked.len()], vec![0.0; picked.len()]];
            sum.finish(&mut out[0]);
            squares.finish(&mut out[1]);
            out
        };
        let together = sums(&[0, 1, 2, 3, 4]);
        for (chain, (sum, square)) in together[0].iter().zip(&together[1]).enumerate() {
            let alone = sums(&[chain]);
            assert_eq!(alone[0][0].to_bits(), sum.to_bits());
            assert_eq!(alone[1][0].to_bits(), square.to_bits());
            let own = || terms.iter().skip(chain).step_by(chains);
            assert!(
                CLOSE
                    .compare(alone[0][0], compensated_sum(own().copied()))
                    .passed
            );
            assert!(
                CLOSE
                    .compare(alone[1][0], compensated_sum(own().map(|x| x * x)))
                    .passed
            );
            looked_at += 1;
        }
    }
    assert_eq!(looked_at, 25);
}

#[test]
fn wrapped_angles_lie_within_half_a_turn_and_differ_by_whole_turns() {
    use std::f64::consts::{PI, TAU};
    let mut r = Seed(5).stream("laws/lattice/wrap");
    for _ in 0..10_000 {
        let theta = r.uniform_in(-100.0, 100.0);
        let wrapped = wrap(theta);
        assert!(wrapped.abs() <= PI, "{theta}: {wrapped}");
        let turns = (theta - wrapped) / TAU;
        assert!((turns - turns.round()).abs() < 1e-13, "{theta}: {turns}");
    }
    assert_eq!(wrap(0.25), 0.25);
    assert_eq!(wrap(-PI), -PI);
    assert_eq!(wrap(PI), PI);
    assert!(wrap(f64::NAN).is_nan());
}

#[test]
fn retraction_moves_along_the_momentum_by_the_distance_that_it_says() {
    let lattice = Arc::new(Lattice::new(&[3, 4]).unwrap());
    let mut r = Seed(6).chains("laws/lattice/retract", 2);
    fn moved<M: Continuous>(q: &Field<M>, r: &mut fieldassay::rng::Chains) -> [f64; 2] {
        let (mut p, mut out, mut d2) = (Tangent::zero(q), q.clone(), [0.0; 2]);
        r.normal(p.numbers_mut());
        M::retract(q, &p, 0.01, &mut out);
        M::distance2(q, &out, &mut d2);
        let own = |chain: usize| p.numbers().iter().skip(chain).step_by(2);
        for (chain, d2) in d2.iter().enumerate() {
            let expected = 1e-4 * own(chain).map(|p| p * p).sum::<f64>();
            assert!((d2 / expected - 1.0).abs() < 1e-10, "{d2} and {expected}");
        }
        d2
    }
    moved(&Field::<RealLine>::neutral(&lattice, 1, 2), &mut r);
    let mut turned = Field::<Circle>::neutral(&lattice, 2, 2);
    moved(&turned, &mut r);
    // A whole turn is no distance.
    let before = turned.clone();
    turned.numbers_mut().fill(std::f64::consts::TAU);
    let mut d2 = [1.0; 2];
    Circle::distance2(&before, &turned, &mut d2);
    assert!(d2.iter().all(|d2| *d2 < 1e-28), "{d2:?}");
}
