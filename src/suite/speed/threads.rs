//! Work of one kind on several threads.

use crate::error::Result;

/// Does `work` for every one of `items`, each on a thread of its own; a single one on this thread.
pub fn on_threads<T: Send>(
    items: &mut [T],
    work: impl Fn(&mut T) -> Result<()> + Sync,
) -> Result<()> {
    match items {
        [one] => work(one),
        many => std::thread::scope(|scope| {
            let work = &work;
            let running: Vec<_> = many
                .iter_mut()
                .map(|one| scope.spawn(move || work(one)))
                .collect();
            let ended = running
                .into_iter()
                .map(|one| one.join().expect("no thread panicked"));
            ended.collect()
        }),
    }
}
