//! The products that the weights of a convolution get their gradient from: `W_t = Σ_(o,i) X_i·Y_oᵀ`.

use super::convolution::{Geometry, random_geometry};
use super::{Call, Example, Kernel, Op, REAL, Sample, misfit};
use crate::error::Result;
use crate::rng::Rng;
use crate::tensor::graph::{Graph, Var};
use crate::tensor::io::Io;
use crate::tensor::kernel::stencil_weight::weight_gradient;
use crate::tensor::real::Real;
use crate::tensor::shape::Shape;

/// `W[t, ci, co] = Σ X[i, ci]·Y[o, co]` over the pairs of tap `t`, and over samples.
#[derive(Clone, Debug)]
pub struct ConvolutionWeight {
    geometry: Geometry,
}

impl Op for ConvolutionWeight {
    fn name(&self) -> &'static str {
        "convolution_weight"
    }

    fn shape(&self, inputs: &[&Shape]) -> Result<Shape> {
        let stencil = self.geometry.stencil();
        let sites = [stencil.input_sites(), stencil.output_sites()];
        if let [x, y] = inputs
            && x.is_batched() == y.is_batched()
            && let (&[x_sites, c_in], &[y_sites, c_out]) = (x.dims(), y.dims())
            && [x_sites, y_sites] == sites
        {
            return Ok(Shape::shared(&[stencil.taps(), c_in, c_out]));
        }
        misfit(
            self.name(),
            inputs,
            format!(
                "fields [{}, ..] and [{}, ..], both batched or both shared",
                sites[0], sites[1]
            ),
        )
    }

    fn vjp(&self, g: &mut Graph, call: &Call<'_>, cotangent: Var) -> Result<Vec<Option<Var>>> {
        let &[x, y] = call.inputs else {
            unreachable!("the shape rule")
        };
        Ok(vec![
            Some(g.convolution_adjoint(&self.geometry, cotangent, y)?),
            Some(g.convolution(&self.geometry, cotangent, x)?),
        ])
    }

    fn jvp(&self, g: &mut Graph, call: &Call<'_>, tangents: &[Option<Var>]) -> Result<Option<Var>> {
        let [x, y] = [call.inputs[0], call.inputs[1]];
        let from_x = tangents[0]
            .map(|dx| g.push(self.clone(), &[dx, y]))
            .transpose()?;
        let from_y = tangents[1]
            .map(|dy| g.push(self.clone(), &[x, dy]))
            .transpose()?;
        g.sum_of(from_x, from_y)
    }
}

impl<T: Real> Kernel<T> for ConvolutionWeight {
    fn run(&self, io: Io<'_, T>) {
        let [c_in, c_out] = [0, 1].map(|i| io.extents[i].dims[1]);
        let lanes = io.extents[0].lanes;
        let stencil = self.geometry.stencil();
        let [x, y] = [io.inputs[0], io.inputs[1]];
        weight_gradient(stencil, x, y, io.output, c_in, c_out, lanes, io.accumulate);
    }
}

impl Example for ConvolutionWeight {
    fn example(r: &mut Rng) -> Result<Sample> {
        let geometry = random_geometry(r)?;
        let (c_in, c_out, batched) = (r.below(4), r.below(4), r.below(2) == 0);
        let stencil = geometry.stencil();
        let x = Shape::shared(&[stencil.input_sites(), c_in]).with_batched(batched);
        let y = Shape::shared(&[stencil.output_sites(), c_out]).with_batched(batched);
        let sample = Sample::of(Self { geometry }, &[(x, REAL), (y, REAL)])?;
        Ok(sample.allows_longer(0, [1]).allows_longer(1, [1]))
    }
}

impl Graph {
    /// The products of two fields over the pairs of each tap, summed over samples.
    ///
    /// # Shapes  `x: [input sites, c_in]`, `y: [output sites, c_out]` → shared `[taps, c_in, c_out]`.
    /// # Errors  `Error::Operands`.
    pub fn convolution_weight(&mut self, geometry: &Geometry, x: Var, y: Var) -> Result<Var> {
        self.push(
            ConvolutionWeight {
                geometry: geometry.clone(),
            },
            &[x, y],
        )
    }
}
