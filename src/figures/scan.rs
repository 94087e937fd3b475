//! The main path: blocks of text, one after the other, through the steps of the grammar.

use std::ops::Range;

use super::Options;
use super::block::Block;
use super::item::Item;
use super::lang::{self, Language};
use super::lexicon::Word;
use super::measure::{self, Found};
use super::token::{Kind, Tokens};
use super::{age, assemble, date, exclude, factor, period, qualify, ratio, shared, sums};
use crate::record::{Article, Figure, FigureKind, Lang};

/// The longest sentence that is quoted with a figure, in bytes; longer ones are cut around it.
const MAX_SENTENCE: usize = 1200;

pub(super) fn text(text: &str, lang: Lang, options: &Options) -> Vec<Figure> {
    let blocks = blocks(text);
    let only = blocks.len() == 1;
    let mut out = Vec::new();
    let mut place = Place::new(&mut out);
    let mut byte = 0;
    for (paragraph, range) in blocks.into_iter().enumerate() {
        place.chars += text[byte..range.start].chars().count();
        place.paragraph = paragraph;
        byte = range.start;
        block(&text[range], only, lang, options, &mut place);
    }
    out
}

pub(super) fn article(article: &Article) -> Vec<Figure> {
    let date = article
        .date
        .as_deref()
        .and_then(|date| date.get(..10))
        .and_then(|date| date.parse().ok());
    let options = Options { date };
    let mut out = Vec::new();
    if article.paragraphs.is_empty() {
        out = text(&article.text, article.lang, &options);
    }
    let only = article.paragraphs.len() == 1;
    let mut place = Place::new(&mut out);
    let mut byte = 0;
    for (index, paragraph) in article.paragraphs.iter().enumerate() {
        if paragraph.start < place.chars {
            continue;
        }
        byte += bytes_of(&article.text[byte..], paragraph.start - place.chars);
        let end = byte
            + bytes_of(
                &article.text[byte..],
                paragraph.end.saturating_sub(paragraph.start),
            );
        (place.chars, place.paragraph) = (paragraph.start, index);
        block(&article.text[byte..end], only, article.lang, &options, &mut place);
    }
    for figure in &mut out {
        figure.article_id.clone_from(&article.id);
    }
    out
}

/// The bytes of the first `chars` chars of `text`.
fn bytes_of(text: &str, chars: usize) -> usize {
    text.char_indices()
        .nth(chars)
        .map_or(text.len(), |(byte, _)| byte)
}

/// Where paragraphs are: between blank lines, or lines where there is none.
fn blocks(text: &str) -> Vec<Range<usize>> {
    let mut paragraphs: Vec<Range<usize>> = Vec::new();
    let mut lines: Vec<Range<usize>> = Vec::new();
    let mut blank = false;
    let mut open = false;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let range = start..start + line.len();
        start = range.end;
        if line.trim().is_empty() {
            blank |= !lines.is_empty();
            open = false;
            continue;
        }
        match paragraphs.last_mut() {
            Some(last) if open => last.end = range.end,
            _ => paragraphs.push(range.clone()),
        }
        open = true;
        lines.push(range);
    }
    if blank && paragraphs.len() > 1 {
        paragraphs
    } else {
        lines
    }
}

/// Where a block lies in the whole text, and where its figures go.
struct Place<'o> {
    /// Chars before the block.
    chars: usize,
    paragraph: usize,
    /// The currency that the text was last in.
    currency: Option<sums::Currency>,
    out: &'o mut Vec<Figure>,
}

impl<'o> Place<'o> {
    /// The beginning of a text.
    fn new(out: &'o mut Vec<Figure>) -> Self {
        Self {
            chars: 0,
            paragraph: 0,
            currency: None,
            out,
        }
    }
}

fn block(text: &str, only: bool, lang: Lang, options: &Options, place: &mut Place<'_>) {
    let language = lang::of(lang);
    let tokens = Tokens::read(text);
    let meanings = meanings(&tokens, language);
    let block = Block {
        tokens: &tokens,
        meanings: &meanings,
        lang: language,
        options,
        only,
        earlier: place.currency,
    };
    let mut items = assemble::assemble(&block, items(&block));
    if items.is_empty() {
        return;
    }
    for k in 0..items.len() {
        let floor = if k > 0 { items[k - 1].end } else { 0 };
        let ceiling = items.get(k + 1).map_or(tokens.len(), |next| next.first);
        let item = &mut items[k];
        let direction = item.direction;
        qualify::qualify(&block, item, floor, ceiling);
        item.direction = direction.or(item.direction);
        let shared = shared::shared_direction(&block, &items[..k], &items[k]);
        let start = shared::is_start(&block, &items[k], &items[k + 1..]);
        let item = &mut items[k];
        item.direction = item.direction.or(shared).filter(|_| !start);
        if age::age(&block, item) {
            item.kind = FigureKind::Age;
            item.unit.get_or_insert("year".into());
        } else if ratio::is_index_level(&block, item) {
            item.kind = FigureKind::Index;
        } else if ratio::is_proportion(&block, item) {
            item.kind = FigureKind::Ratio;
        } else if factor::is_factor(&block, item) {
            item.kind = FigureKind::Multiple;
        }
    }
    alike(&block, &mut items);
    place.currency = items.iter().rev().find_map(sums::currency).or(place.currency);
    write(text, &block, items, place);
}

