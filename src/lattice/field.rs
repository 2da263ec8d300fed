//! Fields and momenta: numbers on the sites of a lattice, for any number of chains.

use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::geometry::Lattice;
use super::manifold::{Continuous, Manifold};
use crate::num::axpy;

/// Numbers for every row, component, site of the row and chain, the chains fastest.
///
/// # Design
///
/// A row of a component is one slice of `row_length·chains` numbers. With one chain a kernel runs along the sites, with
/// many along sites and chains together, and no code tells the two apart: the neighbour in the last direction lies
/// `chains` further.
#[derive(Clone, Debug, PartialEq)]
struct Rows<T> {
    lattice: Arc<Lattice>,
    components: usize,
    chains: usize,
    numbers: Vec<T>,
}

impl<T: Copy> Rows<T> {
    fn new(lattice: &Arc<Lattice>, components: usize, chains: usize, fill: T) -> Self {
        Self {
            lattice: Arc::clone(lattice),
            components,
            chains,
            numbers: vec![fill; lattice.sites() * components * chains],
        }
    }

    fn row_size(&self) -> usize {
        self.lattice.row_length() * self.chains
    }

    fn row(&self, row: usize, component: usize) -> &[T] {
        let size = self.row_size();
        let start = (row * self.components + component) * size;
        &self.numbers[start..start + size]
    }

    fn row_mut(&mut self, row: usize, component: usize) -> &mut [T] {
        let size = self.row_size();
        let start = (row * self.components + component) * size;
        &mut self.numbers[start..start + size]
    }

    fn place(&self, site: usize, component: usize, chain: usize) -> usize {
        assert!(chain < self.chains, "chain {chain} of {}", self.chains);
        let length = self.lattice.row_length();
        let (row, x) = (site / length, site % length);
        ((row * self.components + component) * length + x) * self.chains + chain
    }
}

