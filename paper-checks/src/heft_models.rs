//! One bare state and two pions, for the library and for the witness.

use fieldassay::Result;
use fieldassay::inverse::HeftLaw;
use fieldassay::rng::Seed;
use fieldassay::scattering::{FormFactor, SigmaModel};
use fieldassay::units::{Fm, HbarC, Mev};
use fieldassay_reference::heft::SigmaModel as Witness;

/// A model of short range, without bound state: where Lüscher's formula works soonest.
pub const fn short_range(form_factor: FormFactor) -> SigmaModel {
    SigmaModel {
        form_factor,
        m_sigma: Mev(700.0),
        g: 1.4,
        c: Fm(0.7),
        contact: 1.0,
        d: Fm(0.5),
        m_pi: Mev(139.57),
        hbarc: HbarC::CODATA_2018,
    }
}

/// Model number `index` of those that the project draws for the talk's ranges.
///
/// # Errors  none for the law of the data sets.
pub fn drawn(seed: Seed, form_factor: FormFactor, index: usize) -> Result<SigmaModel> {
    Ok(HeftLaw::default()
        .draw(seed, "audit/models", form_factor, index)?
        .model)
}

/// The same model for the witness.
pub fn witness(model: &SigmaModel) -> Witness {
    Witness {
        letter: match model.form_factor {
            FormFactor::Monopole => 'A',
            FormFactor::Dipole => 'B',
            FormFactor::Gaussian => 'C',
        },
        m_sigma: model.m_sigma.0,
        g: model.g,
        c: model.c.0,
        contact: model.contact,
        d: model.d.0,
        m_pi: model.m_pi.0,
        hbarc: model.hbarc.0,
    }
}
