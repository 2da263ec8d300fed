//! Every quantity against its witness and its worked example, named test by named test.

use fieldassay::num::{Tol, Worst};
use fieldassay::suite::answer::Answer;
use fieldassay::suite::{Arguments, Kind, Parameter, Presence, Quantity, quantity};

/// Checked arguments of a quantity from its words.
fn arguments(quantity: &Quantity, words: &[&str]) -> Arguments {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    Arguments::from_words(quantity.parameters, &words).expect("valid arguments")
}

/// Both methods give the declared results, and agree within the declared errors; returns how many numbers.
fn agree(quantity: &Quantity, words: &[&str]) -> usize {
    let arguments = arguments(quantity, words);
    let name = format!("{} {words:?}", quantity.id);
    let evaluate = |method: fn(&Arguments) -> fieldassay::Result<Answer>| {
        method(&arguments).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let (fast, witness) = (evaluate(quantity.compute), evaluate(quantity.witness));
    assert_eq!(fast.entries().len(), witness.entries().len(), "{name}");
    for entry in fast.entries() {
        let output = quantity.output(entry.name);
        let other = witness
            .get(entry.name)
            .unwrap_or_else(|| panic!("{name}: no {}", entry.name));
        assert!(
            entry.agrees(other, output),
            "{name}: {entry:?} against {other:?}"
        );
    }
    fast.entries()
        .iter()
        .map(|entry| entry.readings.len())
        .sum()
}

/// Points besides the example: next to poles and zeros, either side of every change of method.
fn points(id: &str) -> &'static [&'static [&'static str]] {
    match id {
        "luscher-zeta" => &[
            &["q2=-99.5"],
            &["q2=-1"],
            &["q2=-0.9999999"],
            &["q2=-0.0959007194611765"],
            &["q2=1e-9"],
            &["q2=2.00000001"],
            &["q2=20.5"],
            &["q2=99.9"],
            &["q2=39.5", "l=4", "m=4"],
            &["q2=1.17", "d=0,0,1", "gamma=1.3", "l=2"],
            &["q2=60.1", "d=1,1,1", "gamma=2", "l=4"],
        ],
        "luscher-zeta-derivative" => &[
            &["q2=-50"],
            &["q2=-0.5"],
            &["q2=15"],
            &["q2=63.99999"],
            &["q2=0.35", "l=6", "m=4"],
        ],
        "luscher-zeta-unequal" => &[
            &["q2=-9.5", "d=0,0,1", "gamma=1.2", "alpha=0.4"],
            &["q2=-1", "d=1,1,0", "gamma=1.05", "alpha=1.7"],
            &["q2=0", "d=1,1,1", "gamma=1", "alpha=0.3"],
            &["q2=10.0000001", "d=0,0,2", "gamma=1.4", "alpha=-2.6"],
            &["q2=59.9", "d=1,1,1", "gamma=1.1", "alpha=4.9"],
        ],
        "luscher-phase-shift" => &[
            &["q2=0"],
            &["q2=3"],
            &["q2=2.9999999999", "L=3"],
            &["q2=3.0000000001", "L=3"],
            &["q2=7", "L=0.1"],
            &["q2=99.9", "L=1000"],
        ],
        "luscher-levels" => &[
            &["delta_deg=-30", "L=5", "n=1", "hbarc=1", "m_pi=0"],
            &["delta_deg=179.999999", "L=8", "n=1"],
            &["delta_deg=1e-7", "L=8", "n=2"],
        ],
        "luscher-threshold" => &[
            &["a0_nuclear=0.999", "L=10", "r_eff=9"],
            &["a0_nuclear=-1", "L=10", "r_eff=-10", "mass=938.27"],
            &["a0_nuclear=1e-8", "L=10", "mass=1"],
        ],
        other => panic!("`{other}` has no points to compare with its witness"),
    }
}

macro_rules! agrees_with_its_witness {
    ($($row:ident),+ $(,)?) => {
        mod agrees_with_its_witness {
            $(#[test]
            fn $row() {
                let quantity = &fieldassay::suite::quantity::$row::QUANTITY;
                let points = super::points(quantity.id);
                let mut numbers = super::agree(quantity, quantity.example.words);
                for words in points {
                    numbers += super::agree(quantity, words);
                }
                assert!(points.len() >= 3 && numbers >= 6, "{numbers} numbers at {points:?}");
            })+
        }
    };
}
fieldassay::for_each_quantity!(agrees_with_its_witness);

macro_rules! example_gives_what_it_says {
    ($($row:ident),+ $(,)?) => {
        mod example_gives_what_it_says {
            $(#[test]
            fn $row() {
                super::example_is_right(&fieldassay::suite::quantity::$row::QUANTITY);
            })+
        }
    };
}
fieldassay::for_each_quantity!(example_gives_what_it_says);

fn example_is_right(quantity: &Quantity) {
    const EXAMPLE: Tol = Tol::rel_abs(1e-13, 1e-14).because("examples are printed to 15 digits");
    let answer = (quantity.compute)(&arguments(quantity, quantity.example.words));
    let answer = answer.expect("the example is valid");
    let declared: Vec<_> = quantity.outputs.iter().map(|output| output.name).collect();
    let given: Vec<_> = quantity
        .example
        .gives
        .iter()
        .map(|(name, _)| *name)
        .collect();
    assert_eq!(
        given, declared,
        "the example of {} shows every result",
        quantity.id
    );
    let mut worst = Worst::new(EXAMPLE);
    for (name, numbers) in quantity.example.gives {
        let entry = answer
            .get(name)
            .unwrap_or_else(|| panic!("{}: no {name}", quantity.id));
        assert_eq!(
            entry.readings.len(),
            numbers.len(),
            "{} {name}",
            quantity.id
        );
        for (reading, number) in entry.readings.iter().zip(*numbers) {
            worst.see(reading.value, *number, || format!("{} {name}", quantity.id));
        }
    }
    worst.assert_at_least(declared.len());
}

#[test]
fn every_quantity_declares_itself_completely() {
    assert!(quantity::ALL.len() >= 5);
    for quantity in quantity::ALL {
        let id = quantity.id;
        assert!(
            quantity.definition.len() > 100 && !quantity.summary.is_empty(),
            "{id}"
        );
        assert!(
            !quantity.parameters.is_empty() && !quantity.outputs.is_empty(),
            "{id}"
        );
        for parameter in quantity.parameters {
            assert!(
                !["id", "quantity"].contains(&parameter.name),
                "{id} uses a key of the batch"
            );
            if let Presence::Default(word) = parameter.presence {
                let alone = [Parameter {
                    presence: Presence::Required,
                    ..*parameter
                }];
                let words = [format!("{}={word}", parameter.name)];
                Arguments::from_words(&alone, &words).expect("a default lies in its domain");
            }
            if let Kind::Real { min, max } = parameter.kind {
                assert!(
                    min < max && min.is_finite() && max.is_finite(),
                    "{id} {}",
                    parameter.name
                );
            }
        }
    }
}
