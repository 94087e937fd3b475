//! Sentence boundaries of French and English news. No model, no I/O.
//!
//! What it is: one forward pass over the text that looks at every `.`, `!`, `?`, `…` and decides from
//! the word before and the word after, with lists of abbreviations ([`words`]) and with the quotations
//! and parentheses that stand around it ([`enclosure`]). The general rules of UAX 29 and every splitter
//! that was tried break after `M.`, `Mme.` or `P.-D. G.`; this one is written for those texts.
//!
//! What it is not: a parser. Line breaks always end a sentence, because headings and list items carry
//! no full stop; text that is wrapped by hand has to be unwrapped before.
//!
//! Rules of taste that callers may rely on:
//!
//! - The ranges cover the text without a gap, in order; the white space after a sentence belongs to it.
//! - A quotation that is resumed by its frame (`« Bravo ! Quel succès ! », a-t-il lancé.`) stays in one
//!   piece; one that stands on its own is split into its sentences. Long quotations
//!   (more than 300 bytes) are always split.
//! - Time grows linearly with the text.

mod enclosure;
mod words;

use std::ops::Range;

use crate::record::Lang;
use enclosure::Sealed;
use words::{Abbreviation, Lexicon};

/// Splits `text` into sentences: byte ranges that cover it contiguously and in order.
///
/// White space after a sentence belongs to it, white space before the first one too, so that joining
/// the slices gives the text back. Text in any language but English is read with the French and the
/// English lists together when `lang` is [`Lang::Other`]. An empty text has no sentences.
///
/// ```
/// use depeche::{record::Lang, sentence::split};
/// let text = "M. Dupont pèse 3,5 Md€. Il achète.";
/// let sentences: Vec<&str> = split(text, Lang::Fr).into_iter().map(|range| &text[range]).collect();
/// assert_eq!(sentences, ["M. Dupont pèse 3,5 Md€. ", "Il achète."]);
/// ```
pub fn split(text: &str, lang: Lang) -> Vec<Range<usize>> {
    let lexicon = Lexicon::of(lang);
    let mut sealed = Sealed::find(text);
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(mark) = next_mark(text, at) {
        let end = if is_line_break(mark.first) {
            Some(mark.start + mark.first.len_utf8())
        } else {
            let stop = Stop::read(text, &mark);
            at = stop.mark_end;
            let opens = stop.opens_sentence(text, start);
            (!opens && stop.ends_sentence(text, lexicon) && !sealed.contains(stop.closers_end))
                .then_some(stop.closers_end)
        };
        let Some(end) = end else { continue };
        let next = skip_space(text, end);
        at = next;
        // Only white space so far: it goes to the sentence that follows.
        if !is_blank(&text[start..end]) {
            sentences.push(start..next);
            start = next;
        }
    }
    if start < text.len() {
        match sentences.last_mut() {
            Some(last) if is_blank(&text[start..]) => last.end = text.len(),
            _ => sentences.push(start..text.len()),
        }
    }
    sentences
}

/// The part of `range` without the white space around it.
pub fn trim(text: &str, range: &Range<usize>) -> Range<usize> {
    let slice = &text[range.clone()];
    let start = range.start + (slice.len() - slice.trim_start_matches(is_space).len());
    start..start + slice.trim_matches(is_space).len()
}

/// A character that may end a sentence.
struct Mark {
    start: usize,
    first: char,
}

fn next_mark(text: &str, from: usize) -> Option<Mark> {
    text[from..]
        .char_indices()
        .find(|&(_, c)| is_terminator(c) || is_line_break(c))
        .map(|(offset, first)| Mark {
            start: from + offset,
            first,
        })
}

fn is_terminator(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '‼' | '⁇' | '⁈' | '⁉')
}

fn is_line_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// White space in the wide sense: with the zero-width space and the byte order mark.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}')
}

fn is_blank(text: &str) -> bool {
    text.chars().all(is_space)
}

fn skip_space(text: &str, from: usize) -> usize {
    text.len() - text[from..].trim_start_matches(is_space).len()
}

/// White space inside a line.
fn skip_inline_space(text: &str, from: usize) -> usize {
    text.len()
        - text[from..]
            .trim_start_matches(|c| is_space(c) && !is_line_break(c))
            .len()
}

