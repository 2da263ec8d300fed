//! The laws of every action, from its row in the registry.
//!
//! The force is minus the derivative along the manifold; sweeps that fuse kick and drift do what force, addition and
//! retraction do; chains do not notice each other; a shifted field has the same action.

use std::collections::BTreeSet;

use fieldassay::Error;
use fieldassay::action::{
    ComplexPhi4, Couplings, Example, O3, O4, PathIntegral, Phi4, Potential, U1TwoD, Xy,
};
use fieldassay::density::{Action, Aux, Holomorphic, Local, Target, Workspace};
use fieldassay::lattice::{Continuous, Field, Propose, RealLine, Tangent};
use fieldassay::num::Tol;
use fieldassay::rng::{Chains, Seed};

/// The laws of an action, by the name of its file.
struct Row {
    name: &'static str,
    laws: [fn(&str); 6],
}

macro_rules! rows {
    ($($module:ident: $action:ident;)*) => {
        const ROWS: &[Row] = &[$(Row {
            name: stringify!($module),
            laws: [
                force_is_derivative::<_, $action>,
                fused_is_composed::<_, $action>,
                chains_are_apart::<_, $action>,
                shifts_are_symmetries::<_, $action>,
                specs_differ::<$action>,
                local_changes_are_differences::<_, $action>,
            ],
        }),*];
    };
}
fieldassay::for_each_action!(rows);

fn all_obey(law: usize) {
    for row in ROWS {
        row.laws[law](row.name);
    }
}

#[test]
fn forces_are_minus_the_derivatives_of_the_actions() {
    all_obey(0);
}

#[test]
fn fused_sweeps_are_force_addition_and_retraction() {
    all_obey(1);
}

#[test]
fn chains_do_not_notice_each_other() {
    all_obey(2);
}

#[test]
fn shifted_fields_have_the_same_action() {
    all_obey(3);
}

#[test]
fn specifications_tell_examples_apart() {
    all_obey(4);
}

#[test]
fn changes_of_one_variable_are_differences_of_the_action() {
    all_obey(5);
}

#[test]
fn every_action_has_a_row() {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/src/action");
    let files: BTreeSet<String> = std::fs::read_dir(here)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".rs").map(str::to_owned))
        .filter(|name| !["mod", "complex_phi4"].contains(&name.as_str()))
        .collect();
    macro_rules! names {
        ($($module:ident: $density:ident;)*) => { [$(stringify!($module)),*] };
    }
    let discrete = fieldassay::for_each_discrete!(names);
    let rows = ROWS.iter().map(|row| row.name).chain(discrete);
    assert_eq!(files, rows.map(str::to_owned).collect());
}

fn random_field<M: Continuous, A: Example<Values = M> + Action<M>>(
    action: &A,
    chains: usize,
    r: &mut Chains,
) -> Field<M> {
    let cold = action.neutral(chains);
    let (mut q, mut p) = (cold.clone(), Tangent::zero(&cold));
    r.normal(p.numbers_mut());
    M::retract(&cold, &p, 1.0, &mut q);
    q
}

fn value<M: Continuous, A: Example<Values = M> + Action<M>>(action: &A, q: &Field<M>) -> Vec<f64> {
    let mut s = vec![f64::NAN; q.chains()];
    action.value(q, &Aux::default(), &mut s);
    s
}

fn force<M: Continuous, A: Example<Values = M> + Action<M>>(
    action: &A,
    q: &Field<M>,
) -> Tangent<M> {
    let mut force = Tangent::zero(q);
    force.numbers_mut().fill(f64::NAN);
    action.force(q, &Aux::default(), &mut force);
    force
}

