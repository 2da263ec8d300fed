//! Values of mean zero and variance one over some axes of each sample.
//!
//! `(x − ⟨x⟩)/√(⟨(x − ⟨x⟩)²⟩ + ε)`, with the mean of squared deviations (divisor n). Convention: ε stands under the
//! root, and the statistics are those of one sample, never of the batch.

use crate::error::{Error, Result};
use crate::tensor::graph::{Graph, Var};
use crate::tensor::op::misfit;

impl Graph {
    /// `x` with mean zero and variance one over some axes of each sample.
    ///
    /// # Errors  `Error::Operands` if there is no such axis; `Error::Argument` if `eps` is negative or not finite.
    pub fn layer_norm(&mut self, x: Var, axes: &[usize], eps: f64) -> Result<Var> {
        if !(eps >= 0.0 && eps.is_finite()) {
            return Err(Error::argument(
                "eps",
                eps.to_string(),
                "a number from 0 on",
            ));
        }
        let shape = self.reduced("layer_norm", x, axes)?;
        let count = self.shape(x).size() / shape.size().max(1);
        let weight = 1.0 / count.max(1) as f64;
        let sum = self.sum_to(x, &shape)?;
        let mean = self.scale(sum, weight)?;
        let deviation = self.sub(x, mean)?;
        let square = self.square(deviation)?;
        let sum = self.sum_to(square, &shape)?;
        let variance = self.scale_shift(sum, weight, eps)?;
        let width = self.sqrt(variance)?;
        self.div(deviation, width)
    }

    /// `scale·layer_norm(x) + shift`.
    ///
    /// # Shapes  `scale`, `shift`: whatever can be repeated to that of `x`, such as its last axes.
    /// # Errors  as [`Graph::layer_norm`]; `Error::Operands` if a parameter does not fit.
    pub fn layer_norm_affine(
        &mut self,
        x: Var,
        axes: &[usize],
        eps: f64,
        [scale, shift]: [Var; 2],
    ) -> Result<Var> {
        let shape = self.shape(x).clone();
        let scale = self.broadcast(scale, &shape)?;
        let shift = self.broadcast(shift, &shape)?;
        let normal = self.layer_norm(x, axes, eps)?;
        let scaled = self.mul(normal, scale)?;
        self.add(scaled, shift)
    }

    /// `x` with mean zero and variance one over each of `groups` groups of channels that lie side by side, and
    /// over all other axes of the sample.
    ///
    /// # Errors  `Error::Operands` if there is no such axis or `groups` does not divide it; `Error::Argument` as
    /// [`Graph::layer_norm`].
    pub fn group_norm(
        &mut self,
        x: Var,
        groups: usize,
        channel_axis: usize,
        eps: f64,
    ) -> Result<Var> {
        let shape = self.shape(x);
        let dims = shape.dims().to_vec();
        let channels = dims.get(channel_axis).copied();
        let Some(members) = channels
            .filter(|channels| groups > 0 && channels.is_multiple_of(groups))
            .map(|channels| channels / groups)
        else {
            let expected = format!("{groups} groups of channels along axis {channel_axis}");
            return misfit("group_norm", &[shape], expected);
        };
        let (before, after) = (&dims[..channel_axis], &dims[channel_axis + 1..]);
        let split = [before, &[groups, members], after].concat();
        let axes: Vec<usize> = (0..split.len())
            .filter(|&axis| axis != channel_axis)
            .collect();
        let grouped = self.reshape(x, &split)?;
        let normal = self.layer_norm(grouped, &axes, eps)?;
        self.reshape(normal, &dims)
    }

    /// `scale·group_norm(x) + shift`, channel by channel.
    ///
    /// # Shapes  `scale`, `shift`: `[channels]`, shared or batched.
    /// # Errors  as [`Graph::group_norm`]; `Error::Operands` if a parameter does not fit.
    pub fn group_norm_affine(
        &mut self,
        x: Var,
        groups: usize,
        channel_axis: usize,
        eps: f64,
        [scale, shift]: [Var; 2],
    ) -> Result<Var> {
        let normal = self.group_norm(x, groups, channel_axis, eps)?;
        let mut column = vec![1; self.shape(x).rank() - channel_axis];
        column[0] = self.shape(x).dims()[channel_axis];
        let shape = self.shape(x).clone();
        let mut parameters = [scale, shift];
        for parameter in &mut parameters {
            if self.shape(*parameter).dims() != &column[..1] {
                let shapes = [&shape, self.shape(*parameter)];
                return misfit("group_norm", &shapes, "a parameter for each channel");
            }
            *parameter = self.reshape(*parameter, &column)?;
        }
        let scaled = self.mul(normal, parameters[0])?;
        self.add(scaled, parameters[1])
    }
}
