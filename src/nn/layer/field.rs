//! Fields on a lattice: what layers with extents in their description have in common.

use super::misfit;
use crate::error::{Error, Result};
use crate::nn::network::Network;
use crate::tensor::Var;

/// Channels of a field `[sites, channels]` on a lattice of these extents.
///
/// # Errors  `Error::Operands` for another shape; `Error::Argument` for a lattice with too many sites.
pub(super) fn channels(
    layer: &'static str,
    n: &Network,
    x: Var,
    extents: &[usize],
) -> Result<usize> {
    let volume = volume(extents)?;
    match *n.graph.shape(x).dims() {
        [sites, channels] if sites == volume => Ok(channels),
        _ => {
            let expected = format!("a field [{volume}, channels] on the lattice {extents:?}");
            misfit(layer, n, x, expected)
        }
    }
}

fn volume(extents: &[usize]) -> Result<usize> {
    let product = extents
        .iter()
        .try_fold(1_usize, |volume, extent| volume.checked_mul(*extent));
    product.ok_or_else(|| {
        let expected = "a lattice whose sites can be counted";
        Error::argument("extents", format!("{extents:?}"), expected)
    })
}