/// One run of terminators with what surrounds it.
struct Stop {
    /// First byte of the run.
    start: usize,
    /// One past the run (`?!`, `...`, `! !`).
    mark_end: usize,
    /// One past the closing quotes, parentheses and note numbers that follow the run.
    closers_end: usize,
    /// Whether a parenthesis or bracket closes after the run.
    in_parenthesis: bool,
    /// What the run says.
    kind: StopKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum StopKind {
    /// One full stop: may belong to an abbreviation.
    Period,
    /// `…`, `...`.
    Ellipsis,
    /// `!`, `?` and mixtures.
    Strong,
}

impl Stop {
    fn read(text: &str, mark: &Mark) -> Stop {
        let mut end = mark.start;
        let mut strong = false;
        let mut length = 0;
        loop {
            let Some(c) = text[end..].chars().next().filter(|&c| is_terminator(c)) else {
                // French puts a space before ! and ?, also between them.
                let after = skip_inline_space(text, end);
                if strong && text[after..].starts_with(['!', '?']) {
                    end = after;
                    continue;
                }
                break;
            };
            strong |= !matches!(c, '.' | '…');
            length += if c == '…' { 3 } else { 1 };
            end += c.len_utf8();
        }
        let kind = match (strong, length) {
            (true, _) => StopKind::Strong,
            (false, 1) => StopKind::Period,
            (false, _) => StopKind::Ellipsis,
        };
        let (closers_end, in_parenthesis) = skip_closers(text, end);
        Stop {
            start: mark.start,
            mark_end: end,
            closers_end,
            in_parenthesis,
            kind,
        }
    }

    /// Whether the sentence from byte `from` on has hardly begun: `… Et puis`, or the number of a list that runs on
    /// in one line (`1. Signer. 2. Payer.`).
    fn opens_sentence(&self, text: &str, from: usize) -> bool {
        let before = &text[from..self.start];
        let is_number = || (1..=2).contains(&before.len()) && before.bytes().all(|b| b.is_ascii_digit());
        let goes_on = text[self.closers_end..]
            .trim_start_matches(|c| is_space(c) && !is_line_break(c))
            .starts_with(|c| !is_line_break(c));
        goes_on
            && match self.kind {
                StopKind::Ellipsis => before.is_empty(),
                StopKind::Period => is_number(),
                StopKind::Strong => false,
            }
    }

    fn ends_sentence(&self, text: &str, lexicon: &Lexicon) -> bool {
        let rest = &text[self.closers_end..];
        let next_at = skip_inline_space(text, self.closers_end);
        let next = Next::read(&text[next_at..]);
        if rest.is_empty() || matches!(next.first, None | Some('\n')) {
            return true;
        }
        if next_at == self.closers_end {
            return false; // 3.5, example.com, S.A., « Non ! ».
        }
        if self.in_parenthesis && self.is_elision(text) {
            return false; // […], (...)
        }
        match self.kind {
            StopKind::Strong => next.opens_sentence() && !self.is_brand(text, &next, lexicon),
            StopKind::Ellipsis => next.opens_sentence() && !next.is_digit(),
            StopKind::Period => self.period_ends_sentence(text, &next, lexicon),
        }
    }

    /// `[…]` and `(...)`: the run fills its brackets.
    fn is_elision(&self, text: &str) -> bool {
        let before = text[..self.start].trim_end_matches(|c| is_space(c) && !is_line_break(c));
        self.kind == StopKind::Ellipsis && before.ends_with(['[', '('])
    }

    /// `Yahoo! Japan`: the mark belongs to the name, unless a word follows that opens sentences.
    fn is_brand(&self, text: &str, next: &Next, lexicon: &Lexicon) -> bool {
        const BRANDS: [&str; 4] = ["Yahoo", "Joomla", "Jeopardy", "Yum"];
        let word = last_word(&text[..self.start]);
        BRANDS.contains(&word) && self.closers_end == self.mark_end && !next.is_starter(lexicon)
    }