/// Six-point differences: truncation `h⁶`, rounding `1e-16/h` of an action of some hundred.
fn force_is_derivative<M: Continuous, A: Example<Values = M> + Action<M>>(name: &str) {
    const DERIVATIVE: Tol = Tol::abs(3e-10)
        .because("h = 0.02: truncation h⁶ times derivatives of 10, rounding 1e-13/h");
    let mut looked_at = 0;
    for (case, action) in A::examples().unwrap().iter().enumerate() {
        let mut r = Seed(1).chains(&format!("laws/action/force/{name}/{case}"), 1);
        let q = random_field(action, 1, &mut r);
        let force = force(action, &q);
        let mut direction = Tangent::zero(&q);
        for i in 0..direction.numbers().len() {
            direction.numbers_mut().fill(0.0);
            direction.numbers_mut()[i] = 1.0;
            let at = |step: f64| {
                let mut moved = q.clone();
                M::retract(&q, &direction, step, &mut moved);
                value(action, &moved)[0]
            };
            let h = 0.02;
            let central = |h: f64| (at(h) - at(-h)) / (2.0 * h);
            let (one, two, three) = (central(h), central(2.0 * h), central(3.0 * h));
            let slope = 1.5 * one - 0.6 * two + 0.1 * three;
            let found = DERIVATIVE.compare(force.numbers()[i], -slope);
            assert!(found.passed, "{} at {i}: {found:?}", action.spec());
            looked_at += 1;
        }
    }
    assert!(looked_at > 100);
}

fn fused_is_composed<M: Continuous, A: Example<Values = M> + Action<M>>(name: &str) {
    const SAME: Tol = Tol::abs(1e-12).because("the same sums in another order, numbers up to 100");
    let mut looked_at = 0;
    for (case, action) in A::examples().unwrap().iter().enumerate() {
        for chains in [1, 3, 16] {
            let mut r = Seed(2).chains(&format!("laws/action/fused/{name}/{case}"), chains);
            let q = random_field(action, chains, &mut r);
            let (mut p, aux) = (Tangent::zero(&q), Aux::default());
            r.normal(p.numbers_mut());
            let (kick, drift) = (0.37, 0.21);

            let (mut p_composed, mut q_composed) = (p.clone(), q.clone());
            p_composed.add_scaled(kick, &force(action, &q));
            M::retract(&q, &p_composed, drift, &mut q_composed);
            let (mut p_swept, mut q_swept) = (p.clone(), q.clone());
            let mut ws = Workspace::default();
            action.kick_drift(&q, &mut p_swept, kick, drift, &aux, &mut ws, &mut q_swept);
            let mut s = vec![f64::NAN; chains];
            let mut p_last = p.clone();
            action.kick_value(&q, &mut p_last, kick, &aux, &mut ws, &mut s);
            for (what, found, expected) in [
                ("p", p_swept.numbers(), p_composed.numbers()),
                ("q", q_swept.numbers(), q_composed.numbers()),
                ("p at the end", p_last.numbers(), p_composed.numbers()),
                ("S", s.as_slice(), value(action, &q).as_slice()),
            ] {
                assert_eq!(found.len(), expected.len());
                for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
                    let compared = SAME.compare(*found, *expected);
                    assert!(
                        compared.passed,
                        "{}, {what}[{i}]: {compared:?}",
                        action.spec()
                    );
                    looked_at += 1;
                }
            }
        }
    }
    assert!(looked_at > 1000);
}

/// Chain `c` of five gives the bits that it gives alone.
fn chains_are_apart<M: Continuous, A: Example<Values = M> + Action<M>>(name: &str) {
    let mut looked_at = 0;
    for (case, action) in A::examples().unwrap().iter().enumerate() {
        let chains = 5;
        let mut r = Seed(3).chains(&format!("laws/action/chains/{name}/{case}"), chains);
        let q = random_field(action, chains, &mut r);
        let mut p = Tangent::zero(&q);
        r.normal(p.numbers_mut());
        let run = |q: &Field<M>, p: &Tangent<M>| {
            let (mut p, mut out, aux) = (p.clone(), q.clone(), Aux::default());
            let (mut ws, mut s) = (Workspace::default(), vec![0.0; q.chains()]);
            action.kick_drift(q, &mut p, 0.3, 0.2, &aux, &mut ws, &mut out);
            action.kick_value(&out, &mut p, 0.1, &aux, &mut ws, &mut s);
            (s, p, out, value(action, q))
        };
        let together = run(&q, &p);
        for chain in 0..chains {
            let mut own = action.neutral(1);
            let pick = |numbers: &[f64]| -> Vec<f64> {
                numbers
                    .iter()
                    .skip(chain)
                    .step_by(chains)
                    .copied()
                    .collect()
            };
            own.numbers_mut().copy_from_slice(&pick(q.numbers()));
            let mut own_p = Tangent::zero(&own);
            own_p.numbers_mut().copy_from_slice(&pick(p.numbers()));
            let alone = run(&own, &own_p);
            assert_eq!(
                alone.0[0].to_bits(),
                together.0[chain].to_bits(),
                "{}",
                action.spec()
            );
            assert_eq!(alone.3[0].to_bits(), together.3[chain].to_bits());
            assert_eq!(
                alone.1.numbers(),
                pick(together.1.numbers()),
                "{}",
                action.spec()
            );
            assert_eq!(alone.2.numbers(), pick(together.2.numbers()));
            looked_at += 1;
        }
    }
    assert!(looked_at >= 35);
}

