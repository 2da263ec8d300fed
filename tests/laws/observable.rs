//! The laws of every observable, from its row in the registry, and what each one is on configurations that are known.

use std::sync::Arc;

use fieldassay::density::Observable;
use fieldassay::lattice::{
    Circle, Field, Lattice, Manifold, RealLine, Sphere, Spin, one_instanton,
};
use fieldassay::observable::{
    AbsoluteMagnetisation, Correlator, FieldPower, HelicityModulus, Link, Magnetisation, Plaquette,
    SineCharge, SquaredMagnetisation, TopologicalCharge, VirialEnergy, VortexDensity,
};
use fieldassay::{Error, Seed};

const EXTENTS: [[usize; 2]; 6] = [[1, 1], [2, 2], [3, 1], [1, 4], [4, 6], [3, 20]];

type Vector = Sphere<3>;

/// A number that a field holds, from a normal one.
trait Number {
    fn of(normal: f64) -> Self;
}

impl Number for f64 {
    fn of(normal: f64) -> Self {
        2.0 * normal
    }
}

impl Number for i8 {
    fn of(normal: f64) -> Self {
        if normal < 0.0 { -1 } else { 1 }
    }
}

fn random<M: Manifold<Number: Number>>(
    extents: &[usize],
    variables: usize,
    chains: usize,
) -> Field<M> {
    let lattice = Arc::new(Lattice::new(extents).unwrap());
    let mut q = Field::neutral(&lattice, variables, chains);
    let label = format!("laws/observable/{extents:?}");
    let mut normal = vec![0.0; q.numbers().len()];
    Seed(1).chains(&label, chains).normal(&mut normal);
    for (to, normal) in q.numbers_mut().iter_mut().zip(normal) {
        *to = Number::of(normal);
    }
    q
}

fn measured<M: Manifold>(observable: &dyn Observable<M>, q: &Field<M>) -> Vec<f64> {
    let mut out = vec![f64::NAN; q.chains()];
    observable.measure(q, &mut out);
    out
}

/// A chain's value has the bits that it has alone, and a shifted field the value of the field.
fn obeys<M: Manifold<Number: Number>>(
    name: &str,
    observable: &dyn Observable<M>,
    variables: usize,
) {
    for extents in EXTENTS {
        let chains = 5;
        let q: Field<M> = random(&extents, variables, chains);
        let together = measured(observable, &q);
        for (chain, value) in together.iter().enumerate() {
            let mut own: Field<M> = Field::neutral(q.lattice(), variables, 1);
            let picked = q.numbers().iter().skip(chain).step_by(chains);
            for (to, x) in own.numbers_mut().iter_mut().zip(picked) {
                *to = *x;
            }
            assert_eq!(
                measured(observable, &own)[0].to_bits(),
                value.to_bits(),
                "{name}"
            );
            for mu in 0..2 {
                let mut shifted = own.clone();
                for site in 0..q.lattice().sites() {
                    for component in 0..variables * M::NUMBERS {
                        let x = own.get(q.lattice().neighbour(site, mu, 1), component, 0);
                        shifted.set(site, component, 0, x);
                    }
                }
                let off = measured(observable, &shifted)[0] - value;
                assert!(
                    off.abs() < 1e-11,
                    "{name} on {extents:?}, shifted along {mu}: {off}"
                );
            }
        }
    }
}

macro_rules! obey {
    ($($values:ident, $variables:literal: $observable:expr;)*) => {[
        $(obeys::<$values>(stringify!($observable), &$observable, $variables)),*
    ].len()};
}

#[test]
fn observables_see_one_chain_and_no_origin() {
    let general = fieldassay::for_each_observable!(obey);
    let particular = fieldassay::for_each_particular_observable!(obey);
    assert!(general >= 15 && particular >= 5);
}

#[test]
fn observables_of_a_scalar_field_are_their_definitions() {
    for extents in [&[5][..], &[2, 2], &[4, 3], &[2, 3, 4]] {
        let q: Field<RealLine> = random(extents, 1, 1);
        let lattice = q.lattice();
        let at = |site: usize| q.get(site, 0, 0);
        let sites = lattice.sites();
        let over = |of: &dyn Fn(usize) -> f64| (0..sites).map(of).sum::<f64>() / sites as f64;
        let m = over(&at);
        let link = over(&|x| {
            (0..lattice.dimension())
                .map(|mu| at(x) * at(lattice.neighbour(x, mu, 1)))
                .sum()
        });
        for (observable, expected) in [
            (
                &FieldPower::new(2).unwrap() as &dyn Observable<RealLine>,
                over(&|x| at(x).powi(2)),
            ),
            (&FieldPower::new(3).unwrap(), over(&|x| at(x).powi(3))),
            (&FieldPower::new(4).unwrap(), over(&|x| at(x).powi(4))),
            (&Magnetisation, m),
            (&AbsoluteMagnetisation, m.abs()),
            (&SquaredMagnetisation, m * m * sites as f64),
            (&Link, link),
        ] {
            let found = measured(observable, &q)[0];
            assert!(
                (found - expected).abs() < 1e-12 * expected.abs().max(1.0),
                "{found}, {expected}"
            );
        }
    }
    assert!(matches!(FieldPower::new(0), Err(Error::Argument { .. })));
}

