//! Which blocks of a page are its article.
//!
//! Readability decides first. Then what its markup or its words show to be frame goes, and prose that
//! Readability lost between the title and the last paragraph comes back: a paragraph with a figure in
//! it must not vanish because a score fell short.

use std::collections::HashSet;
use std::ops::Range;

use super::walk::{Page, PageBlock, Zone};
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
/// So much prose in a zone that only a class name sets apart belongs to the article.
const PROSE_OF_ARTICLE: usize = 300;
/// The reason of blocks that nothing else claims.
pub(super) const OUTSIDE: &str = "outside the article";

/// One verdict a block, in order; `title` is the block that shows the title.
pub(super) fn select(page: &Page, title: Option<usize>, survivors: Option<&HashSet<usize>>) -> Vec<Verdict> {
    let survived = survived(page, survivors);
    let chars_survived: usize = chars_where(page, |index, _| survived[index]);
    let selection = Selection {
        page,
        title,
        trusted: trusted_zones(page, &survived),
        survived,
    };
    let mut verdicts = if chars_survived >= SHORTEST_ARTICLE {
        selection.by_readability()
    } else {
        selection.by_markup()
    };
    selection.drop_chrome(&mut verdicts);
    selection.drop_announced(&mut verdicts);
    selection.drop_edges(&mut verdicts);
    selection.drop_before_title(&mut verdicts);
    verdicts
}

fn chars_where(page: &Page, wanted: impl Fn(usize, &PageBlock) -> bool) -> usize {
    page.blocks
        .iter()
        .enumerate()
        .filter(|&(index, block)| wanted(index, block))
        .map(|(_, block)| block.chars())
        .sum()
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

/// Which zones are frame indeed.
///
/// One that holds most of the article is not: an old page may wrap all in a `<form>`. Neither is one that only a
/// class name sets apart while the extractor found much prose in it (`<div class="paywall">` around the whole text).
fn trusted_zones(page: &Page, survived: &[bool]) -> Vec<bool> {
    let mut chars = vec![0; page.zones.len()];
    let mut prose = vec![0; page.zones.len()];
    let mut all = 0;
    for (block, _) in page
        .blocks
        .iter()
        .zip(survived)
        .filter(|&(_, &survived)| survived)
    {
        all += block.chars();
        if let Some(zone) = block.zone {
            chars[zone] += block.chars();
            prose[zone] += if is_prose(block) { block.chars() } else { 0 };
        }
    }
    let is_trusted = |zone: usize| {
        chars[zone] * 2 <= all && !(page.zones[zone].is_guess && prose[zone] >= PROSE_OF_ARTICLE)
    };
    (0..page.zones.len()).map(is_trusted).collect()
}

struct Selection<'p> {
    page: &'p Page,
    title: Option<usize>,
    survived: Vec<bool>,
    trusted: Vec<bool>,
}

