#![allow(unsafe_code)]
//! A small pool of threads that waits by spinning for a moment, then sleeps.
//!
//! A step of the decoder is some hundred short parallel parts. Waking a sleeping thread costs as much as
//! a short part takes, so workers spin briefly for the next one; a pool that is idle for longer costs
//! nothing. Units of work are handed out one by one, so that a core that is shared with another program
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
    units: usize,
}

struct Shared {
    task: Mutex<Option<Task>>,
    /// Counts tasks; a worker takes part in each once.
    generation: AtomicU64,
    next: AtomicUsize,
    running: AtomicUsize,
    panicked: AtomicBool,
    sleepers: Mutex<usize>,
    wake: Condvar,
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
            next: AtomicUsize::new(0),
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
            started += usize::from(builder.spawn(move || serve(&shared)).is_ok());
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
        if units <= 1 || self.workers == 0 || lock.is_none() {
            (0..units).for_each(work);
            return;
        }
        let shared = &*self.shared;
        shared.next.store(0, Ordering::Relaxed);
        shared.running.store(self.workers, Ordering::Relaxed);
        let task = Task {
            data: (&raw const work).cast(),
            run: call::<F>,
            units,
        };
        *lock_of(&shared.task) = Some(task);
        shared.generation.fetch_add(1, Ordering::Release);
        if *lock_of(&shared.sleepers) > 0 {
            shared.wake.notify_all();
        }
        let own = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| take_part(shared, task)));
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

fn take_part(shared: &Shared, task: Task) {
    INSIDE.set(true);
    let guard = Leave;
    loop {
        let unit = shared.next.fetch_add(1, Ordering::Relaxed);
        if unit >= task.units {
            break;
        }
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

fn serve(shared: &Shared) {
    let mut seen = 0;
    loop {
        seen = wait(shared, seen);
        let task = *lock_of(&shared.task);
        if let Some(task) = task {
            let run = std::panic::AssertUnwindSafe(|| take_part(shared, task));
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
