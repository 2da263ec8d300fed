//! The law by which models of a data set are drawn.

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::rng::{Rng, Seed};
use crate::scattering::{FormFactor, Heft, SigmaModel};
use crate::units::{Fm, HbarC, Mev};

/// Ranges of the parameters; all uniform.
///
/// `m_σ` and the ranges `c`, `d` are the talk's. It gives none for the couplings; here
/// `g = U(g)·(1 + g_slope (c − c_min))` and `G = U(G)·(G_offset + d/fm)` keep the interaction alike in strength where its
/// range changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeftLaw {
    /// `m_σ` in MeV.
    pub m_sigma: [f64; 2],
    /// `c` in fm.
    pub c: [f64; 2],
    /// `d` in fm.
    pub d: [f64; 2],
    /// `g` at the smallest `c`.
    pub g: [f64; 2],
    /// How `g` grows with `c`, per fm.
    pub g_slope: f64,
    /// `G/(G_offset + d/fm)`.
    pub contact: [f64; 2],
    /// `G_offset`.
    pub contact_offset: f64,
    /// Smaller `|G|` are drawn anew.
    pub contact_least: f64,
    /// Whether models with bound states stay.
    pub bound_states: bool,
    /// `m_π` in MeV.
    pub m_pi: f64,
    /// `ħc` in MeV fm.
    pub hbarc: f64,
}

impl Default for HeftLaw {
    fn default() -> Self {
        Self {
            m_sigma: [350.0, 700.0],
            c: [0.5, 2.0],
            d: [0.5, 2.0],
            g: [0.5, 1.7],
            g_slope: 0.6,
            contact: [-0.5, 0.9],
            contact_offset: 0.4,
            contact_least: 0.05,
            bound_states: false,
            m_pi: 139.57,
            hbarc: HbarC::CODATA_2018.0,
        }
    }
}

/// A model that was drawn.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// Its parameters.
    pub model: SigmaModel,
    /// Its Hamiltonian.
    pub heft: Heft,
    /// How many draws it took.
    pub draws: usize,
}

impl HeftLaw {
    /// Model number `index` of the set called `set`: its numbers do not depend on how many others are drawn.
    ///
    /// # Errors  `Error::Domain` if the law leaves the domain of [`SigmaModel`].
    pub fn draw(
        &self,
        seed: Seed,
        set: &str,
        form_factor: FormFactor,
        index: usize,
    ) -> Result<Drawn> {
        let letter = form_factor.id();
        let mut rng = seed.stream(&format!("heft-data/{set}/{letter}/curve/{index}"));
        let mut draws = 0;
        loop {
            draws += 1;
            let model = self.draw_once(form_factor, &mut rng);
            let heft = model.heft()?;
            let strong = model.contact.abs() >= self.contact_least;
            if strong && (self.bound_states || heft.bound_states_below(heft.threshold())? == 0) {
                return Ok(Drawn { model, heft, draws });
            }
        }
    }

    fn draw_once(&self, form_factor: FormFactor, rng: &mut Rng) -> SigmaModel {
        let mut uniform = |[low, high]: [f64; 2]| rng.uniform_in(low, high);
        let (m_sigma, c, d) = (uniform(self.m_sigma), uniform(self.c), uniform(self.d));
        let (g, contact) = (uniform(self.g), uniform(self.contact));
        SigmaModel {
            form_factor,
            m_sigma: Mev(m_sigma),
            g: g * self.g_slope.mul_add(c - self.c[0], 1.0),
            c: Fm(c),
            contact: contact * (self.contact_offset + d),
            d: Fm(d),
            m_pi: Mev(self.m_pi),
            hbarc: HbarC(self.hbarc),
        }
    }
}
