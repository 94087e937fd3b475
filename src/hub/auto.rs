//! `--model auto`: the best model that fits this machine, cached ones first.

use super::card::{Card, Variant, cards};
use super::error::HubError;
use super::local::LocalModel;
use super::lock::Lock;
use super::memory::available_memory;
use super::options::HubOptions;
use super::plan::human_bytes;
use super::progress::Progress;
use super::target::{Lacking, Target, from_cache};

/// Weights that `auto` downloads for a CPU at most: each token reads all of them.
const LARGEST_FOR_CPU: u64 = 2_100_000_000;
/// Key-value cache, activations and what the system needs.
const WORKING_MEMORY: u64 = 1_000_000_000;

/// What `auto` comes to.
#[derive(Debug)]
pub(super) enum Choice {
    /// A model whose files are all there.
    Cached(Box<LocalModel>),
    /// A model to download.
    Download(Box<Target>),
    /// No known model fits into that many bytes.
    NothingFits(u64),
}

/// Chooses by memory and by what is cached.
///
/// # Errors
/// When `--locked` finds a file that is not the recorded one.
pub(super) fn choose(options: &HubOptions, lock: &Lock, progress: &dyn Progress) -> Result<Choice, HubError> {
    let memory = options.memory.or_else(available_memory);
    let mut ranked: Vec<&'static Card> = cards()
        .iter()
        // it writes, summarizes and extracts: no model that only translates
        .filter(|c| c.auto.is_some() && !c.translates_sentences())
        .collect();
    ranked.sort_by_key(|c| std::cmp::Reverse(c.auto));
    // Where the system does not tell, the smallest is the only safe guess.
    let fits = |card: &Card, variant: &Variant| match (card.approx_bytes(variant), memory) {
        (Some(bytes), Some(memory)) => bytes + bytes / 10 + WORKING_MEMORY <= memory,
        _ => ranked.last().is_some_and(|smallest| smallest.name == card.name),
    };
    let room = memory.map_or("an unknown amount of memory".to_owned(), |m| {
        format!("{} of free memory", human_bytes(m))
    });
    for card in &ranked {
        for variant in card.files.iter().filter(|v| fits(card, v)) {
            let mut target = Target::of_card(card, variant);
            target.reason = Some(format!("the best cached model that fits into {room}"));
            match from_cache(options, &target, lock, progress) {
                Ok(model) => return Ok(Choice::Cached(Box::new(model))),
                Err(Lacking::Files(_) | Lacking::Broken(HubError::NotLocked { .. })) => {}
                Err(Lacking::Broken(e @ HubError::LockMismatch { .. })) => return Err(e),
                Err(Lacking::Broken(e)) => tracing::warn!("the cached {} is passed over: {e}", target.name),
            }
        }
    }
    let light = |bytes: u64| options.accelerated || bytes <= LARGEST_FOR_CPU;
    for card in &ranked {
        let Some(variant) = card.files.first().filter(|v| fits(card, v)) else {
            continue;
        };
        if card.approx_bytes(variant).is_some_and(light) {
            let mut target = Target::of_card(card, variant);
            let device = if options.accelerated { "a GPU" } else { "a CPU" };
            target.reason = Some(format!(
                "none is cached; the best known model for {device} with {room}"
            ));
            return Ok(Choice::Download(Box::new(target)));
        }
    }
    Ok(Choice::NothingFits(memory.unwrap_or(0)))
}
