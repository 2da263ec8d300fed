//! The loop integrals `J_ab(E) = ∫k²dk χ_aχ_b/(E − ω)` of one channel.
//!
//! # Design
//!
//! With `1/(E − ω) = (E + ω)(1 − Δ²/E²ω²)/[4(k0² − k²)]`, `Δ = m₁² − m₂²`, and `PV∫_0^∞ dk/(k0² − k²) = 0`, the principal value
//! is `∫[F(k) − F(k0)]/(k0² − k²) dk`, `F = k²χχᵀ(E + ω)(1 − Δ²/E²ω²)/4`: no pole is left. The same expression at `k0² = −κ²` is the
//! continuation of the principal value, and exceeds the integral by `−πκ(E/4)χχᵀ`.
//! Gauss points of panels that grow from the scale of the vertices to `2·10⁶` MeV, then of `t = 1/k`, are
//! tabulated once; only the panel with `k0` is cut there, anew for every energy.

use std::sync::OnceLock;

use super::channel::Channel;
use super::vertex::Vertex;
use crate::error::{Error, Result};
use crate::special::gauss_legendre;
use crate::units::Mev;

/// Gauss points a panel.
const ORDER: usize = 20;
/// Where `t = 1/k` takes over, in MeV.
const FAR: f64 = 2e6;
/// How much wider than the one before a panel is.
const GROWTH: f64 = 1.5;

/// One channel with its vertices, and the tabulated integrand.
#[derive(Clone, Debug)]
pub(super) struct LoopIntegral {
    channel: Channel,
    vertices: Vec<Vertex>,
    edges: Vec<f64>,
    nodes: Nodes,
}

/// Points in `k`, and there `k²`, the weight, `ω`, and the upper triangle of `k²χχᵀ`.
#[derive(Clone, Debug, Default)]
struct Nodes {
    k2: Vec<f64>,
    weight: Vec<f64>,
    omega: Vec<f64>,
    products: Vec<f64>,
}

impl LoopIntegral {
    pub(super) fn new(channel: Channel, vertices: Vec<Vertex>) -> Self {
        let scales = vertices.iter().map(Vertex::scale);
        let masses = channel.threshold().0;
        let mut step = 0.25 * scales.fold(masses, f64::min);
        let mut edges = vec![0.0];
        let mut end = 0.0;
        while end < FAR {
            end += step;
            edges.push(end);
            step *= GROWTH;
        }
        let mut integral = Self {
            channel,
            vertices,
            edges,
            nodes: Nodes::default(),
        };
        integral.nodes = integral.tabulated();
        integral
    }

    fn tabulated(&self) -> Nodes {
        let mut nodes = Nodes::default();
        for edge in self.edges.windows(2) {
            self.panel(edge[0], edge[1], &mut nodes);
        }
        let last = self.edges[self.edges.len() - 1];
        for (t, weight) in scaled(0.0, 1.0 / last) {
            self.node(1.0 / t, weight / (t * t), &mut nodes);
        }
        nodes
    }

    fn panel(&self, low: f64, high: f64, nodes: &mut Nodes) {
        for (k, weight) in scaled(low, high) {
            self.node(k, weight, nodes);
        }
    }

    fn node(&self, k: f64, weight: f64, nodes: &mut Nodes) {
        let k2 = k * k;
        nodes.k2.push(k2);
        nodes.weight.push(weight);
        nodes.omega.push(self.channel.energy(k2).0);
        let chi = self.vertices_at(k2);
        for (a, x) in chi.iter().enumerate() {
            nodes.products.extend(chi[a..].iter().map(|y| k2 * x * y));
        }
    }

    pub(super) const fn channel(&self) -> &Channel {
        &self.channel
    }

    /// The vertices `χ_a` at `k²`.
    pub(super) fn vertices_at(&self, k2: f64) -> Vec<f64> {
        self.vertices.iter().map(|vertex| vertex.at(k2)).collect()
    }

    /// The vertices at every `k²`, one after the other: `(rank, k²)`.
    pub(super) fn vertices_at_all(&self, k2: &[f64]) -> Vec<f64> {
        let mut chi = vec![0.0; self.vertices.len() * k2.len()];
        for (vertex, chi) in self.vertices.iter().zip(chi.chunks_mut(k2.len().max(1))) {
            vertex.at_all(k2, chi);
        }
        chi
    }

