//! One sequence alone equals the same sequence in any batch, bit for bit: whatever the neighbours,
//! the chunks, the cache and the threads.

use crate::support::*;
use depeche::backend::Sampling;
use depeche::engine::decoder::Chunk;
use depeche::engine::kv::PAGE;
use depeche::engine::random::{Family, Size};
use depeche::engine::{Decoder, SchedulerOptions};

const KINDS: [Kind; 8] = [
    F32,
    BF16,
    F16,
    Kind::Gguf("q8_0"),
    Kind::Gguf("q4_k"),
    Kind::Gguf("q6_k"),
    Kind::Gguf("q4_k_m"),
    Kind::Gguf("q5_k"),
];

#[test]
fn chunks_do_not_change_a_bit() {
    for kind in KINDS {
        let decoder = load(Family::Qwen3, Size::SMALL, kind);
        let tokens = prompt(75, 3, 1024);
        let whole = logits(&decoder, &tokens, &[75]);
        for lengths in [[1, 1, 3], [7, 40, 1], [33, 32, 31], [64, 2, 16]] {
            assert!(
                logits(&decoder, &tokens, &lengths) == whole,
                "{kind:?} {lengths:?}"
            );
        }
    }
}

#[test]
fn neighbours_do_not_change_a_bit() {
    for kind in KINDS {
        let decoder = load(Family::Qwen3, Size::SMALL, kind);
        let tokens = prompt(45, 4, 1024);
        let alone = logits(&decoder, &tokens, &[45]);
        for neighbours in 1..8 {
            let found = among(&decoder, &tokens, neighbours);
            assert!(found == alone, "{kind:?} beside {neighbours}");
        }
    }
}

/// Logits of `tokens` in one batch with other sequences before and after it.
fn among(decoder: &Decoder, tokens: &[u32], neighbours: usize) -> Vec<Vec<f32>> {
    let mut all: Vec<Vec<u32>> = (0..neighbours)
        .map(|i| prompt(5 + 13 * i, i as u64, 1024))
        .collect();
    let place = neighbours / 2;
    all.insert(place, tokens.to_vec());
    let pages_each = 10;
    let tables: Vec<Vec<u32>> = (0..all.len() as u32)
        .map(|i| (0..pages_each).map(|page| page * all.len() as u32 + i).collect())
        .collect();
    assert!(
        all.iter()
            .all(|tokens| tokens.len() <= pages_each as usize * PAGE)
    );
    let mut store = decoder.kv_store(pages_each as usize * all.len()).unwrap();
    let chunks: Vec<Chunk> = all
        .iter()
        .zip(&tables)
        .map(|(tokens, pages)| Chunk {
            tokens,
            start: 0,
            pages,
            logits_from: 0,
        })
        .collect();
    let logits = decoder.forward(&chunks, &mut store).unwrap();
    let before: usize = all[..place].iter().map(Vec::len).sum();
    let own = logits.narrow(0, before, tokens.len()).unwrap();
    own.to_vec2().unwrap()
}

#[test]
fn answers_do_not_depend_on_batch_budget_order_or_cache() {
    for kind in [BF16, Kind::Gguf("q4_k_m")] {
        let begin = prompt(64, 9, 1024);
        let requests = || {
            (0..8).map(|i| {
                // Three share a beginning of four pages, one of which is nothing else.
                let mut tokens = if i < 3 { begin.clone() } else { Vec::new() };
                tokens.extend(prompt(i * 17, i as u64, 1024));
                tokens.extend(prompt(usize::from(i != 0), 1, 1024));
                let sampling = Sampling {
                    temperature: if i % 2 == 0 { 0.0 } else { 0.8 },
                    top_p: 0.95,
                    top_k: 50,
                    seed: i as u64,
                };
                let mut request = request(tokens, 16);
                request.sampling = sampling;
                request
            })
        };
        let decoder = || load(Family::Qwen3, Size::SMALL, kind);
        let fresh = SchedulerOptions {
            prefix_cache: false,
            ..SchedulerOptions::default()
        };
        let mut alone = scheduler(decoder(), fresh);
        let expected: Vec<_> = requests()
            .map(|request| run(&mut alone, vec![request]).remove(0).tokens)
            .collect();
        assert!(expected.iter().all(|tokens| tokens.len() == 16));
        for (step_tokens, max_sequences, longest_first) in
            [(512, 32, false), (16, 3, true), (5, 8, false), (50, 8, true)]
        {
            let options = SchedulerOptions {
                step_tokens,
                max_sequences,
                longest_first,
                ..SchedulerOptions::default()
            };
            let mut together = scheduler(decoder(), options);
            for round in 0..2 {
                let found = run(&mut together, requests().collect());
                for (found, expected) in found.iter().zip(&expected) {
                    assert_eq!(found.tokens, *expected, "{kind:?} {step_tokens} round {round}");
                }
                let cached: usize = found.iter().map(|f| f.cached_tokens).sum();
                assert!(cached > 0, "{kind:?} {step_tokens} round {round}");
            }
        }
    }
}

/// Prints a fingerprint when run by the test below in a process of its own.
#[test]
fn fingerprint() {
    if std::env::var_os("DEPECHE_TEST_FINGERPRINT").is_none() {
        return;
    }
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for kind in [BF16, Kind::Gguf("q8_0"), Kind::Gguf("q4_k_m")] {
        let decoder = load(Family::Qwen3, Size::SMALL, kind);
        for logit in logits(&decoder, &prompt(90, 3, 1024), &[64, 1]).iter().flatten() {
            hash = (hash ^ u64::from(logit.to_bits())).wrapping_mul(0x0100_0000_01b3);
        }
    }
    println!("fingerprint {hash:016x}");
}

#[test]
fn the_number_of_threads_does_not_change_a_bit() {
    let fingerprint = |threads: &str| {
        let program = std::env::current_exe().unwrap();
        let output = std::process::Command::new(program)
            .args(["--exact", "invariance::fingerprint", "--nocapture"])
            .env("DEPECHE_TEST_FINGERPRINT", "1")
            .env("CANDLE_NUM_THREADS", threads)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let at = text
            .find("fingerprint ")
            .expect("the test printed its fingerprint");
        let rest = &text[at + "fingerprint ".len()..];
        let found = rest.split_whitespace().find(|word| word.len() == 16).unwrap();
        found.to_owned()
    };
    let one = fingerprint("1");
    for threads in ["2", "3", "5"] {
        assert_eq!(fingerprint(threads), one, "{threads} threads");
    }
}
