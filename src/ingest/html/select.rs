//! Which blocks of a page are its article.
//!
//! Readability decides first. Then what its markup or its words show to be frame goes, and prose that
//! Readability lost between the title and the last paragraph comes back: a paragraph with a figure in
//! it must not vanish because a score fell short.

use std::collections::HashSet;

use super::walk::{Page, PageBlock};
use crate::ingest::chrome::{self, Place};
use crate::record::ParagraphKind;

/// What becomes of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Keep,
    /// Left out, for this reason.
    Drop(&'static str),
}

/// Less text than this, in characters, is no article: the markup alone decides then.
const SHORTEST_ARTICLE: usize = 200;
/// A paragraph of prose has at least so many characters.
const PROSE: usize = 60;
const OUTSIDE: &str = "outside the article";

/// One verdict a block, in order.
pub(super) fn select(page: &Page, survivors: Option<&HashSet<usize>>) -> Vec<Verdict> {
    let survived = survived(page, survivors);
    let trusted = trusted_zones(page, &survived);
    let chars_survived: usize = page
        .blocks
        .iter()
        .zip(&survived)
        .filter(|&(_, &survived)| survived)
        .map(|(block, _)| block.chars())
        .sum();
    let in_frame = |block: &PageBlock| {
        block
            .zone
            .filter(|&zone| trusted[zone])
            .map(|zone| &page.zones[zone])
    };
    let mut verdicts: Vec<Verdict> = if chars_survived >= SHORTEST_ARTICLE {
        let extent = extent(page, &survived, &in_frame);
        page.blocks
            .iter()
            .enumerate()
            .map(|(index, block)| {
                let inside = extent.contains(&index);
                match in_frame(block) {
                    Some(zone) if zone.may_hold_prose && (survived[index] || inside && is_box(block)) => {
                        Verdict::Keep
                    }
                    Some(zone) => Verdict::Drop(zone.reason),
                    None if survived[index] || inside && is_restorable(block) => Verdict::Keep,
                    None => Verdict::Drop(OUTSIDE),
                }
            })
            .collect()
    } else {
        by_markup(page, &in_frame)
    };
    drop_chrome(page, &mut verdicts);
    drop_before_title(page, &mut verdicts);
    verdicts
}

/// Which blocks the extractor kept: most of their characters stand in surviving nodes.
fn survived(page: &Page, survivors: Option<&HashSet<usize>>) -> Vec<bool> {
    let mut number = 0;
    page.blocks
        .iter()
        .map(|block| {
            let mut kept = 0;
            for &(_, chars) in &block.nodes {
                kept += if survivors.is_some_and(|survivors| survivors.contains(&number)) {
                    chars
                } else {
                    0
                };
                number += 1;
            }
            kept * 2 > block.chars()
        })
        .collect()
}

/// A zone that holds most of the article is no frame: an old page may wrap all in a `<form>`.
fn trusted_zones(page: &Page, survived: &[bool]) -> Vec<bool> {
    let mut chars = vec![0; page.zones.len()];
    let mut all = 0;
    for (block, &survived) in page.blocks.iter().zip(survived) {
        if survived {
            all += block.chars();
            if let Some(zone) = block.zone {
                chars[zone] += block.chars();
            }
        }
    }
    chars.iter().map(|&chars| chars * 2 <= all).collect()
}

/// From the title or the first paragraph to the last one.
fn extent<'p>(
    page: &'p Page,
    survived: &[bool],
    in_frame: &impl Fn(&'p PageBlock) -> Option<&'p super::walk::Zone>,
) -> std::ops::Range<usize> {
    let is_text = |index: &usize| survived[*index] && in_frame(&page.blocks[*index]).is_none();
    let first = (0..page.blocks.len()).find(is_text).unwrap_or(0);
    let mut last = (0..page.blocks.len())
        .rev()
        .find(is_text)
        .map_or(0, |last| last + 1);
    // A standfirst stands between the title and the body, often outside of the body's element.
    let title = page.blocks[..first]
        .iter()
        .rposition(|block| block.heading == 1 && in_frame(block).is_none());
    // The rest of the same article element, as long as it reads like prose.
    let in_article = page.blocks.get(first).is_some_and(|block| block.in_article);
    if in_article {
        while page
            .blocks
            .get(last)
            .is_some_and(|block| block.in_article && is_prose(block) && in_frame(block).is_none())
        {
            last += 1;
        }
    }
    title.unwrap_or(first)..last
}

fn is_prose(block: &PageBlock) -> bool {
    let text = block.text.text();
    let ends = text
        .trim_end_matches(['»', '”', '"', ')', ' ', '\u{a0}', '\u{202f}'])
        .ends_with(['.', '!', '?', '…']);
    block.chars() >= PROSE && ends && !block.is_links() && chrome::reason(text, Place::Inside).is_none()
}

