#![allow(unsafe_code)]
//! A small pool of threads that waits by spinning for a moment, then sleeps.
//!
//! A step of the decoder is some hundred short parallel parts. Waking a sleeping thread costs as much as
//! a short part takes, so workers spin briefly for the next one; a pool that is idle for longer costs
//! nothing. Each thread has a run of units of its own, so that what it asks memory for ahead is its own next unit;
//! one that is done takes the last units of another, so that a core that is shared with another program
//! does not hold the others up.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, OnceLock};

/// Turns of waiting before a worker sleeps: some tens of microseconds.
const SPINS: u32 = 20_000;

/// What the workers run: a pointer to the caller's closure, alive until all of them are done.
#[derive(Clone, Copy)]
struct Task {
    data: *const (),
    run: unsafe fn(*const (), usize),
}

struct Shared {
    task: Mutex<Option<Task>>,
    /// Counts tasks; a worker takes part in each once.
    generation: AtomicU64,
    /// What is left of each thread's units.
    left: Vec<Left>,
    running: AtomicUsize,
    panicked: AtomicBool,
    sleepers: Mutex<usize>,
    wake: Condvar,
}

/// Units that are not yet taken: from the first, which their thread takes, to the one behind the last, which others
/// take. Apart from the others' in the cache.
#[repr(align(128))]
#[derive(Default)]
struct Left(AtomicU64);

impl Left {
    fn set(&self, from: usize, to: usize) {
        self.0.store((from as u64) << 32 | to as u64, Ordering::Relaxed);
    }

    /// Takes the first unit, or the last one.
    fn take(&self, first: bool) -> Option<usize> {
        let next = |range: u64| {
            let (from, to) = (range >> 32, range & u64::from(u32::MAX));
            (from < to).then(|| if first { range + (1 << 32) } else { range - 1 })
        };
        let range = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, next)
            .ok()?;
        let unit = if first {
            range >> 32
        } else {
            (range & u64::from(u32::MAX)) - 1
        };
        Some(unit as usize)
    }
}

// SAFETY: the pointer in a task is used only while `Pool::run` waits for the workers, and its closure is
// `Sync`.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

/// Threads that work on one task at a time.
pub struct Pool {
    shared: Arc<Shared>,
    workers: usize,
    busy: Mutex<()>,
}

thread_local! {
    static INSIDE: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

impl Pool {
    /// A pool of `threads`, the caller's included.
    pub fn new(threads: usize) -> Self {
        let workers = threads.max(1) - 1;
        let shared = Arc::new(Shared {
            task: Mutex::new(None),
            generation: AtomicU64::new(0),
            left: (0..=workers).map(|_| Left::default()).collect(),
            running: AtomicUsize::new(0),
            panicked: AtomicBool::new(false),
            sleepers: Mutex::new(0),
            wake: Condvar::new(),
        });
        let mut started = 0;
        for index in 0..workers {
            let shared = Arc::clone(&shared);
            let builder = std::thread::Builder::new().name(format!("depeche-{}", index + 1));
            // A system without room for a thread computes with those that it has.
            started += usize::from(builder.spawn(move || serve(&shared, index + 1)).is_ok());
        }
        Self {
            shared,
            workers: started,
            busy: Mutex::new(()),
        }
    }

    /// The pool of this process: one thread a core, or as many as `DEPECHE_THREADS` says.
    pub fn global() -> &'static Pool {
        static POOL: OnceLock<Pool> = OnceLock::new();
        POOL.get_or_init(|| Pool::new(wished_threads()))
    }

    /// Threads, the caller's included.
    pub fn threads(&self) -> usize {
        self.workers + 1
    }

    /// Runs `work` for each of `0..units`, on all threads, and returns when all are done.
    ///
    /// # Panics
    /// When `work` panics.
    pub fn run<F: Fn(usize) + Sync>(&self, units: usize, work: F) {
        /// # Safety
        /// `data` points to an `F`.
        unsafe fn call<F: Fn(usize)>(data: *const (), unit: usize) {
            // SAFETY: the caller's contract.
            unsafe { (*data.cast::<F>())(unit) }
        }
        // Work inside of work, and another thread's pool in use: do it here.
        let lock = match INSIDE.get() {
            true => None,
            false => self.busy.try_lock().ok(),
        };
        let few = units <= 1 || u32::try_from(units).is_err();
        if few || self.workers == 0 || lock.is_none() {
            (0..units).for_each(work);
            return;
        }
        let shared = &*self.shared;
        let threads = self.threads();
        for (thread, left) in shared.left.iter().enumerate().take(threads) {
            left.set(thread * units / threads, (thread + 1) * units / threads);
        }
        shared.running.store(self.workers, Ordering::Relaxed);
        let task = Task {
            data: (&raw const work).cast(),
            run: call::<F>,
        };
        *lock_of(&shared.task) = Some(task);
        shared.generation.fetch_add(1, Ordering::Release);
        if *lock_of(&shared.sleepers) > 0 {
            shared.wake.notify_all();
        }
        let own = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| take_part(shared, 0, task)));
        let mut turns = 0u32;
        while shared.running.load(Ordering::Acquire) != 0 {
            turns += 1;
            match turns {
                0..SPINS => std::hint::spin_loop(),
                _ => std::thread::yield_now(),
            }
        }
        *lock_of(&shared.task) = None;
        let theirs = shared.panicked.swap(false, Ordering::Relaxed);
        drop(lock);
        if let Err(payload) = own {
            std::panic::resume_unwind(payload);
        }
        assert!(!theirs, "a thread of the pool panicked");
    }
}

