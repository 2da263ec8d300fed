//! The seams between densities, samplers and observables: traits only.
//!
//! # Design
//!
//! Samplers are generic over the manifold and take `&dyn Action<M>`; a call covers a whole sweep over all chains, so
//! that dynamic dispatch costs nothing and samplers times actions is never compiled. Everything is per chain: values,
//! decisions, diagnostics. Random numbers come as [`Chains`], generators of each chain apart, so that a chain does
//! not notice its neighbours. Work space is handed in ([`Workspace`]) and grows on first use only.

use std::fmt;

use serde_json::{Map, Value};

use crate::error::Result;
use crate::lattice::{Circle, Continuous, Field, Manifold, RealLine, Reflect, Tangent};
use crate::rng::Chains;

/// Names a density: two are the same if and only if their specifications are.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// The registry's name of the family.
    pub family: &'static str,
    /// Its parameters, in the family's order.
    pub parameters: Map<String, Value>,
}

impl Spec {
    /// A family with its parameters.
    #[must_use]
    pub fn new(family: &'static str, parameters: &[(&str, Value)]) -> Self {
        let named = parameters.iter();
        Self {
            family,
            parameters: named
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
        }
    }
}

/// `family {"name":value,…}`: what a digest of a density is taken of.
impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}",
            self.family,
            Value::Object(self.parameters.clone())
        )
    }
}

/// What a chain's state holds beside the field: pseudofermions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Aux {
    /// The auxiliary numbers, as the density lays them out; empty where it has none.
    pub numbers: Vec<f64>,
}

/// Scratch that lives as long as its sampler.
#[derive(Clone, Debug)]
pub struct Workspace<M: Continuous> {
    tangent: Option<Tangent<M>>,
    numbers: Vec<f64>,
}

impl<M: Continuous> Default for Workspace<M> {
    fn default() -> Self {
        Self {
            tangent: None,
            numbers: Vec::new(),
        }
    }
}

impl<M: Continuous> Workspace<M> {
    /// A tangent vector of the field's shape that holds anything.
    pub fn tangent(&mut self, field: &Field<M>) -> &mut Tangent<M> {
        let fits = |tangent: &mut Tangent<M>| {
            tangent.chains() == field.chains()
                && tangent.lattice() == field.lattice()
                && tangent.numbers().len() * M::NUMBERS == field.numbers().len() * M::DIMENSION
        };
        if !self.tangent.as_mut().is_some_and(fits) {
            self.tangent = Some(Tangent::zero(field));
        }
        self.tangent.as_mut().expect("made above")
    }

    /// `count` numbers that hold anything.
    pub fn numbers(&mut self, count: usize) -> &mut [f64] {
        if self.numbers.len() < count {
            self.numbers.resize(count, 0.0);
        }
        &mut self.numbers[..count]
    }
}

/// A density `e^{−S}` up to its normalisation.
pub trait Target<M: Manifold>: fmt::Debug + Send + Sync {
    /// Which density it is.
    fn spec(&self) -> &Spec;

    /// A field of the density's shape at the neutral element, for `chains` chains.
    fn neutral(&self, chains: usize) -> Field<M>;

    /// The action `S` of every chain.
    ///
    /// # Shapes  `s: (chains,)`.
    /// # Panics  if the field is not of the density's shape.
    fn value(&self, q: &Field<M>, aux: &Aux, s: &mut [f64]);

    /// Draws the auxiliary fields anew.
    fn refresh(&self, _q: &Field<M>, _aux: &mut Aux, _r: &mut Chains) {}
}

/// A density with a force `F = −∂S`.
pub trait Action<M: Continuous>: Target<M> {
    /// `F = −∂S`, along the tangent directions of every variable.
    ///
    /// # Panics  if field or force is not of the density's shape.
    fn force(&self, q: &Field<M>, aux: &Aux, f: &mut Tangent<M>);

    /// A kick and a drift: `p ← p + kick·F(q)`, then `out ← exp(drift·p) q`.
    ///
    /// An action that can do both in one sweep says so here; law: the same as this default.
    ///
    /// # Panics  if a shape differs.
    #[allow(clippy::too_many_arguments, reason = "one sweep of molecular dynamics")]
    fn kick_drift(
        &self,
        q: &Field<M>,
        p: &mut Tangent<M>,
        kick: f64,
        drift: f64,
        aux: &Aux,
        ws: &mut Workspace<M>,
        out: &mut Field<M>,
    ) {
        kick_by_force(self, q, p, kick, aux, ws);
        M::retract(q, p, drift, out);
    }

    /// The last kick of a trajectory, and the action where it ends: `p ← p + kick·F(q)`, `s ← S(q)`.
    ///
    /// # Shapes  `s: (chains,)`.
    /// # Panics  if a shape differs.
    fn kick_value(
        &self,
        q: &Field<M>,
        p: &mut Tangent<M>,
        kick: f64,
        aux: &Aux,
        ws: &mut Workspace<M>,
        s: &mut [f64],
    ) {
        kick_by_force(self, q, p, kick, aux, ws);
        self.value(q, aux, s);
    }
}