fn local_changes_are_differences<
    M: Continuous + Propose,
    A: Example<Values = M> + Action<M> + Local<M>,
>(
    name: &str,
) {
    const SAME: Tol = Tol::abs(1e-11).because("a difference of actions of some hundred");
    let (mut looked_at, chains) = (0, 3);
    for (case, action) in A::examples().unwrap().iter().enumerate() {
        let label = format!("laws/action/local/{name}/{case}");
        let mut r = Seed(9).chains(&label, chains);
        let q = random_field(action, chains, &mut r);
        let before = value(action, &q);
        for site in 0..q.lattice().sites() {
            for component in 0..q.variables() {
                let (mut new, mut ds) = (vec![0.0; M::NUMBERS * chains], vec![f64::NAN; chains]);
                let old: Vec<f64> = (0..M::NUMBERS)
                    .flat_map(|i| q.chains_of(site, component * M::NUMBERS + i).to_vec())
                    .collect();
                M::propose(&old, 1.5, &mut r, &mut new);
                action.delta(&q, site * q.variables() + component, &new, &mut ds);
                let mut moved = q.clone();
                for (i, new) in new.chunks_exact(chains).enumerate() {
                    moved
                        .chains_mut(site, component * M::NUMBERS + i)
                        .copy_from_slice(new);
                }
                for ((after, before), ds) in value(action, &moved).iter().zip(&before).zip(&ds) {
                    let compared = SAME.compare(*ds, after - before);
                    assert!(compared.passed, "{} at {site}: {compared:?}", action.spec());
                    looked_at += 1;
                }
            }
        }
    }
    assert!(looked_at > 300);
}

fn shifts_are_symmetries<M: Continuous, A: Example<Values = M> + Action<M>>(name: &str) {
    const SAME: Tol = Tol::abs(1e-12).because("the same terms in another order");
    for (case, action) in A::examples().unwrap().iter().enumerate() {
        let mut r = Seed(4).chains(&format!("laws/action/shifts/{name}/{case}"), 1);
        let q = random_field(action, 1, &mut r);
        let lattice = q.lattice().clone();
        for mu in 0..lattice.dimension() {
            let mut shifted = q.clone();
            let components = q.variables() * M::NUMBERS;
            for site in 0..lattice.sites() {
                for component in 0..components {
                    let x = q.get(lattice.neighbour(site, mu, 1), component, 0);
                    shifted.set(site, component, 0, x);
                }
            }
            let compared = SAME.compare(value(action, &shifted)[0], value(action, &q)[0]);
            assert!(
                compared.passed,
                "{} along {mu}: {compared:?}",
                action.spec()
            );
        }
    }
}

fn specs_differ<A: Example>(_name: &str) {
    let examples = A::examples().unwrap();
    let specs: BTreeSet<String> = examples.iter().map(|one| one.spec().to_string()).collect();
    assert_eq!(specs.len(), examples.len());
}

#[test]
fn phi4_is_even_in_the_field() {
    const SAME: Tol = Tol::abs(1e-13).because("the same products");
    for phi4 in Phi4::examples().unwrap() {
        let mut r = Seed(5).chains("laws/action/phi4/even", 1);
        let q = random_field(&phi4, 1, &mut r);
        let mut flipped = q.clone();
        flipped
            .numbers_mut()
            .iter_mut()
            .for_each(|phi| *phi = -*phi);
        assert!(
            SAME.compare(value(&phi4, &q)[0], value(&phi4, &flipped)[0])
                .passed
        );
    }
}

