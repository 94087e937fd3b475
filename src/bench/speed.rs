//! Prefill and decoding, in tokens per second.

use super::BenchError;
use super::test::{ANSWER, Test};
use crate::backend::Sampling;
use crate::engine::{EngineError, RequestId, Scheduler, TokenRequest};
use std::time::Instant;

/// Makes the engine touch its memory, start its threads and repack what it repacks.
pub(super) fn warm_up(scheduler: &mut Scheduler) -> Result<(), BenchError> {
    let vocabulary = scheduler.decoder().config().vocab_size;
    submit(scheduler, prompt(usize::MAX, 16, vocabulary), 2)?;
    finish(scheduler)?;
    Ok(())
}

/// Tokens per second of one repetition of a test; `run` chooses other tokens for each.
pub(super) fn rate(scheduler: &mut Scheduler, test: Test, run: usize) -> Result<f64, BenchError> {
    match test {
        Test::Prefill(tokens) => prefill(scheduler, tokens, run),
        Test::Decode { sequences, depth } => decode(scheduler, (sequences, depth), test.answer(), run),
        Test::Job => Ok(0.0),
    }
}

fn prefill(scheduler: &mut Scheduler, tokens: usize, run: usize) -> Result<f64, BenchError> {
    let vocabulary = scheduler.decoder().config().vocab_size;
    submit(scheduler, prompt(run, tokens, vocabulary), 1)?;
    let start = Instant::now();
    finish(scheduler)?;
    Ok(tokens as f64 / start.elapsed().as_secs_f64())
}

/// Only the steps count in which every sequence, and nothing else, generates: not those that read a
/// prompt. After [`ANSWER`] of them the rest of the answers is left.
fn decode(
    scheduler: &mut Scheduler,
    (sequences, depth): (usize, usize),
    answer: usize,
    run: usize,
) -> Result<f64, BenchError> {
    let vocabulary = scheduler.decoder().config().vocab_size;
    let mut requests = Vec::with_capacity(sequences);
    for sequence in 0..sequences {
        let tokens = prompt(run * sequences + sequence, depth, vocabulary);
        requests.push(submit(scheduler, tokens, answer)?);
    }
    let before = scheduler.stats().prefill_tokens;
    let read = (sequences * depth) as u64;
    while scheduler.stats().prefill_tokens - before < read && scheduler.outstanding() == sequences {
        scheduler.step()?;
    }
    let (mut seconds, mut steps) = (0.0, 0);
    while scheduler.outstanding() == sequences && steps < ANSWER {
        let start = Instant::now();
        let finished = scheduler.step()?;
        if finished.is_empty() {
            seconds += start.elapsed().as_secs_f64();
            steps += 1;
        }
    }
    for request in requests {
        scheduler.cancel(request);
    }
    finish(scheduler)?;
    Ok((steps * sequences) as f64 / seconds)
}

fn submit(scheduler: &mut Scheduler, tokens: Vec<u32>, answer: usize) -> Result<RequestId, EngineError> {
    let request = TokenRequest {
        tokens,
        max_tokens: answer,
        sampling: Sampling::GREEDY,
        stop_tokens: Vec::new(),
        constraint: None,
    };
    scheduler.submit(request)
}

fn finish(scheduler: &mut Scheduler) -> Result<(), EngineError> {
    while scheduler.outstanding() > 0 {
        scheduler.step()?;
    }
    Ok(())
}

/// Tokens that jump through the vocabulary, other ones for every `seed`.
fn prompt(seed: usize, length: usize, vocabulary: usize) -> Vec<u32> {
    let mut state = (seed as u64).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (0..length)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) % vocabulary as u64) as u32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_stay_in_the_vocabulary_and_differ_from_the_first_token_on() {
        let prompts: Vec<_> = (0..64).map(|seed| prompt(seed, 8, 151_936)).collect();
        assert!(prompts.iter().flatten().all(|token| *token < 151_936));
        let firsts: std::collections::HashSet<_> = prompts.iter().map(|tokens| tokens[0]).collect();
        assert!(firsts.len() > 60);
    }
}
