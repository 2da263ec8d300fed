//! Energies, momenta and boosts of two particles of any masses.

use fieldassay::Error;
use fieldassay::finite_volume::{BoxFrame, TwoBody};
use fieldassay::num::{Tol, Worst};
use fieldassay::units::{Fm, HbarC, Lattice};
use proptest::prelude::*;

proptest! {
    #[test]
    fn momentum_and_energy_come_back(m1 in 0.05..2.0_f64, m2 in 0.05..2.0_f64, x in -0.99..30.0_f64) {
        const BACK: Tol = Tol::abs(4e-15).because("ε of the largest square that cancels");
        let pair = TwoBody::new(m1, m2).unwrap();
        let k2 = x * m1.min(m2).powi(2);
        let energy = pair.energy(k2).unwrap();
        let scale = energy * energy + m1 * m1 + m2 * m2;
        let mut worst = Worst::new(BACK);
        worst.see(pair.momentum2(energy) / scale, k2 / scale, || format!("{m1}, {m2}, k² = {k2}"));
        let swapped = TwoBody::new(m2, m1).unwrap();
        worst.see(swapped.momentum2(energy) / scale, k2 / scale, || "exchanged".to_owned());
        worst.see(swapped.shift(energy) + pair.shift(energy), 2.0, || "shifts".to_owned());
        prop_assert!(worst.all_passed(3), "{}", worst.summary());
    }

    #[test]
    fn a_boost_there_and_back_changes_nothing(e in 0.1..3.0_f64, length in 8.0..64.0_f64, d in 0..4_usize) {
        const BACK: Tol = Tol::rel_abs(1e-12, 1e-15).because("γ ≤ 20 amplifies the rounding of E² − P²");
        let d = [[0, 0, 0], [0, 1, 0], [-1, 0, 1], [1, 1, 1]][d];
        let frame = BoxFrame::lattice(Lattice(length), d).unwrap();
        let lab = frame.lab_energy(e);
        let mut worst = Worst::new(BACK);
        worst.see(frame.cm_energy(lab).unwrap(), e, || format!("{d:?}"));
        worst.see(e * e + frame.momentum2(), lab * lab, || "invariant mass".to_owned());
        prop_assert!(worst.all_passed(2), "{}", worst.summary());
    }
}

#[test]
fn the_slopes_are_those_of_momentum_and_shift() {
    const SLOPE: Tol = Tol::rel(1e-9).because("five-point difference, h = 1e-3 of the energy");
    let mut worst = Worst::new(SLOPE);
    for (m1, m2, e) in [
        (0.14, 0.5, 0.7),
        (0.5, 0.14, 0.6),
        (1.0, 1.0, 2.3),
        (0.3, 2.0, 2.2),
    ] {
        let pair = TwoBody::new(m1, m2).unwrap();
        let h = 1e-3 * e;
        let slope = |f: &dyn Fn(f64) -> f64| {
            (8.0 * (f(e + h) - f(e - h)) - (f(e + 2.0 * h) - f(e - 2.0 * h))) / (12.0 * h)
        };
        let case = || format!("{m1}, {m2}, E = {e}");
        worst.see(slope(&|e| pair.momentum2(e)), pair.momentum2_slope(e), case);
        worst.see(
            1.0 + slope(&|e| pair.shift(e)),
            1.0 + pair.shift_slope(e),
            case,
        );
    }
    worst.assert_at_least(8);
}

#[test]
fn physical_and_lattice_units_are_the_same_box() {
    const SAME: Tol = Tol::rel(1e-14).because("a conversion there and back");
    let hbarc = HbarC::CODATA_2018;
    let spacing = Fm(0.09);
    let physical = BoxFrame::fm(Fm(32.0 * spacing.0), hbarc, [0, 1, 1]).unwrap();
    let lattice = BoxFrame::lattice(Lattice(32.0), [0, 1, 1]).unwrap();
    let mut worst = Worst::new(SAME);
    let converted = hbarc
        .from_lattice(Lattice(lattice.lab_energy(0.3)), spacing)
        .0;
    let e_cm = hbarc.from_lattice(Lattice(0.3), spacing).0;
    worst.see(physical.lab_energy(e_cm), converted, || {
        "lab energy".to_owned()
    });
    worst.see(physical.gamma(e_cm), lattice.gamma(0.3), || "γ".to_owned());
    worst.assert_at_least(2);
}

#[test]
fn what_is_no_pair_and_no_box_is_refused_by_name() {
    for (m1, m2) in [
        (0.0, 1.0),
        (-1.0, 1.0),
        (f64::NAN, 1.0),
        (1.0, f64::INFINITY),
    ] {
        assert!(
            matches!(TwoBody::new(m1, m2), Err(Error::Domain { .. })),
            "{m1}, {m2}"
        );
    }
    let pair = TwoBody::new(0.1, 0.5).unwrap();
    assert!(matches!(
        pair.energy(-0.02),
        Err(Error::Domain { what: "k²", .. })
    ));
    for length in [0.0, -3.0, f64::NAN, f64::INFINITY] {
        let refused = BoxFrame::natural(length, [0, 0, 0]);
        assert!(
            matches!(refused, Err(Error::Domain { what: "L", .. })),
            "{length}"
        );
    }
    for d in [[0, 1, 2], [0, 0, 3], [i32::MIN, 0, 0]] {
        assert!(
            matches!(BoxFrame::natural(10.0, d), Err(Error::Unsupported { .. })),
            "{d:?}"
        );
    }
    let frame = BoxFrame::natural(10.0, [0, 0, 1]).unwrap();
    assert!(frame.cm_energy(0.6).is_err() && frame.cm_energy(0.7).is_ok());
    assert!(frame.cm_energy(f64::NAN).is_err());
}
