//! Lattice convolution and its adjoint: `Y_o = Σ_(t,i) W_tᵀ X_i` over the pairs of a stencil.

use std::fmt;
use std::sync::Arc;

use super::{Call, Change, Example, Kernel, Op, REAL, Sample, misfit};
use crate::error::Result;
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::Io;
use crate::tensor::kernel::stencil::{WeightLayout, apply};
use crate::tensor::real::Real;
use crate::tensor::shape::Shape;
use crate::tensor::stencil::{Boundary, Stencil};

/// A stencil and its adjoint, shared by all operations on one lattice.
#[derive(Clone)]
pub struct Geometry(Arc<[Stencil; 2]>);

impl Geometry {
    /// The geometry of `stencil`.
    #[must_use]
    pub fn new(stencil: Stencil) -> Self {
        let adjoint = stencil.transpose();
        Self(Arc::new([stencil, adjoint]))
    }

    /// The stencil.
    #[must_use]
    pub fn stencil(&self) -> &Stencil {
        &self.0[0]
    }

    fn in_direction(&self, adjoint: bool) -> &Stencil {
        &self.0[usize::from(adjoint)]
    }
}

/// Its address: equal geometries are one object.
impl fmt::Debug for Geometry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Geometry({:p})", Arc::as_ptr(&self.0))
    }
}

/// The convolution, or its adjoint, which maps output sites and channels back to input ones.
#[derive(Clone, Debug)]
pub struct Convolution {
    geometry: Geometry,
    adjoint: bool,
}

impl Op for Convolution {
    fn name(&self) -> &'static str {
        "convolution"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        let stencil = self.geometry.in_direction(self.adjoint);
        let sites = stencil.input_sites();
        if let [w, x] = inputs
            && !w.is_batched()
            && let (&[taps, c_in, c_out], &[x_sites, x_channels]) = (w.dims(), x.dims())
        {
            let (own, other) = if self.adjoint {
                (c_out, c_in)
            } else {
                (c_in, c_out)
            };
            if taps == stencil.taps() && x_sites == sites && x_channels == own {
                return Ok(x.with_dims(&[stencil.output_sites(), other]));
            }
        }
        let channels = if self.adjoint {
            "output channels"
        } else {
            "input channels"
        };
        misfit(
            self.name(),
            inputs,
            format!(
                "shared weights [{}, input channels, output channels] and a field [{sites}, {channels}]",
                stencil.taps()
            ),
        )
    }

    fn vjp(&self, g: &mut Graph, call: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        let &[w, x] = call.inputs else {
            unreachable!("the shape rule")
        };
        let (field, result) = if self.adjoint {
            (cotangent, x)
        } else {
            (x, cotangent)
        };
        let dw = g.convolution_weight(&self.geometry, field, result)?;
        let back = Self {
            adjoint: !self.adjoint,
            ..self.clone()
        };
        Ok(vec![Some(dw), Some(g.push(back, &[w, cotangent])?)])
    }

    fn jvp(&self, g: &mut Graph, call: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        let from_w = tangents[0]
            .map(|dw| g.push(self.clone(), &[dw, call.inputs[1]]))
            .transpose()?;
        let from_x = tangents[1]
            .map(|dx| g.push(self.clone(), &[call.inputs[0], dx]))
            .transpose()?;
        g.sum_of(from_w, from_x)
    }
}

impl<T: Real> Kernel<T> for Convolution {
    fn run(&self, io: Io<'_, T>) {
        let &[_, c_in, c_out] = io.extents[0].dims else {
            unreachable!("the shape rule")
        };
        let (layout, own, other) = if self.adjoint {
            (WeightLayout::adjoint(c_in, c_out), c_out, c_in)
        } else {
            (WeightLayout::forward(c_in, c_out), c_in, c_out)
        };
        let stencil = self.geometry.in_direction(self.adjoint);
        let lanes = io.output_extent.lanes;
        apply(
            stencil,
            io.inputs[0],
            layout,
            None,
            io.inputs[1],
            io.output,
            own,
            other,
            lanes,
        );
    }
}

/// A stencil on a random small lattice, with periodic and zero boundaries and strides.
pub(super) fn random_geometry(r: &mut Rng) -> Result<Geometry> {
    let dimension = 1 + r.below(3);
    let mut random = |most: usize| {
        (0..dimension)
            .map(|_| 1 + r.below(most))
            .collect::<Vec<_>>()
    };
    let (extents, kernel) = (random(4), random(3));
    let stride: Vec<usize> = random(2)
        .iter()
        .zip(&extents)
        .map(|(&s, &e)| s.min(e))
        .collect();
    let boundary: Vec<Boundary> = random(2)
        .iter()
        .map(|&kind| {
            if kind == 1 {
                Boundary::Periodic
            } else {
                Boundary::Zero
            }
        })
        .collect();
    Ok(Geometry::new(Stencil::convolution(
        &extents, &kernel, &stride, &boundary,
    )?))
}

impl Example for Convolution {
    fn example(r: &mut Rng) -> Result<Sample> {
        let geometry = random_geometry(r)?;
        let (adjoint, c_in, c_out) = (r.below(2) == 0, r.below(4), r.below(4));
        let sites = geometry.in_direction(adjoint).input_sites();
        let w = Shape::shared(&[geometry.stencil().taps(), c_in, c_out]);
        let x = Shape::shared(&[sites, if adjoint { c_out } else { c_in }]);
        let x = x.with_batched(r.below(2) == 0);
        let sample = Sample::of(Self { geometry, adjoint }, &[(w, REAL), (x, REAL)])?;
        let result_channels = if adjoint { 1 } else { 2 };
        Ok(sample
            .allows([Change::Batch(1)])
            .allows_longer(0, [result_channels]))
    }
}

impl Graph {
    /// The convolution of a field with shared weights.
    ///
    /// # Shapes  `w: [taps, c_in, c_out]`, `x: [input sites, c_in]` → `[output sites, c_out]`, batched if `x` is.
    /// # Errors  `Error::Operands`.
    pub fn convolution(&mut self, geometry: &Geometry, w: Var, x: Var) -> Result<Var> {
        let op = Convolution {
            geometry: geometry.clone(),
            adjoint: false,
        };
        self.push(op, &[w, x])
    }

    /// The adjoint of [`Graph::convolution`] (a "transposed convolution").
    ///
    /// # Shapes  `w: [taps, c_in, c_out]`, `y: [output sites, c_out]` → `[input sites, c_in]`, batched if `y` is.
    /// # Errors  `Error::Operands`.
    pub fn convolution_adjoint(&mut self, geometry: &Geometry, w: Var, y: Var) -> Result<Var> {
        let op = Convolution {
            geometry: geometry.clone(),
            adjoint: true,
        };
        self.push(op, &[w, y])
    }
}
