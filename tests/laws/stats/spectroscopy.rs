//! Effective masses: golden three-state correlators, exact single states, pulls, noise.

use fieldassay::num::{Tol, Worst};
use fieldassay::stats::{Blocks, EffectiveMass, Histories, pull};

use super::SEED;
use super::gamma_method::{ar1, assert_standard};
use super::golden::{golden, list, parameter};

#[test]
fn effective_masses_are_the_golden_values() {
    let golden = golden();
    let record = golden.record("effective_mass").expect("a record");
    let numbers = |name: &str| -> Vec<f64> {
        let list = record
            .parameter(name)
            .expect("a parameter")
            .as_array()
            .expect("a list");
        list.iter()
            .map(|x| x.as_str().expect("text").parse().expect("a number"))
            .collect()
    };
    let (a, e, period) = (numbers("A"), numbers("E"), parameter(record, "T") as usize);
    let states = || a.iter().zip(&e);
    let plain: Vec<f64> = (0..=period)
        .map(|t| states().map(|(a, e)| a * (-e * t as f64).exp()).sum())
        .collect();
    let folded: Vec<f64> = (0..=period).map(|t| plain[t] + plain[period - t]).collect();
    let cases = [
        (EffectiveMass::Log, "log", &plain),
        (EffectiveMass::Arcosh, "arcosh", &folded),
        (EffectiveMass::CoshRatio { period }, "cosh_ratio", &folded),
    ];
    let mut worst =
        Worst::new(Tol::rel(1e-13).because("ε/m of a ratio, ε/m² of an arcosh, m ≥ 0.35"));
    for (form, name, correlator) in cases {
        for (t, expected) in list(record, "t").into_iter().zip(list(record, name)) {
            let found = form.at(correlator, t as usize).expect("a mass");
            worst.see(found, expected, || format!("{name} at {t}"));
        }
    }
    println!("{}", worst.summary());
    worst.assert_at_least(45);
}

#[test]
fn one_state_has_its_mass_at_every_time() {
    let mut worst = Worst::new(Tol::rel(1e-11).because("ε/m² of an arcosh, m ≥ 0.02"));
    for m in [0.02, 0.3, 1.7] {
        for period in [12, 13] {
            let image = |t: usize| (-m * t as f64).exp() + (-m * (period - t) as f64).exp();
            let correlator: Vec<f64> = (0..=period).map(image).collect();
            for t in 0..period {
                if let Some(found) = EffectiveMass::Arcosh.at(&correlator, t) {
                    worst.see(found, m, || format!("arcosh, T = {period}, t = {t}"));
                }
                if let Some(found) = (EffectiveMass::CoshRatio { period }).at(&correlator, t) {
                    worst.see(found, m, || format!("cosh ratio, T = {period}, t = {t}"));
                }
            }
        }
    }
    println!("{}", worst.summary());
    worst.assert_at_least(95);
}

#[test]
fn pulls_of_effective_masses_are_standard_normal() {
    // Two states with images in a box of 16; the noise of all times is common and correlated in time.
    let (m, period) = (0.3, 16);
    let image = |m: f64, t: usize| (-m * t as f64).exp() + (-m * (period - t) as f64).exp();
    let exact: Vec<f64> = (0..9).map(|t| image(m, t) + 0.5 * image(0.8, t)).collect();
    let forms = [
        EffectiveMass::Log,
        EffectiveMass::Arcosh,
        EffectiveMass::CoshRatio { period },
    ];
    let mut rng = SEED.stream("spectroscopy/pulls");
    let mut pulls: [Vec<f64>; 3] = Default::default();
    for _ in 0..600 {
        let common = ar1(&mut rng, 0.5, 2000);
        let noisy = |c: &f64| -> Vec<f64> {
            common
                .iter()
                .map(|x| c * (1.0 + 0.3 * x + 0.05 * rng.normal()))
                .collect()
        };
        let series: Vec<Vec<f64>> = exact.iter().map(noisy).collect();
        let columns: Vec<Vec<&[f64]>> = series.iter().map(|s| vec![s.as_slice()]).collect();
        let blocks =
            Blocks::new(&Histories::new(&columns).expect("histories"), 20).expect("blocks");
        for (form, pulls) in forms.iter().zip(&mut pulls) {
            let masses = form.of_blocks(&blocks).expect("blocks");
            let truth = form.at(&exact, 3).expect("a mass");
            pulls.push(pull(&masses[3].expect("little noise"), truth).expect("an error"));
        }
    }
    for (form, pulls) in forms.iter().zip(&pulls) {
        assert_standard(&format!("{form:?}"), pulls);
    }
}

#[test]
fn a_mass_that_is_not_there_is_none() {
    let c = [1.0, 0.5, 0.3, -0.1, 0.2, 0.2];
    assert_eq!(EffectiveMass::Log.at(&c, 2), None);
    assert_eq!(EffectiveMass::Log.at(&c, 5), None);
    assert_eq!(EffectiveMass::Arcosh.at(&c, 0), None);
    assert_eq!(EffectiveMass::Arcosh.at(&c, 2), None);
    assert_eq!(EffectiveMass::CoshRatio { period: 10 }.at(&c, 3), None);
    assert_eq!(EffectiveMass::CoshRatio { period: 6 }.at(&c, 3), None);
    assert_eq!(EffectiveMass::Log.at(&[f64::NAN, 1.0], 0), None);
    assert_eq!(EffectiveMass::Log.at(&[1.0, 0.0], 0), None);
    assert_eq!(
        EffectiveMass::CoshRatio { period: 10 }.at(&[1.0, 1.0], 0),
        Some(0.0)
    );
    let (a, b) = ([1.0, 1.1, 0.9, 1.0], [0.5, -0.4, 0.6, -0.7]);
    let data = Histories::new(&[vec![&a], vec![&b]]).expect("histories");
    let masses = EffectiveMass::Log.of_blocks(&Blocks::new(&data, 1).expect("blocks"));
    assert_eq!(masses.expect("blocks"), [None, None]);
}
