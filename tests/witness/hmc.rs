//! Trajectories of molecular dynamics: the fast path, fused and vectorised, against golden ones of 20 digits and against
//! the witness site by site.

use std::path::Path as FilePath;

use fieldassay::action::{Couplings, Phi4, U1TwoD};
use fieldassay::density::{Action, Aux, Observable};
use fieldassay::io::{Golden, Record};
use fieldassay::lattice::{Continuous, Field, Lattice, kinetic_energy};
use fieldassay::num::{Tol, Worst};
use fieldassay::observable::TopologicalCharge;
use fieldassay::sampler::{Integrator, Path, Trajectory};
use fieldassay::{Result, Seed};
use fieldassay_reference::molecular_dynamics as reference;

const NUMBERS: Tol =
    Tol::abs(1e-12).because("up to sixty kicks of fields and momenta of order one");
const ENERGIES: Tol = Tol::rel_abs(1e-13, 1e-12).because("sums of up to 128 terms");
const DIFFERENCE: Tol = Tol::abs(1e-10).because("of energies up to 300");

/// Side by side, so that rows are treated as those of many chains too; all start alike.
const CHAINS: [usize; 3] = [1, 3, 16];

/// `amplitude·of(phase + shift·μ + k·x)`.
fn wave(record: &Record, name: &str, of: fn(f64) -> f64, mu: usize, x: &[usize]) -> f64 {
    let number = |what: &str| record.parameter_f64(&format!("{name}_{what}")).unwrap();
    let shift = if mu == 0 { 0.0 } else { number("shift") };
    let k = record.parameter(&format!("{name}_k")).unwrap();
    let turn: f64 = x
        .iter()
        .enumerate()
        .map(|(i, x)| k[i].as_f64().unwrap() * *x as f64)
        .sum();
    number("amplitude") * of(number("phase") + shift + turn)
}

/// Where number `component` of `site` and `chain` lies in the numbers of a field.
fn place(
    lattice: &Lattice,
    variables: usize,
    chains: usize,
    [site, mu, chain]: [usize; 3],
) -> usize {
    let length = lattice.row_length();
    ((site / length * variables + mu) * length + site % length) * chains + chain
}

fn list(record: &Record, name: &str) -> Vec<f64> {
    let decimals = record.named_list(name).unwrap();
    decimals.iter().map(|decimal| decimal.to_f64()).collect()
}

fn follow<M: Continuous<Number = f64>>(
    record: &Record,
    action: &dyn Action<M>,
    worst: &mut [Worst; 3],
    charge: impl Fn(&Field<M>) -> Option<f64>,
) {
    let scheme = Integrator::from_name(record.parameter_str("scheme").unwrap()).unwrap();
    let (step, steps) = (
        record.parameter_f64("step").unwrap(),
        record.parameter_i64("steps").unwrap(),
    );
    let trajectory = Trajectory::new(scheme, step, steps as usize).unwrap();
    let golden = |name: &str| record.named_number(name).unwrap().to_f64();
    for chains in CHAINS {
        let mut start = action.neutral(chains);
        let (lattice, variables) = (start.lattice().clone(), start.variables());
        let mut path = Path::new(&start);
        for site in 0..lattice.sites() {
            let x = lattice.coordinates(site);
            for mu in 0..variables {
                for chain in 0..chains {
                    let at = place(&lattice, variables, chains, [site, mu, chain]);
                    start.set(site, mu, chain, wave(record, "start", f64::sin, mu, &x));
                    path.p.numbers_mut()[at] = wave(record, "momenta", f64::cos, mu, &x);
                }
            }
        }
        let zero = || vec![0.0; chains];
        let (mut s, mut k) = ([zero(), zero()], [zero(), zero()]);
        let aux = Aux::default();
        action.value(&start, &aux, &mut s[0]);
        kinetic_energy(&path.p, &mut k[0]);
        trajectory.run(action, &aux, &start, &mut path, &mut s[1]);
        kinetic_energy(&path.p, &mut k[1]);
        let [numbers, energies, difference] = worst;
        let what = |name: &str| format!("{}, {name}, {chains} chains", record.id());
        for (name, found) in [("S0", &s[0]), ("K0", &k[0]), ("S1", &s[1]), ("K1", &k[1])] {
            for found in found {
                energies.see(*found, golden(name), || what(name));
            }
        }
        for chain in 0..chains {
            let delta_h = (k[1][chain] - k[0][chain]) + (s[1][chain] - s[0][chain]);
            difference.see(delta_h, golden("dH"), || what("dH"));
            for (kind, found) in [("q", path.q.numbers()), ("p", path.p.numbers())] {
                for mu in 0..variables {
                    let suffix = if variables == 2 {
                        format!("_{mu}")
                    } else {
                        String::new()
                    };
                    let golden = list(record, &format!("{kind}{suffix}"));
                    assert_eq!(golden.len(), lattice.sites());
                    for (site, golden) in golden.iter().enumerate() {
                        let at = place(&lattice, variables, chains, [site, mu, chain]);
                        numbers.see(found[at], *golden, || what(kind));
                    }
                }
            }
        }
        if let Some(charge) = charge(&path.q) {
            difference.see(charge, golden("Q1"), || what("Q1"));
        }
    }
}

