//! Web pages: their article without the frame, with the way back to the page for every character.
//!
//! [`walk`] cuts the page into blocks and keeps their places, [`readable`] asks dom_smoothie which of
//! them are the article, [`select`] has the last word, [`metadata`] reads title and date.

pub(super) mod entity;
mod metadata;
mod readable;
mod select;
pub(super) mod token;
mod walk;
mod zone;

use std::ops::Range;

use self::select::Verdict;
use self::walk::{Page, PageBlock};
use super::build::{Block, Draft};
use super::decode::Decoded;
use super::trace::Traced;
use super::{Format, IngestError, chrome, date, plain};
use crate::record::{Lang, ParagraphKind};

/// Reads a page; `raw` keeps all visible text.
pub(super) fn read(decoded: &Decoded, raw: bool) -> Result<Draft, IngestError> {
    let text = decoded.text.as_str();
    let page = walk::walk(text, 0..text.len());
    let metadata = metadata::read(text, &page);
    let heading = title_block(&page, metadata.title.as_deref());
    let verdicts = if raw {
        vec![Verdict::Keep; page.blocks.len()]
    } else {
        select::select(&page, heading, readable::surviving_nodes(text, &page).as_ref())
    };
    let mut draft = Draft {
        url: metadata.url,
        date: metadata.date,
        lang: metadata.lang.as_deref().map(Lang::from_tag),
        ..Draft::default()
    };
    let mut title_key = None;
    let title = heading
        .map(|index| page.blocks[index].text.clone())
        .or_else(|| stated(text, &page, metadata.title))
        .map(|title| title.trimmed())
        .filter(|title| !title.text().is_empty());
    if let Some(title) = title {
        title_key = Some(key(title.text()));
        draft.title = Some(title.text().to_owned());
        draft.blocks.push(Block {
            kind: ParagraphKind::Heading,
            text: title,
        });
    }
    for (index, (block, verdict)) in page.blocks.iter().zip(&verdicts).enumerate() {
        let repeats_title = block.heading > 0 && title_key.as_ref() == Some(&key(block.text.text()));
        if Some(index) == heading || repeats_title {
            continue;
        }
        match verdict {
            Verdict::Keep => draft.blocks.push(Block {
                kind: block.kind,
                text: block.text.clone(),
            }),
            Verdict::Drop(reason) => {
                if draft.date.is_none() && *reason == chrome::DATELINE {
                    draft.date = date::read(block.text.text());
                }
                draft.remove(block.text.text(), reason);
            }
        }
    }
    if draft.title.is_none() {
        find_headline(&page, &verdicts, &mut draft);
    }
    let body_blocks = draft.blocks.len() - usize::from(draft.title.is_some());
    if body_blocks == 0 {
        take_stated_body(&mut draft, metadata.body)?;
    }
    draft.join_removed();
    Ok(draft)
}

/// The visible text of a piece of HTML inside another format.
pub(super) fn visible_blocks(text: &str, range: Range<usize>) -> Vec<Block> {
    let page = walk::walk(text, range);
    page.blocks
        .into_iter()
        .map(|block| Block {
            kind: block.kind,
            text: block.text,
        })
        .collect()
}

/// A page that shows its article by script only may still state it for search engines.
fn take_stated_body(draft: &mut Draft, body: Option<String>) -> Result<(), IngestError> {
    let body = body.unwrap_or_default();
    let paragraphs: Vec<&str> = body
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    if paragraphs.is_empty() {
        return Err(IngestError::NoText { format: Format::Html });
    }
    for paragraph in paragraphs {
        let mut text = Traced::default();
        text.push_bridge(paragraph);
        draft.blocks.push(Block {
            kind: ParagraphKind::Text,
            text,
        });
    }
    Ok(())
}

/// The heading that shows the title: the one that says what the page states, else the only `h1`.
fn title_block(page: &Page, stated: Option<&str>) -> Option<usize> {
    let of_level = |levels: Range<u8>| {
        let is_wanted = move |&index: &usize| levels.contains(&page.blocks[index].heading);
        (0..page.blocks.len()).filter(is_wanted)
    };
    let likest = |levels: Range<u8>, least: f64| {
        let stated = stated?;
        of_level(levels)
            .map(|index| (index, likeness(page.blocks[index].text.text(), stated)))
            .filter(|&(_, likeness)| likeness >= least)
            .max_by(|one, other| one.1.total_cmp(&other.1).then(other.0.cmp(&one.0)))
            .map(|(index, _)| index)
    };
    // The name of the site may be the h1, and the title an h2.
    likest(1..2, 0.5).or_else(|| likest(2..4, 0.75)).or_else(|| {
        const SHORTEST: usize = 20;
        let is_free = |&index: &usize| {
            let block: &PageBlock = &page.blocks[index];
            block.zone.is_none() && (block.in_article || stated.is_none() || block.chars() >= SHORTEST)
        };
        let free: Vec<usize> = of_level(1..2).filter(is_free).collect();
        if let [only] = free[..] { Some(only) } else { None }
    })
}

/// A page that states no title may still show one: the line right above its first paragraph, or that one.
fn find_headline(page: &Page, verdicts: &[Verdict], draft: &mut Draft) {
    let first = verdicts
        .iter()
        .position(|&verdict| verdict == Verdict::Keep)
        .unwrap_or(0);
    let above = first.checked_sub(1).and_then(|index| page.blocks.get(index));
    let is_unclaimed = first > 0 && verdicts[first - 1] == Verdict::Drop(select::OUTSIDE);
    if let Some(block) = above.filter(|block| is_unclaimed && !block.is_links()) {
        draft.blocks.insert(
            0,
            Block {
                kind: ParagraphKind::Text,
                text: block.text.trimmed(),
            },
        );
        if plain::mark_headline(draft) {
            let text = block.text.text().trim();
            draft.removed.retain(|removed| removed.text != text);
            return;
        }
        draft.blocks.remove(0);
    }
    plain::mark_headline(draft);
}

/// The share of words that two titles have in common, of the shorter one.
fn likeness(one: &str, other: &str) -> f64 {
    let words = |text: &str| -> Vec<String> {
        key(text)
            .split(' ')
            .map(str::to_owned)
            .filter(|word| !word.is_empty())
            .collect()
    };
    let (one, other) = (words(one), words(other));
    let shorter = one.len().min(other.len());
    if shorter == 0 {
        return 0.0;
    }
    let common = one.iter().filter(|word| other.contains(word)).count();
    common as f64 / shorter.max(3) as f64
}

/// Letters and digits in lower case, for comparing titles.
fn key(text: &str) -> String {
    let lower = text.to_lowercase();
    lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A title that no heading shows, traced to `<title>` where it begins that element.
fn stated(text: &str, page: &Page, title: Option<String>) -> Option<Traced> {
    let title = title?;
    let mut traced = Traced::default();
    let element = page.title.clone().unwrap_or_default();
    match text[element.clone()].find(&title) {
        Some(at) => traced.push_verbatim(text, element.start + at..element.start + at + title.len()),
        None => traced.push_bridge(&title),
    }
    Some(traced)
}
