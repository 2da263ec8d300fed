//! Named targets, one file each, with a row in [`for_each_target!`](crate::for_each_target).
//!
//! A new one is a file that implements [`Model`] for its density and declares a [`Named`], and its row. Its kernels come
//! from [`of_action`](super::of_action) or [`continuous`](super::continuous) where it has forces; others it makes itself.

use std::fmt;

use super::columns::{OwnedObservable, columns, observables};
use super::parameter::{Kind, Parameter, Presence, Values};
use super::run::{Run, RunOf, Stored};
use super::sampler::{Method, OwnedKernel, Sampler, unsupported};
use crate::density::{Reflective, Spec, Target};
use crate::error::{Error, Result};
use crate::lattice::{Continuous, Field, Lattice, Manifold, Reflect, Tangent};
use crate::rng::Chains;
use crate::sampler::Wolff;

pub mod double_well;
pub mod ising;
pub mod o3;
pub mod oscillator;
pub mod phi4;
pub mod u1_2d;
pub mod xy;

/// Calls a macro with the module name of every target, one per row.
#[macro_export]
macro_rules! for_each_target {
    ($callback:ident) => {
        $callback! {
            phi4,
            u1_2d,
            ising,
            xy,
            o3,
            oscillator,
            double_well,
        }
    };
}

macro_rules! registry {
    ($($row:ident),+ $(,)?) => { &[$(&$row::TARGET),+] };
}

/// Every target, in the order of the registry.
pub static ALL: &[&Named] = for_each_target!(registry);

/// A density under a name: what it takes, and who samples it.
#[derive(Debug)]
pub struct Named {
    /// Its name on the command line.
    pub id: &'static str,
    /// One line.
    pub summary: &'static str,
    /// The definition, with its convention.
    pub definition: &'static str,
    /// What it takes.
    pub parameters: &'static [Parameter],
    /// Samplers; the first is the default.
    pub methods: &'static [&'static Method],
    /// Kernels that can be mixed in, each as the number of its steps after a step of the sampler.
    pub mixed: &'static [Parameter],
    /// Parameters of a small example: names and values as they are typed.
    pub example: &'static [(&'static str, &'static str)],
    /// The density at these parameters.
    pub make: fn(&Values) -> Result<Box<dyn Sampled>>,
}

impl Named {
    /// The target called `id`.
    ///
    /// # Errors  `Error::UnknownName` with the names that look like it, or all if none does.
    pub fn find(id: &str) -> Result<&'static Self> {
        let found = ALL.iter().find(|target| target.id == id);
        let known = ALL.iter().map(|target| target.id);
        found
            .copied()
            .ok_or_else(|| Error::unknown("target", id, known))
    }

    /// Its sampler called `id`.
    ///
    /// # Errors  as [`Named::find`].
    pub fn method(&self, id: &str) -> Result<&'static Method> {
        let found = self.methods.iter().find(|method| method.id == id);
        let known = self.methods.iter().map(|method| method.id);
        found
            .copied()
            .ok_or_else(|| Error::unknown("sampler", id, known))
    }
}

/// Where chains begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// All variables at the neutral element.
    Cold,
    /// Each variable at random, without regard to the others.
    Hot,
}

impl Start {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cold => "cold",
            Self::Hot => "hot",
        }
    }
}

/// A density that can be run: what a file of this folder says about its own.
pub trait Model: fmt::Debug + Send + Sync {
    /// What its fields take their values in.
    type Values: Manifold<Number: Stored>;

    /// The density.
    fn target(&self) -> &dyn Target<Self::Values>;

    /// A field with every variable at random, about as wide as its own density.
    fn hot(&self, r: &mut Chains) -> Field<Self::Values>;

    /// The kernel of one of its samplers.
    ///
    /// # Errors  those of the kernel.
    fn kernel(&self, sampler: &Sampler) -> Result<OwnedKernel<'_, Self::Values>>;

    /// What is measured beside the observables that all such fields have, by name.
    fn particular(&self) -> Vec<(String, OwnedObservable<Self::Values>)> {
        Vec::new()
    }

