//! The convolution of a field on a lattice: `y_o = Σ_t W_t x_{s·o + offset_t} + b`.
//!
//! Convention: cross-correlation, offsets as in [`crate::tensor::stencil`]. Parameters: `weight: [out, in, k…]`, as
//! PyTorch stores them, or `[out, in, taps]` for a part of the kernel; with a bias, `bias: [out]`.

use serde::{Deserialize, Serialize};

use super::{field, under};
use crate::error::{Error, Result};
use crate::nn::initialisation::Initialisation;
use crate::nn::network::Network;
use crate::tensor::op::Geometry;
use crate::tensor::{Boundary, Stencil, Var};

/// Which taps of the kernel there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Taps {
    /// All of them.
    Full,
    /// Those before the site itself, in row-major order: "type A" of autoregressive networks.
    Before,
    /// Those before the site itself, and it: "type B".
    UpToSite,
}

/// A convolution with one kernel for all sites; further extents than one a side of the kernel need no padding.
///
/// ```
/// use fieldassay::nn::{Network, layer::Convolution};
/// use fieldassay::tensor::Shape;
/// let mut n = Network::new();
/// let x = n.graph.input("field", Shape::batched(&[8 * 8, 1]))?;
/// let y = n.add("conv", &Convolution::periodic(&[8, 8], 3, 16).into(), x)?;
/// assert_eq!(n.graph.shape(y), &Shape::batched(&[8 * 8, 16]));
/// assert_eq!(n.parameters().list()[0].dims(), [16, 1, 3, 3]);
/// # Ok::<(), fieldassay::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Convolution {
    /// Extents of the lattice of the input.
    pub extents: Vec<usize>,
    /// Sites of the kernel along every axis.
    pub kernel: Vec<usize>,
    /// Steps of the output's sites along every axis.
    pub stride: Vec<usize>,
    /// What a tap reads beyond the edge, for every axis.
    pub boundary: Vec<Boundary>,
    /// The part of the kernel.
    pub taps: Taps,
    /// Channels of the result.
    pub channels: usize,
    /// How the weight starts.
    pub weight: Initialisation,
    /// How the bias starts; `None` for none.
    pub bias: Option<Initialisation>,
}

impl Convolution {
    /// A kernel of `kernel` sites along every axis of a periodic lattice; LeCun-normal weight, zero bias.
    #[must_use]
    pub fn periodic(extents: &[usize], kernel: usize, channels: usize) -> Self {
        let dimension = extents.len();
        Self {
            extents: extents.to_vec(),
            kernel: vec![kernel; dimension],
            stride: vec![1; dimension],
            boundary: vec![Boundary::Periodic; dimension],
            taps: Taps::Full,
            channels,
            weight: Initialisation::LecunNormal,
            bias: Some(Initialisation::Zeros),
        }
    }

    /// A causal kernel, zeros beyond the edge: a site depends on those before it in row-major order, and on itself if
    /// `taps` says so.
    #[must_use]
    pub fn causal(extents: &[usize], kernel: usize, channels: usize, taps: Taps) -> Self {
        Self {
            boundary: vec![Boundary::Zero; extents.len()],
            taps,
            ..Self::periodic(extents, kernel, channels)
        }
    }

    /// The same with `stride` steps along every axis.
    #[must_use]
    pub fn with_stride(mut self, stride: usize) -> Self {
        self.stride = vec![stride; self.extents.len()];
        self
    }

    pub(super) fn apply(&self, n: &mut Network, name: &str, x: Var, _: Option<Var>) -> Result<Var> {
        let channels = field::channels("convolution", n, x, &self.extents)?;
        let stencil = self.stencil()?;
        let taps = stencil.taps();
        let kernel = match self.taps {
            Taps::Full => self.kernel.clone(),
            Taps::Before | Taps::UpToSite => vec![taps],
        };
        let dims = [&[self.channels, channels][..], &kernel].concat();
        let weight = n.parameter(&under(name, "weight"), &dims, self.weight)?;
        let weight = n.graph.reshape(weight, &[self.channels, channels, taps])?;
        let weight = n.graph.permute(weight, &[2, 1, 0])?;
        let y = n.graph.convolution(&Geometry::new(stencil), weight, x)?;
        let Some(start) = self.bias else {
            return Ok(y);
        };
        let bias = n.parameter(&under(name, "bias"), &[self.channels], start)?;
        n.graph.add(y, bias)
    }

    fn stencil(&self) -> Result<Stencil> {
        let full = || {
            let Self {
                extents,
                kernel,
                stride,
                boundary,
                ..
            } = self;
            Stencil::convolution(extents, kernel, stride, boundary)
        };
        let (Taps::Before | Taps::UpToSite) = self.taps else {
            return full();
        };
        if self.boundary.contains(&Boundary::Periodic) {
            let expected =
                "zero along every axis: what comes before a site is not defined on a ring";
            return Err(Error::argument("boundary", "periodic", expected));
        }
        // The full one checks the lengths.
        full()?;
        let mut offsets = offsets(&self.kernel);
        let site = vec![0; self.kernel.len()];
        offsets.retain(|offset| *offset < site || self.taps == Taps::UpToSite && *offset == site);
        Stencil::with_taps(&self.extents, &offsets, &self.stride, &self.boundary)
    }
}

/// The offsets of a full kernel, in row-major order of its sites.
fn offsets(kernel: &[usize]) -> Vec<Vec<isize>> {
    let longer = |all: Vec<Vec<isize>>, &k: &usize| {
        let reach = (k as isize - 1) / 2;
        let along = move |start: Vec<isize>| {
            (0..k as isize).map(move |t| [&start[..], &[t - reach]].concat())
        };
        all.into_iter().flat_map(along).collect()
    };
    kernel.iter().fold(vec![vec![]], longer)
}
