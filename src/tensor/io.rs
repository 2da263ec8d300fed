//! What a kernel sees of its operands.

use super::real::Real;

/// Extents of an operand: those of one sample, and how many samples lie side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent<'a> {
    /// Extents of one sample.
    pub dims: &'a [usize],
    /// Samples (the last axis in memory); 1 for a shared value.
    pub lanes: usize,
}

impl Extent<'_> {
    /// Numbers in one sample.
    #[must_use]
    pub fn size(&self) -> usize {
        self.dims.iter().product()
    }

    /// Numbers in all samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.size() * self.lanes
    }

    /// Whether there are no numbers.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The operands of one run of a kernel: contiguous, row-major, the samples fastest.
#[derive(Debug)]
pub struct Io<'a, T> {
    /// The inputs.
    pub inputs: &'a [&'a [T]],
    /// The inputs' extents.
    pub extents: &'a [Extent<'a>],
    /// The output, to be written completely.
    pub output: &'a mut [T],
    /// The output's extents.
    pub output_extent: Extent<'a>,
    /// For sums over the batch: add to the output, which holds the chunks before, instead of overwriting it.
    pub accumulate: bool,
    /// As long as [`super::op::Kernel::scratch`] asked for; holds anything.
    pub scratch: &'a mut [T],
}

impl<'a, T: Real> Io<'a, T> {
    /// The operands of an elementwise kernel, which needs no extents: all are as long as the output.
    pub fn elementwise(inputs: &'a [&'a [T]], output: &'a mut [T]) -> Self {
        Self {
            inputs,
            extents: &[],
            output_extent: Extent {
                dims: &[],
                lanes: output.len(),
            },
            output,
            accumulate: false,
            scratch: &mut [],
        }
    }

    /// Zeroes the output, unless it accumulates.
    pub fn start_sum(&mut self) {
        if !self.accumulate {
            self.output.fill(T::ZERO);
        }
    }
}