    /// The kernel that is mixed in under this name.
    ///
    /// # Errors  those of the kernel.
    fn mixed(&self, name: &str) -> Result<OwnedKernel<'_, Self::Values>> {
        Err(unsupported(name, self.target().spec().family))
    }
}

/// A [`Model`] whatever its manifold.
pub trait Sampled: fmt::Debug + Send + Sync {
    /// Which density it is.
    fn spec(&self) -> &Spec;

    /// Extents and numbers a site of a configuration.
    fn shape(&self) -> Vec<usize>;

    /// The names of what a run with this sampler measures.
    fn columns(&self, sampler: &Sampler) -> Vec<String>;

    /// Chains that begin with these generators.
    ///
    /// # Errors  `Error::Unsupported` for a sampler that the target does not have; those of the kernels.
    fn run<'a>(&'a self, sampler: &Sampler, start: Start, r: Chains) -> Result<Box<dyn Run + 'a>>;
}

/// What a run of this density measures, by name.
fn measured<T: Model>(model: &T) -> Vec<(String, OwnedObservable<T::Values>)> {
    let mut all = observables(model.target().neutral(1).variables());
    all.extend(model.particular());
    all
}

impl<T: Model> Sampled for T {
    fn spec(&self) -> &Spec {
        self.target().spec()
    }

    fn shape(&self) -> Vec<usize> {
        let field = self.target().neutral(1);
        let mut shape = field.lattice().extents().to_vec();
        shape.push(field.numbers().len() / field.lattice().sites());
        shape
    }

    fn columns(&self, sampler: &Sampler) -> Vec<String> {
        columns(
            measured(self).into_iter().map(|(name, _)| name),
            sampler.mixed(),
        )
    }

    fn run<'a>(
        &'a self,
        sampler: &Sampler,
        start: Start,
        mut r: Chains,
    ) -> Result<Box<dyn Run + 'a>> {
        let mut kernels = vec![(self.kernel(sampler)?, 1)];
        for (name, steps) in sampler.mixed() {
            kernels.push((self.mixed(name)?, *steps));
        }
        let q = match start {
            Start::Cold => self.target().neutral(r.count()),
            Start::Hot => self.hot(&mut r),
        };
        let observables = measured(self).into_iter().map(|(_, one)| one).collect();
        Ok(Box::new(RunOf::new(
            self.target(),
            q,
            r,
            kernels,
            observables,
        )))
    }
}

/// A hot field of a continuous density: from `cold` along normal tangent vectors of this width.
pub fn spread<M: Continuous>(cold: &Field<M>, width: f64, r: &mut Chains) -> Field<M> {
    let (mut p, mut hot) = (Tangent::zero(cold), cold.clone());
    r.normal(p.numbers_mut());
    M::retract(cold, &p, width, &mut hot);
    hot
}

const EXTENTS: Parameter = Parameter {
    name: "extents",
    kind: Kind::Extents,
    presence: Presence::Required,
    meaning: "sites in every direction, such as 8,8",
};

const BETA: Parameter = Parameter {
    name: "beta",
    kind: Kind::Real,
    presence: Presence::Required,
    meaning: "β",
};

/// Clusters that are mixed in.
const CLUSTERS: &str = "wolff-clusters";

const MIXED_CLUSTERS: Parameter = Parameter {
    name: CLUSTERS,
    kind: Kind::Count { least: 0 },
    presence: Presence::Default("0"),
    meaning: "clusters of Wolff's algorithm after each step",
};

/// [`MIXED_CLUSTERS`] alone, under its name.
fn mixed_clusters<'a, M: Reflect>(
    density: &'a dyn Reflective<M>,
    name: &str,
) -> Result<OwnedKernel<'a, M>> {
    if name != CLUSTERS {
        return Err(unsupported(name, density.spec().family));
    }
    Ok(Box::new(Wolff::new(density, 1)?))
}

/// The lattice of a density, refused where it has too many sites for memory.
fn checked_extents(values: &Values) -> Result<&[usize]> {
    const MOST: usize = 1 << 26;
    let extents = values.extents("extents");
    let sites = Lattice::new(extents)?.sites();
    if sites > MOST {
        let found = format!("{sites} sites");
        return Err(Error::argument(
            "extents",
            found,
            format!("at most {MOST} sites"),
        ));
    }
    Ok(extents)
}