fn extents_of(record: &Record) -> Vec<usize> {
    let extents = record.parameter("extents").unwrap().as_array().unwrap();
    extents
        .iter()
        .map(|extent| extent.as_u64().unwrap() as usize)
        .collect()
}

/// The action of a record, for the fast path and for the witness.
fn models(record: &Record) -> Result<(Model, reference::Model)> {
    let number = |name: &str| record.parameter_f64(name);
    let extents = extents_of(record);
    Ok(if record.parameter_str("model")? == "phi4" {
        let (hopping, quadratic, quartic) = (number("K")?, number("A")?, number("G")?);
        let couplings = Couplings {
            hopping,
            quadratic,
            quartic,
        };
        let witness = reference::Model::Phi4 {
            extents: extents.clone(),
            hopping,
            quadratic,
            quartic,
        };
        (Model::Phi4(Phi4::new(&extents, couplings)?), witness)
    } else {
        let beta = number("beta")?;
        let fast = Model::U1(U1TwoD::new(&extents, beta)?);
        (fast, reference::Model::U1 { extents, beta })
    })
}

enum Model {
    Phi4(Phi4),
    U1(U1TwoD),
}

fn golden() -> Golden {
    let path = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("golden/highprec/hmc.json");
    Golden::load(&path).unwrap()
}

#[test]
fn golden_trajectories_are_followed_by_any_number_of_chains() {
    let golden = golden();
    let mut worst = [NUMBERS, ENERGIES, DIFFERENCE].map(Worst::new);
    for record in golden.records() {
        match models(record).unwrap().0 {
            Model::Phi4(phi4) => follow(record, &phi4, &mut worst, |_| None),
            Model::U1(u1) => follow(record, &u1, &mut worst, |q| {
                let mut charges = vec![0.0; q.chains()];
                TopologicalCharge.measure(q, &mut charges);
                Some(charges[q.chains() - 1])
            }),
        }
    }
    for (worst, (what, minimum)) in worst.iter().zip([
        ("fields and momenta", 35 * 20 * 32),
        ("energies", 35 * 20 * 4),
        ("ΔH and Q", 35 * 20),
    ]) {
        println!("{what}: {}", worst.summary());
        worst.assert_at_least(minimum);
    }
}

/// Action and force on random fields, where no formula made the start smooth.
#[test]
fn actions_and_forces_of_random_fields_are_those_of_the_witness() {
    const SAME: Tol = Tol::rel_abs(1e-13, 1e-12).because("sums of up to 128 terms of order ten");
    let mut worst = Worst::new(SAME);
    let golden = golden();
    let mut done: Vec<String> = Vec::new();
    for record in golden.records() {
        let (fast, witness) = models(record).unwrap();
        let model = format!("{witness:?}");
        if done.contains(&model) {
            continue;
        }
        let mut compare = |numbers: Vec<f64>, s: f64, force: Vec<f64>| {
            let expected = witness.force(&numbers);
            worst.see(s, witness.action(&numbers), || model.clone());
            assert_eq!(force.len(), expected.len());
            for (found, expected) in force.iter().zip(expected) {
                worst.see(*found, expected, || model.clone());
            }
        };
        match &fast {
            Model::Phi4(phi4) => {
                let (numbers, s, force) = random(phi4);
                compare(numbers, s, force);
            }
            Model::U1(u1) => {
                let (numbers, s, force) = random(u1);
                compare(numbers, s, force);
            }
        }
        done.push(model);
    }
    println!("actions and forces: {}", worst.summary());
    assert_eq!(done.len(), 7);
    worst.assert_at_least(7 * 16);
}

/// `(field, S, force)` in the witness's order: all links of direction 0 before those of direction 1.
fn random<M: Continuous<Number = f64>>(action: &dyn Action<M>) -> (Vec<f64>, f64, Vec<f64>) {
    let mut q = action.neutral(1);
    Seed(20_261_127)
        .chains(&format!("witness/hmc/{}", action.spec()), 1)
        .normal(q.numbers_mut());
    let (mut s, mut force) = ([0.0], fieldassay::lattice::Tangent::zero(&q));
    action.value(&q, &Aux::default(), &mut s);
    action.force(&q, &Aux::default(), &mut force);
    let (lattice, variables) = (q.lattice(), q.variables());
    let in_order = |numbers: &[f64]| -> Vec<f64> {
        let links =
            (0..variables).flat_map(|mu| (0..lattice.sites()).map(move |site| [site, mu, 0]));
        links
            .map(|link| numbers[place(lattice, variables, 1, link)])
            .collect()
    };
    (in_order(q.numbers()), s[0], in_order(force.numbers()))
}