/// `l'âge passe de 62 à 64 ans`, `l'indice PMI ressort à 48,7, contre 49,5`: two of one kind, which the words around one of them tell.
fn alike(block: &Block<'_, '_>, items: &mut [Item]) {
    for k in 1..items.len() {
        let (before, rest) = items.split_at_mut(k);
        let (a, b) = (&mut before[k - 1], &mut rest[0]);
        let to = b.first == a.end + 1 && block.is_one_of(a.end, &["à"]);
        if to && b.kind == FigureKind::Age && a.kind == FigureKind::Duration && a.unit == b.unit {
            a.kind = FigureKind::Age;
        }
        let against = b.first > 0 && block.is_one_of(b.first - 1, &["contre", "apres"]);
        // `dès 60 ans, contre 62 jusque-là`
        let unsaid = b.kind == FigureKind::Duration && b.end == b.numeral.end && a.unit == b.unit;
        if against && unsaid && a.kind == FigureKind::Age {
            b.kind = FigureKind::Age;
        }
        let bare = b.kind == FigureKind::Count && b.unit.is_none() && b.numeral.decimals;
        if against && bare && a.kind == FigureKind::Index && b.first - a.end <= 8 {
            (b.kind, b.unit) = (FigureKind::Index, a.unit.clone());
        }
        // `le Nasdaq gagnait 0,5% à 23.845,10`: what is neither priced nor counted.
        let level = b.bare && b.kind == FigureKind::Count && b.numeral.grouped && b.numeral.decimals;
        let moved = a.kind == FigureKind::Percent && a.direction.is_some() && b.first == a.end + 1;
        if level && moved && block.is_one_of(a.end, &["à", "at", "to"]) {
            b.kind = FigureKind::Index;
        }
    }
}

fn meanings(tokens: &Tokens<'_>, language: &Language) -> Vec<Word> {
    (0..tokens.len())
        .map(|i| {
            if tokens.is_word(i) {
                language.lexicon.get(tokens.fold(i))
            } else {
                Word::None
            }
        })
        .collect()
}

/// The figures of a block, each read where it begins.
fn items(block: &Block<'_, '_>) -> Vec<Item> {
    let mut items = Vec::new();
    let (mut i, mut floor) = (0, 0);
    while i < block.tokens.len() {
        let Some(read) = start(block, i) else {
            i += 1;
            continue;
        };
        if let Some(item) = age::cohort(block, i) {
            i = item.reach;
            floor = i;
            items.push(item);
            continue;
        }
        if let Some(end) = match block.tokens.is_number(i) {
            true => exclude::before_reading(block, i),
            false => exclude::plus(block, i),
        } {
            i = end.max(i + 1);
            floor = i;
            continue;
        }
        let found = if read == Start::Factor {
            None
        } else {
            date::read(block, i)
        };
        if let Some(item) = found.or_else(|| factor::read(block, i)) {
            i = item.end.max(i + 1);
            floor = i;
            items.push(item);
            continue;
        }
        match measure::read(block, i, floor) {
            Found::Item(item, next) => {
                i = item.end.max(i + 1);
                floor = next.max(i);
                items.push(*item);
            }
            Found::Skip(end) => {
                i = end.max(i + 1);
                floor = i;
            }
            Found::Nothing => i += 1,
        }
    }
    items
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    Any,
    Factor,
}

