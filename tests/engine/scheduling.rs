//! Many requests on few pages: everything is answered, nothing depends on memory, limits are kept.

use crate::support::*;
use depeche::backend::Finish;
use depeche::engine::constraint::{Allowed, TokenConstraint};
use depeche::engine::kv::PAGE;
use depeche::engine::kv::store::{KvForm, KvStore};
use depeche::engine::random::{Family, RandomModel, Size};
use depeche::engine::{EngineError, Scheduler, SchedulerOptions, SequenceError};

fn small_context(context: usize) -> Size {
    Size {
        context,
        layers: 2,
        ..Size::TINY
    }
}

fn page_bytes(size: Size) -> usize {
    KvStore::page_bytes(&RandomModel::new(Family::Qwen3, size, 1).config, KvForm::Floats)
}

fn tiny(options: SchedulerOptions) -> Scheduler {
    scheduler(load(Family::Qwen3, small_context(4096), F32), options)
}

#[test]
fn requests_wait_for_pages_and_get_the_same_answers() {
    let size = small_context(4096);
    let requests = || (0..12).map(|i| request(prompt(10 + 9 * i, i as u64, 512), 20));
    let mut roomy = tiny(SchedulerOptions::default());
    let expected = run(&mut roomy, requests().collect());
    // Pages for the longest request and hardly more: 109 + 20 tokens are 5 pages.
    for pages in [5, 6, 7] {
        let options = SchedulerOptions {
            kv_bytes: Some(pages * page_bytes(size)),
            ..SchedulerOptions::default()
        };
        let mut tight = tiny(options);
        assert_eq!(tight.context_length(), pages * PAGE);
        for _ in 0..2 {
            let found = run(&mut tight, requests().collect());
            for (found, expected) in found.iter().zip(&expected) {
                assert_eq!(found.tokens, expected.tokens, "{pages} pages");
            }
        }
    }
}

#[test]
fn a_request_that_can_never_fit_is_refused_at_once() {
    let size = small_context(4096);
    let options = SchedulerOptions {
        kv_bytes: Some(4 * page_bytes(size)),
        ..SchedulerOptions::default()
    };
    let mut scheduler = tiny(options);
    let room = 4 * PAGE;
    let error = scheduler.submit(request(prompt(room, 1, 512), 1)).unwrap_err();
    assert!(matches!(
        error,
        EngineError::PromptTooLong { tokens, context } if tokens == room && context == room
    ));
    let error = scheduler.submit(request(Vec::new(), 1)).unwrap_err();
    assert!(matches!(error, EngineError::EmptyPrompt));
    let error = scheduler.submit(request(vec![1, 512], 1)).unwrap_err();
    assert!(matches!(
        error,
        EngineError::UnknownToken {
            token: 512,
            vocabulary: 512
        }
    ));
    assert_eq!(scheduler.outstanding(), 0);
    let decoder = load(Family::Qwen3, size, F32);
    let nothing = SchedulerOptions {
        kv_bytes: Some(page_bytes(size) - 1),
        ..SchedulerOptions::default()
    };
    let error = Scheduler::new(decoder, nothing).err().unwrap();
    assert!(matches!(error, EngineError::CacheTooSmall { .. }));
}

#[test]
fn generation_ends_at_the_context_and_says_so() {
    let decoder = load(Family::Llama, small_context(128), F32);
    let mut scheduler = scheduler(decoder, SchedulerOptions::default());
    let outputs = run(
        &mut scheduler,
        vec![
            request(prompt(5, 1, 512), usize::MAX),
            request(prompt(127, 2, 512), 10),
            request(prompt(5, 1, 512), 0),
        ],
    );
    assert_eq!(outputs[0].tokens.len(), 123);
    assert_eq!(outputs[1].tokens.len(), 1);
    assert_eq!(outputs[2].tokens.len(), 0);
    assert!(outputs.iter().all(|output| output.finish == Ok(Finish::Length)));
}

