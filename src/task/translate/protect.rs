//! A sentence with stand-ins for what the model must not change, and the way back.
//!
//! No word is sure to pass through a model unharmed, so nothing is taken on trust: a translation counts only
//! when each stand-in is there exactly once. Two styles are tried, because which one survives depends on the
//! model's vocabulary.

use std::ops::Range;

/// How stand-ins look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Odd numbers of five digits for figures, which keep their place in the grammar of the sentence; short
    /// codes for words.
    Number,
    /// Short codes for everything.
    Code,
}

/// What is replaced: bytes of the sentence, and what the translation has to say there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Guarded {
    pub range: Range<usize>,
    pub replacement: String,
    pub is_figure: bool,
}

/// A sentence with its stand-ins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Protected {
    /// What the model is asked for.
    pub text: String,
    stand_ins: Vec<StandIn>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct StandIn {
    mark: String,
    replacement: String,
}

/// Puts stand-ins into `sentence`; `guarded` is sorted and does not overlap.
pub(super) fn protect(sentence: &str, guarded: &[Guarded], style: Style) -> Protected {
    let mut text = String::with_capacity(sentence.len());
    let mut stand_ins = Vec::with_capacity(guarded.len());
    let mut done = 0;
    let mut next = 0;
    for piece in guarded {
        let mark = loop {
            next += 1;
            let mark = mark(next, piece.is_figure && style == Style::Number);
            if !sentence.contains(&mark) {
                break mark;
            }
        };
        text.push_str(&sentence[done..piece.range.start]);
        text.push_str(&mark);
        stand_ins.push(StandIn {
            mark,
            replacement: piece.replacement.clone(),
        });
        done = piece.range.end;
    }
    text.push_str(&sentence[done..]);
    Protected { text, stand_ins }
}

/// The nth stand-in: five digits that no text states by chance, or two capitals and a number.
fn mark(n: usize, number: bool) -> String {
    if number {
        format!("{}", 70_000 + (n * 1_117) % 20_000)
    } else {
        format!("XQ{n}")
    }
}

impl Protected {
    /// The translation with everything back in its place; none unless each stand-in is there exactly once.
    pub fn restore(&self, translation: &str) -> Option<String> {
        let mut places: Vec<(Range<usize>, &str)> = Vec::with_capacity(self.stand_ins.len());
        for stand_in in &self.stand_ins {
            let mut found = find(translation, &stand_in.mark);
            let place = found.pop().filter(|_| found.is_empty())?;
            places.push((place, &stand_in.replacement));
        }
        places.sort_by_key(|(place, _)| place.start);
        let mut text = String::with_capacity(translation.len());
        let mut done = 0;
        for (place, replacement) in places {
            // two stand-ins never overlap, or one of them would not be whole
            text.push_str(translation.get(done..place.start)?);
            text.push_str(replacement);
            done = place.end;
        }
        text.push_str(&translation[done..]);
        Some(text)
    }
}

/// Where a stand-in stands, whole; digits may have been put in groups (`71,117`), codes in lower case.
fn find(text: &str, mark: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (start, c) in text.char_indices() {
        if !c.is_alphanumeric()
            || text[..start]
                .chars()
                .next_back()
                .is_some_and(char::is_alphanumeric)
        {
            continue;
        }
        if let Some(length) = matched(&text[start..], mark) {
            let free = !text[start + length..].starts_with(char::is_alphanumeric);
            if free {
                found.push(start..start + length);
            }
        }
    }
    found
}

/// The length of the mark at the start of `text`.
fn matched(text: &str, mark: &str) -> Option<usize> {
    let is_number = mark.bytes().all(|b| b.is_ascii_digit());
    let mut wanted = mark.chars().peekable();
    for (at, c) in text.char_indices() {
        let Some(&next) = wanted.peek() else {
            return Some(at);
        };
        if c.eq_ignore_ascii_case(&next) {
            wanted.next();
        } else if !(is_number && at > 0 && matches!(c, ',' | '.' | ' ' | '\u{a0}' | '\u{202f}')) {
            return None;
        }
    }
    wanted.peek().is_none().then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guarded(sentence: &str, pieces: &[(&str, &str, bool)]) -> Vec<Guarded> {
        pieces
            .iter()
            .map(|&(words, replacement, is_figure)| {
                let start = sentence.find(words).unwrap();
                Guarded {
                    range: start..start + words.len(),
                    replacement: replacement.to_owned(),
                    is_figure,
                }
            })
            .collect()
    }

    #[test]
    fn what_survives_comes_back_in_its_place() {
        let sentence = "Nexilia a levé 12 millions d’euros en 2024.";
        let pieces = guarded(
            sentence,
            &[
                ("Nexilia", "Nexilia", false),
                ("12 millions d’euros", "€12 million", true),
                ("2024", "2024", true),
            ],
        );
        let numbers = protect(sentence, &pieces, Style::Number);
        assert_eq!(numbers.text, "XQ1 a levé 72234 en 73351.");
        assert_eq!(
            numbers.restore("In 73,351, xq1 raised 72 234.").as_deref(),
            Some("In 2024, Nexilia raised €12 million.")
        );
        let codes = protect(sentence, &pieces, Style::Code);
        assert_eq!(codes.text, "XQ1 a levé XQ2 en XQ3.");
        assert_eq!(
            codes.restore("XQ1 raised XQ2 in XQ3.").as_deref(),
            Some("Nexilia raised €12 million in 2024.")
        );
    }

    #[test]
    fn a_lost_doubled_or_grown_stand_in_is_refused() {
        let sentence = "Il y a 12 et 13.";
        let pieces = guarded(sentence, &[("12", "12", true), ("13", "13", true)]);
        let codes = protect(sentence, &pieces, Style::Code);
        for translation in [
            "There is XQ1.",
            "XQ1, XQ1 and XQ2",
            "XQ1 and XQ22",
            "XQ1s and XQ2",
            "",
        ] {
            assert_eq!(codes.restore(translation), None, "{translation}");
        }
    }

    #[test]
    fn a_stand_in_that_the_text_has_already_is_passed_over() {
        let sentence = "La norme XQ1 coûte 12.";
        let pieces = guarded(sentence, &[("12", "12", true)]);
        assert_eq!(
            protect(sentence, &pieces, Style::Code).text,
            "La norme XQ1 coûte XQ2."
        );
    }
}
