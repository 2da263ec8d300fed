//! The `fieldassay` command line; everything is in `fieldassay::suite::cli`.

use std::io::{BufWriter, stderr, stdin, stdout};
use std::process::{ExitCode, exit};

use fieldassay::suite::cli;

fn main() -> ExitCode {
    // The first press lets a run that can be resumed save what is done; any other ends the program at once.
    let handler = ctrlc::set_handler(|| {
        if !cli::interrupt() {
            exit(cli::INTERRUPTED.into());
        }
    });
    if let Err(why) = handler {
        eprintln!("warning: Ctrl-C will not wait for a checkpoint: {why}");
    }
    let mut output = BufWriter::new(stdout().lock());
    let code = cli::run(
        std::env::args_os(),
        &mut stdin().lock(),
        &mut output,
        &mut stderr().lock(),
    );
    ExitCode::from(code)
}
