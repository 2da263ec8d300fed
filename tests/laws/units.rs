//! Units convert there and back, and the two signs of a scattering length never mix.

use fieldassay::num::{Tol, Worst};
use fieldassay::units::{
    FemtoF0, Fm, HbarC, InvFm, Lattice, Mev, NuclearA0, ParticleMass, ReducedMass,
};
use proptest::prelude::*;

const ROUND_TRIP: Tol = Tol::rel(5e-16).because("four roundings of half an ulp");

proptest! {
    #[test]
    fn conversions_come_back(energy in 1e-6..1e6_f64, spacing in 1e-3..10.0_f64, hbarc in 190.0..200.0_f64) {
        let hbarc = HbarC(hbarc);
        let mut worst = Worst::new(ROUND_TRIP);
        worst.see(hbarc.momentum(hbarc.wave_number(Mev(energy))).0, energy, || "fm⁻¹".to_owned());
        let lattice = hbarc.to_lattice(Mev(energy), Fm(spacing));
        worst.see(hbarc.from_lattice(lattice, Fm(spacing)).0, energy, || "lattice".to_owned());
        prop_assert!(worst.all_passed(2), "{}", worst.summary());
    }

    #[test]
    fn changing_the_sign_convention_twice_changes_nothing(a0 in -100.0..100.0_f64) {
        let nuclear = NuclearA0(Fm(a0));
        let femto = FemtoF0::from(nuclear);
        prop_assert_eq!(femto.0.0, -a0);
        prop_assert_eq!(NuclearA0::from(femto), nuclear);
    }
}

#[test]
fn one_inverse_fermi_is_hbarc_in_mev() {
    assert_eq!(HbarC::CODATA_2018.momentum(InvFm(1.0)), Mev(197.326_980_4));
    assert_eq!(
        HbarC::CODATA_2018.from_lattice(Lattice(1.0), Fm(0.5)),
        Mev(394.653_960_8)
    );
}

#[test]
fn the_reduced_mass_of_equal_particles_is_half_of_one() {
    let nucleon = ParticleMass(Mev(938.27));
    assert_eq!(ReducedMass::of(nucleon, nucleon), ReducedMass(Mev(469.135)));
    let light = ReducedMass::of(ParticleMass(Mev(1.0)), ParticleMass(Mev(1e9)));
    assert!(
        (light.0.0 - 1.0).abs() < 2e-9,
        "a heavy partner leaves the light mass"
    );
}
