//! The clock, and one measurement.

use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use serde_json::{Value as Json, json};

use super::{Calls, Started, Workload};
use crate::error::Result;

/// Length of a chunk of calls.
const CHUNK: f64 = 0.15;
/// Fewest chunks of a measurement.
const FEWEST: usize = 3;

/// A workload that has been warmed up.
pub struct Measurement {
    workload: &'static Workload,
    size: usize,
    threads: usize,
    started: Started,
    roofline: Started,
    calls: usize,
    /// Seconds of the first call, preparation included.
    pub first_call: f64,
}

impl Measurement {
    /// Prepares and warms up a workload, and finds how many calls make a chunk.
    ///
    /// # Errors  those of the workload, such as a size that it does not have.
    pub fn start(workload: &'static Workload, size: usize, threads: usize) -> Result<Self> {
        let begin = Instant::now();
        let mut started = (workload.start)(size, threads)?;
        started.calls.run(1)?;
        let first_call = begin.elapsed().as_secs_f64();
        let roofline = (super::gemm::GEMM.start)(super::gemm::GEMM.sizes[0], 1)?;
        let calls = calls_per_chunk(&mut *started.calls)?;
        Ok(Self {
            workload,
            size,
            threads,
            started,
            roofline,
            calls,
            first_call,
        })
    }
}

fn calls_per_chunk(calls: &mut dyn Calls) -> Result<usize> {
    let mut count = 2;
    loop {
        let [wall, _] = timed(calls, count)?;
        if wall > 0.02 || count > 1 << 24 {
            return Ok(((CHUNK / wall * count as f64) as usize).max(1));
        }
        count *= 4;
    }
}

/// Wall and CPU seconds of `count` calls.
fn timed(calls: &mut dyn Calls, count: usize) -> Result<[f64; 2]> {
    let (wall, cpu) = (Instant::now(), ProcessTime::now());
    calls.run(count)?;
    Ok([wall.elapsed(), cpu.elapsed()].map(|time: Duration| time.as_secs_f64().max(1e-9)))
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Calls per second, by CPU time and by the wall's clock, chunk by chunk.
fn rates(calls: &mut dyn Calls, per_chunk: usize, seconds: f64) -> Result<[Vec<f64>; 2]> {
    let begin = Instant::now();
    let (mut by_cpu, mut by_wall) = (Vec::new(), Vec::new());
    while begin.elapsed().as_secs_f64() < seconds || by_cpu.len() < FEWEST {
        let [wall, cpu] = timed(calls, per_chunk)?;
        by_wall.push(per_chunk as f64 / wall);
        by_cpu.push(per_chunk as f64 / cpu);
    }
    Ok([by_cpu, by_wall])
}

/// Times a workload for about `seconds`, and a product of matrices beside it.
///
/// # Errors  those of the workload.
pub fn measure(m: &mut Measurement, seconds: f64) -> Result<Json> {
    let [mut cpu, mut wall] = rates(&mut *m.started.calls, m.calls, seconds)?;
    let [mut peak, _] = rates(&mut *m.roofline.calls, 4, 0.05)?;
    let peak = median(&mut peak) * m.roofline.flops * m.threads as f64;
    let (cpu_rate, wall_rate) = (median(&mut cpu), median(&mut wall));
    let by_cpu = m.threads == 1;
    let (rates, clock) = if by_cpu {
        (&cpu, "cpu")
    } else {
        (&wall, "wall")
    };
    let rate = if by_cpu { cpu_rate } else { wall_rate };
    let Started { units, flops, .. } = m.started;
    let last = |rates: &[f64]| rates.last().copied().unwrap_or(f64::NAN);
    Ok(json!({
        "workload": m.workload.id, "impl": "fieldassay", "size": m.size, "threads": m.threads,
        "unit": m.workload.unit, "clock": clock,
        "value": rate * units, "value_wall": wall_rate * units, "value_wall_max": last(&wall) * units,
        "value_min": rates[0] * units, "value_max": last(rates) * units,
        "calls_per_s": rate, "units_per_call": units, "flops_per_call": flops, "bytes_per_call": 0.0,
        "gflops": rate * flops * 1e-9, "gbytes_per_s": 0.0, "roofline": rate * flops / peak,
        "chunks": rates.len(), "calls_per_chunk": m.calls, "cores_busy": wall_rate / cpu_rate,
        "check": m.started.calls.check(), "shapes": m.started.shapes,
    }))
}
