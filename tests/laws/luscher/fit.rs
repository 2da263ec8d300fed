//! Fits to levels without noise find the amplitude that made them; χ² uses the covariance as it stands.

use fieldassay::Error;
use fieldassay::finite_volume::{
    Amplitude, AmplitudeModel, BoxFrame, LevelForm, LevelTable, SWave, TwoBody, UnitSystem, Window,
};
use fieldassay::io::Limits;
use fieldassay::linalg::Matrix;
use fieldassay::num::{Tol, Worst};

fn table(model: AmplitudeModel, theta: &[f64], pair: TwoBody, high: f64) -> LevelTable {
    let mut text = "E_lab [1/a],L [a],d\n".to_owned();
    for length in [20.0, 26.0] {
        for (d, code) in [([0, 0, 0], "000"), ([0, 0, 1], "001"), ([1, 1, 1], "111")] {
            let frame = BoxFrame::natural(length, d).unwrap();
            let channel = SWave::new(pair, frame);
            let cot = |k2: f64| model.k_cot_delta(&pair, theta, pair.energy(k2).unwrap());
            let window = Window {
                e_cm: (0.9 * pair.threshold(), high),
                knots: Vec::new(),
            };
            for e in channel
                .levels(&Amplitude::KCotDelta(&cot), &window)
                .unwrap()
            {
                text += &format!("{},{length},{code}\n", frame.lab_energy(e));
            }
        }
    }
    let form = LevelForm {
        units: UnitSystem::Lattice,
        pair,
        length: None,
        d: [0; 3],
    };
    LevelTable::from_bytes(
        "levels.csv".as_ref(),
        text.as_bytes(),
        &Limits::default(),
        &form,
    )
    .unwrap()
}

fn correlated(n: usize, error: f64) -> Matrix<f64> {
    let entry = |i: usize, j: usize| {
        if i == j {
            1.0
        } else {
            0.6_f64.powi(i.abs_diff(j) as i32)
        }
    };
    Matrix::from_fn(n, n, |i, j| error * error * entry(i, j))
}

#[test]
fn an_amplitude_without_noise_is_found() {
    const FOUND: Tol =
        Tol::rel(1e-7).because("levels to 1e-15 of 0.5 with errors of 1e-4: 1e-11 in χ");
    let mut worst = Worst::new(FOUND);
    let pairs = [(0.2, 0.2), (0.12, 0.35)].map(|(a, b)| TwoBody::new(a, b).unwrap());
    for pair in pairs {
        for (model, theta) in [
            (AmplitudeModel::EffectiveRange(1), vec![-0.3]),
            (AmplitudeModel::EffectiveRange(2), vec![0.15, 2.5]),
            (AmplitudeModel::EffectiveRange(3), vec![-0.25, 1.5, 4.0]),
            (AmplitudeModel::BreitWigner, vec![0.52, 0.2]),
        ] {
            let table = table(model, &theta, pair, 1.35 * pair.threshold());
            let covariance = correlated(table.levels().len(), 1e-4);
            let fit = table.fit(model, &covariance, None).unwrap();
            assert!(fit.converged && fit.chi2 < 1e-12, "{model:?}: {fit:?}");
            for (i, (found, true_value)) in fit.theta.iter().zip(&theta).enumerate() {
                // Only the square of a resonance's coupling is seen.
                let coupling = model == AmplitudeModel::BreitWigner && i == 1;
                let found = if coupling { found.abs() } else { *found };
                worst.see(found, *true_value, || format!("{model:?}, {pair:?}"));
            }
        }
    }
    worst.assert_at_least(16);
}

#[test]
fn chi_squared_is_the_quadratic_form_of_the_covariance() {
    const FORM: Tol = Tol::rel(1e-9).because("two linear solves");
    let pair = TwoBody::new(0.2, 0.2).unwrap();
    let model = AmplitudeModel::EffectiveRange(1);
    let exact = table(AmplitudeModel::EffectiveRange(2), &[0.15, 2.5], pair, 0.54);
    let n = exact.levels().len();
    let covariance = correlated(n, 1e-3);
    let fit = exact.fit(model, &covariance, None).unwrap();
    let residual = Matrix::from_fn(n, 1, |i, _| exact.levels()[i].energy - fit.energies[i]);
    let weighted = fieldassay::linalg::Lu::new(&covariance)
        .unwrap()
        .solve(&residual)
        .unwrap();
    let chi2: f64 = (0..n).map(|i| residual[(i, 0)] * weighted[(i, 0)]).sum();
    let mut worst = Worst::new(FORM);
    worst.see(fit.chi2, chi2, || "χ²".to_owned());
    worst.assert_at_least(1);
}

#[test]
fn moving_a_parameter_by_its_error_raises_chi_squared_by_one() {
    let pair = TwoBody::new(0.12, 0.35).unwrap();
    let model = AmplitudeModel::EffectiveRange(1);
    let exact = table(model, &[0.15], pair, 0.6);
    let n = exact.levels().len();
    let covariance = correlated(n, 1e-4);
    let fit = exact.fit(model, &covariance, None).unwrap();
    let theta = fit.theta[0] + 0.01 * fit.errors()[0];
    let cot = |_: f64| -theta;
    let shift = |level: &fieldassay::finite_volume::MeasuredLevel| {
        let window = Window {
            e_cm: (0.44, 0.65),
            knots: Vec::new(),
        };
        let found = level
            .channel
            .levels(&Amplitude::KCotDelta(&cot), &window)
            .unwrap();
        let lab = found
            .into_iter()
            .map(|e| level.channel.frame().lab_energy(e) - level.energy);
        lab.min_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap()
    };
    let shifts: Vec<f64> = exact.levels().iter().map(shift).collect();
    let shifts = Matrix::from_vec(n, 1, shifts).unwrap();
    let weighted = fieldassay::linalg::Lu::new(&covariance)
        .unwrap()
        .solve(&shifts)
        .unwrap();
    let raised: f64 = (0..n).map(|i| shifts[(i, 0)] * weighted[(i, 0)]).sum();
    assert!(
        (raised / 1e-4 - 1.0).abs() < 1e-3,
        "Δχ² at a hundredth of an error: {raised}"
    );
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let pair = TwoBody::new(0.2, 0.2).unwrap();
    let table = table(AmplitudeModel::EffectiveRange(1), &[-0.3], pair, 0.43);
    let n = table.levels().len();
    let model = AmplitudeModel::EffectiveRange(1);
    let singular = Matrix::from_fn(n, n, |_, _| 1e-6);
    assert!(matches!(
        table.fit(model, &singular, None),
        Err(Error::Matrix { .. })
    ));
    let small = Matrix::identity(n + 1);
    assert!(matches!(
        table.fit(model, &small, None),
        Err(Error::ShapeMismatch { .. })
    ));
}
