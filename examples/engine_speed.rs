//! Times the engine on a model: prefill of a long prompt, then decoding of 1 and of many sequences.
//!
//! ```text
//! cargo run --release --example engine_speed -- MODEL [PROMPT_TOKENS] [SEQUENCES…]
//! ```

use depeche::backend::Sampling;
use depeche::engine::{Decoder, LoadOptions, ModelFiles, Scheduler, SchedulerOptions, TokenRequest, kernels};
use std::path::Path;
use std::time::Instant;

/// Tokens that each sequence decodes.
const ANSWER: usize = 32;

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let path = args
        .next()
        .ok_or_else(|| anyhow::anyhow!("expected a model's path"))?;
    let length: usize = args.next().map_or(Ok(512), |text| text.parse())?;
    let mut counts = args.map(|text| text.parse()).collect::<Result<Vec<usize>, _>>()?;
    if counts.is_empty() {
        counts = vec![1, 8];
    }
    let start = Instant::now();
    let files = ModelFiles::find(Path::new(&path))?;
    let options = LoadOptions::default();
    let decoder = Decoder::load(&files, &candle_core::Device::Cpu, &options)?;
    let vocabulary = decoder.config().vocab_size;
    eprintln!(
        "{} {} loaded in {:.1} s; kernels: {:?}, tiles: {}",
        decoder.config().architecture,
        decoder.quantization(),
        start.elapsed().as_secs_f64(),
        kernels::isa(),
        kernels::has_tiles(),
    );
    let options = SchedulerOptions {
        prefix_cache: false,
        draft_tokens: 0,
        ..SchedulerOptions::default()
    };
    let mut scheduler = Scheduler::new(decoder, options)?;
    let prompt = |seed: usize, length: usize| -> Vec<u32> {
        (0..length)
            .map(|i| ((i * 7919 + seed * 104_729) % vocabulary) as u32)
            .collect()
    };
    // The first step repacks the weights.
    run(&mut scheduler, vec![prompt(0, 16)], 2)?;
    let mut seconds: Vec<f64> = (0..3)
        .map(|seed| run(&mut scheduler, vec![prompt(seed, length)], 1))
        .collect::<Result<_, _>>()?;
    seconds.sort_by(f64::total_cmp);
    eprintln!(
        "prefill {length}: {:.1} tokens/s (median of 3)",
        length as f64 / seconds[1]
    );
    for count in counts {
        let prompts = || (0..count).map(|seed| prompt(seed, 32)).collect::<Vec<_>>();
        let one = run(&mut scheduler, prompts(), 1)?;
        let all = run(&mut scheduler, prompts(), ANSWER + 1)?;
        let rate = (count * ANSWER) as f64 / (all - one);
        eprintln!("decode {count}: {rate:.1} tokens/s in all");
    }
    Ok(())
}

/// Seconds that the prompts take with an answer of `answer` tokens each.
fn run(scheduler: &mut Scheduler, prompts: Vec<Vec<u32>>, answer: usize) -> anyhow::Result<f64> {
    for tokens in prompts {
        scheduler.submit(TokenRequest {
            tokens,
            max_tokens: answer,
            sampling: Sampling::GREEDY,
            stop_tokens: Vec::new(),
            constraint: None,
        })?;
    }
    let start = Instant::now();
    while scheduler.outstanding() > 0 {
        scheduler.step()?;
    }
    Ok(start.elapsed().as_secs_f64())
}
