//! The files of a run: recorded numbers, and what made them.

use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde_json::json;

use super::command::SampleRequest;
use super::summary::Summary;
use crate::ensemble::Ensemble;
use crate::error::Result;
use crate::io::{Array, NamedArrays, json, npz};

/// A moment, on both clocks.
pub(super) struct Moment {
    utc: String,
    at: Instant,
}

impl Moment {
    pub(super) fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            utc: utc(since.map_or(0, |since| since.as_secs())),
            at: Instant::now(),
        }
    }
}

/// `2026-11-27T23:59:59Z`.
///
/// # Source  E. G. Richards in the Explanatory Supplement to the Astronomical Almanac (2013), sec. 15.11: the Gregorian
/// date of a Julian day.
fn utc(seconds: u64) -> String {
    /// The Julian day of 1970-01-01.
    const EPOCH: u64 = 2_440_588;
    let (day, second) = (EPOCH + seconds / 86_400, seconds % 86_400);
    let f = day + 1401 + (((4 * day + 274_277) / 146_097) * 3) / 4 - 38;
    let e = 4 * f + 3;
    let h = 5 * ((e % 1461) / 4) + 2;
    let (date, month) = ((h % 153) / 5 + 1, (h / 153 + 2) % 12 + 1);
    let year = e / 1461 - 4716 + (14 - month) / 12;
    let [hour, minute] = [second / 3600, second / 60 % 60];
    format!(
        "{year:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{:02}Z",
        second % 60
    )
}

#[allow(clippy::too_many_arguments, reason = "all that a file of results says")]
/// Writes the recorded numbers to `path`, with the description inside, and where they come from beside it.
pub(super) fn write(
    path: &Path,
    ensemble: &Ensemble<'_>,
    mut arrays: NamedArrays,
    began: &Moment,
    resumed: Option<u64>,
    request: &SampleRequest,
    command: &str,
    summary: &Summary,
) -> Result<()> {
    let spec = ensemble.spec().to_string().into_bytes();
    arrays.insert("spec", Array::new(vec![spec.len()], spec)?)?;
    npz::write(path, &arrays)?;
    let shapes = arrays
        .iter()
        .map(|(name, array)| (name.to_owned(), array.shape()));
    let shapes: std::collections::BTreeMap<_, _> = shapes.collect();
    let finished = Moment::now();
    let provenance = json!({
        "program": concat!("fieldassay ", env!("CARGO_PKG_VERSION")),
        "command": command,
        "spec": ensemble.spec(),
        "result": summary.to_json(ensemble),
        "arrays": shapes,
        "sha256": arrays.sha256(""),
        "started": began.utc,
        "finished": finished.utc,
        "seconds": finished.at.duration_since(began.at).as_secs_f64(),
        "threads": request.options.threads(),
        "resumed_at_step": resumed,
        "platform": format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
    });
    json::write(&path.with_extension("json"), &provenance)
}