fn lock_of<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn wished_threads() -> usize {
    let wish = std::env::var("DEPECHE_THREADS").ok();
    let wish = wish.and_then(|wish| wish.trim().parse().ok()).filter(|n| *n > 0);
    wish.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
}

fn take_part(shared: &Shared, thread: usize, task: Task) {
    INSIDE.set(true);
    let guard = Leave;
    let left = &shared.left;
    let own = std::iter::from_fn(|| left[thread].take(true));
    let others = (1..left.len()).map(|next| &left[(thread + next) % left.len()]);
    let others = others.flat_map(|left| std::iter::from_fn(|| left.take(false)));
    for unit in own.chain(others) {
        // SAFETY: `Pool::run` keeps the closure alive until all workers have said that they are done.
        unsafe { (task.run)(task.data, unit) };
    }
    drop(guard);
}

/// Says at the end, also of a panic, that the thread is no longer inside of a task.
struct Leave;

impl Drop for Leave {
    fn drop(&mut self) {
        INSIDE.set(false);
    }
}

fn serve(shared: &Shared, thread: usize) {
    let mut seen = 0;
    loop {
        seen = wait(shared, seen);
        let task = *lock_of(&shared.task);
        if let Some(task) = task {
            let run = std::panic::AssertUnwindSafe(|| take_part(shared, thread, task));
            if std::panic::catch_unwind(run).is_err() {
                shared.panicked.store(true, Ordering::Relaxed);
            }
        }
        shared.running.fetch_sub(1, Ordering::Release);
    }
}

/// Waits for a task after the one numbered `seen`, and returns its number.
fn wait(shared: &Shared, seen: u64) -> u64 {
    for _ in 0..SPINS {
        let generation = shared.generation.load(Ordering::Acquire);
        if generation != seen {
            return generation;
        }
        std::hint::spin_loop();
    }
    let mut sleepers = lock_of(&shared.sleepers);
    *sleepers += 1;
    loop {
        let generation = shared.generation.load(Ordering::Acquire);
        if generation != seen {
            *sleepers -= 1;
            return generation;
        }
        sleepers = shared
            .wake
            .wait(sleepers)
            .unwrap_or_else(std::sync::PoisonError::into_inner);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_is_done_once_whoever_takes_it() {
        let pool = Pool::new(3);
        for units in [0, 1, 2, 3, 7, 1000] {
            let done: Vec<AtomicUsize> = (0..units).map(|_| AtomicUsize::new(0)).collect();
            pool.run(units, |unit| {
                // One thread's units take long, so that the others take some of them.
                if unit < units / 3 {
                    std::thread::sleep(std::time::Duration::from_micros(100));
                }
                done[unit].fetch_add(1, Ordering::Relaxed);
            });
            assert!(
                done.iter().all(|done| done.load(Ordering::Relaxed) == 1),
                "{units}"
            );
        }
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_pool_goes_on() {
        let pool = Pool::new(2);
        let panics = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            pool.run(10, |unit| assert!(unit != 9, "the last one"));
        }));
        assert!(panics.is_err());
        let done = AtomicUsize::new(0);
        pool.run(10, |_| {
            done.fetch_add(1, Ordering::Relaxed);
        });
        assert_eq!(done.into_inner(), 10);
    }

    #[test]
    fn units_are_taken_from_both_ends() {
        let left = Left::default();
        assert_eq!(left.take(true), None);
        left.set(5, 8);
        assert_eq!(
            [true, false, false].map(|first| left.take(first)),
            [Some(5), Some(7), Some(6)]
        );
        assert_eq!((left.take(true), left.take(false)), (None, None));
    }
}
