//! Joins groups that name the same: abbreviations, surnames, companies by the first word of their name.

use super::alias::Link;
use super::group::Group;
use super::lexicon::{Cue, FirstName, lexicon};
use super::span::Span;
use super::token::{self, Shape, Token};
use crate::record::EntityType;
use std::collections::HashMap;

/// Joins groups; the first of a joined pair keeps the name.
pub(super) struct Merger {
    parent: Vec<usize>,
    main: Vec<Link>,
    slot_of: HashMap<usize, usize>,
}

impl Merger {
    pub(super) fn new(groups: &[Group]) -> Merger {
        let slots = groups.iter().enumerate();
        let slot_of = slots
            .flat_map(|(slot, group)| group.spans.iter().map(move |&at| (at, slot)))
            .collect();
        Merger {
            parent: (0..groups.len()).collect(),
            main: Vec::new(),
            slot_of,
        }
    }

    fn root(&mut self, mut slot: usize) -> usize {
        while self.parent[slot] != slot {
            self.parent[slot] = self.parent[self.parent[slot]];
            slot = self.parent[slot];
        }
        slot
    }

    fn join(&mut self, main: usize, other: usize) {
        let (main, other) = (self.root(main), self.root(other));
        self.parent[other] = main;
    }

    pub(super) fn follow_links(&mut self, links: &[Link], groups: &[Group]) {
        for link in links {
            let (Some(&main), Some(&other)) = (self.slot_of.get(&link.main), self.slot_of.get(&link.other))
            else {
                continue;
            };
            let law = groups[main].entity_type == EntityType::Law;
            if groups[main].entity_type != EntityType::Person || law {
                self.join(main, other);
                self.main.push(*link);
            }
        }
    }

    /// `Musk` is Elon Musk where the article has one Musk only; `Elon` too.
    pub(super) fn join_persons(&mut self, tokens: &[Token], spans: &[Span], groups: &mut [Group]) {
        let mut by_part: HashMap<String, Vec<usize>> = HashMap::new();
        for (slot, group) in groups.iter().enumerate() {
            if group.entity_type != EntityType::Person || group.words < 2 || !group.proven {
                continue;
            }
            let words = &tokens[spans[group.spans[0]].tokens.clone()];
            // `Downey` is Robert Downey Jr.
            let junior = words.iter().position(|word| matches!(word.text, "Jr" | "Sr"));
            let surname = &words[..junior.unwrap_or(words.len())];
            for from in 1..surname.len() {
                by_part.entry(joined(&surname[from..])).or_default().push(slot);
            }
            if lexicon().first_name(words[0].text).is_some() {
                by_part.entry(words[0].lower.clone()).or_default().push(slot);
            }
        }
        for slot in 0..groups.len() {
            let span = &spans[groups[slot].spans[0]];
            let given = groups[slot].words == 1
                && lexicon().first_name(tokens[span.tokens.start].text) == Some(FirstName::Sure);
            let known = groups[slot].known.is_some()
                && !given
                && !groups[slot]
                    .spans
                    .iter()
                    .all(|&at| after_title(tokens, &spans[at]));
            if known || groups[slot].words > 3 {
                continue;
            }
            let part = joined(&tokens[span.tokens.clone()]);
            match by_part.get(&part).map(Vec::as_slice) {
                Some([full]) if *full != slot => {
                    groups[slot].proven = false;
                    self.join(*full, slot);
                }
                // Two persons share the surname: the mention tells nothing.
                Some([_, _, ..]) if groups[slot].words == 1 => groups[slot].proven = false,
                _ => {}
            }
        }
    }

    /// `Norrvik` is Norrvik Capital.
    pub(super) fn join_short_companies(&mut self, tokens: &[Token], spans: &[Span], groups: &[Group]) {
        let lexicon = lexicon();
        let mut by_stem: HashMap<String, Vec<usize>> = HashMap::new();
        for (slot, group) in groups.iter().enumerate() {
            let words = &tokens[spans[group.spans[0]].tokens.clone()];
            let company =
                group.entity_type == EntityType::Organization && group.known.is_none() && words.len() > 1;
            let stem = words
                .iter()
                .take_while(|word| !lexicon.is_spelled(Cue::CorporateSuffix, word.text))
                .count();
            let suffixed = words[stem..]
                .iter()
                .all(|word| lexicon.is_spelled(Cue::CorporateSuffix, word.text));
            if company && suffixed && stem > 0 && stem < words.len() {
                by_stem
                    .entry(token::folded(&joined(&words[..stem])))
                    .or_default()
                    .push(slot);
            }
        }
        // `Novo` is Novo Nordisk.
        let mut by_first: HashMap<String, Vec<usize>> = HashMap::new();
        for (slot, group) in groups.iter().enumerate() {
            let words = &tokens[spans[group.spans[0]].tokens.clone()];
            let company = group.entity_type == EntityType::Organization && group.known.is_some();
            let head = lexicon.is_spelled(Cue::Institution, words[0].text)
                || lexicon.starts_sentences(&words[0].lower);
            if company && words.len() > 1 && words[0].shape == Shape::Capital && !head {
                by_first
                    .entry(token::folded(&joined(&words[..1])))
                    .or_default()
                    .push(slot);
            }
        }
        // `Aldermoor` is Aldermoor Building Society, and `Villa` Aston Villa.
        let mut by_end: HashMap<String, Vec<usize>> = HashMap::new();
        for (slot, group) in groups.iter().enumerate() {
            let words = &tokens[spans[group.spans[0]].tokens.clone()];
            let capitals = words.len() > 1 && words.iter().all(|word| word.shape == Shape::Capital);
            if !capitals || group.entity_type != EntityType::Organization {
                continue;
            }
            let end = match group.known {
                Some(_) => &words[words.len() - 1],
                None => &words[0],
            };
            let tells = !lexicon.is_spelled(Cue::Institution, end.text)
                && !lexicon.is_spelled(Cue::CorporateSuffix, end.text)
                && !lexicon.starts_sentences(&end.lower);
            if tells {
                by_end.entry(token::folded(&end.lower)).or_default().push(slot);
            }
        }
        for (slot, group) in groups.iter().enumerate() {
            if group.known.is_some() || group.entity_type == EntityType::Person {
                continue;
            }
            if let Some([full]) = by_end.get(&group.key).map(Vec::as_slice)
                && group.words == 1
                && group.entity_type == EntityType::Organization
            {
                self.join(*full, slot);
                continue;
            }
            if let Some([full]) = by_first.get(&group.key).map(Vec::as_slice)
                && group.words == 1
                && *full != slot
            {
                self.join(*full, slot);
                continue;
            }
            if let Some([full]) = by_stem.get(&group.key).map(Vec::as_slice)
                && *full != slot
            {
                self.join(*full, slot);
            }
        }
    }

