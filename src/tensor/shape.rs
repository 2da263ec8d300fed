//! Shapes: the extents of one sample, and whether there is one per sample.
//!
//! # Design
//!
//! The batch (samples, chains: the lanes) is never an axis that a formula names. A value is either
//! *shared*, one array for the whole batch such as a weight, or *batched*, one array per sample;
//! then the batch is the last and fastest axis in memory. So a graph does not know how large the batch is,
//! one graph serves every batch size, and the planner may cut the batch where it likes.

use std::fmt;

/// Extents of a value, slowest first, without the batch.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    dims: Vec<usize>,
    batched: bool,
}

impl Shape {
    /// One array for the whole batch.
    #[must_use]
    pub fn shared(dims: &[usize]) -> Self {
        Self {
            dims: dims.to_vec(),
            batched: false,
        }
    }

    /// One array per sample.
    #[must_use]
    pub fn batched(dims: &[usize]) -> Self {
        Self {
            dims: dims.to_vec(),
            batched: true,
        }
    }

    /// The same extents, per sample or shared.
    #[must_use]
    pub const fn with_batched(mut self, batched: bool) -> Self {
        self.batched = batched;
        self
    }

    /// Other extents, as batched as this one.
    #[must_use]
    pub fn with_dims(&self, dims: &[usize]) -> Self {
        Self {
            dims: dims.to_vec(),
            batched: self.batched,
        }
    }

    /// The extents.
    #[must_use]
    pub fn dims(&self) -> &[usize] {
        &self.dims
    }

    /// The number of axes, the batch not counted.
    #[must_use]
    pub const fn rank(&self) -> usize {
        self.dims.len()
    }

    /// Numbers in one sample.
    #[must_use]
    pub fn size(&self) -> usize {
        self.dims.iter().product()
    }

    /// Whether there is one array per sample.
    #[must_use]
    pub const fn is_batched(&self) -> bool {
        self.batched
    }
}

/// `[3, 4]` if shared, `[3, 4; batch]` if batched.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dims: Vec<String> = self.dims.iter().map(ToString::to_string).collect();
        let batch = if self.batched { "; batch" } else { "" };
        write!(f, "[{}{batch}]", dims.join(", "))
    }
}