fn kick_by_force<M: Continuous, A: Action<M> + ?Sized>(
    action: &A,
    q: &Field<M>,
    p: &mut Tangent<M>,
    kick: f64,
    aux: &Aux,
    ws: &mut Workspace<M>,
) {
    if kick != 0.0 {
        let force = ws.tangent(q);
        action.force(q, aux, force);
        p.add_scaled(kick, force);
    }
}

/// A density whose change by a new value on one site is cheap.
pub trait Local<M: Manifold>: Target<M> {
    /// `S(new) − S(q)` of every chain, if `variable` takes the values `new`.
    ///
    /// Variables are numbered site by site: `site·variables + component`.
    ///
    /// # Shapes  `new: (numbers of a variable, chains)`, `ds: (chains,)`.
    /// # Panics  if there is no such variable or a shape differs.
    fn delta(&self, q: &Field<M>, variable: usize, new: &[M::Number], ds: &mut [f64]);
}

/// A density of angles, each of which enters as `−κ cos(θ + α)` with the others held: compact U(1), the XY model.
pub trait Rotors: Target<Circle> {
    /// Whether every angle enters so.
    ///
    /// # Errors  `Error::Unsupported` where one enters otherwise, such as on an extent of one.
    fn check_conditional(&self) -> Result<()>;

    /// `κ ≥ 0` and `α` of an angle for every chain, as the other angles are. Variables are numbered as in [`Local`].
    ///
    /// # Shapes  `kappa`, `alpha`: `(chains,)`.
    /// # Panics  if there is no such variable or a shape differs.
    fn conditional(&self, q: &Field<Circle>, variable: usize, kappa: &mut [f64], alpha: &mut [f64]);
}

/// A density whose action is `−κ Σ_x Σ_μ p_x p_{x+μ}` and terms that no reflection of single variables changes, with `p`
/// the projection of [`Reflect`]: the Ising, XY and O(N) models, and φ⁴ by its signs.
pub trait Reflective<M: Reflect>: Target<M> {
    /// `κ`, of either sign.
    fn bond(&self) -> f64;
}

/// A complex action `S(z)`, holomorphic in the complexified variables of a scalar field: what complex Langevin dynamics needs.
///
/// A field has two numbers a site, real part and imaginary part.
pub trait Holomorphic: fmt::Debug + Send + Sync {
    /// Which action it is.
    fn spec(&self) -> &Spec;

    /// A field of the action's shape at zero, for `chains` chains.
    fn neutral(&self, chains: usize) -> Field<RealLine>;

    /// Real and imaginary part of `S` of every chain.
    ///
    /// # Shapes  `real`, `imaginary`: `(chains,)`.
    /// # Panics  if the field is not of the action's shape.
    fn value(&self, z: &Field<RealLine>, real: &mut [f64], imaginary: &mut [f64]);

    /// The drift `K = −∂S/∂z`, real and imaginary part as in a field.
    ///
    /// # Panics  if field or drift is not of the action's shape.
    fn drift(&self, z: &Field<RealLine>, k: &mut Tangent<RealLine>);
}

/// What a step of a kernel did, chain by chain.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Info {
    /// Whether the proposal was accepted.
    pub accepted: Vec<bool>,
    /// The share of a step's proposals that were accepted, where it makes several; empty where it makes one.
    pub share: Vec<f64>,
    /// New minus old: what the decision was made on.
    pub delta_h: Vec<f64>,
    /// Whether the energy was not finite or had run away; such a proposal is rejected.
    pub divergent: Vec<bool>,
    /// Force evaluations, of all chains together.
    pub forces: u64,
    /// Action evaluations, of all chains together.
    pub actions: u64,
}

impl Info {
    /// Room for `chains` chains, nothing done yet.
    pub fn reset(&mut self, chains: usize) {
        self.accepted.clear();
        self.accepted.resize(chains, false);
        self.share.clear();
        self.delta_h.clear();
        self.delta_h.resize(chains, 0.0);
        self.divergent.clear();
        self.divergent.resize(chains, false);
        self.forces = 0;
        self.actions = 0;
    }

    /// The share of a chain's proposals that were accepted.
    ///
    /// # Panics  if there is no such chain.
    #[must_use]
    pub fn acceptance(&self, chain: usize) -> f64 {
        let whole = f64::from(u8::from(self.accepted[chain]));
        self.share.get(chain).copied().unwrap_or(whole)
    }
}

/// A Markov kernel.
pub trait Kernel<M: Manifold> {
    /// One step of every chain.
    fn step(&mut self, q: &mut Field<M>, aux: &mut Aux, r: &mut Chains, info: &mut Info);
}

/// A quantity of a configuration. It never sees the sampler.
pub trait Observable<M: Manifold> {
    /// Its value for every chain.
    ///
    /// # Shapes  `out: (chains,)`.
    fn measure(&self, q: &Field<M>, out: &mut [f64]);
}
