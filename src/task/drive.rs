//! The loop that keeps many jobs and one backend busy with each other.

use super::{Job, Outcome, Step};
use crate::backend::{Backend, BackendError, Completion, Stats, Ticket, Usage};
use std::collections::HashMap;

/// Jobs are started while fewer requests than this are outstanding: enough to fill a batch, few enough
/// that an article is finished before many others are begun.
const REQUESTS_IN_FLIGHT: usize = 96;

/// At most this many jobs are under way, however little each of them asks.
const JOBS_IN_FLIGHT: usize = 32;

/// Runs `jobs` on `backend` to their end. `on_done` is called once for each of them, as it ends, with
/// its place in `jobs`; the order in which they end depends on the backend.
///
/// `jobs` is drawn from as room comes free: an iterator that makes jobs on the way keeps few of them
/// in memory. Jobs on one article should follow each other, so that they share its prefill.
///
/// `on_step` is called after every step of the backend with what it has done so far and how many jobs have
/// ended; it says whether to go on. A drive that is stopped leaves the jobs under way unreported.
///
/// # Errors
/// When the device failed: jobs that had not ended by then have not been reported. A request that the
/// backend refuses ends its own job only ([`Job::refused`]).
pub fn drive(
    jobs: impl IntoIterator<Item = Box<dyn Job>>,
    backend: &mut dyn Backend,
    mut on_done: impl FnMut(usize, Outcome),
    on_step: impl FnMut(&Stats, usize) -> bool,
) -> Result<(), BackendError> {
    drive_counting(
        jobs,
        backend,
        |index, outcome, _| on_done(index, outcome),
        on_step,
    )
}

/// As [`drive`]; `on_done` is also told what the job cost.
///
/// # Errors
/// As [`drive`].
pub fn drive_counting(
    jobs: impl IntoIterator<Item = Box<dyn Job>>,
    backend: &mut dyn Backend,
    mut on_done: impl FnMut(usize, Outcome, Usage),
    mut on_step: impl FnMut(&Stats, usize) -> bool,
) -> Result<(), BackendError> {
    let mut waiting = jobs.into_iter().enumerate();
    let mut running: HashMap<usize, Running> = HashMap::new();
    let mut tickets: HashMap<Ticket, (usize, usize)> = HashMap::new();
    let mut exhausted = false;
    let mut taken = 0;
    loop {
        while !exhausted && running.len() < JOBS_IN_FLIGHT && tickets.len() < REQUESTS_IN_FLIGHT {
            let Some((index, job)) = waiting.next() else {
                exhausted = true;
                break;
            };
            taken += 1;
            let started = Running {
                job,
                answers: Vec::new(),
                missing: 0,
                refused: None,
                usage: Usage::default(),
            };
            advance(index, started, backend, &mut running, &mut tickets, &mut on_done)?;
        }
        if running.is_empty() && exhausted {
            return Ok(());
        }
        let finished = backend.poll()?;
        if finished.is_empty() && backend.outstanding() == 0 {
            // Never with a backend that keeps its word; without this, a lost request would hang the run.
            return Err(BackendError::Device {
                device: backend.info().device.clone(),
                source: format!("{} requests were taken in, but never answered", tickets.len()).into(),
            });
        }
        if !on_step(&backend.stats(), taken - running.len()) {
            return Ok(());
        }
        for (ticket, completion) in finished {
            // A ticket of another caller of the same backend is not ours to keep.
            let Some((index, position)) = tickets.remove(&ticket) else {
                tracing::warn!(?ticket, "an answer to a request of no running job was dropped");
                continue;
            };
            let Some(job) = running.get_mut(&index) else {
                continue;
            };
            job.usage.add(&completion);
            job.answers[position] = Some(completion);
            job.missing -= 1;
            if job.missing == 0
                && let Some(ready) = running.remove(&index)
            {
                advance(index, ready, backend, &mut running, &mut tickets, &mut on_done)?;
            }
        }
    }
}

/// One job that waits for answers.
struct Running {
    job: Box<dyn Job>,
    /// By place in the last [`Step::Ask`].
    answers: Vec<Option<Completion>>,
    missing: usize,
    /// The first refusal among the last requests: the job ends once the others are answered.
    refused: Option<BackendError>,
    /// What it has cost so far.
    usage: Usage,
}

/// Hands a job its answers until it is done or waits again.
fn advance(
    index: usize,
    mut running: Running,
    backend: &mut dyn Backend,
    all: &mut HashMap<usize, Running>,
    tickets: &mut HashMap<Ticket, (usize, usize)>,
    on_done: &mut impl FnMut(usize, Outcome, Usage),
) -> Result<(), BackendError> {
    loop {
        if let Some(error) = running.refused.take() {
            on_done(index, running.job.refused(&error), running.usage);
            return Ok(());
        }
        if running.usage.first_tokens == 0 {
            running.usage.first_tokens = running.usage.prompt_tokens;
        }
        let answers = running.answers.drain(..).flatten().collect();
        let requests = match running.job.next(answers, backend) {
            Step::Done(outcome) => {
                on_done(index, outcome, running.usage);
                return Ok(());
            }
            Step::Ask(requests) => requests,
        };
        running.answers.resize(requests.len(), None);
        for (position, request) in requests.into_iter().enumerate() {
            match backend.submit(request) {
                Ok(ticket) => {
                    tickets.insert(ticket, (index, position));
                    running.missing += 1;
                }
                Err(error @ BackendError::Device { .. }) => return Err(error),
                Err(error) => {
                    running.refused = Some(error);
                    break;
                }
            }
        }
        if running.missing > 0 {
            all.insert(index, running);
            return Ok(());
        }
    }
}
