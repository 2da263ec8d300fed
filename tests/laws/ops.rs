//! The laws of every operation, from its row in the registry.
//!
//! Forward mode, reverse mode and central differences agree; so do second derivatives, taken forward over
//! reverse, reverse over reverse and by differences of gradients; `f32` follows `f64`; a batch is as many
//! single samples; and operands that do not fit are refused by the operation's name.

use std::collections::BTreeSet;

use fieldassay::rng::{Rng, Seed};
use fieldassay::tensor::op;

mod adjoint;
mod algebra;
mod angles;
mod builders;
mod check;
mod corners;
mod values;

use check::{LAWS, Law, REFUSALS};

/// Random calls of an operation in every law.
const CASES: usize = 1000;

macro_rules! laws_of_ops {
    ($($module:ident: $($op:ident),+;)*) => {
        $(mod $module {
            $(
                #[allow(non_snake_case)]
                mod $op {
                    #[test]
                    fn obeys_the_laws_of_operations() {
                        super::super::all_laws(
                            stringify!($op),
                            <fieldassay::tensor::op::$op as fieldassay::tensor::op::Example>::example,
                        );
                    }
                }
            )+
        })*

        /// Every row: file and operations.
        const ROWS: &[(&str, &[&str])] = &[$((stringify!($module), &[$(stringify!($op)),+])),*];
    };
}
fieldassay::for_each_op!(laws_of_ops);

/// A random call.
type Example = fn(&mut Rng) -> fieldassay::Result<op::Sample>;

fn all_laws(name: &str, example: Example) {
    laws(name, example, LAWS);
    laws(name, example, &[REFUSALS]);
}

fn laws(name: &str, example: Example, laws: &[Law]) {
    for &Law { law, holds } in laws {
        let mut r = Seed(20_261_123).stream(&format!("ops/{name}/{law}"));
        let mut looked_at = 0;
        for case in 0..CASES {
            let sample = example(&mut r).unwrap_or_else(|e| panic!("{name}: example: {e}"));
            match holds(&sample, &mut r) {
                Ok(entries) => looked_at += entries,
                Err(what) => panic!("{name} breaks `{law}` in case {case}: {what}"),
            }
        }
        assert!(looked_at > 0, "{name}: `{law}` looked at nothing");
    }
}

#[test]
fn every_file_of_operations_has_a_row() {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tensor/op");
    let files: BTreeSet<String> = std::fs::read_dir(here)
        .expect("the folder of operations")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| Some(name.strip_suffix(".rs")?.to_owned()))
        .filter(|name| !["mod", "pointwise", "example"].contains(&name.as_str()))
        .collect();
    let rows: BTreeSet<String> = ROWS.iter().map(|(file, _)| (*file).to_owned()).collect();
    assert_eq!(files, rows);
    assert!(ROWS.iter().map(|(_, ops)| ops.len()).sum::<usize>() >= 30);
}

#[test]
fn a_wrong_declaration_of_what_an_operation_accepts_is_caught() {
    let mut r = Seed(20_261_123).stream("ops/planted declaration");
    for _ in 0..CASES {
        let right = <op::Add as op::Example>::example(&mut r).expect("an example");
        assert!((REFUSALS.holds)(&right, &mut r).is_ok());
        let too_much = right.allows([op::Change::Batch(0)]);
        assert!((REFUSALS.holds)(&too_much, &mut r).is_err());
        let mut too_little = <op::Exp as op::Example>::example(&mut r).expect("an example");
        assert!((REFUSALS.holds)(&too_little, &mut r).is_ok());
        too_little.allowed.pop();
        assert!((REFUSALS.holds)(&too_little, &mut r).is_err());
    }
}
