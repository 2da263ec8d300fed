//! The `fieldassay` command line; everything is in `fieldassay::suite::cli`.

use std::io::{BufWriter, stderr, stdin, stdout};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut output = BufWriter::new(stdout().lock());
    let code = fieldassay::suite::cli::run(
        std::env::args_os(),
        &mut stdin().lock(),
        &mut output,
        &mut stderr().lock(),
    );
    ExitCode::from(code)
}
