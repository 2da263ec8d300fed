//! A panic of a decider as a message, with the place where it happened.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static CATCHING: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs `f`; a panic becomes `panicked at <place>: <message>` and is not printed.
///
/// # Errors  the message of a panic.
pub fn catch<T>(f: impl FnOnce() -> T) -> Result<T, String> {
    note_places();
    CATCHING.set(true);
    PLACE.set(None);
    // A decider's own data die with it; what it shares (streams, tier) is read-only.
    let outcome = panic::catch_unwind(AssertUnwindSafe(f));
    CATCHING.set(false);
    outcome.map_err(|payload| {
        // A panic in another thread of the pool arrives without its place.
        let place = PLACE.take().map(|place| format!(" at {place}"));
        format!(
            "panicked{}: {}",
            place.unwrap_or_default(),
            message(payload.as_ref())
        )
    })
}

/// Installs, once, a hook that notes the place for [`catch`] and leaves other panics as they were.
fn note_places() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if CATCHING.get() {
                PLACE.set(
                    info.location()
                        .map(|at| format!("{}:{}", at.file(), at.line())),
                );
            } else {
                previous(info);
            }
        }));
    });
}

fn message(payload: &(dyn Any + Send)) -> &str {
    let owned = payload.downcast_ref::<String>().map(String::as_str);
    owned
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
}