    fn period_ends_sentence(&self, text: &str, next: &Next, lexicon: &Lexicon) -> bool {
        let before = &text[..self.start];
        let word = last_word(before);
        if is_list_label(before, word) {
            return false;
        }
        match abbreviation(before, word, lexicon) {
            Abbreviation::None => next.opens_sentence() || next.opens_quotation(),
            Abbreviation::Never => false,
            Abbreviation::BeforeNumber => !next.is_reference() && next.opens_sentence(),
            Abbreviation::MayEnd => {
                !self.in_parenthesis && (next.is_starter(lexicon) || next.opens_full_quotation())
            }
            Abbreviation::EndsBeforeCapital => !self.in_parenthesis && next.opens_sentence(),
            Abbreviation::Initial => next.is_starter(lexicon) && !next.is_particle_of_name(),
        }
    }
}

/// Skips closing quotes and brackets, with the space that French puts before », and note numbers `[3]`.
fn skip_closers(text: &str, from: usize) -> (usize, bool) {
    let mut end = from;
    let mut in_parenthesis = false;
    loop {
        let rest = &text[end..];
        let spaced = skip_inline_space(text, end);
        match rest.chars().next() {
            Some(c @ (')' | ']' | '}')) => {
                in_parenthesis = true;
                end += c.len_utf8();
            }
            Some(c @ ('”' | '"' | '’' | '\'' | '“')) => end += c.len_utf8(),
            Some('[') => match note_length(rest) {
                Some(length) => end += length,
                None => break,
            },
            _ if text[spaced..].starts_with(['»', '›']) => {
                end = spaced + text[spaced..].chars().next().map_or(0, char::len_utf8);
            }
            _ => break,
        }
    }
    (end, in_parenthesis)
}

/// The length of a note mark such as `[12]` at the start of `text`.
fn note_length(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('[')?;
    let digits = inside.bytes().take(4).take_while(u8::is_ascii_digit).count();
    (1..=3).contains(&digits).then_some(())?;
    inside[digits..].starts_with(']').then_some(digits + 2)
}

/// The letters and digits at the end of `before`.
fn last_word(before: &str) -> &str {
    let start = before.trim_end_matches(char::is_alphanumeric).len();
    &before[start..]
}

/// `1. `, `1.1. `, `a. ` or `IV. ` at the start of a line.
fn is_list_label(before: &str, word: &str) -> bool {
    let mut ahead = &before[..before.len() - word.len()];
    let is_number = !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
    if is_number && ahead.ends_with('.') {
        // the numbers above it
        ahead = ahead.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    }
    let ahead = ahead.trim_end_matches(|c| is_space(c) && !is_line_break(c));
    let at_line_start = ahead.is_empty() || ahead.ends_with(is_line_break);
    let is_label = word.len() <= 3 && word.bytes().all(|b| b.is_ascii_digit())
        || word.chars().count() == 1
        || words::is_roman(word);
    at_line_start && !word.is_empty() && is_label
}

/// What the full stop after `word` may be, from the word and what stands before it.
fn abbreviation(before: &str, word: &str, lexicon: &Lexicon) -> Abbreviation {
    let ahead = &before[..before.len() - word.len()];
    if word.is_empty() {
        let is_degree = ahead.ends_with(['°', 'º']);
        return if is_degree {
            Abbreviation::BeforeNumber
        } else {
            Abbreviation::None
        };
    }
    let previous = previous_word(ahead);
    let after_number = previous.ends_with(|c: char| c.is_ascii_digit()) && ahead.ends_with(is_space);
    let mut chars = word.chars();
    if let (Some(letter), None) = (chars.next(), chars.next())
        && letter.is_alphabetic()
    {
        return letter_abbreviation(ahead, letter, previous, after_number, lexicon);
    }
    let listed = lexicon.abbreviation(word);
    match listed {
        // "10 000 MM." is no gentlemen; "le vol AF 12 min." stays what the list says.
        Abbreviation::Never if after_number && words::is_title(word) => Abbreviation::None,
        Abbreviation::None if word == "ex" && (matches!(previous, "p" | "par") || ahead.ends_with('(')) => {
            Abbreviation::Never
        }
        listed => listed,
    }
}

/// A single letter before the full stop: an initial, a piece of a dotted acronym, a unit, a label.
fn letter_abbreviation(
    ahead: &str,
    letter: char,
    previous: &str,
    after_number: bool,
    lexicon: &Lexicon,
) -> Abbreviation {
    if let Some(stem) = ahead.strip_suffix(".-").or_else(|| ahead.strip_suffix(".‑")) {
        let era = letter == 'C' && stem.ends_with('J');
        let dated = matches!(
            previous_word(stem.trim_end_matches('J')),
            "av" | "apr" | "avant" | "après"
        );
        return if era && dated {
            Abbreviation::EndsBeforeCapital
        } else if letter == 'S' && (stem == "P" || stem.ends_with("\nP")) {
            Abbreviation::Never // P.-S. Le site …
        } else {
            Abbreviation::Initial
        };
    }
    if letter.is_lowercase() && ahead.ends_with('/') {
        return Abbreviation::None; // 60 i/s.
    }
    if ahead.ends_with('.') {
        // i.e., e.g. and N.B. lead on; p.m., U.S., S.A.R.L. may stand last.
        let first = last_word(ahead.trim_end_matches('.'));
        let leads_on = matches!(letter, 'e' | 'g') && first.len() == 1 || letter == 'B' && first == "N";
        return if leads_on {
            Abbreviation::Never
        } else {
            Abbreviation::MayEnd
        };
    }
    let free = ahead.is_empty() || ahead.ends_with(|c: char| is_space(c) || "('’\"«“[-—–/&".contains(c));
    if letter.is_lowercase() && ahead.ends_with("à-") {
        return Abbreviation::Never; // c.-à-d.
    }
    if letter.is_lowercase() && free {
        return lexicon.abbreviation(letter.encode_utf8(&mut [0; 4]));
    }
    let is_suffix = ahead
        .strip_suffix('-')
        .is_some_and(|code| code.ends_with(|c: char| c.is_ascii_digit()));
    if !free || after_number || is_suffix {
        // a reference such as 123-A, too
        return Abbreviation::None; // 20 °C. | 5 G. | 12 V.
    }
    if letter == 'M' && lexicon.knows_french() {
        return Abbreviation::Never;
    }
    let after_initial = ahead.trim_end_matches(is_space).ends_with('.') && previous.chars().count() == 1;
    if after_initial {
        return Abbreviation::Initial;
    }
    let is_label = words::takes_letter(previous) || letter == 'I' && !previous.is_empty();
    // A company today, hardly ever a first name: « a-t-il écrit sur X. »
    let is_network = letter == 'X' && previous.chars().next().is_some_and(char::is_lowercase);
    if is_label || is_network {
        Abbreviation::None
    } else {
        Abbreviation::Initial
    }
}

/// The word before the last one, across white space, apostrophes and full stops on the same line.
fn previous_word(ahead: &str) -> &str {
    let ahead = ahead
        .trim_end_matches(|c: char| is_space(c) && !is_line_break(c) || matches!(c, '.' | '’' | '\'' | '-'));
    last_word(ahead)
}

/// What follows a terminator.
struct Next<'a> {
    /// The first character, the line break as `\n`.
    first: Option<char>,
    /// The first word, behind opening quotes and brackets.
    word: &'a str,
    /// What comes after that word.
    rest: &'a str,
    /// The opening quote or bracket, dash or bullet in front of the word.
    opener: Option<char>,
}