    /// `ST` is STMicroelectronics, `OVH` OVHcloud: the capitals with which a company starts.
    pub(super) fn join_leading_capitals(&mut self, tokens: &[Token], spans: &[Span], groups: &[Group]) {
        let word = |group: &Group| &tokens[spans[group.spans[0]].tokens.start];
        let mut by_capitals: HashMap<&str, Vec<usize>> = HashMap::new();
        for (slot, group) in groups.iter().enumerate() {
            let text = word(group).text;
            if group.entity_type != EntityType::Organization || word(group).shape != Shape::Mixed {
                continue;
            }
            // The last of the capitals may belong to the small letters: `STM` and `icroelectronics`.
            let small = text.find(|c: char| !c.is_uppercase()).unwrap_or(0);
            let last = text[..small].char_indices().next_back().map_or(0, |(at, _)| at);
            for end in [small, last] {
                by_capitals.entry(&text[..end]).or_default().push(slot);
            }
        }
        for (slot, group) in groups.iter().enumerate() {
            let acronym = group.words == 1 && group.known.is_none() && word(group).shape == Shape::Acronym;
            if let Some([full]) = by_capitals.get(word(group).text).map(Vec::as_slice)
                && acronym
            {
                self.join(*full, slot);
            }
        }
    }

    /// `l’Autorité` is the one Autorité that the article has named in full.
    pub(super) fn join_bare_heads(&mut self, tokens: &[Token], spans: &[Span], groups: &mut [Group]) {
        let lexicon = lexicon();
        let head = |group: &Group| &tokens[spans[group.spans[0]].tokens.start];
        for slot in 0..groups.len() {
            let word = head(&groups[slot]);
            let head_only = groups[slot].words == 1 && groups[slot].known.is_none();
            if !head_only || !lexicon.is_spelled(Cue::Institution, word.text) {
                continue;
            }
            let full: Vec<usize> = (0..groups.len())
                .filter(|&other| {
                    groups[other].words > 1 && groups[other].proven && head(&groups[other]).text == word.text
                })
                .take(2)
                .collect();
            // `la Commission`, with a capital, is the European one.
            groups[slot].proven &= word.text == "Commission" && full.is_empty();
            if let [only] = full[..] {
                self.join(only, slot);
            }
        }
    }

    pub(super) fn apply(mut self, groups: Vec<Group>) -> Vec<Group> {
        let mut joined: HashMap<usize, Group> = HashMap::new();
        let roots: Vec<usize> = (0..groups.len()).map(|slot| self.root(slot)).collect();
        let mut order: Vec<(usize, Group)> = roots.into_iter().zip(groups).collect();
        // The group that keeps its name comes first.
        order.sort_by_key(|(root, group)| (*root, self.parent_rank(*root, group)));
        for (root, group) in order {
            match joined.entry(root) {
                std::collections::hash_map::Entry::Vacant(entry) => {
                    entry.insert(group);
                }
                std::collections::hash_map::Entry::Occupied(mut entry) => entry.get_mut().absorb(group),
            }
        }
        for link in std::mem::take(&mut self.main) {
            let root = self.slot_of.get(&link.main).copied().map(|slot| self.root(slot));
            if let Some(group) = root.and_then(|root| joined.get_mut(&root)) {
                group.main.push(link.main);
            }
        }
        let mut all: Vec<Group> = joined.into_values().collect();
        all.iter_mut().for_each(|group| group.spans.sort_unstable());
        all
    }

    fn parent_rank(&self, root: usize, group: &Group) -> bool {
        group.spans.first().and_then(|at| self.slot_of.get(at)) != Some(&root)
    }
}

impl Group {
    fn absorb(&mut self, other: Group) {
        self.spans.extend(other.spans);
        self.proven |= other.proven;
        let stronger = other.votes.of(other.entity_type) > self.votes.of(self.entity_type);
        self.votes.merge(&other.votes);
        if stronger && self.entity_type != EntityType::Person {
            self.entity_type = other.entity_type;
        }
        self.known = self.known.or(other.known);
    }
}

fn after_title(tokens: &[Token], span: &Span) -> bool {
    let Some(at) = span.tokens.start.checked_sub(1) else {
        return false;
    };
    let word = if tokens[at].is(".") && at > 0 {
        &tokens[at - 1]
    } else {
        &tokens[at]
    };
    lexicon().is(Cue::Title, &word.lower)
}

fn joined(words: &[Token]) -> String {
    let mut text = String::new();
    for word in words.iter().filter(|word| word.shape != Shape::Possessive) {
        if !text.is_empty() && word.spaced {
            text.push(' ');
        }
        text.push_str(&word.lower);
    }
    text
}