#[test]
fn a_stop_token_ends_an_answer_and_is_no_part_of_it() {
    let mut scheduler = tiny(SchedulerOptions::default());
    let free = run(&mut scheduler, vec![request(prompt(9, 1, 512), 12)]).remove(0);
    let stop = free.tokens[7];
    let first = free.tokens.iter().position(|token| *token == stop).unwrap();
    let mut stopped = request(prompt(9, 1, 512), 12);
    stopped.stop_tokens = vec![stop];
    let found = run(&mut scheduler, vec![stopped]).remove(0);
    assert_eq!(found.tokens, free.tokens[..first]);
    assert_eq!(found.finish, Ok(Finish::Stop));
}

#[test]
fn requests_submitted_together_share_their_beginning() {
    let mut scheduler = tiny(SchedulerOptions::default());
    let begin = prompt(200, 1, 512);
    let with = |end: u32| {
        let mut tokens = begin.clone();
        tokens.extend([end, end + 1, end + 2]);
        request(tokens, 3)
    };
    let outputs = run(&mut scheduler, vec![with(10), with(20), with(30)]);
    let cached: Vec<usize> = outputs.iter().map(|output| output.cached_tokens).collect();
    assert_eq!(cached, [0, 192, 192]);
    let stats = scheduler.stats();
    assert_eq!(stats.prefill_tokens, 203 + 11 + 11);
    assert_eq!(stats.cached_tokens, 384);
    assert_eq!(stats.decode_tokens, 9);
    // Even the whole prompt: all but its last token, whose logits are needed.
    let whole = begin[..192].to_vec();
    let again = run(&mut scheduler, vec![request(whole, 3)]).remove(0);
    assert_eq!(again.cached_tokens, 191);
}

#[test]
fn cancelled_requests_give_their_pages_back() {
    let size = small_context(4096);
    let options = SchedulerOptions {
        kv_bytes: Some(10 * page_bytes(size)),
        step_tokens: 16,
        ..SchedulerOptions::default()
    };
    let mut scheduler = tiny(options);
    let first = scheduler.submit(request(prompt(100, 1, 512), 40)).unwrap();
    let second = scheduler.submit(request(prompt(100, 2, 512), 40)).unwrap();
    for _ in 0..3 {
        assert!(scheduler.step().unwrap().is_empty());
    }
    assert!(scheduler.cancel(first));
    assert!(!scheduler.cancel(first));
    let mut done = Vec::new();
    while scheduler.outstanding() > 0 {
        done.extend(scheduler.step().unwrap());
    }
    assert_eq!(done.len(), 1);
    assert_eq!(done[0].0, second);
    assert_eq!(done[0].1.tokens.len(), 40);
}

/// A grammar of fixed words: some tokens forced, some free within a set.
struct Script {
    /// What may stand at each place.
    places: Vec<Vec<u32>>,
    at: usize,
    asked: bool,
}

impl Script {
    fn boxed(places: &[&[u32]]) -> Option<Box<dyn TokenConstraint>> {
        Some(Box::new(Script {
            places: places.iter().map(|place| place.to_vec()).collect(),
            at: 0,
            asked: false,
        }))
    }
}

impl TokenConstraint for Script {
    fn allowed(&mut self) -> Result<Allowed, String> {
        self.asked = true;
        let Some(place) = self.places.get(self.at) else {
            return Ok(Allowed::Stop);
        };
        let mut mask = vec![0u32; 16];
        for token in place {
            mask[*token as usize / 32] |= 1 << (token % 32);
        }
        Ok(Allowed::Tokens(mask))
    }

    fn forced(&mut self) -> Vec<u32> {
        let single = self.places[self.at.min(self.places.len())..].iter();
        single
            .take_while(|place| place.len() == 1)
            .map(|place| place[0])
            .collect()
    }

    fn commit(&mut self, token: u32) -> Result<(), String> {
        match self.places.get(self.at) {
            Some(place) if place.contains(&token) => {
                self.at += 1;
                Ok(())
            }
            _ => Err(format!("{token} is not allowed at {}", self.at)),
        }
    }
}

#[test]
fn a_constraint_is_kept_and_its_forced_tokens_cost_no_steps() {
    let places: [&[u32]; 8] = [&[7], &[8], &[1, 2, 3], &[9], &[10], &[11], &[4, 5], &[12]];
    let mut scheduler = tiny(SchedulerOptions::default());
    let mut constrained = request(prompt(20, 1, 512), 50);
    constrained.constraint = Script::boxed(&places);
    let output = run(&mut scheduler, vec![constrained]).remove(0);
    assert_eq!(output.finish, Ok(Finish::Stop));
    assert_eq!(output.tokens.len(), 8);
    for (token, place) in output.tokens.iter().zip(places) {
        assert!(place.contains(token));
    }
    assert_eq!(output.forced_tokens, 6);
    assert_eq!(scheduler.stats().steps, 2);
}