fn is_restorable(block: &PageBlock) -> bool {
    let is_part = matches!(
        block.kind,
        ParagraphKind::TableRow | ParagraphKind::ListItem | ParagraphKind::Quote
    ) || block.heading > 1 && block.in_article;
    !block.is_links() && (is_part || is_prose(block) || block.chars() >= 2 * PROSE)
}

/// An editor's box between two paragraphs: figures, a definition.
fn is_box(block: &PageBlock) -> bool {
    !block.is_links() && chrome::reason(block.text.text(), Place::Edge).is_none()
}

/// Without the extractor: all that no zone claims, inside the article's element where there is one.
fn by_markup<'p>(
    page: &'p Page,
    in_frame: &impl Fn(&'p PageBlock) -> Option<&'p super::walk::Zone>,
) -> Vec<Verdict> {
    let article_chars: usize = page
        .blocks
        .iter()
        .filter(|block| block.in_article && in_frame(block).is_none() && !block.is_links())
        .map(PageBlock::chars)
        .sum();
    page.blocks
        .iter()
        .map(|block| match in_frame(block) {
            Some(zone) => Verdict::Drop(zone.reason),
            None if article_chars >= SHORTEST_ARTICLE && !block.in_article => Verdict::Drop(OUTSIDE),
            None if block.is_links() && block.heading == 0 => Verdict::Drop(chrome::NAVIGATION),
            None => Verdict::Keep,
        })
        .collect()
}

/// Lines that are nothing but frame, and headings that are left with nothing under them.
fn drop_chrome(page: &Page, verdicts: &mut [Verdict]) {
    let mut kept = 0;
    for (block, verdict) in page.blocks.iter().zip(verdicts.iter_mut()) {
        if *verdict != Verdict::Keep {
            continue;
        }
        let place = if kept < chrome::TOP_LINES {
            Place::Top
        } else {
            Place::Inside
        };
        match chrome::reason(block.text.text(), place) {
            Some(reason) if block.heading != 1 => *verdict = Verdict::Drop(reason),
            _ => kept += 1,
        }
    }
    let mut related = false;
    for (block, verdict) in page.blocks.iter().zip(verdicts.iter_mut()) {
        match *verdict {
            // Links right under « Lire aussi » are what it announces.
            Verdict::Drop(reason) => related = reason == chrome::RELATED,
            Verdict::Keep if related && block.is_links() => *verdict = Verdict::Drop(chrome::RELATED),
            Verdict::Keep => related = false,
        }
    }
    drop_edges(page, verdicts, false);
    drop_edges(page, verdicts, true);
    drop_last_links(page, verdicts);
    drop_last_headings(page, verdicts);
}

fn drop_edges(page: &Page, verdicts: &mut [Verdict], from_end: bool) {
    let count = page.blocks.len();
    for step in 0..count {
        let index = if from_end { count - 1 - step } else { step };
        if verdicts[index] != Verdict::Keep {
            continue;
        }
        let block = &page.blocks[index];
        match chrome::reason(block.text.text(), Place::Edge) {
            Some(reason) if block.heading != 1 => verdicts[index] = Verdict::Drop(reason),
            _ => return,
        }
    }
}

/// What stands above the title is the head of the page.
fn drop_before_title(page: &Page, verdicts: &mut [Verdict]) {
    let is_title = |index: &usize| page.blocks[*index].heading == 1 && verdicts[*index] == Verdict::Keep;
    let Some(title) = (0..page.blocks.len()).find(is_title) else {
        return;
    };
    for (block, verdict) in page.blocks.iter().zip(verdicts.iter_mut()).take(title) {
        if *verdict == Verdict::Keep && !is_prose(block) {
            *verdict = Verdict::Drop(OUTSIDE);
        }
    }
}

/// Behind the last sentence, lines that are links lead elsewhere.
fn drop_last_links(page: &Page, verdicts: &mut [Verdict]) {
    for index in (0..page.blocks.len()).rev() {
        let block = &page.blocks[index];
        match verdicts[index] {
            Verdict::Keep if block.is_links() && !is_prose(block) && block.heading == 0 => {
                verdicts[index] = Verdict::Drop(chrome::RELATED);
            }
            Verdict::Keep => return,
            Verdict::Drop(_) => {}
        }
    }
}

fn drop_last_headings(page: &Page, verdicts: &mut [Verdict]) {
    for index in (0..page.blocks.len())
        .rev()
        .filter(|&index| page.blocks[index].heading != 1)
    {
        match verdicts[index] {
            Verdict::Keep if page.blocks[index].heading > 1 => verdicts[index] = Verdict::Drop(OUTSIDE),
            Verdict::Keep => return,
            Verdict::Drop(_) => {}
        }
    }
}
