//! Ctrl-C: a run that listens writes a checkpoint and stops.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

static LISTENING: AtomicUsize = AtomicUsize::new(0);
static PRESSED: AtomicBool = AtomicBool::new(false);

/// Asks a run under way to stop where it can be resumed. `false` if none is, or if it was asked before: then the program
/// should end at once.
pub fn interrupt() -> bool {
    LISTENING.load(Ordering::SeqCst) > 0 && !PRESSED.swap(true, Ordering::SeqCst)
}

/// A run that listens, as long as this lives.
pub(super) struct Listener;

impl Listener {
    pub(super) fn new() -> Self {
        LISTENING.fetch_add(1, Ordering::SeqCst);
        Self
    }

    #[allow(clippy::unused_self, reason = "who asks has to listen")]
    pub(super) fn pressed(&self) -> bool {
        PRESSED.load(Ordering::SeqCst)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        LISTENING.fetch_sub(1, Ordering::SeqCst);
    }
}
