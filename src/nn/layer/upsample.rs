//! A finer lattice on which each site of a field is repeated.

use serde::{Deserialize, Serialize};

use super::field;
use crate::error::Result;
use crate::nn::network::Network;
use crate::tensor::Var;

/// Nearest-site up-sampling: site `o` of the result shows site `⌊o/factor⌋` of the input, along every axis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upsample {
    /// Extents of the lattice of the input.
    pub extents: Vec<usize>,
    /// How often a site is repeated along every axis.
    pub factor: usize,
}

impl Upsample {
    pub(super) fn apply(&self, n: &mut Network, _: &str, x: Var, _: Option<Var>) -> Result<Var> {
        let channels = field::channels("upsample", n, x, &self.extents)?;
        let lattice = [&self.extents[..], &[channels]].concat();
        let x = n.graph.reshape(x, &lattice)?;
        let axes: Vec<usize> = (0..self.extents.len()).collect();
        let fine = n.graph.upsample_nearest(x, &axes, self.factor)?;
        let sites = self.extents.iter().map(|extent| extent * self.factor);
        n.graph.reshape(fine, &[sites.product(), channels])
    }
}
