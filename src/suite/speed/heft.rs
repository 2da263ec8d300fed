//! `heft_eig` and `heft_secular`: the ten lowest levels of a pion–nucleon model in 100 boxes, by the matrix and by the
//! secular equation.
//!
//! One bare state of 1500 MeV and the 60 lowest shells, `L` from 3 to 8 fm;
//! `g(k) = (0.25/π√m_π) r(k)/√(2ω_π/m_π)`, `v(k,k') = −0.5 r(k) r(k')/m_π²`, `r = (1 + k²/Λ²)^{−2}`, `Λ` = 800 MeV.
//! The check is the mean of the 1000 levels, 1437.27353 MeV.

#![allow(
    clippy::needless_range_loop,
    reason = "one index for several arrays of lanes"
)]

use std::f64::consts::PI;

use serde_json::json;

use super::{Calls, Started, Workload};
use crate::error::{Error, Result};
use crate::finite_volume::{HeftBox, shells};
use crate::linalg::{LANES, LaneEigenvalues};
use crate::scattering::{Bare, Channel, Heft, Separable, Vertex};
use crate::units::{Fm, HbarC, Mev, ParticleMass};

/// Build the matrices and diagonalise them, eight boxes at a time.
pub static DENSE: Workload = Workload {
    id: "heft_eig",
    summary: "ten lowest eigenvalues of a 61×61 Hamiltonian in 100 boxes, matrices included",
    size: "boxes",
    sizes: &[100],
    unit: "spectra/s",
    start: |boxes, threads| start(boxes, threads, false),
};

/// The same levels from the secular equation.
pub static SECULAR: Workload = Workload {
    id: "heft_secular",
    summary: "the levels of heft_eig from the secular equation",
    size: "boxes",
    sizes: &[100],
    unit: "spectra/s",
    start: |boxes, threads| start(boxes, threads, true),
};

const SHELLS: usize = 60;
const LOWEST: usize = 10;
const HBARC: f64 = 197.326_980_4;
const PION: f64 = 138.5;
const NUCLEON: f64 = 938.9;
const BARE: f64 = 1500.0;
const CUT: f64 = 800.0;
const COUPLING: f64 = 0.25;
const POTENTIAL: f64 = -0.5;

struct Spectra {
    lengths: Vec<f64>,
    levels: Vec<[f64; LOWEST]>,
    route: Route,
}

enum Route {
    /// Room for eight matrices, and of every shell `√n²` and `√(r₃/4π)`.
    Dense(Box<LaneEigenvalues>, Vec<(f64, f64)>),
    /// The Hamiltonian, and the last shell of the basis.
    Secular(Box<Heft>, usize),
}

fn start(boxes: usize, threads: usize, secular: bool) -> Result<Started> {
    if threads != 1 {
        let expected = "1: a spectrum is computed on one thread";
        return Err(Error::argument("threads", threads.to_string(), expected));
    }
    if boxes < 2 {
        return Err(Error::argument(
            "size",
            boxes.to_string(),
            "at least 2 boxes",
        ));
    }
    let mut basis = shells(2 * SHELLS);
    basis.truncate(SHELLS);
    let route = if secular {
        Route::Secular(Box::new(model()?), basis[SHELLS - 1].0)
    } else {
        let factors = basis.iter().map(|(n2, count)| {
            let (n2, count) = (*n2 as f64, *count as f64);
            (n2.sqrt(), (count / (4.0 * PI)).sqrt())
        });
        let room = Box::new(LaneEigenvalues::new(SHELLS + 1)?);
        Route::Dense(room, factors.collect())
    };
    let length = |i: usize| 5.0_f64.mul_add(i as f64 / (boxes - 1) as f64, 3.0);
    let n = (SHELLS + 1) as f64;
    Ok(Started {
        calls: Box::new(Spectra {
            lengths: (0..boxes).map(length).collect(),
            levels: vec![[0.0; LOWEST]; boxes],
            route,
        }),
        // As the other programs count: Householder and ten eigenvalues, whatever the route.
        flops: boxes as f64 * (4.0 / 3.0 * n * n * n + 20.0 * n * n),
        units: boxes as f64,
        shapes: json!({"n": SHELLS + 1, "volumes": boxes, "lowest": LOWEST, "dtype": "f64",
                       "flop_count": "4/3 n^3 + 20 n^2"}),
    })
}

