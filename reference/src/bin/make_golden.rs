//! `cargo golden [FILE…]`: judges the golden truths by the witnesses of this crate.
//!
//! Recomputes every record of the golden files that a witness covers (all of them without arguments)
//! and prints what it finds beside what is stored; exits with 1 when one differs by more than its bar,
//! with 2 when a file cannot be read.

use std::process::ExitCode;

use fieldassay_reference::dd::Dd;
use fieldassay_reference::zeta::{self, Frame};
use fieldassay_reference::{
    free_field_golden, heft_golden, hmc_golden, ising_golden, quantum_golden, u1_golden,
};
use serde_json::Value;

/// The files that a witness covers.
const COVERED: [&str; 10] = [
    "golden/highprec/luscher_zeta_rest.json",
    "golden/highprec/luscher_zeta_moving.json",
    "golden/highprec/luscher_levels.json",
    "golden/highprec/heft.json",
    "golden/highprec/luscher_scaling.json",
    "golden/highprec/ising.json",
    "golden/highprec/u1.json",
    "golden/highprec/free_field.json",
    "golden/highprec/hmc.json",
    "golden/highprec/quantum.json",
];

/// Whether a record is one of a system, and its worst difference in units of the bar.
type Judge = (
    fn(&Value) -> bool,
    fn(&Value) -> Result<(f64, String), String>,
);

const JUDGES: [Judge; 6] = [
    (heft_golden::is_one, heft_golden::judge),
    // Before the other records of U(1).
    (hmc_golden::is_one, hmc_golden::judge),
    (ising_golden::is_one, ising_golden::judge),
    (u1_golden::is_one, u1_golden::judge),
    (free_field_golden::is_one, free_field_golden::judge),
    (quantum_golden::is_one, quantum_golden::judge),
];

const USAGE: &str = "\
Judges the golden truths by the slow witnesses.

Usage: cargo golden [FILE…]

Without FILE, every file that a witness covers. Run from the root of the repository.
Example: cargo golden golden/highprec/luscher_zeta_rest.json
";

fn main() -> ExitCode {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if files.iter().any(|file| file == "--help" || file == "-h") {
        print!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let files = if files.is_empty() {
        COVERED.map(str::to_owned).into()
    } else {
        files
    };
    let mut worst_code = 0;
    for file in files {
        match judge(&file) {
            Ok(true) => {}
            Ok(false) => worst_code = worst_code.max(1),
            Err(message) => {
                eprintln!("{file}: {message}");
                worst_code = 2;
            }
        }
    }
    ExitCode::from(worst_code)
}

/// Prints a line a record; whether all agree.
fn judge(file: &str) -> Result<bool, String> {
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    let golden: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let records = golden["records"]
        .as_array()
        .ok_or("records: expected an array")?;
    let mut all = !records.is_empty();
    for record in records {
        let id = record["id"].as_str().ok_or("id: expected a string")?;
        let field = |message: String| format!("record {id}: {message}");
        let (difference, bar, shown) = compare(record).map_err(field)?;
        let agrees = difference <= bar;
        all &= agrees;
        let word = if agrees { "agrees" } else { "DIFFERS" };
        println!(
            "{id:<28} {word:<8} relative difference {difference:8.1e}, bar {bar:.0e}  {shown}"
        );
    }
    println!(
        "{file}: {} records, {}",
        records.len(),
        if all { "all agree" } else { "NOT all agree" }
    );
    Ok(all)
}

/// Relative difference, its bar, and the witness's value.
fn compare(record: &Value) -> Result<(f64, f64, String), String> {
    for (is_one, judge) in JUDGES {
        if is_one(record) {
            let (ratio, told) = judge(record)?;
            return Ok((ratio, 1.0, format!("in units of the bar, {told}")));
        }
    }
    let parameters = &record["parameters"];
    match &record["value"] {
        Value::String(stored) => {
            let stored = Dd::parse(stored).ok_or("value: expected a decimal number")?;
            let l = integer(parameters, "l")?;
            let value = zeta_of(parameters, l)?;
            let bar = if l >= 4 { 1e-9 } else { 1e-12 };
            Ok((
                ((value - stored) / stored).to_f64().abs(),
                bar,
                value.to_string(),
            ))
        }
        Value::Object(columns) => {
            let delta = number(parameters, "delta_deg")?.to_radians();
            let stored = columns
                .get("q2")
                .and_then(Value::as_array)
                .ok_or("q2: expected a list")?;
            let levels = zeta::levels_constant_delta(delta, stored.len());
            let mut differences = Vec::new();
            for (level, stored) in levels.iter().zip(stored) {
                let stored = stored.as_str().and_then(|text| text.parse::<f64>().ok());
                let stored = stored.ok_or("q2: expected decimal strings")?;
                differences.push((level / stored - 1.0).abs());
            }
            // `total_cmp` puts NaN on top, so that it fails.
            let worst = differences
                .into_iter()
                .max_by(f64::total_cmp)
                .ok_or("q2: empty")?;
            Ok((worst, 1e-12, format!("{} levels", levels.len())))
        }
        _ => Err("value: expected a decimal string or an object of lists".to_owned()),
    }
}

fn zeta_of(parameters: &Value, l: u32) -> Result<Dd, String> {
    let (m, q2) = (
        integer(parameters, "m")?,
        Dd::from(number(parameters, "q2")?),
    );
    let Some(d) = parameters.get("d") else {
        return Ok(if l == 0 {
            zeta::z00(q2)
        } else {
            zeta::zlm(l, m, q2, &Frame::REST)
        });
    };
    let component = |i: usize| d[i].as_i64().and_then(|c| i32::try_from(c).ok());
    let (Some(x), Some(y), Some(z)) = (component(0), component(1), component(2)) else {
        return Err("d: expected three integers".to_owned());
    };
    let frame = Frame {
        d: [x, y, z],
        gamma: Dd::from(number(parameters, "gamma")?),
    };
    Ok(zeta::zlm(l, m, q2, &frame))
}

fn number(parameters: &Value, name: &str) -> Result<f64, String> {
    parameters[name]
        .as_f64()
        .ok_or_else(|| format!("{name}: expected a number"))
}

fn integer(parameters: &Value, name: &str) -> Result<u32, String> {
    let value = parameters[name]
        .as_u64()
        .and_then(|value| u32::try_from(value).ok());
    value.ok_or_else(|| format!("{name}: expected a small whole number"))
}
