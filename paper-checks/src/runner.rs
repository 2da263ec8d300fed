//! Claims run side by side; what comes out does not depend on how many at a time.
//!
//! # Design
//!
//! Deciders run in a pool of their own; everything that a finished claim causes (a line of progress,
//! a file) happens on the caller's thread, in the order of completion, through `on_event`. So a
//! result is on disk as soon as it exists, and writers need not be shared between threads.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use fieldassay::rng::Seed;
use fieldassay::{Error, Result};

use crate::claim::{Claim, Context, Tier};
use crate::judge::judge;
use crate::record::Judged;

/// How to run.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    /// The root of all random streams.
    pub seed: Seed,
    /// How much work each claim may do.
    pub tier: Tier,
    /// How many claims at a time; also the threads that a decider may use.
    pub threads: usize,
    /// Set by Ctrl-C: no new claim starts, and deciders that ask are told.
    pub interrupted: &'a AtomicBool,
}

/// What happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// The claim with this id begins.
    Started(&'a str),
    /// A claim is finished.
    Finished(&'a Judged),
}

/// Stack of a worker: as large as that of the main thread, since deciders run on workers.
const STACK: usize = 8 << 20;

/// Judges `claims`; results come in the order of `claims`, those that an interrupt left unfinished
/// are missing.
///
/// # Errors  those of `on_event` (the run stops then), and `Error::Argument` if the system refuses
/// the threads.
pub fn run<'c>(
    claims: impl IntoIterator<Item = &'c Claim>,
    plan: &Plan<'_>,
    mut on_event: impl FnMut(Event<'_>) -> Result<()>,
) -> Result<Vec<Judged>> {
    let claims: Vec<&Claim> = claims.into_iter().collect();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(plan.threads)
        .stack_size(STACK)
        .build()
        .map_err(|why| Error::argument("threads", plan.threads.to_string(), why.to_string()))?;
    let stop = AtomicBool::new(false);
    let mut judged: Vec<Option<Judged>> = claims.iter().map(|_| None).collect();
    let mut outcome = Ok(());
    std::thread::scope(|scope| {
        let (send, receive) = mpsc::channel();
        let (claims, stop, pool) = (&claims, &stop, &pool);
        scope.spawn(move || work(claims, plan, stop, pool, &send));
        for message in receive {
            let handled = match &message {
                Message::Started(index) => on_event(Event::Started(claims[*index].id)),
                Message::Finished(_, result) => on_event(Event::Finished(result)),
            };
            if let (Err(why), true) = (handled, outcome.is_ok()) {
                stop.store(true, Ordering::Relaxed);
                outcome = Err(why);
            }
            if let Message::Finished(index, result) = message {
                judged[index] = Some(*result);
            }
        }
    });
    outcome.map(|()| judged.into_iter().flatten().collect())
}

enum Message {
    Started(usize),
    Finished(usize, Box<Judged>),
}

/// Spawns the claims first come, first served, so that they start in order.
fn work(
    claims: &[&Claim],
    plan: &Plan<'_>,
    stop: &AtomicBool,
    pool: &rayon::ThreadPool,
    send: &mpsc::Sender<Message>,
) {
    pool.scope_fifo(|scope| {
        for (index, claim) in claims.iter().enumerate() {
            let send = send.clone();
            scope.spawn_fifo(move |_| {
                if stop.load(Ordering::Relaxed) || plan.interrupted.load(Ordering::Relaxed) {
                    return;
                }
                // The receiver lives until every sender is gone.
                let _ = send.send(Message::Started(index));
                let context = Context::new(claim.id, plan.seed, plan.tier, plan.interrupted);
                if let Some(result) = judge(claim, &context) {
                    let _ = send.send(Message::Finished(index, Box::new(result)));
                }
            });
        }
    });
}