fn regulator(k2: f64) -> f64 {
    let fall = 1.0 + k2 / (CUT * CUT);
    1.0 / (fall * fall)
}

fn model() -> Result<Heft> {
    let mass = |value: f64| ParticleMass(Mev(value));
    let channel = Channel::new(mass(PION), mass(NUCLEON))?;
    let coupling = Vertex::function(Mev(0.5 * CUT), |k2| {
        let flux = (2.0 * (PION * PION + k2).sqrt() / PION).sqrt();
        COUPLING / PI / PION.sqrt() * regulator(k2) / flux
    })?;
    let bare = Bare {
        mass: Mev(BARE),
        couplings: vec![coupling],
    };
    let potential = Separable {
        strength: POTENTIAL,
        vertices: vec![Vertex::function(Mev(0.5 * CUT), |k2| regulator(k2) / PION)?],
    };
    Heft::new(HbarC(HBARC), &[channel], &[bare], &[potential])
}

impl Calls for Spectra {
    fn run(&mut self, count: usize) -> Result<()> {
        for _ in 0..count {
            match &mut self.route {
                Route::Dense(room, basis) => {
                    diagonalise(room, basis, &self.lengths, &mut self.levels)?;
                }
                Route::Secular(heft, n2_max) => {
                    for (length, levels) in self.lengths.iter().zip(&mut self.levels) {
                        let system = HeftBox::new(heft, Fm(*length))?;
                        let found = system.truncated_levels(*n2_max, LOWEST)?;
                        for (level, found) in levels.iter_mut().zip(found) {
                            *level = found.0;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn check(&self) -> f64 {
        let sum: f64 = self.levels.as_flattened().iter().sum();
        sum / (self.levels.len() * LOWEST) as f64
    }
}

/// All boxes, eight at a time; the last group repeats the last box.
fn diagonalise(
    room: &mut LaneEigenvalues,
    basis: &[(f64, f64)],
    lengths: &[f64],
    levels: &mut [[f64; LOWEST]],
) -> Result<()> {
    let mut lowest = [[0.0; LANES]; LOWEST];
    for (lengths, levels) in lengths.chunks(LANES).zip(levels.chunks_mut(LANES)) {
        let last = lengths[lengths.len() - 1];
        let unit: [f64; LANES] =
            std::array::from_fn(|lane| 2.0 * PI * HBARC / lengths.get(lane).unwrap_or(&last));
        fill(room, basis, &unit);
        room.lowest(&mut lowest)?;
        for (lane, levels) in levels.iter_mut().enumerate() {
            *levels = std::array::from_fn(|level| lowest[level][lane]);
        }
    }
    Ok(())
}

/// The matrices of eight boxes with smallest momenta `unit`.
fn fill(room: &mut LaneEigenvalues, basis: &[(f64, f64)], unit: &[f64; LANES]) {
    let mut legs = [[0.0; LANES]; SHELLS];
    let mut free = [[0.0; LANES]; SHELLS];
    let first = room.column_mut(0);
    first[0] = [BARE; LANES];
    for (shell, (n, weight)) in basis.iter().enumerate() {
        for lane in 0..LANES {
            let k2 = (unit[lane] * n).powi(2);
            let volume = weight * unit[lane] * unit[lane].sqrt();
            let pion = (PION * PION + k2).sqrt();
            let fall = volume * regulator(k2);
            legs[shell][lane] = fall / PION;
            free[shell][lane] = pion + (NUCLEON * NUCLEON + k2).sqrt();
            first[shell + 1][lane] =
                COUPLING / PI / PION.sqrt() * fall / (2.0 * pion / PION).sqrt();
        }
    }
    for column in 0..SHELLS {
        let room = room.column_mut(column + 1);
        for (entry, leg) in room.iter_mut().zip(&legs[column..]) {
            for lane in 0..LANES {
                entry[lane] = POTENTIAL * legs[column][lane] * leg[lane];
            }
        }
        for lane in 0..LANES {
            room[0][lane] += free[column][lane];
        }
    }
}
