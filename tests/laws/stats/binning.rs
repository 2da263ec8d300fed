//! Blocks: golden jackknives, pulls of a ratio, coverage of the bootstrap, shrunk covariances.

use fieldassay::Error;
use fieldassay::num::{Tol, Worst};
use fieldassay::stats::{Blocks, GammaMethod, Histories, ShrinkageTarget, ledoit_wolf, pull};

use super::SEED;
use super::gamma_method::{ar1, ar1_tau, assert_standard, binder};
use super::golden::{golden, number, parameter, records, series_of};

#[test]
fn jackknives_give_the_golden_values() {
    let mut worst =
        Worst::new(Tol::rel(1e-11).because("ln of a ratio near one, its differences of 1e-5"));
    let golden = golden();
    for record in records(&golden, "jack") {
        let x = series_of(record);
        let squares: Vec<f64> = x.iter().map(|x| x * x).collect();
        let data = Histories::new(&[vec![&x], vec![&squares]]).expect("histories");
        let blocks = Blocks::new(&data, parameter(record, "block") as usize).expect("blocks");
        assert_eq!(blocks.count(), number(record, "blocks") as usize);
        let mean = record.id().starts_with("jackmean");
        let f = |a: &[f64]| {
            if mean {
                a[0]
            } else {
                (a[1] / (a[0] * a[0])).ln()
            }
        };
        let found = blocks.jackknife(f).expect("finite");
        let pairs = [
            (found.estimate.value(), "estimate"),
            (found.estimate.error(), "error"),
            (found.mean, "jackknife_mean"),
            (found.bias_corrected, "bias_corrected"),
        ];
        for (value, quantity) in pairs {
            worst.see(value, number(record, quantity), || {
                format!("{} {quantity}", record.id())
            });
        }
        if mean {
            let blocked = blocks.mean(0).expect("finite").error();
            worst.see(blocked, number(record, "error"), || {
                format!("{} blocked", record.id())
            });
        }
    }
    println!("{}", worst.summary());
    worst.assert_at_least(54);
}

/// `y = x² + 2 + noise`, so that `⟨y⟩/⟨x²⟩` is 3 and its fluctuations cancel in part.
fn ratio_chain(rng: &mut fieldassay::rng::Rng) -> [Vec<f64>; 2] {
    let x = ar1(rng, 0.7, 8000);
    let squares: Vec<f64> = x.iter().map(|x| x * x).collect();
    let y = squares
        .iter()
        .map(|s| s + 2.0 + 0.1 * rng.normal())
        .collect();
    [y, squares]
}

#[test]
fn pulls_of_a_jackknifed_ratio_are_standard_normal() {
    let mut rng = SEED.stream("binning/ratio");
    let one = |_| {
        let [y, squares] = ratio_chain(&mut rng);
        let data = Histories::new(&[vec![&y], vec![&squares]]).expect("histories");
        let blocks = Blocks::new(&data, 40).expect("blocks");
        let found = blocks.jackknife(|a| a[0] / a[1]).expect("finite");
        pull(&found.estimate, 3.0).expect("an error")
    };
    let pulls: Vec<f64> = (0..600).map(one).collect();
    assert_standard("jackknifed ratio", &pulls);
}

#[test]
fn pulls_of_a_jackknifed_binder_cumulant_are_standard_normal() {
    let mut rng = SEED.stream("binning/binder");
    let one = |_| {
        let x = ar1(&mut rng, 0.7, 8000);
        let squares: Vec<f64> = x.iter().map(|z| (z + 1.0) * (z + 1.0)).collect();
        let fourths: Vec<f64> = squares.iter().map(|s| s * s).collect();
        let data = Histories::new(&[vec![&squares], vec![&fourths]]).expect("histories");
        let found = Blocks::new(&data, 50)
            .expect("blocks")
            .jackknife(binder)
            .expect("finite");
        pull(&found.estimate, 1.0 - 10.0 / 12.0).expect("an error")
    };
    let pulls: Vec<f64> = (0..600).map(one).collect();
    assert_standard("jackknifed Binder cumulant", &pulls);
}

#[test]
fn bootstrap_intervals_cover_one_standard_error() {
    // 500 replicas: the coverage of 68.27 % is known to 2.1 %; 6 standard errors. 100 blocks lose about 1 %.
    let mut rng = SEED.stream("binning/coverage");
    let (mut covered, mut pulls) = (0, Vec::new());
    for replica in 0..500 {
        let [y, squares] = ratio_chain(&mut rng);
        let data = Histories::new(&[vec![&y], vec![&squares]]).expect("histories");
        let mut draws = SEED.stream(&format!("binning/bootstrap/{replica}"));
        let blocks = Blocks::new(&data, 40).expect("blocks");
        let found = blocks
            .bootstrap(|a| a[0] / a[1], 200, &mut draws)
            .expect("finite");
        let (value, (down, up)) = (found.estimate.value(), found.interval);
        covered += usize::from(value - down <= 3.0 && 3.0 <= value + up);
        pulls.push(pull(&found.estimate, 3.0).expect("an error"));
    }
    let coverage = f64::from(covered as u32) / 500.0;
    println!("coverage {coverage}");
    assert!((coverage - 0.6827).abs() < 0.125, "{coverage}");
    assert_standard("bootstrapped ratio", &pulls);
}

