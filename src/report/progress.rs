//! Progress of long work: a bar on a terminal, plain lines elsewhere.

use std::fmt;
use std::io::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How far a run has come.
///
/// On a terminal a bar redraws itself on standard error; elsewhere every finished item is one line,
/// so that a log file stays readable.
pub struct Progress {
    bar: Option<ProgressBar>,
    total: usize,
    done: usize,
}

impl Progress {
    /// Progress over `total` items.
    #[must_use]
    pub fn new(total: usize, terminal: bool) -> Self {
        let bar = terminal.then(|| {
            let bar = ProgressBar::new(total as u64);
            let style = ProgressStyle::with_template("{bar:24} {pos}/{len} {elapsed} {wide_msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        Self {
            bar,
            total,
            done: 0,
        }
    }

    /// Shows what is running now; a log file does not need to know.
    pub fn running(&self, what: impl fmt::Display) {
        if let Some(bar) = &self.bar {
            bar.set_message(what.to_string());
        }
    }

    /// One item is finished: a line for it.
    ///
    /// # Errors  those of `out`.
    pub fn finished(
        &mut self,
        what: impl fmt::Display,
        out: &mut dyn Write,
    ) -> std::io::Result<()> {
        self.done += 1;
        let line = format!("[{:>3}/{}] {what}", self.done, self.total);
        match &self.bar {
            Some(bar) => {
                bar.suspend(|| writeln!(out, "{line}"))?;
                bar.inc(1);
                Ok(())
            }
            None => writeln!(out, "{line}"),
        }
    }

    /// Removes the bar.
    pub fn clear(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Progress({}/{})", self.done, self.total)
    }
}

/// A bar for one long computation, advanced from any thread; nothing where there is no terminal.
#[derive(Debug)]
pub struct Bar(ProgressBar);

impl Bar {
    /// A bar over `total` steps of `what`.
    #[must_use]
    pub fn new(total: u64, what: &str, terminal: bool) -> Self {
        if !terminal {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new(total);
        let style =
            ProgressStyle::with_template("{bar:24} {pos}/{len} {elapsed} left {eta} {wide_msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(what.to_owned());
        Self(bar)
    }

    /// So many steps more.
    pub fn advance(&self, steps: u64) {
        self.0.inc(steps);
    }

    /// At step `step`, with a new text.
    pub fn at(&self, step: u64, what: &str) {
        self.0.set_position(step);
        self.0.set_message(what.to_owned());
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