/// The same configurations in the units of forms (a), (b) and (c), and in the continuum's `½(∂φ)²`.
#[test]
fn forms_of_phi4_agree_on_the_same_configuration() {
    const SAME: Tol = Tol::rel(1e-13).because("a few roundings of couplings and field");
    let a = Couplings::from_kappa(0.25, 0.5);
    let b = Couplings::from_mass_squared(-4.0, 8.0, 2);
    let c = Couplings::from_continuum(-4.0, 48.0, 2);
    let same = |found: Couplings, expected: Couplings| {
        for (found, expected) in [
            (found.hopping, expected.hopping),
            (found.quadratic, expected.quadratic),
            (found.quartic, expected.quartic),
        ] {
            // The quadratic coefficient of this pair is zero.
            assert!(
                (found - expected).abs() <= 1e-14 * expected.abs().max(1.0),
                "{found}, {expected}"
            );
        }
    };
    same(a.of_scaled_field(0.5), b);
    same(b.of_scaled_field(2.0_f64.sqrt()), c);
    let (kappa, lambda, factor) = b.to_kappa().unwrap();
    assert!(SAME.compare(kappa, 0.25).passed && SAME.compare(lambda, 0.5).passed);
    assert!(SAME.compare(factor, 2.0).passed);

    let in_units = |couplings: Couplings, factor: f64| {
        let phi4 = Phi4::new(&[4, 6], couplings).unwrap();
        let mut r = Seed(6).chains("laws/action/phi4/forms", 1);
        let mut q = random_field(&phi4, 1, &mut r);
        q.numbers_mut().iter_mut().for_each(|phi| *phi *= factor);
        value(&phi4, &q)[0]
    };
    let s = in_units(a, 1.0);
    assert!(SAME.compare(in_units(b, 0.5), s).passed);
    assert!(SAME.compare(in_units(c, 0.5_f64.sqrt()), s).passed);

    // The definition of (c), spelled out: kinetic term, mass, and coupling over 4!.
    let (m2, lambda0) = (0.7, 3.0);
    let phi4 = Phi4::new(&[3, 5], Couplings::from_continuum(m2, lambda0, 2)).unwrap();
    let mut r = Seed(7).chains("laws/action/phi4/continuum", 1);
    let q = random_field(&phi4, 1, &mut r);
    let lattice = q.lattice().clone();
    let at = |site: usize| q.get(site, 0, 0);
    let spelled: f64 = (0..lattice.sites())
        .map(|x| {
            let gradient: f64 = (0..2)
                .map(|mu| (at(lattice.neighbour(x, mu, 1)) - at(x)).powi(2))
                .sum();
            0.5 * gradient + 0.5 * m2 * at(x).powi(2) + lambda0 / 24.0 * at(x).powi(4)
        })
        .sum();
    assert!(SAME.compare(value(&phi4, &q)[0], spelled).passed);
}

/// The action of mechanics, spelled out, with its constant; and what is refused.
#[test]
fn paths_have_the_action_of_mechanics() {
    const SAME: Tol = Tol::rel(1e-12).because("terms m x²/a that cancel");
    type Curve = fn(f64) -> f64;
    let (a, m) = (0.1, 0.5);
    let wells: [(Potential, Curve); 2] = [
        (Potential::Oscillator { frequency: 1.3 }, |x| {
            0.25 * (1.3 * x).powi(2)
        }),
        (
            Potential::DoubleWell {
                lambda: 0.7,
                f2: 2.0,
            },
            |x| 0.7 * (x * x - 2.0).powi(2),
        ),
    ];
    for (potential, v) in wells {
        for points in [1, 2, 9] {
            let path = PathIntegral::new(points, a, m, potential).unwrap();
            let mut r = Seed(10).chains("laws/action/path-integral", 1);
            let q = random_field(&path, 1, &mut r);
            let x = |i: usize| q.get(i % points, 0, 0);
            let kinetic = |i: usize| m * (x(i + 1) - x(i)).powi(2) / (2.0 * a);
            let spelled: f64 = (0..points).map(|i| kinetic(i) + a * v(x(i))).sum();
            let compared = SAME.compare(value(&path, &q)[0], spelled);
            assert!(compared.passed, "{}: {compared:?}", path.spec());
        }
    }
    let well = |lambda, f2| Potential::DoubleWell { lambda, f2 };
    for (named, refused) in [
        ("extents", PathIntegral::new(0, a, m, well(1.0, 1.0))),
        ("spacing", PathIntegral::new(4, 0.0, m, well(1.0, 1.0))),
        ("mass", PathIntegral::new(4, a, f64::NAN, well(1.0, 1.0))),
        ("lambda", PathIntegral::new(4, a, m, well(-1.0, 1.0))),
        ("f2", PathIntegral::new(4, a, m, well(1.0, f64::INFINITY))),
        (
            "frequency",
            PathIntegral::new(4, a, m, Potential::Oscillator { frequency: 0.0 }),
        ),
    ] {
        let why = refused.map(|_| ()).unwrap_err();
        assert!(
            matches!(&why, Error::Argument { field, .. } if field == named),
            "{named}: {why}"
        );
    }
}

