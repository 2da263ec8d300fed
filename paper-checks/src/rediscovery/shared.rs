//! What several claims need, computed once a process.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use fieldassay::{Error, Result};

/// What `compute` gives, once a process.
pub fn shared<T: Send + Sync + 'static>(
    label: &str,
    compute: impl FnOnce() -> Result<T> + Send,
) -> Result<Arc<T>> {
    type Slot = Arc<OnceLock<std::result::Result<Arc<dyn Any + Send + Sync>, String>>>;
    static KNOWN: LazyLock<Mutex<HashMap<String, Slot>>> = LazyLock::new(Mutex::default);
    let slot = {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(label.to_owned()).or_default())
    };
    let threads = rayon::current_num_threads();
    let found = slot.get_or_init(|| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|why| why.to_string())?;
        // Joining a thread of its own, a worker of the audit's pool takes up no other claim, that might wait for this one.
        let computed = std::thread::scope(|scope| scope.spawn(|| pool.install(compute)).join());
        match computed {
            Ok(Ok(value)) => Ok(Arc::new(value) as Arc<dyn Any + Send + Sync>),
            Ok(Err(why)) => Err(why.to_string()),
            Err(_) => Err("a panic".to_owned()),
        }
    });
    let failed = |why: &String| Error::Unsupported {
        what: format!("{label}: {why}"),
        expected: "a computation that ends".to_owned(),
    };
    let value = found.as_ref().map_err(failed)?;
    let value = Arc::clone(value).downcast::<T>();
    Ok(value.unwrap_or_else(|_| unreachable!("{label} has one type")))
}
