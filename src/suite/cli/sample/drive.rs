//! The loop of a run: advance, report, save, listen.

use std::io::IsTerminal;
use std::path::Path;
use std::time::{Duration, Instant};

use super::super::Streams;
use super::command::SampleRequest;
use super::interrupt::Listener;
use crate::ensemble::Ensemble;
use crate::error::Result;
use crate::report::{Bar, number};
use crate::stats::GammaMethod;

/// How long the chains run before this program looks up.
const STRETCH: Duration = Duration::from_millis(100);
/// How often a log file gets a line, and a terminal another text.
const LINE: Duration = Duration::from_secs(10);
const REDRAWN: Duration = Duration::from_millis(500);
/// Autocorrelation times may take up to one part in so many of the time.
const SHARE: u32 = 20;

/// Whether the run came to its end.
pub(super) fn run(
    ensemble: &mut Ensemble<'_>,
    request: &SampleRequest,
    resumed: Option<u64>,
    streams: &mut Streams<'_>,
) -> Result<bool> {
    let options = &request.options;
    let listener = Listener::new();
    let mut saving = Saving::new(ensemble, request);
    let mut progress = Progress::new(ensemble, request);
    progress.begin(ensemble, resumed, streams);
    let mut steps = 1;
    while !ensemble.finished() && !listener.pressed() {
        let began = Instant::now();
        ensemble.advance(saving.at_most(ensemble, steps));
        let took = began.elapsed();
        if took < STRETCH / 2 {
            steps = steps.saturating_mul(2);
        } else if took > STRETCH * 2 {
            steps = (steps / 2).max(1);
        }
        saving.when_due(ensemble)?;
        progress.show(ensemble, streams);
    }
    drop(progress);
    if let Some(path) = &options.checkpoint {
        ensemble.save(path)?;
    }
    let finished = ensemble.finished();
    if !finished {
        let kept = match &options.checkpoint {
            Some(path) => format!("saved to {}", path.display()),
            None => "lost: no --checkpoint".to_owned(),
        };
        let (step, steps) = (ensemble.step(), ensemble.steps());
        // Nothing can be done for an error stream that does not take its message.
        let _ = writeln!(
            streams.errors,
            "interrupted at step {step} of {steps}; {kept}"
        );
    }
    Ok(finished)
}

/// When checkpoints are written.
struct Saving<'a> {
    path: Option<&'a Path>,
    every: Duration,
    steps: Option<u64>,
    last: Instant,
    last_step: u64,
}

impl<'a> Saving<'a> {
    fn new(ensemble: &Ensemble<'_>, request: &'a SampleRequest) -> Self {
        Self {
            path: request.options.checkpoint.as_deref(),
            every: Duration::from_secs_f64(request.options.checkpoint_every),
            steps: request.options.checkpoint_steps,
            last: Instant::now(),
            last_step: ensemble.step(),
        }
    }

    /// So many steps, or fewer if a checkpoint comes before.
    fn at_most(&self, ensemble: &Ensemble<'_>, steps: u64) -> u64 {
        match (self.path, self.steps) {
            (Some(_), Some(every)) => {
                let since = ensemble.step() - self.last_step;
                steps.min(every.saturating_sub(since).max(1))
            }
            _ => steps,
        }
    }

    fn when_due(&mut self, ensemble: &Ensemble<'_>) -> Result<()> {
        let Some(path) = self.path else { return Ok(()) };
        let due = match self.steps {
            Some(steps) => ensemble.step() - self.last_step >= steps,
            None => self.last.elapsed() >= self.every,
        };
        if due && !ensemble.finished() {
            ensemble.save(path)?;
            (self.last, self.last_step) = (Instant::now(), ensemble.step());
        }
        Ok(())
    }
}

/// A bar on a terminal, lines elsewhere.
struct Progress {
    bar: Option<Bar>,
    quiet: bool,
    began: Instant,
    first_step: u64,
    next: Instant,
    slowest: String,
    next_slowest: Instant,
}

impl Progress {
    fn new(ensemble: &Ensemble<'_>, request: &SampleRequest) -> Self {
        let quiet = request.options.quiet;
        let terminal = !quiet && std::io::stderr().is_terminal();
        let now = Instant::now();
        Self {
            bar: terminal.then(|| Bar::new(ensemble.steps(), request.target.id, true)),
            quiet,
            began: now,
            first_step: ensemble.step(),
            next: now + if terminal { REDRAWN } else { LINE },
            slowest: String::new(),
            next_slowest: now + REDRAWN,
        }
    }

    fn begin(&self, ensemble: &Ensemble<'_>, resumed: Option<u64>, streams: &mut Streams<'_>) {
        if self.quiet {
            return;
        }
        let (step, steps) = (ensemble.step(), ensemble.steps());
        let how = if resumed.is_some() {
            "resumed"
        } else {
            "begun"
        };
        // Nobody reads what cannot be written: the run goes on.
        let _ = writeln!(streams.errors, "{how} at step {step} of {steps}");
        let _ = streams.errors.flush();
    }

    fn show(&mut self, ensemble: &Ensemble<'_>, streams: &mut Streams<'_>) {
        let now = Instant::now();
        if self.quiet || now < self.next {
            return;
        }
        if now >= self.next_slowest {
            self.slowest = slowest(ensemble);
            let took = now.elapsed();
            self.next_slowest = Instant::now() + (took * SHARE).max(REDRAWN);
        }
        let rate = (ensemble.step() - self.first_step) as f64 / self.began.elapsed().as_secs_f64();
        let acceptance = acceptance(ensemble);
        let text = format!("{}/s{acceptance}{}", number(rate, 3), self.slowest);
        match &self.bar {
            Some(bar) => {
                bar.at(ensemble.step(), &text);
                self.next = now + REDRAWN;
            }
            None => {
                let (step, steps) = (ensemble.step(), ensemble.steps());
                let _ = writeln!(streams.errors, "step {step} of {steps}, {text}");
                self.next = now + LINE;
            }
        }
    }
}

/// Of the last hundred measurements.
fn acceptance(ensemble: &Ensemble<'_>) -> String {
    let series = ensemble.series("acceptance").unwrap_or_default();
    let last = series.iter().flat_map(|s| s.iter().rev().take(100));
    let (count, sum) = last.fold((0, 0.0), |(count, sum), x| (count + 1, sum + x));
    if count == 0 {
        return ", thermalising".to_owned();
    }
    format!(", acc. {:.2}", sum / f64::from(count))
}

/// The largest autocorrelation time among the observables, and whose.
fn slowest(ensemble: &Ensemble<'_>) -> String {
    let times = super::summary::observables(ensemble).filter_map(|name| {
        let analysis = GammaMethod::default().derived(&ensemble.histories(name).ok()?, |a| a[0]);
        Some((analysis.ok()?.tau_int, name))
    });
    let slowest = times.max_by(|(a, _), (b, _)| a.value().total_cmp(&b.value()));
    slowest.map_or_else(String::new, |(tau, name)| format!(", τ {tau} {name}"))
}