    /// The principal value above threshold; below, its continuation.
    ///
    /// # Errors  `Error::Domain` for an energy whose momentum exceeds 10⁶ MeV, or that is not finite.
    pub(super) fn add_principal(&self, energy: Mev, sum: &mut [f64]) -> Result<()> {
        let k02 = self.channel.momentum2(energy);
        if !(k02.abs() < 0.25 * FAR * FAR) {
            return Err(Error::Domain {
                what: "energy",
                value: energy.0,
                expected: "one whose momentum is below 10⁶ MeV".to_owned(),
            });
        }
        let subtraction = self.subtraction(energy, k02);
        let at = Subtracted {
            energy: energy.0,
            k02,
            mass_gap2: self.channel.mass_gap2(),
            subtraction: &subtraction,
        };
        let points = self.nodes.k2.len();
        if k02 <= 0.0 {
            at.add(&self.nodes, 0..points, sum);
            return Ok(());
        }
        let k0 = k02.sqrt();
        let cut = self.edges.partition_point(|edge| *edge <= k0) - 1;
        at.add(&self.nodes, 0..cut * ORDER, sum);
        at.add(&self.nodes, (cut + 1) * ORDER..points, sum);
        let mut halves = Nodes::default();
        self.panel(self.edges[cut], k0, &mut halves);
        self.panel(k0, self.edges[cut + 1], &mut halves);
        at.add(&halves, 0..halves.k2.len(), sum);
        Ok(())
    }

    /// The integral itself, for energies below threshold.
    pub(super) fn add_closed(&self, energy: Mev, sum: &mut [f64]) -> Result<()> {
        let k02 = self.channel.momentum2(energy);
        let kappa = (-k02).sqrt();
        // Far below, the integrand is smooth, and the vertices may not be continued to −κ².
        if energy.0 > 0.0 && kappa < self.edges[1] {
            self.add_principal(energy, sum)?;
            let scale = std::f64::consts::PI * kappa * 0.25 * energy.0;
            let chi = self.vertices_at(k02);
            let scale = scale * self.channel.recoil(energy.0);
            let mut entry = 0;
            for (a, x) in chi.iter().enumerate() {
                for y in &chi[a..] {
                    sum[entry] += scale * x * y;
                    entry += 1;
                }
            }
            return Ok(());
        }
        let nodes = &self.nodes;
        for (j, products) in nodes.products.chunks_exact(sum.len().max(1)).enumerate() {
            let propagator = nodes.weight[j] / (energy.0 - nodes.omega[j]);
            for (sum, product) in sum.iter_mut().zip(products) {
                *sum += propagator * product;
            }
        }
        Ok(())
    }

    /// `F(k0)`.
    fn subtraction(&self, energy: Mev, k02: f64) -> Vec<f64> {
        let chi = self.vertices_at(k02);
        let scale = 0.5 * k02 * energy.0 * self.channel.recoil(energy.0);
        let mut entries = Vec::with_capacity(chi.len() * (chi.len() + 1) / 2);
        for (a, x) in chi.iter().enumerate() {
            entries.extend(chi[a..].iter().map(|y| scale * x * y));
        }
        entries
    }
}

/// The integrand without its pole.
struct Subtracted<'a> {
    energy: f64,
    k02: f64,
    mass_gap2: f64,
    subtraction: &'a [f64],
}

impl Subtracted<'_> {
    fn add(&self, nodes: &Nodes, points: std::ops::Range<usize>, sum: &mut [f64]) {
        let entries = sum.len();
        for j in points {
            let gap = nodes.weight[j] / (self.k02 - nodes.k2[j]);
            let ratio = self.mass_gap2 / (self.energy * nodes.omega[j]);
            let numerator = 0.25 * (self.energy + nodes.omega[j]) * (1.0 - ratio * ratio);
            let products = &nodes.products[j * entries..(j + 1) * entries];
            for ((sum, product), at_pole) in sum.iter_mut().zip(products).zip(self.subtraction) {
                *sum += gap * (product * numerator - at_pole);
            }
        }
    }
}

/// The Gauss points of a panel.
fn scaled(low: f64, high: f64) -> impl Iterator<Item = (f64, f64)> {
    static RULE: OnceLock<Vec<(f64, f64)>> = OnceLock::new();
    let rule = RULE.get_or_init(|| gauss_legendre(ORDER, -1.0, 1.0));
    let (centre, half) = (0.5 * (low + high), 0.5 * (high - low));
    rule.iter()
        .map(move |(x, weight)| (half.mul_add(*x, centre), half * weight))
}
