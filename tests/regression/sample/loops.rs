//! Ensembles against loops written by hand, to the bit.

use std::sync::Arc;

use fieldassay::action::{Couplings, Phi4, U1TwoD};
use fieldassay::density::{Aux, Info, Kernel, Observable, Target};
use fieldassay::ensemble::{Ensemble, Named, Plan, Sampler, Start, Value, Values};
use fieldassay::lattice::{Circle, Field, Lattice, RealLine};
use fieldassay::observable::{FieldPower, Magnetisation, Plaquette, TopologicalCharge};
use fieldassay::rng::{Chains, Seed};
use fieldassay::sampler::{HeatBath, Hmc, InstantonHit, Integrator, Trajectory};

const CHAINS: usize = 3;

const PLAN: Plan = Plan {
    chains: CHAINS,
    thermalise: 5,
    measurements: 20,
    every: 2,
    start: Start::Cold,
    fields: true,
    seed: Seed(21),
    threads: 2,
};

/// The generators that the run says it takes.
fn generators(ensemble: &Ensemble<'_>) -> Chains {
    let stream = ensemble.spec()["stream"].as_str().expect("a label");
    let label = stream.strip_suffix("/chain/…").expect("of all chains");
    PLAN.seed.chains(label, CHAINS)
}

/// `(measurement)(chain)` of the run.
fn column(ensemble: &Ensemble<'_>, name: &str) -> Vec<Vec<f64>> {
    let series = ensemble.series(name).expect("a column");
    let row = |m: usize| series.iter().map(|chain| chain[m]).collect();
    (0..PLAN.measurements as usize).map(row).collect()
}

fn measured<M: fieldassay::lattice::Manifold>(o: impl Observable<M>, q: &Field<M>) -> Vec<f64> {
    let mut out = vec![0.0; CHAINS];
    o.measure(q, &mut out);
    out
}

#[test]
fn hybrid_monte_carlo_of_phi4_is_the_loop_written_by_hand() {
    let target = Named::find("phi4").expect("a target");
    let given = [
        ("extents", Value::Extents(vec![4, 6])),
        ("kappa", Value::Real(0.2)),
        ("lambda", Value::Real(0.5)),
    ];
    let values = Values::new(target.parameters, &given).expect("values");
    let density = (target.make)(&values).expect("a density");
    let given = [
        ("integrator", Value::Word("leapfrog")),
        ("length", Value::Real(3.0)),
        ("steps", Value::Count(6)),
    ];
    let method = target.method("hmc").expect("a sampler");
    let sampler = Sampler::new(method, &given).expect("a sampler");
    let mut ensemble = Ensemble::new(density.as_ref(), &sampler, PLAN).expect("an ensemble");
    let mut r = generators(&ensemble);
    ensemble.advance(u64::MAX);

    let phi4 = Phi4::new(&[4, 6], Couplings::from_kappa(0.2, 0.5)).expect("an action");
    let trajectory = Trajectory::new(Integrator::Leapfrog, 0.5, 6).expect("a trajectory");
    let mut hmc = Hmc::new(&phi4, trajectory).expect("a sampler");
    let (mut q, mut aux, mut info) = (phi4.neutral(CHAINS), Aux::default(), Info::default());
    let (mut forces, mut rejected) = (0, 0);
    let mut step = |q: &mut Field<RealLine>| {
        hmc.step(q, &mut aux, &mut r, &mut info);
        forces += info.forces;
        info.clone()
    };
    for _ in 0..PLAN.thermalise {
        step(&mut q);
    }
    let names = [
        "action",
        "field_power_4",
        "magnetisation",
        "acceptance",
        "delta_h",
    ];
    let columns = names.map(|name| column(&ensemble, name));
    let arrays = ensemble.arrays().expect("arrays");
    let (shape, fields) = arrays.f64("field").expect("configurations");
    assert_eq!(shape, [CHAINS, 20, 4, 6, 1]);
    for m in 0..PLAN.measurements as usize {
        let infos = [step(&mut q), step(&mut q)];
        let [action, fourth, mean, acceptance, delta_h] = &columns;
        let mut s = vec![0.0; CHAINS];
        phi4.value(&q, &aux_of(), &mut s);
        assert_eq!(action[m], s);
        assert_eq!(
            fourth[m],
            measured(FieldPower::new(4).expect("a power"), &q)
        );
        assert_eq!(mean[m], measured(Magnetisation, &q));
        assert_eq!(delta_h[m], infos[1].delta_h);
        for (chain, share) in acceptance[m].iter().enumerate() {
            let accepted = infos.iter().filter(|info| info.accepted[chain]).count();
            rejected += 2 - accepted;
            assert_eq!(*share, accepted as f64 / 2.0);
            for site in 0..24 {
                let place = (chain * 20 + m) * 24 + site;
                assert_eq!(fields[place], q.get(site, 0, chain));
            }
        }
    }
    assert!(rejected > 0, "every proposal was accepted");
    assert_eq!(ensemble.cost().forces, forces);
}