impl Selection<'_> {
    /// The trusted zone around a block.
    fn frame(&self, index: usize) -> Option<&Zone> {
        let zone = self.page.blocks[index].zone.filter(|&zone| self.trusted[zone])?;
        Some(&self.page.zones[zone])
    }

    fn by_readability(&self) -> Vec<Verdict> {
        let extent = self.extent();
        let verdict = |index: usize| {
            let block = &self.page.blocks[index];
            let survived = self.survived[index];
            let inside = extent.contains(&index);
            match self.frame(index) {
                Some(zone) if zone.may_hold_prose && (survived || inside && is_box(block)) => Verdict::Keep,
                Some(zone) => Verdict::Drop(zone.reason),
                None if survived || inside && is_restorable(block) => Verdict::Keep,
                None => Verdict::Drop(OUTSIDE),
            }
        };
        (0..self.page.blocks.len()).map(verdict).collect()
    }

    /// From the title or the first paragraph to the last one.
    fn extent(&self) -> Range<usize> {
        let is_text = |index: &usize| self.survived[*index] && self.frame(*index).is_none();
        let indices = 0..self.page.blocks.len();
        let first = indices.clone().find(is_text).unwrap_or(0);
        let last = indices.rev().find(is_text).unwrap_or(0);
        // A standfirst stands between the title and the body, often outside of the body's element.
        let title = self
            .title
            .filter(|&title| title < first && self.frame(title).is_none());
        title.unwrap_or(first)..self.continued(first, last + 1)
    }

    /// Where an article ends that goes on behind what survived: the rest of its element, or as much prose again.
    fn continued(&self, first: usize, end: usize) -> usize {
        let in_article = self.page.blocks.get(first).is_some_and(|block| block.in_article);
        let mut last = end;
        let mut prose = 0;
        for (index, block) in self.page.blocks.iter().enumerate().skip(end) {
            let goes_on = is_prose(block) || is_restorable(block) || block.heading > 1;
            let same_element = !in_article || block.in_article;
            if self.frame(index).is_some() || block.is_links() || !goes_on || !same_element {
                break;
            }
            if is_prose(block) {
                prose += block.chars();
                last = index + 1;
            }
        }
        let survived = chars_where(self.page, |index, _| self.survived[index]);
        if in_article || prose * 5 >= survived * 2 {
            last
        } else {
            end
        }
    }

    /// Without the extractor: all that no zone claims, inside the article's element where there is one.
    fn by_markup(&self) -> Vec<Verdict> {
        let in_article = |index: usize, block: &PageBlock| {
            block.in_article && self.frame(index).is_none() && !block.is_links()
        };
        let has_article = chars_where(self.page, in_article) >= SHORTEST_ARTICLE;
        let verdict = |(index, block): (usize, &PageBlock)| match self.frame(index) {
            Some(zone) => Verdict::Drop(zone.reason),
            None if has_article && !block.in_article => Verdict::Drop(OUTSIDE),
            None if block.is_links() && block.heading == 0 => Verdict::Drop(chrome::NAVIGATION),
            None => Verdict::Keep,
        };
        self.page.blocks.iter().enumerate().map(verdict).collect()
    }

    /// Lines that are nothing but frame.
    fn drop_chrome(&self, verdicts: &mut [Verdict]) {
        let mut kept = 0;
        for (index, block) in self.page.blocks.iter().enumerate() {
            if verdicts[index] != Verdict::Keep {
                continue;
            }
            let place = if kept < chrome::TOP_LINES {
                Place::Top
            } else {
                Place::Inside
            };
            match chrome::reason(block.text.text(), place) {
                Some(reason) if self.title != Some(index) => verdicts[index] = Verdict::Drop(reason),
                _ => kept += 1,
            }
        }
    }

    /// Links right under « Lire aussi » are what it announces.
    fn drop_announced(&self, verdicts: &mut [Verdict]) {
        let mut announced = false;
        for (block, verdict) in self.page.blocks.iter().zip(verdicts) {
            match *verdict {
                Verdict::Drop(reason) => announced = reason == chrome::RELATED,
                Verdict::Keep if announced && block.is_links() => *verdict = Verdict::Drop(chrome::RELATED),
                Verdict::Keep => announced = false,
            }
        }
    }

    /// Section names on both edges; behind the last sentence also links, and headings with nothing under them.
    fn drop_edges(&self, verdicts: &mut [Verdict]) {
        for index in 0..verdicts.len() {
            if verdicts[index] == Verdict::Keep && !self.drop_at_edge(index, verdicts) {
                break;
            }
        }
        for index in (0..verdicts.len()).rev() {
            if verdicts[index] != Verdict::Keep || self.drop_at_edge(index, verdicts) {
                continue;
            }
            let block = &self.page.blocks[index];
            verdicts[index] = match block.heading {
                _ if self.title == Some(index) => return,
                0 if block.is_links() && !is_prose(block) => Verdict::Drop(chrome::RELATED),
                0 => return,
                _ => Verdict::Drop(OUTSIDE),
            };
        }
    }

    fn drop_at_edge(&self, index: usize, verdicts: &mut [Verdict]) -> bool {
        let reason = chrome::reason(self.page.blocks[index].text.text(), Place::Edge);
        match reason.filter(|_| self.title != Some(index)) {
            Some(reason) => verdicts[index] = Verdict::Drop(reason),
            None => return false,
        }
        true
    }

    /// What stands above the title is the head of the page.
    fn drop_before_title(&self, verdicts: &mut [Verdict]) {
        let above = self.title.unwrap_or(0);
        for (block, verdict) in self.page.blocks.iter().zip(verdicts).take(above) {
            if *verdict == Verdict::Keep && !is_prose(block) {
                *verdict = Verdict::Drop(OUTSIDE);
            }
        }
    }
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
