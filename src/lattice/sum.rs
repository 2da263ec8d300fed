//! Sums over the sites of a lattice, chain by chain.

use crate::num::simd::{Isa, REDUCTION_LANES};

/// Sums over rows for every chain at once.
///
/// # Design
///
/// A chain's sum may depend neither on the instruction set nor on how many chains lie beside it. So the site at place
/// `x` of a row always goes to partial sum `x mod 16` of its chain, and the sixteen are added by one tree.
#[derive(Clone, Debug)]
pub struct ChainSum {
    chains: usize,
    /// `(part, chain)`.
    parts: Vec<f64>,
}

impl ChainSum {
    /// Zero for every chain.
    #[must_use]
    pub fn new(chains: usize) -> Self {
        Self {
            chains,
            parts: vec![0.0; REDUCTION_LANES * chains],
        }
    }

    /// Adds a row of terms.
    ///
    /// # Shapes  `row: (sites of a row, chains)`.
    pub fn add(&mut self, row: &[f64]) {
        add_terms(row, &mut self.parts);
    }

    /// Adds the squares of a row of numbers.
    ///
    /// # Shapes  `row: (sites of a row, chains)`.
    pub fn add_squares(&mut self, row: &[f64]) {
        add_squares(row, &mut self.parts);
    }

    /// The sums.
    ///
    /// # Shapes  `out: (chains,)`.
    /// # Panics  unless there is one number a chain.
    pub fn finish(mut self, out: &mut [f64]) {
        assert_eq!(out.len(), self.chains, "one sum a chain");
        let mut width = REDUCTION_LANES / 2;
        while width > 0 {
            let (low, high) = self.parts.split_at_mut(width * self.chains);
            for (low, high) in low.iter_mut().zip(high) {
                *low += *high;
            }
            width /= 2;
        }
        out.copy_from_slice(&self.parts[..self.chains]);
    }
}

#[inline(always)]
fn add_terms_body<I: Isa>(row: &[f64], parts: &mut [f64]) {
    for terms in row.chunks(parts.len().max(1)) {
        for (part, term) in parts.iter_mut().zip(terms) {
            *part += *term;
        }
    }
}
crate::simd_kernel! {
    fn add_terms, add_terms_at(row: &[f64], parts: &mut [f64]) = add_terms_body;
}

#[inline(always)]
fn add_squares_body<I: Isa>(row: &[f64], parts: &mut [f64]) {
    for terms in row.chunks(parts.len().max(1)) {
        for (part, term) in parts.iter_mut().zip(terms) {
            *part = I::mul_add(*term, *term, *part);
        }
    }
}
crate::simd_kernel! {
    fn add_squares, add_squares_at(row: &[f64], parts: &mut [f64]) = add_squares_body;
}