#[test]
fn observables_of_spins_and_vectors_are_their_definitions() {
    for extents in [&[2, 2][..], &[4, 3], &[5, 6]] {
        let q: Field<Circle> = random(extents, 1, 1);
        let (lattice, sites) = (q.lattice(), q.lattice().sites());
        let v = sites as f64;
        let bond = |x: usize, mu: usize| q.get(x, 0, 0) - q.get(lattice.neighbour(x, mu, 1), 0, 0);
        let over = |of: &dyn Fn(usize) -> f64| (0..sites).map(of).sum::<f64>();
        let beta = 0.7;
        let helicity = |mu: usize| {
            (over(&|x| bond(x, mu).cos()) - beta * over(&|x| bond(x, mu).sin()).powi(2)) / v
        };
        // The angle in (−π, π], by another way than the library's.
        let shortest = |angle: f64| angle.sin().atan2(angle.cos());
        let vortices = over(&|x| {
            let (right, up) = (lattice.neighbour(x, 0, 1), lattice.neighbour(x, 1, 1));
            let turn = shortest(bond(x, 0)) + shortest(bond(right, 1))
                - shortest(bond(up, 0))
                - shortest(bond(x, 1));
            (turn / std::f64::consts::TAU).abs()
        });
        let square = |of: fn(f64) -> f64| over(&|x| of(q.get(x, 0, 0))).powi(2);
        for (observable, expected) in [
            (
                &Link as &dyn Observable<Circle>,
                over(&|x| bond(x, 0).cos() + bond(x, 1).cos()) / v,
            ),
            (
                &SquaredMagnetisation,
                (square(f64::cos) + square(f64::sin)) / v,
            ),
            (&HelicityModulus { beta }, 0.5 * (helicity(0) + helicity(1))),
            (&VortexDensity, vortices / v),
        ] {
            let found = measured(observable, &q)[0];
            assert!((found - expected).abs() < 1e-12, "{found}, {expected}");
        }
        assert!(sites < 20 || vortices > 0.5, "a random field has vortices");

        let up: Field<Spin> = random(extents, 1, 1);
        let s = |x: usize| f64::from(up.get(x, 0, 0));
        let m = over(&s) / v;
        let links =
            over(&|x| s(x) * (s(lattice.neighbour(x, 0, 1)) + s(lattice.neighbour(x, 1, 1))));
        for (observable, expected) in [
            (&Link as &dyn Observable<Spin>, links / v),
            (&Magnetisation, m),
            (&AbsoluteMagnetisation, m.abs()),
            (&SquaredMagnetisation, m * m * v),
        ] {
            let found = measured(observable, &up)[0];
            assert!((found - expected).abs() < 1e-12, "{found}, {expected}");
        }

        let vectors: Field<Vector> = random(extents, 1, 1);
        let s = |x: usize, i: usize| vectors.get(x, i, 0);
        let dot = |x: usize, y: usize| (0..3).map(|i| s(x, i) * s(y, i)).sum::<f64>();
        let links =
            over(&|x| dot(x, lattice.neighbour(x, 0, 1)) + dot(x, lattice.neighbour(x, 1, 1)));
        let m2: f64 = (0..3).map(|i| over(&|x| s(x, i)).powi(2)).sum();
        for (observable, expected) in [
            (&Link as &dyn Observable<Vector>, links / v),
            (&SquaredMagnetisation, m2 / v),
        ] {
            let found = measured(observable, &vectors)[0];
            assert!((found - expected).abs() < 1e-11, "{found}, {expected}");
        }
    }
}