fn aux_of() -> Aux {
    Aux::default()
}

#[test]
fn a_heat_bath_with_instanton_hits_is_the_loop_written_by_hand() {
    let target = Named::find("u1-2d").expect("a target");
    let given = [
        ("extents", Value::Extents(vec![4, 6])),
        ("beta", Value::Real(2.5)),
    ];
    let values = Values::new(target.parameters, &given).expect("values");
    let density = (target.make)(&values).expect("a density");
    let method = target.method("heatbath").expect("a sampler");
    let sampler = Sampler::new(method, &[("reflections", Value::Count(2))]).expect("a sampler");
    let sampler = sampler.mixed_with("instanton-hits", 3);
    let mut ensemble = Ensemble::new(density.as_ref(), &sampler, PLAN).expect("an ensemble");
    let mut r = generators(&ensemble);
    ensemble.advance(u64::MAX);

    let u1 = U1TwoD::new(&[4, 6], 2.5).expect("an action");
    let lattice = Arc::new(Lattice::new(&[4, 6]).expect("a lattice"));
    let mut heat_bath = HeatBath::new(&u1, 2).expect("a sampler");
    let mut hits = InstantonHit::new(&u1, &lattice).expect("a sampler");
    let (mut q, mut aux, mut info) = (u1.neutral(CHAINS), Aux::default(), Info::default());
    let mut step = |q: &mut Field<Circle>| {
        heat_bath.step(q, &mut aux, &mut r, &mut info);
        let mut accepted = [0; CHAINS];
        for _ in 0..3 {
            hits.step(q, &mut aux, &mut r, &mut info);
            for (count, yes) in accepted.iter_mut().zip(&info.accepted) {
                *count += usize::from(*yes);
            }
        }
        accepted
    };
    for _ in 0..PLAN.thermalise {
        step(&mut q);
    }
    let names = [
        "plaquette",
        "topological_charge",
        "instanton_hits_acceptance",
    ];
    let [plaquette, charge, acceptance] = names.map(|name| column(&ensemble, name));
    let arrays = ensemble.arrays().expect("arrays");
    let (shape, fields) = arrays.f64("field").expect("configurations");
    assert_eq!(shape, [CHAINS, 20, 4, 6, 2]);
    for m in 0..PLAN.measurements as usize {
        let accepted = [step(&mut q), step(&mut q)];
        assert_eq!(plaquette[m], measured(Plaquette, &q));
        assert_eq!(charge[m], measured(TopologicalCharge, &q));
        for chain in 0..CHAINS {
            let share = (accepted[0][chain] + accepted[1][chain]) as f64 / 6.0;
            assert!((acceptance[m][chain] - share).abs() < 1e-15);
            for place in 0..48 {
                let number = fields[(chain * 20 + m) * 48 + place];
                assert_eq!(number, q.get(place / 2, place % 2, chain));
            }
        }
    }
}

/// A proposal for a number is accepted if and only if the number changes.
#[test]
fn acceptance_of_metropolis_is_the_share_of_numbers_that_changed() {
    let target = Named::find("phi4").expect("a target");
    let density = super::example(target);
    let method = target.method("metropolis").expect("a sampler");
    let sampler = Sampler::new(method, &[("width", Value::Real(0.7))]).expect("a sampler");
    let plan = Plan { every: 1, ..PLAN };
    let mut ensemble = Ensemble::new(density.as_ref(), &sampler, plan).expect("an ensemble");
    ensemble.advance(u64::MAX);
    let arrays = ensemble.arrays().expect("arrays");
    let (_, shares) = arrays.f64("acceptance").expect("a column");
    let (_, fields) = arrays.f64("field").expect("configurations");
    let mut partly = 0;
    for (fields, shares) in fields.chunks_exact(20 * 24).zip(shares.chunks_exact(20)) {
        let configurations: Vec<&[f64]> = fields.chunks_exact(24).collect();
        for (pair, share) in configurations.windows(2).zip(&shares[1..]) {
            let changed = pair[0].iter().zip(pair[1]).filter(|(a, b)| a != b).count();
            assert_eq!(*share, changed as f64 / 24.0);
            partly += usize::from((1..24).contains(&changed));
        }
    }
    assert!(
        partly > 30,
        "{partly} sweeps in which some were accepted and some not"
    );
}