/// Rows whose most probable token is enough, those that a mask is laid upon, and those whose logits are drawn from go through
/// one product.
#[test]
fn greedy_answers_are_the_most_probable_tokens_of_the_logits() {
    for kind in [F32, BF16, Kind::Gguf("q8_0"), Kind::Gguf("q4_k_m")] {
        let even: Vec<u32> = (0..512).step_by(2).collect();
        let mut scheduler = scheduler(
            load(Family::Qwen3, Size::SMALL, kind),
            SchedulerOptions::default(),
        );
        let requests = (0..6).map(|index| {
            let mut request = request(prompt(20 + index, index as u64, 1024), 12);
            match index % 3 {
                0 => request.constraint = Script::boxed(&[&even as &[u32]; 40]),
                1 => request.sampling.temperature = 1.0,
                _ => {}
            }
            request
        });
        let outputs = run(&mut scheduler, requests.collect());
        let decoder = load(Family::Qwen3, Size::SMALL, kind);
        for (index, output) in outputs.iter().enumerate().filter(|(index, _)| index % 3 != 1) {
            let mut tokens = prompt(20 + index, index as u64, 1024);
            let before = tokens.len();
            tokens.extend(&output.tokens);
            assert_eq!(tokens.len(), before + 12);
            let rows = logits(&decoder, &tokens, &[tokens.len()]);
            for (token, row) in output.tokens.iter().zip(&rows[before - 1..]) {
                let allowed = (0..1024).filter(|token| index % 3 == 2 || even.contains(token));
                let best = allowed.reduce(|a, b| if row[b as usize] > row[a as usize] { b } else { a });
                assert_eq!(Some(*token), best, "{kind:?} {index}");
            }
        }
    }
}

#[test]
fn an_answer_cut_by_its_limit_is_cut_among_forced_tokens_too() {
    let places: [&[u32]; 6] = [&[7], &[1, 2], &[9], &[10], &[11], &[12]];
    for (most, finish) in [(1, Finish::Length), (3, Finish::Length), (6, Finish::Stop)] {
        let mut scheduler = tiny(SchedulerOptions::default());
        let mut constrained = request(prompt(20, 1, 512), most);
        constrained.constraint = Script::boxed(&places);
        let output = run(&mut scheduler, vec![constrained]).remove(0);
        assert_eq!(output.tokens.len(), most);
        assert_eq!(output.finish, Ok(finish));
    }
}

#[test]
fn a_grammar_that_allows_nothing_ends_its_sequence_alone() {
    let mut scheduler = tiny(SchedulerOptions::default());
    let mut stuck = request(prompt(20, 1, 512), 9);
    stuck.constraint = Script::boxed(&[&[3, 4], &[], &[5]]);
    let free = request(prompt(20, 2, 512), 9);
    let outputs = run(&mut scheduler, vec![stuck, free]);
    assert_eq!(
        outputs[0].finish,
        Err(SequenceError::NothingAllowed { tokens: 21 })
    );
    assert_eq!(outputs[0].tokens.len(), 1);
    assert_eq!(outputs[1].finish, Ok(Finish::Length));
}

#[test]
fn a_model_that_computes_nan_fails_its_requests_and_not_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let model = RandomModel::new(Family::Llama, small_context(128), 1);
    model
        .write_safetensors(folder.path(), depeche::engine::random::FloatType::F32)
        .unwrap();
    // The embedding comes first: make the row of token 5 not a number.
    let path = folder.path().join("model.safetensors");
    let mut bytes = std::fs::read(&path).unwrap();
    let header = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let row = 8 + header + 5 * 64 * 4;
    bytes[row..row + 4].copy_from_slice(&f32::NAN.to_le_bytes());
    std::fs::write(&path, bytes).unwrap();
    let files = depeche::engine::ModelFiles::find(folder.path()).unwrap();
    let options = depeche::engine::LoadOptions::default();
    let decoder = depeche::engine::Decoder::load(&files, &candle_core::Device::Cpu, &options);
    let mut scheduler = scheduler(decoder.unwrap(), SchedulerOptions::default());
    let outputs = run(
        &mut scheduler,
        vec![request(vec![6, 5, 7], 4), request(vec![6, 8, 7], 4)],
    );
    assert_eq!(outputs[0].finish, Err(SequenceError::NotANumber { tokens: 3 }));
    assert_eq!(outputs[1].finish, Ok(Finish::Length));
}

