//! `cargo assay`: the audit. See `paper_checks::cli`.

use std::io::{IsTerminal, stderr, stdout};
use std::process::{ExitCode, exit};
use std::sync::atomic::{AtomicBool, Ordering};

use paper_checks::audit::INTERRUPTED;
use paper_checks::{claims, cli};

static PRESSED: AtomicBool = AtomicBool::new(false);

fn main() -> ExitCode {
    // The first press lets the run write what is done; the second ends it at once.
    let handler = ctrlc::set_handler(|| {
        if PRESSED.swap(true, Ordering::Relaxed) {
            exit(INTERRUPTED.into());
        }
    });
    if let Err(why) = handler {
        eprintln!("warning: Ctrl-C will not wait for unfinished claims: {why}");
    }
    let session = cli::Session {
        claims: &claims::all(),
        interrupted: &PRESSED,
        terminal: stderr().is_terminal(),
    };
    match cli::utf8(std::env::args_os().skip(1)) {
        Ok(args) => ExitCode::from(session.run(args, &mut stdout(), &mut stderr())),
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::from(2)
        }
    }
}