/// A mark that no other state of any field has.
fn next_revision() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A configuration of every chain: `variables` elements of `M` on each site (one for a scalar field, one per direction
/// for a gauge field).
#[derive(Clone, Debug)]
pub struct Field<M: Manifold> {
    rows: Rows<M::Number>,
    revision: u64,
}

impl<M: Manifold> Field<M> {
    /// All variables at the neutral element.
    #[must_use]
    pub fn neutral(lattice: &Arc<Lattice>, variables: usize, chains: usize) -> Self {
        let mut rows = Rows::new(lattice, variables * M::NUMBERS, chains, M::NEUTRAL[0]);
        for row in 0..lattice.rows() {
            for component in 0..rows.components {
                let number = M::NEUTRAL[component % M::NUMBERS];
                rows.row_mut(row, component).fill(number);
            }
        }
        Self {
            rows,
            revision: next_revision(),
        }
    }

    /// The lattice.
    #[must_use]
    pub const fn lattice(&self) -> &Arc<Lattice> {
        &self.rows.lattice
    }

    /// Chains side by side.
    #[must_use]
    pub const fn chains(&self) -> usize {
        self.rows.chains
    }

    /// Elements of `M` on a site.
    #[must_use]
    pub const fn variables(&self) -> usize {
        self.rows.components / M::NUMBERS
    }

    /// Which state this is: two fields of the same revision hold the same numbers.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// All numbers.
    ///
    /// # Shapes  `(row, component, site of the row, chain)`.
    #[must_use]
    pub fn numbers(&self) -> &[M::Number] {
        &self.rows.numbers
    }

    /// All numbers, to be changed.
    ///
    /// # Shapes  as [`Field::numbers`].
    pub fn numbers_mut(&mut self) -> &mut [M::Number] {
        self.revision = next_revision();
        &mut self.rows.numbers
    }

    /// A component on a row, `(site of the row, chain)`.
    ///
    /// # Panics  if there is no such row or component.
    #[must_use]
    pub fn row(&self, row: usize, component: usize) -> &[M::Number] {
        self.rows.row(row, component)
    }

    /// As [`Field::row`], to be changed.
    ///
    /// # Panics  as [`Field::row`].
    pub fn row_mut(&mut self, row: usize, component: usize) -> &mut [M::Number] {
        self.revision = next_revision();
        self.rows.row_mut(row, component)
    }

    /// One number.
    ///
    /// # Panics  if there is no such site, component or chain.
    #[must_use]
    pub fn get(&self, site: usize, component: usize, chain: usize) -> M::Number {
        self.rows.numbers[self.rows.place(site, component, chain)]
    }

    /// Sets one number.
    ///
    /// # Panics  as [`Field::get`].
    pub fn set(&mut self, site: usize, component: usize, chain: usize, to: M::Number) {
        let place = self.rows.place(site, component, chain);
        self.numbers_mut()[place] = to;
    }

    /// A component on a site, of every chain.
    ///
    /// # Shapes  `(chains,)`.
    /// # Panics  as [`Field::get`].
    #[must_use]
    pub fn chains_of(&self, site: usize, component: usize) -> &[M::Number] {
        let place = self.rows.place(site, component, 0);
        &self.rows.numbers[place..place + self.chains()]
    }

    /// A component on a site, of every chain, to be changed.
    ///
    /// # Shapes  `(chains,)`.
    /// # Panics  as [`Field::get`].
    pub fn chains_mut(&mut self, site: usize, component: usize) -> &mut [M::Number] {
        let (place, chains) = (self.rows.place(site, component, 0), self.chains());
        &mut self.numbers_mut()[place..place + chains]
    }

    /// Takes the configurations of `other` for the chains that `accepted` marks.
    ///
    /// # Panics  if the fields differ in shape.
    pub fn take(&mut self, other: &mut Self, accepted: &[bool]) {
        assert_eq!(
            self.numbers().len(),
            other.numbers().len(),
            "fields of one shape"
        );
        assert_eq!(accepted.len(), self.chains(), "one answer a chain");
        if accepted.iter().all(|&yes| yes) {
            std::mem::swap(self, other);
        } else if accepted.iter().any(|&yes| yes) {
            let chains = self.chains();
            let new = other.numbers().chunks_exact(chains);
            for (old, new) in self.numbers_mut().chunks_exact_mut(chains).zip(new) {
                for ((old, new), yes) in old.iter_mut().zip(new).zip(accepted) {
                    *old = if *yes { *new } else { *old };
                }
            }
        }
    }
}

/// A tangent vector at a configuration of every chain: momenta or a force.
#[derive(Clone, Debug)]
pub struct Tangent<M: Continuous> {
    rows: Rows<f64>,
    manifold: PhantomData<M>,
}

impl<M: Continuous> Tangent<M> {
    /// Zero, of the shape that belongs to `field`.
    #[must_use]
    pub fn zero(field: &Field<M>) -> Self {
        let components = field.variables() * M::DIMENSION;
        Self {
            rows: Rows::new(field.lattice(), components, field.chains(), 0.0),
            manifold: PhantomData,
        }
    }

    /// The lattice.
    #[must_use]
    pub const fn lattice(&self) -> &Arc<Lattice> {
        &self.rows.lattice
    }

    /// Chains side by side.
    #[must_use]
    pub const fn chains(&self) -> usize {
        self.rows.chains
    }

    /// All numbers.
    ///
    /// # Shapes  `(row, component, site of the row, chain)`.
    #[must_use]
    pub fn numbers(&self) -> &[f64] {
        &self.rows.numbers
    }

    /// All numbers, to be changed.
    ///
    /// # Shapes  as [`Tangent::numbers`].
    pub fn numbers_mut(&mut self) -> &mut [f64] {
        &mut self.rows.numbers
    }

    /// A component on a row, `(site of the row, chain)`.
    ///
    /// # Panics  if there is no such row or component.
    #[must_use]
    pub fn row(&self, row: usize, component: usize) -> &[f64] {
        self.rows.row(row, component)
    }

    /// As [`Tangent::row`], to be changed.
    ///
    /// # Panics  as [`Tangent::row`].
    pub fn row_mut(&mut self, row: usize, component: usize) -> &mut [f64] {
        self.rows.row_mut(row, component)
    }

    /// `self ← self + step·other`.
    ///
    /// # Panics  if the shapes differ.
    pub fn add_scaled(&mut self, step: f64, other: &Self) {
        assert_eq!(
            self.numbers().len(),
            other.numbers().len(),
            "vectors of one shape"
        );
        axpy(step, other.numbers(), self.numbers_mut());
    }
}
