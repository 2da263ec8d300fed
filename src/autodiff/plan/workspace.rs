//! What one thread works in.

use super::program::Program;
use crate::tensor::Real;

/// Numbers that a fused loop handles at a time: a few blocks fit the nearest cache.
pub(super) const BLOCK: usize = 512;
/// Bytes to which arenas are aligned: a cache line, and a vector register.
const ALIGN_BYTES: usize = 64;

/// Numbers that start at a cache line.
#[derive(Debug)]
pub(super) struct Aligned<T> {
    numbers: Vec<T>,
    start: usize,
    length: usize,
}

impl<T: Real> Aligned<T> {
    pub(super) fn new(length: usize) -> Self {
        let extra = ALIGN_BYTES / size_of::<T>();
        let numbers = vec![T::ZERO; length + extra];
        // `align_offset` may decline; then the numbers are merely not aligned.
        let start = numbers.as_ptr().align_offset(ALIGN_BYTES).min(extra);
        Self {
            numbers,
            start,
            length,
        }
    }

    pub(super) fn get(&self) -> &[T] {
        &self.numbers[self.start..self.start + self.length]
    }

    pub(super) fn get_mut(&mut self) -> &mut [T] {
        &mut self.numbers[self.start..self.start + self.length]
    }
}

/// One thread's memory for a leaf.
#[derive(Debug)]
pub(super) struct Workspace<T> {
    /// Values of the leaf.
    pub(super) leaf: Aligned<T>,
    /// The leaf's samples of each batched input.
    pub(super) batch: Vec<Aligned<T>>,
    /// Scratch space of kernels.
    pub(super) scratch: Aligned<T>,
    /// Blocks of fused loops.
    pub(super) slots: Aligned<T>,
}

impl<T: Real> Workspace<T> {
    pub(super) fn new(program: &Program<T>) -> Self {
        let inputs = program.layout.inputs[1].iter();
        Self {
            leaf: Aligned::new(program.layout.leaf * program.leaf),
            batch: inputs
                .map(|(_, size)| Aligned::new(size * program.leaf))
                .collect(),
            scratch: Aligned::new(program.scratch),
            slots: Aligned::new(program.slots * BLOCK),
        }
    }
}
