//! Merges of neighbours, the best pair first: `bpe_model.cc`, `SampleEncode` without sampling.

use super::Cut;
use super::model::{Kind, Model};
use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap};
use std::ops::Range;

#[derive(Clone)]
struct Symbol {
    text: Range<usize>,
    before: Option<usize>,
    after: Option<usize>,
    /// A user-defined piece: never merged.
    frozen: bool,
}

/// Two neighbours that a piece joins.
struct Pair {
    left: usize,
    right: usize,
    score: f32,
    text: Range<usize>,
}

impl Ord for Pair {
    /// The better score first, then the one further left.
    fn cmp(&self, other: &Self) -> Ordering {
        self.score
            .total_cmp(&other.score)
            .then(other.left.cmp(&self.left))
    }
}

impl PartialOrd for Pair {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Pair {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Pair {}

struct Merging<'m, 't> {
    model: &'m Model,
    text: &'t str,
    symbols: Vec<Symbol>,
    pairs: BinaryHeap<Pair>,
    /// How unused pieces came about, so that they can be taken apart again.
    unused: HashMap<&'t str, (&'t str, &'t str)>,
}

pub(super) fn cut<'t>(model: &Model, text: &'t str) -> Vec<Cut<'t>> {
    let mut merging = Merging {
        model,
        text,
        symbols: symbols(model, text),
        pairs: BinaryHeap::new(),
        unused: HashMap::new(),
    };
    for right in 1..merging.symbols.len() {
        merging.consider(Some(right - 1), Some(right));
    }
    while let Some(pair) = merging.pairs.pop() {
        merging.merge(&pair);
    }
    let mut cuts = Vec::new();
    let mut at = (!merging.symbols.is_empty()).then_some(0);
    while let Some(index) = at {
        let symbol = &merging.symbols[index];
        merging.take_apart(&text[symbol.text.clone()], &mut cuts);
        at = symbol.after;
    }
    cuts
}

/// Characters, and user-defined pieces whole.
fn symbols(model: &Model, text: &str) -> Vec<Symbol> {
    let user_defined: Vec<&str> = {
        let pieces = model.pieces.iter();
        let pieces = pieces.filter(|piece| piece.kind == Kind::UserDefined);
        let mut texts: Vec<&str> = pieces.map(|piece| piece.text.as_str()).collect();
        texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        texts
    };
    let mut symbols: Vec<Symbol> = Vec::new();
    let mut start = 0;
    while let Some(first) = text[start..].chars().next() {
        let kept = user_defined.iter().find(|kept| text[start..].starts_with(**kept));
        let end = start + kept.map_or(first.len_utf8(), |kept| kept.len());
        let index = symbols.len();
        symbols.push(Symbol {
            text: start..end,
            before: index.checked_sub(1),
            after: (end < text.len()).then_some(index + 1),
            frozen: kept.is_some(),
        });
        start = end;
    }
    symbols
}

impl<'t> Merging<'_, 't> {
    fn consider(&mut self, left: Option<usize>, right: Option<usize>) {
        let (Some(left), Some(right)) = (left, right) else {
            return;
        };
        let (a, b) = (&self.symbols[left], &self.symbols[right]);
        if a.frozen || b.frozen {
            return;
        }
        let range = a.text.start..b.text.end;
        let text = &self.text[range.clone()];
        let Some(id) = self.model.cuttable(text) else {
            return;
        };
        let piece = &self.model.pieces[id];
        if piece.kind == Kind::Unused {
            let parts = (&self.text[a.text.clone()], &self.text[b.text.clone()]);
            self.unused.insert(text, parts);
        }
        self.pairs.push(Pair {
            left,
            right,
            score: piece.score,
            text: range,
        });
    }

    fn merge(&mut self, pair: &Pair) {
        let (left, right) = (&self.symbols[pair.left], &self.symbols[pair.right]);
        // One of the two has become part of another.
        let (a, b) = (&left.text, &right.text);
        if a.is_empty() || b.is_empty() || (a.start..b.end) != pair.text || a.end != b.start {
            return;
        }
        let (before, after) = (left.before, right.after);
        self.symbols[pair.left].text = pair.text.clone();
        self.symbols[pair.left].after = after;
        self.symbols[pair.right].text = 0..0;
        if let Some(after) = after {
            self.symbols[after].before = Some(pair.left);
        }
        self.consider(before, Some(pair.left));
        self.consider(Some(pair.left), after);
    }

    fn take_apart(&self, text: &'t str, cuts: &mut Vec<Cut<'t>>) {
        let mut waiting = vec![text];
        while let Some(text) = waiting.pop() {
            let id = self.model.cuttable(text);
            let unused = id.is_some_and(|id| self.model.pieces[id].kind == Kind::Unused);
            match self.unused.get(text).filter(|_| unused) {
                Some((left, right)) => waiting.extend([*right, *left]),
                None => cuts.push((text, id)),
            }
        }
    }
}