#[test]
fn blocks_jackknife_bootstrap_and_gamma_agree_on_one_chain() {
    // The error of each error is below 6 % (200 blocks: 5 %; W/N: 3 %; 2000 draws: 2 %).
    let mut rng = SEED.stream("binning/agree");
    let x = ar1(&mut rng, 0.5, 40_000);
    let data = Histories::of_chain(&x).expect("a history");
    let blocks = Blocks::new(&data, 200).expect("blocks");
    let exact = (2.0 * ar1_tau(0.5) / 4e4).sqrt();
    let mean = |a: &[f64]| a[0];
    let errors = [
        blocks.mean(0).expect("finite").error(),
        blocks.jackknife(mean).expect("finite").estimate.error(),
        blocks
            .bootstrap(mean, 2000, &mut rng)
            .expect("finite")
            .estimate
            .error(),
        GammaMethod::default()
            .mean(&x)
            .expect("a chain")
            .estimate
            .error(),
    ];
    for error in errors {
        assert!(
            (error / exact - 1.0).abs() < 0.25,
            "{errors:?} against {exact}"
        );
    }
    assert!((errors[0] / errors[1] - 1.0).abs() < 1e-12, "{errors:?}");
}

#[test]
fn covariances_of_blocks_hold_the_errors_and_correlations() {
    let mut rng = SEED.stream("binning/covariance");
    let [y, squares] = ratio_chain(&mut rng);
    let data = Histories::new(&[vec![&y], vec![&squares]]).expect("histories");
    let blocks = Blocks::new(&data, 40).expect("blocks");
    let found = blocks
        .covariance(|a| vec![a[0] / a[1], a[1], -2.0 * a[1]])
        .expect("finite");
    let ratio = blocks.jackknife(|a| a[0] / a[1]).expect("finite").estimate;
    assert_eq!(found.estimates[0], ratio);
    let c = &found.covariance;
    assert!((c[5] + 2.0 * c[4]).abs() <= 1e-12 * c[4] && (c[8] - 4.0 * c[4]).abs() <= 1e-12 * c[4]);
    assert!(c[1] == c[3] && c[1] < 0.0, "{c:?}");
}

#[test]
fn blocks_that_say_nothing_are_refused() {
    let x = [1.0, 2.0, 4.0, 3.0];
    let data = Histories::of_chain(&x).expect("a history");
    for size in [0, 3, 5] {
        assert!(
            matches!(Blocks::new(&data, size), Err(Error::Domain { .. })),
            "{size}"
        );
    }
    let blocks = Blocks::new(&data, 2).expect("two blocks");
    assert!(blocks.jackknife(|a| (a[0] - 3.0).ln()).is_err());
    let mut rng = SEED.stream("binning/refused");
    assert!(blocks.bootstrap(|a| a[0], 1, &mut rng).is_err());
}

#[test]
fn shrinkage_is_the_printed_formula_and_helps_where_samples_are_few() {
    // Two columns, three samples, by hand, about the mean.
    let samples: [&[f64]; 3] = [&[1.0, 0.0], &[2.0, 1.0], &[3.0, 1.0]];
    let found = ledoit_wolf(&samples, ShrinkageTarget::ScaledIdentity).expect("spread");
    let (s, mu) = ([2.0 / 3.0, 1.0 / 3.0, 2.0 / 9.0], 4.0 / 9.0);
    let norm: f64 = s[0] * s[0] + 2.0 * s[1] * s[1] + s[2] * s[2];
    let distance = norm - 2.0 * mu * mu;
    let lengths = [1.0 + 4.0 / 9.0, 1.0 / 9.0, 1.0 + 1.0 / 9.0];
    let noise = (lengths.iter().map(|l| l * l).sum::<f64>() / 3.0 - norm) / 3.0;
    let delta: f64 = noise / distance;
    assert!(
        (found.intensity / delta - 1.0).abs() < 1e-13,
        "{found:?}, {delta}"
    );
    assert!((found.covariance[1] - (1.0 - delta) * s[1]).abs() < 1e-14);
    assert!((found.covariance[0] - ((1.0 - delta) * s[0] + delta * mu)).abs() < 1e-14);

    // 30 independent columns over six decades, 20 samples: the samples' own covariance is singular.
    let mut rng = SEED.stream("binning/shrinkage");
    let scale = |k: usize| 10f64.powf(-0.2 * k as f64);
    let rows: Vec<Vec<f64>> = (0..20)
        .map(|_| (0..30).map(|k| scale(k) * rng.normal()).collect())
        .collect();
    let slices: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
    let shrunk = ledoit_wolf(&slices, ShrinkageTarget::Diagonal).expect("spread");
    assert!(
        shrunk.intensity > 0.8 && shrunk.intensity <= 1.0,
        "{}",
        shrunk.intensity
    );
    let truths = vec![0.0; 30];
    let chi2 = fieldassay::stats::family_chi2(&rows[0], &truths, &shrunk.covariance);
    let chi2 = chi2.expect("positive definite").chi2;
    assert!(chi2 > 5.0 && chi2 < 90.0, "{chi2}");
    for bad in [
        &[&[1.0, 2.0][..]][..],
        &[&[1.0], &[1.0]],
        &[&[1.0], &[f64::NAN]],
    ] {
        assert!(ledoit_wolf(bad, ShrinkageTarget::Diagonal).is_err());
    }
    let ragged = ledoit_wolf(&[&[1.0, 2.0], &[1.0]], ShrinkageTarget::Diagonal);
    assert!(matches!(ragged, Err(Error::ShapeMismatch { .. })));
}