/// `K = −dS/dz` along the real and the imaginary axis of every variable, which is Cauchy and Riemann's condition too.
#[test]
fn the_drift_of_a_complex_action_is_its_derivative_in_any_direction() {
    const DERIVATIVE: Tol =
        Tol::abs(3e-8).because("h = 2e-5: truncation 4G z h², rounding 1e-13/h");
    let mut looked_at = 0;
    for (extents, hopping) in [(&[1][..], 0.0), (&[5], 0.3), (&[2, 3], -0.2)] {
        let action = ComplexPhi4::new(extents, hopping, [1.5, 0.8], 0.4).unwrap();
        let mut z = action.neutral(2);
        Seed(11)
            .chains("laws/action/complex", 2)
            .normal(z.numbers_mut());
        let mut drift = Tangent::zero(&z);
        action.drift(&z, &mut drift);
        let value = |z: &Field<RealLine>| {
            let (mut real, mut imaginary) = ([f64::NAN; 2], [f64::NAN; 2]);
            action.value(z, &mut real, &mut imaginary);
            [real, imaginary]
        };
        let lattice = z.lattice().clone();
        for site in 0..lattice.sites() {
            let (row, x) = (site / lattice.row_length(), site % lattice.row_length());
            for chain in 0..2 {
                let k = [0, 1].map(|part| drift.row(row, part)[2 * x + chain]);
                for part in 0..2 {
                    let at = |h: f64| {
                        let mut moved = z.clone();
                        moved.set(site, part, chain, z.get(site, part, chain) + h);
                        value(&moved).map(|s| s[chain])
                    };
                    let (up, down) = (at(2e-5), at(-2e-5));
                    let slope = [0, 1].map(|i| (up[i] - down[i]) / 4e-5);
                    // d/dy = i d/dz.
                    let along = if part == 0 {
                        slope
                    } else {
                        [slope[1], -slope[0]]
                    };
                    for i in 0..2 {
                        let compared = DERIVATIVE.compare(k[i], -along[i]);
                        assert!(compared.passed, "{} at {site}: {compared:?}", action.spec());
                        looked_at += 1;
                    }
                }
            }
        }
    }
    assert_eq!(looked_at, 12 * 2 * 4);
    let refused = ComplexPhi4::new(&[4], 1.0, [1.0, 5.0], 0.0).unwrap_err();
    assert!(matches!(&refused, Error::Argument { field, .. } if field == "couplings"));
}

/// A complex action of a real mass is φ⁴ on real fields.
#[test]
fn a_complex_action_is_phi4_on_real_fields_with_a_real_mass() {
    const SAME: Tol = Tol::abs(1e-12).because("the same terms in another order");
    let c = Couplings::from_mass_squared(-1.0, 0.7, 2);
    let phi4 = Phi4::new(&[3, 4], c).unwrap();
    let complex = ComplexPhi4::new(&[3, 4], c.hopping, [c.quadratic, 0.0], c.quartic).unwrap();
    let mut r = Seed(12).chains("laws/action/complex-real", 1);
    let q = random_field(&phi4, 1, &mut r);
    let mut z = complex.neutral(1);
    for site in 0..12 {
        z.set(site, 0, 0, q.get(site, 0, 0));
    }
    let (mut real, mut imaginary) = ([0.0], [f64::NAN]);
    complex.value(&z, &mut real, &mut imaginary);
    assert!(SAME.compare(real[0], value(&phi4, &q)[0]).passed);
    assert_eq!(imaginary, [0.0]);
    let mut drift = Tangent::zero(&z);
    complex.drift(&z, &mut drift);
    let force = force(&phi4, &q);
    for row in 0..3 {
        for x in 0..4 {
            assert!(
                SAME.compare(drift.row(row, 0)[x], force.row(row, 0)[x])
                    .passed
            );
            assert_eq!(drift.row(row, 1)[x], 0.0);
        }
    }
}