#[test]
fn chunks_that_do_not_fit_their_pages_are_errors() {
    use depeche::engine::decoder::Chunk;
    let decoder = load(Family::Qwen3, small_context(128), F32);
    let mut store = decoder.kv_store(2).unwrap();
    let tokens = prompt(PAGE + 4, 1, 512);
    for (tokens, start, pages) in [
        (&tokens[..], 0, &[0u32][..]),
        (&tokens[..], 0, &[0, 2]),
        (&tokens[..1], usize::MAX, &[0, 1]),
    ] {
        let chunk = Chunk {
            tokens,
            start,
            pages,
            logits_from: 0,
        };
        let error = decoder.forward(&[chunk], &mut store).unwrap_err();
        assert!(matches!(error, EngineError::PageTable { .. }), "{error}");
    }
    let empty = Chunk {
        tokens: &[],
        start: 0,
        pages: &[],
        logits_from: 0,
    };
    assert_eq!(decoder.forward(&[empty], &mut store).unwrap().dims(), [0, 512]);
}

/// Prompts that repeat themselves, and answers from three tokens: guesses hold often, and fail often.
#[test]
fn guesses_ahead_change_no_token_of_any_answer() {
    for kind in [F32, BF16, Kind::Gguf("q4_k_m")] {
        let model = || load(Family::Qwen3, Size::SMALL, kind);
        let vocabulary = model().config().vocab_size;
        let requests = || {
            (0..3).map(|i| {
                let once = prompt(12 + 5 * i, i as u64, vocabulary);
                let mut request = request([once.as_slice(), &once, &once[..7]].concat(), 60);
                request.constraint = Script::boxed(&[&[1u32, 2, 3] as &[u32]; 60]);
                request
            })
        };
        let answers = |draft_tokens: usize, together: bool| {
            let options = SchedulerOptions {
                draft_tokens,
                ..SchedulerOptions::default()
            };
            let mut scheduler = scheduler(model(), options);
            let outputs = match together {
                true => run(&mut scheduler, requests().collect()),
                false => requests()
                    .map(|request| run(&mut scheduler, vec![request]).remove(0))
                    .collect(),
            };
            let outputs: Vec<_> = outputs.into_iter().map(|o| (o.tokens, o.finish)).collect();
            (outputs, scheduler.stats())
        };
        let (expected, plain) = answers(0, true);
        for (most, together) in [(8, true), (8, false), (1, true), (30, false)] {
            let (found, stats) = answers(most, together);
            assert!(found == expected, "{kind:?}: guesses of {most} tokens");
            assert!(
                stats.drafted_tokens > 0,
                "{kind:?}: no guess of {most} tokens held"
            );
            assert_eq!(stats.decode_tokens, plain.decode_tokens);
            if together && most == 8 {
                assert!(stats.steps < plain.steps, "{} {}", stats.steps, plain.steps);
            }
        }
        assert_eq!(plain.drafted_tokens, 0);
    }
}

#[test]
fn guesses_keep_to_a_constraint_and_its_forced_tokens() {
    // The second half repeats the first, choices and forced tokens alike.
    let once: [&[u32]; 6] = [&[1, 2, 3], &[7], &[8], &[4, 5], &[9], &[6, 7]];
    let places: Vec<&[u32]> = once.iter().chain(&once).chain(&once).copied().collect();
    let answer = |draft_tokens| {
        let options = SchedulerOptions {
            draft_tokens,
            ..SchedulerOptions::default()
        };
        let mut scheduler = tiny(options);
        let mut constrained = request(prompt(20, 1, 512), 50);
        constrained.constraint = Script::boxed(&places);
        let output = run(&mut scheduler, vec![constrained]).remove(0);
        (output.tokens, output.finish, output.forced_tokens)
    };
    assert_eq!(answer(8), answer(0));
}