#[test]
fn the_correlator_is_a_sum_over_a_slice_and_adds_up_to_the_susceptibility() {
    for extents in [&[5][..], &[4, 3], &[3, 2, 4]] {
        let q: Field<RealLine> = random(extents, 1, 1);
        let lattice = q.lattice();
        let at = |site: usize| q.get(site, 0, 0);
        for direction in 0..extents.len() {
            let mut sum = 0.0;
            for distance in 0..extents[direction] {
                let found = measured(
                    &Correlator {
                        direction,
                        distance,
                    },
                    &q,
                )[0];
                let mut spelled = 0.0;
                for x in 0..lattice.sites() {
                    for y in 0..lattice.sites() {
                        let time = |site: usize| lattice.coordinates(site)[direction];
                        if (time(x) + distance) % extents[direction] == time(y) {
                            spelled += at(x) * at(y) / lattice.sites() as f64;
                        }
                    }
                }
                let off = (found - spelled).abs();
                assert!(off < 1e-11, "{extents:?}, {direction}, {distance}: {off}");
                sum += found;
            }
            let susceptibility = measured(&SquaredMagnetisation, &q)[0];
            assert!((sum - susceptibility).abs() < 1e-11);
        }
    }
}

/// `V + x V'/2` of `V = c₀ + c₂x² + c₄x⁴`, by a difference quotient of `V`.
#[test]
fn the_virial_energy_is_potential_plus_half_x_times_its_slope() {
    let q: Field<RealLine> = random(&[7], 1, 1);
    let [c0, c2, c4] = [0.7, -1.5, 0.4];
    let v = |x: f64| c0 + c2 * x * x + c4 * x.powi(4);
    let energy = |x: f64| v(x) + 0.5 * x * (v(x + 1e-5) - v(x - 1e-5)) / 2e-5;
    let spelled = q.numbers().iter().map(|&x| energy(x)).sum::<f64>() / 7.0;
    let found = measured(&VirialEnergy::new([c0, c2, c4]).unwrap(), &q)[0];
    assert!(
        (found - spelled).abs() < 1e-8 * spelled.abs().max(10.0),
        "{found}, {spelled}"
    );
    let refused = VirialEnergy::new([0.0, f64::NAN, 1.0]).unwrap_err();
    assert!(matches!(&refused, Error::Argument { field, .. } if field == "c2"));
}

#[test]
fn the_charge_of_u1_is_an_integer_that_gauge_transformations_leave_alone() {
    let mut seen = std::collections::BTreeSet::new();
    for extents in EXTENTS {
        for chain in 0..8 {
            let q: Field<Circle> = random(&extents, 2, 8);
            let lattice = q.lattice().clone();
            let charge = measured(&TopologicalCharge, &q)[chain];
            // Unrounded, from the definition.
            let theta = |x: usize, mu: usize| q.get(x, mu, chain);
            let spelled = |of: fn(f64) -> f64| -> f64 {
                (0..lattice.sites())
                    .map(|x| {
                        let (ahead, right) =
                            (lattice.neighbour(x, 0, 1), lattice.neighbour(x, 1, 1));
                        of(theta(x, 0) + theta(ahead, 1) - theta(right, 0) - theta(x, 1))
                    })
                    .sum()
            };
            let tau = std::f64::consts::TAU;
            let unrounded = spelled(|angle| angle.sin().atan2(angle.cos())) / tau;
            assert!((charge - unrounded).abs() < 1e-12, "{charge}, {unrounded}");
            let sine = measured(&SineCharge, &q)[chain];
            assert!((sine - spelled(f64::sin) / tau).abs() < 1e-12);
            let plaquette = measured(&Plaquette, &q)[chain] * lattice.sites() as f64;
            assert!((plaquette - spelled(f64::cos)).abs() < 1e-12);

            let mut gauged = q.clone();
            for x in 0..lattice.sites() {
                for mu in 0..2 {
                    let omega = |site: usize| (3 * site) as f64 * 0.37;
                    let moved = theta(x, mu) + omega(x) - omega(lattice.neighbour(x, mu, 1));
                    gauged.set(x, mu, chain, moved);
                }
            }
            assert_eq!(measured(&TopologicalCharge, &gauged)[chain], charge);
            seen.insert(charge as i64);
        }
    }
    assert!(seen.len() > 4, "several sectors were seen: {seen:?}");
}

#[test]
fn an_instanton_has_charge_one_and_the_same_flux_everywhere() {
    for extents in [[2, 2], [4, 6], [5, 3]] {
        let lattice = Arc::new(Lattice::new(&extents).unwrap());
        let links = one_instanton(&lattice).unwrap();
        assert_eq!(measured(&TopologicalCharge, &links), [1.0]);
        let sites = lattice.sites() as f64;
        let flux = (std::f64::consts::TAU / sites).cos();
        assert!((measured(&Plaquette, &links)[0] - flux).abs() < 1e-14);
    }
    assert!(one_instanton(&Arc::new(Lattice::new(&[4]).unwrap())).is_err());
}
