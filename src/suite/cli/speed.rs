//! `fieldassay speed`: one workload, timed.

use serde_json::Value as Json;

use super::command::SpeedRequest;
use super::{DONE, Stop, Streams};
use crate::suite::speed::{ALL, Measurement, Workload, measure, serve};

pub(super) fn run(
    request: &SpeedRequest,
    streams: &mut Streams<'_>,
) -> std::result::Result<u8, Stop> {
    let Some(id) = &request.workload else {
        streams.output.write_all(overview().as_bytes())?;
        return Ok(DONE);
    };
    let workload = Workload::find(id)?;
    let size = request.size.map_or(workload.sizes[0], |size| size as usize);
    let mut measurement = Measurement::start(workload, size, request.threads as usize)?;
    if request.serve {
        serve(&mut measurement, streams.input, streams.output)?;
        return Ok(DONE);
    }
    let result = measure(&mut measurement, request.seconds)?;
    let line = if request.json {
        result.to_string()
    } else {
        sentence(&result)
    };
    writeln!(streams.output, "{line}")?;
    Ok(DONE)
}

fn overview() -> String {
    let mut text = "Workloads (fieldassay speed WORKLOAD --size N):\n".to_owned();
    for Workload {
        id,
        summary,
        size,
        sizes,
        ..
    } in ALL
    {
        let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
        text += &format!("  {id:<14} {summary}; {size} {}\n", sizes.join(" or "));
    }
    text
}

fn sentence(result: &Json) -> String {
    let number = |key: &str| result[key].as_f64().unwrap_or(f64::NAN);
    let text = |key: &str| result[key].as_str().unwrap_or_default();
    format!(
        "{} {}, {} thread{}: {:.5e} {} ({} clock, {} chunks from {:.3e} to {:.3e}), {:.4} GFLOP/s, {:.0} % of a \
         large product; check {:.6e}",
        text("workload"),
        result["size"],
        result["threads"],
        if result["threads"] == 1 { "" } else { "s" },
        number("value"),
        text("unit"),
        text("clock"),
        result["chunks"],
        number("value_min"),
        number("value_max"),
        number("gflops"),
        100.0 * number("roofline"),
        number("check"),
    )
}