impl<'a> Next<'a> {
    fn read(text: &'a str) -> Next<'a> {
        let first = text
            .chars()
            .next()
            .map(|c| if is_line_break(c) { '\n' } else { c });
        let mut opener = None;
        let inner = text.trim_start_matches(|c: char| {
            let opens = "«“„\"‘’'([{—–-•‹¿¡*_".contains(c);
            if opens && opener.is_none() {
                opener = Some(c);
            }
            opens || is_space(c) && !is_line_break(c)
        });
        let length = inner.find(|c: char| !c.is_alphanumeric()).unwrap_or(inner.len());
        Next {
            first,
            word: &inner[..length],
            rest: &inner[length..],
            opener,
        }
    }

    fn is_digit(&self) -> bool {
        self.word.starts_with(|c: char| c.is_numeric())
    }

    /// A capital, a digit, a letter without case, or a name such as `iPhone` and `xAI`.
    fn opens_sentence(&self) -> bool {
        let mut chars = self.word.chars();
        let Some(first) = chars.next() else {
            // A sign before the number or the name: `+12 %`, `$5`, `€3`, `@nom`, `#sujet`.
            return self.rest.starts_with(['$', '€', '£', '+', '−', '@', '#', '§']);
        };
        !first.is_lowercase() || self.word.len() < 12 && chars.any(char::is_uppercase)
    }

    fn opens_quotation(&self) -> bool {
        matches!(self.opener, Some('«' | '“' | '„'))
    }

    /// A quotation that begins like a sentence.
    fn opens_full_quotation(&self) -> bool {
        self.opens_quotation() && self.word.starts_with(char::is_uppercase)
    }

    /// A word that opens sentences far more often than it goes on after an abbreviation.
    fn is_starter(&self, lexicon: &Lexicon) -> bool {
        let elided = self.rest.starts_with(['’', '\'']);
        if elided {
            return matches!(
                self.word,
                "L" | "D" | "J" | "N" | "C" | "S" | "M" | "T" | "Qu" | "Aujourd" | "Lorsqu"
            );
        }
        !(self.rest.starts_with('.') && self.word.chars().count() == 1) && lexicon.starts_sentence(self.word)
    }

    /// `J. Le Guen`, `A. De Vries`, `J. D’Ormesson`: the starter is part of the name.
    fn is_particle_of_name(&self) -> bool {
        let particle = matches!(self.word, "Le" | "La" | "De" | "Du" | "Des" | "D" | "Les");
        let rest = self
            .rest
            .trim_start_matches(|c: char| is_space(c) && !is_line_break(c) || matches!(c, '’' | '\''));
        particle && rest.starts_with(char::is_uppercase)
    }

    /// A digit, a Roman numeral, or the letter of a code (`art. L. 121-1`).
    fn is_reference(&self) -> bool {
        self.is_digit()
            || words::is_roman(self.word)
            || self.word.chars().count() == 1 && self.rest.starts_with('.')
    }
}