/// Whether a figure can begin at token `i`: most tokens are passed over here.
fn start(block: &Block<'_, '_>, i: usize) -> Option<Start> {
    let token = block.tokens.get(i)?;
    match token.kind {
        Kind::Number => Some(Start::Any),
        Kind::Opaque => None,
        Kind::Mark(mark) => match mark {
            '-' | '−' | '–' | '+' | '‑' | ',' | '.' | '$' | '€' | '£' | '¥' | '×' => {
                Some(Start::Any)
            }
            mark if mark.is_ascii() => None,
            '½' | '⅓' | '⅔' | '¼' | '¾' | '⅕' | '⅖' | '⅗' | '⅘' | '⅙' | '⅚' | '⅛' | '⅜' | '⅝' | '⅞' | '₩'
            | '₹' | '₽' | '₺' | '₪' | '￥' => Some(Start::Any),
            _ => None,
        },
        Kind::Word => match block.word(i) {
            Word::None => {
                let fold = block.tokens.fold(i);
                match fold.len() {
                    // Codes and currencies before digits: `T3`, `EUR 20`, `US$`, `Sept.`
                    1..=4 if block.tokens.is_number(i + 1) || block.tokens.mark(i + 1).is_some() => {
                        Some(Start::Any)
                    }
                    4 | 6 if matches!(fold, "midi" | "minuit") => Some(Start::Any),
                    1 | 2 if !block.lang.decimal_comma && matches!(fold, "a" | "an") => Some(Start::Any),
                    2..=6 if block.is_one_of(i + 1, &["siecle", "siecles"]) => Some(Start::Any),
                    _ if fold.starts_with("multipl")
                        || fold.starts_with("divis")
                        || fold.starts_with("divid") =>
                    {
                        Some(Start::Factor)
                    }
                    _ => None,
                }
            }
            _ => Some(Start::Any),
        },
    }
}

/// Spells out the items sentence by sentence.
fn write(text: &str, block: &Block<'_, '_>, mut items: Vec<Item>, place: &mut Place<'_>) {
    let tokens = block.tokens;
    let sentences = crate::sentence::split(text, block.lang.lang);
    let mut rest = items.as_mut_slice();
    for (k, sentence) in sentences.iter().enumerate() {
        let last = k + 1 == sentences.len();
        let count = if last {
            rest.len()
        } else {
            rest.iter()
                .take_while(|item| {
                    tokens
                        .get(item.first)
                        .is_some_and(|token| token.start < sentence.end)
                })
                .count()
        };
        let (now, later) = std::mem::take(&mut rest).split_at_mut(count);
        rest = later;
        if now.is_empty() {
            continue;
        }
        let (first, end) = (tokens.at_byte(sentence.start), tokens.at_byte(sentence.end));
        period::attach(block, now, first, end);
        for item in now.iter() {
            if let Some(figure) = figure(text, tokens, item, sentence, place) {
                place.out.push(figure);
            }
        }
    }
}

fn figure(
    text: &str,
    tokens: &Tokens<'_>,
    item: &Item,
    sentence: &Range<usize>,
    place: &Place<'_>,
) -> Option<Figure> {
    let (first, last) = (tokens.get(item.first)?, tokens.get(item.end.checked_sub(1)?)?);
    let (full_first, full_last) = (
        tokens.get(item.full_first)?,
        tokens.get(item.full_end.checked_sub(1)?)?,
    );
    Some(Figure {
        article_id: String::new(),
        n: place.out.len(),
        text: text[first.start..last.end].to_owned(),
        start: place.chars + first.char_start,
        end: place.chars + last.char_end,
        full_text: text[full_first.start..full_last.end].to_owned(),
        full_start: place.chars + full_first.char_start,
        full_end: place.chars + full_last.char_end,
        kind: item.kind,
        value: item.value.map(|value| value.normalize()),
        min: item.min.map(|value| value.normalize()),
        max: item.max.map(|value| value.normalize()),
        qualifier: item.qualifier,
        unit: item.unit.as_deref().map(str::to_owned),
        currency: item.currency.map(str::to_owned),
        currency_ambiguous: item.ambiguous,
        direction: item.direction,
        period: item.period.clone(),
        measure: None,
        subject: None,
        speaker: None,
        sentence: excerpt(text, sentence, full_first.start..full_last.end),
        paragraph: place.paragraph,
    })
}

/// The sentence around a figure, cut where it is too long to quote.
fn excerpt(text: &str, sentence: &Range<usize>, figure: Range<usize>) -> String {
    let start = sentence.start.min(figure.start);
    let end = sentence.end.max(figure.end);
    if end - start <= MAX_SENTENCE {
        return text[start..end].trim().to_owned();
    }
    let boundary = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let from = boundary(figure.start.saturating_sub(MAX_SENTENCE / 2).max(start));
    let to = boundary((figure.end + MAX_SENTENCE / 2).min(end));
    // Between words, where there are any.
    let led = text[from..figure.start]
        .find(char::is_whitespace)
        .filter(|_| from > start);
    let closed = text[figure.end..to]
        .rfind(char::is_whitespace)
        .filter(|_| to < end);
    let from = led.map_or(from, |blank| from + blank);
    let to = closed.map_or(to, |blank| figure.end + blank);
    text[from..to].trim().to_owned()
}