#[test]
fn plaquettes_of_u1_are_invariant_under_gauge_transformations_and_whole_turns() {
    const SAME: Tol = Tol::abs(1e-12).because("angles of some ten, cosines of them");
    for u1 in U1TwoD::examples().unwrap() {
        let mut r = Seed(8).chains("laws/action/u1/gauge", 1);
        let q = random_field(&u1, 1, &mut r);
        let lattice = q.lattice().clone();
        let mut omega = vec![0.0; lattice.sites()];
        r.normal(&mut omega);
        let (mut gauged, mut turned) = (q.clone(), q.clone());
        for x in 0..lattice.sites() {
            for mu in 0..2 {
                let theta = q.get(x, mu, 0);
                let ahead = omega[lattice.neighbour(x, mu, 1)];
                gauged.set(x, mu, 0, theta + omega[x] - ahead);
                turned.set(x, mu, 0, theta + std::f64::consts::TAU * (x % 3) as f64);
            }
        }
        let s = value(&u1, &q)[0];
        assert!(
            SAME.compare(value(&u1, &gauged)[0], s).passed,
            "{}",
            u1.spec()
        );
        assert!(
            SAME.compare(value(&u1, &turned)[0], s).passed,
            "{}",
            u1.spec()
        );
        // Site by site, from the definition.
        let theta = |x: usize, mu: usize| q.get(x, mu, 0);
        let spelled: f64 = (0..lattice.sites())
            .map(|x| {
                let (ahead, right) = (lattice.neighbour(x, 0, 1), lattice.neighbour(x, 1, 1));
                let angle = theta(x, 0) + theta(ahead, 1) - theta(right, 0) - theta(x, 1);
                -u1.beta() * angle.cos()
            })
            .sum();
        assert!(SAME.compare(s, spelled).passed, "{}", u1.spec());
    }
}

#[test]
fn densities_without_a_norm_are_refused_by_name() {
    let couplings = |hopping, quadratic, quartic| Couplings {
        hopping,
        quadratic,
        quartic,
    };
    for (extents, bad, field) in [
        (&[4, 4][..], couplings(1.0, 4.0, 0.0), "couplings"),
        (&[4, 4], couplings(1.0, 5.0, -0.1), "couplings"),
        (&[4, 4], couplings(f64::NAN, 5.0, 0.1), "hopping"),
        (&[4, 4], couplings(1.0, f64::INFINITY, 0.1), "quadratic"),
        (&[4, 4], couplings(1.0, 5.0, f64::NAN), "quartic"),
        (&[2, 2, 2, 2, 2], couplings(0.1, 1.0, 0.1), "extents"),
        (&[4, 0], couplings(0.1, 1.0, 0.1), "extents"),
    ] {
        let refused = Phi4::new(extents, bad).unwrap_err();
        assert!(
            matches!(&refused, Error::Argument { field: named, .. } if named == field),
            "{refused}"
        );
    }
    Phi4::new(&[4, 4], couplings(1.0, 4.1, 0.0)).unwrap();
    for (extents, beta) in [(&[4][..], 1.0), (&[4, 4, 4], 1.0), (&[4, 4], f64::NAN)] {
        assert!(matches!(
            U1TwoD::new(extents, beta),
            Err(Error::Argument { .. })
        ));
    }
}

#[test]
#[should_panic(expected = "a field of [4, 4]")]
fn a_field_of_another_lattice_is_a_mistake_of_the_caller() {
    let phi4 = |extents: &[usize]| Phi4::new(extents, Couplings::from_kappa(0.2, 0.02)).unwrap();
    let q: Field<RealLine> = phi4(&[4, 4]).neutral(1);
    phi4(&[4, 5]).value(&q, &Aux::default(), &mut [0.0]);
}
