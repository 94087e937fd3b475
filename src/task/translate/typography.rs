//! A translation in the typography of its language: quotation marks, and spaces around punctuation.
//!
//! Words and numbers are left as they are; addresses are copied as they stand.

use crate::record::Lang;
use regex::Regex;
use std::sync::LazyLock;

/// What is never touched: web and mail addresses.
pub(super) static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:https?://|www\.)[^\s<>«»“”]*[^\s<>«»“”.,;:!?)\]]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
        .expect("OK because a test uses it")
});

/// Tidies one line of translated text. `source` tells which marks the original had.
pub(super) fn tidy(text: &str, source: &str, target: Lang) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for address in ADDRESS.find_iter(text) {
        push_tidy(&mut out, &text[done..address.start()], source, target);
        out.push_str(address.as_str());
        done = address.end();
    }
    push_tidy(&mut out, &text[done..], source, target);
    match target {
        Lang::En => curl(&squeeze(&out), source, '“', '”', ""),
        Lang::Fr => curl(&squeeze(&out), source, '«', '»', "\u{a0}"),
        Lang::Other => squeeze(&out),
    }
}

fn push_tidy(out: &mut String, text: &str, source: &str, target: Lang) {
    match target {
        Lang::En => english(out, text, source),
        Lang::Fr => french(out, text),
        Lang::Other => out.push_str(text),
    }
}

/// `« mot »` becomes `“mot”`; no space before `; : ? ! % . ,` nor inside brackets; spaces are plain.
fn english(out: &mut String, text: &str, source: &str) {
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        match c {
            '«' | '„' => {
                out.push('“');
                at = skip_space(&chars, at + 1);
                continue;
            }
            '»' => {
                trim_space(out);
                out.push('”');
            }
            '‹' => {
                out.push('‘');
                at = skip_space(&chars, at + 1);
                continue;
            }
            '›' => {
                trim_space(out);
                out.push('’');
            }
            ';' | ':' | '?' | '!' if ends_word(&chars, at) => {
                trim_space_after_word(out);
                out.push(c);
            }
            '.' | ',' if ends_word(&chars, at) => {
                trim_space_after_word(out);
                out.push(c);
            }
            '%' => {
                trim_space_after(out, |c| c.is_ascii_digit());
                out.push(c);
            }
            ')' | ']' if !source.contains(" )") => {
                trim_space_after(out, |c| !c.is_whitespace());
                out.push(c);
            }
            c if is_space(c) => out.push(' '),
            c => out.push(c),
        }
        at += 1;
    }
}

/// `“word”` becomes `« word »`; a space that does not break before `; : ? ! %`.
fn french(out: &mut String, text: &str) {
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        match c {
            '“' | '«' | '„' => {
                out.push_str("«\u{a0}");
                at = skip_space(&chars, at + 1);
                continue;
            }
            '”' | '»' => {
                trim_space(out);
                out.push_str("\u{a0}»");
            }
            ';' | '?' | '!' if ends_word(&chars, at) && follows_word(out) => {
                trim_space(out);
                out.push('\u{202f}');
                out.push(c);
            }
            ':' if ends_word(&chars, at) && follows_word(out) => {
                trim_space(out);
                out.push_str("\u{a0}:");
            }
            '%' if out
                .trim_end_matches(is_space)
                .ends_with(|c: char| c.is_ascii_digit()) =>
            {
                trim_space(out);
                out.push_str("\u{a0}%");
            }
            c => out.push(c),
        }
        at += 1;
    }
}

/// Straight double quotes, in pairs, as the marks of the language; left alone where their number is odd or
/// the source has straight ones for something else (inches).
fn curl(text: &str, source: &str, open: char, close: char, pad: &str) -> String {
    let straight = text.matches('"').count();
    let quoted = source.contains(['«', '»', '“', '”', '"']);
    if straight == 0 || !straight.is_multiple_of(2) || !quoted || after_digit(source) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + straight * 4);
    let mut opens = true;
    for c in text.chars() {
        if c != '"' {
            out.push(c);
            continue;
        }
        if opens {
            out.push(open);
            out.push_str(pad);
        } else {
            out.push_str(pad);
            out.push(close);
        }
        opens = !opens;
    }
    out
}

fn after_digit(source: &str) -> bool {
    let bytes = source.as_bytes();
    bytes
        .windows(2)
        .any(|pair| pair[0].is_ascii_digit() && pair[1] == b'"')
}

/// Spaces that came together are one; none at the ends.
fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        let double = is_space(c) && out.chars().next_back().is_some_and(is_space);
        if !double {
            out.push(c);
        }
    }
    out
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{2007}' | '\t')
}

fn skip_space(chars: &[char], at: usize) -> usize {
    chars[at..]
        .iter()
        .position(|&c| !is_space(c))
        .map_or(chars.len(), |after| at + after)
}

fn trim_space(out: &mut String) {
    out.truncate(out.trim_end_matches(is_space).len());
}

fn trim_space_after_word(out: &mut String) {
    trim_space_after(out, |c| c.is_alphanumeric() || "»”’)]}%°€$£\"!?…".contains(c));
}

/// Takes the space at the end away where it stands after such a character.
fn trim_space_after(out: &mut String, wanted: impl Fn(char) -> bool) {
    let trimmed = out.trim_end_matches(is_space);
    if trimmed.len() < out.len() && trimmed.chars().next_back().is_some_and(wanted) {
        out.truncate(trimmed.len());
    }
}

/// The mark ends a word or a run of marks: `10:30`, `.NET` and `:)` are none.
fn ends_word(chars: &[char], at: usize) -> bool {
    chars
        .get(at + 1)
        .is_none_or(|&c| is_space(c) || "»”’)]}!?.…\"«".contains(c))
}

fn follows_word(out: &str) -> bool {
    let before = out.trim_end_matches(is_space).chars().next_back();
    before.is_some_and(|c| c.is_alphanumeric() || "»”’)]}%°€$£\"…".contains(c))
}

#[cfg(test)]
mod tests {
    use super::tidy;
    use crate::record::Lang;

    #[test]
    fn french_typography_becomes_english() {
        for (text, source, expected) in [
            ("He said : « Yes\u{a0}! »", "«", "He said: “Yes!”"),
            ("Why\u{202f}? Because\u{a0}; so", "", "Why? Because; so"),
            ("up 20.5\u{a0}% in a year", "", "up 20.5% in a year"),
            ("a \"great\" day", "une « belle » journée", "a “great” day"),
            ("a 5\" screen, 6\" wide", "un écran 5\"", "a 5\" screen, 6\" wide"),
            ("see https://a.fr/x?y=1 : now", "", "see https://a.fr/x?y=1: now"),
            ("at 10:30 , then", "", "at 10:30, then"),
            ("the .NET runtime", "", "the .NET runtime"),
            ("well  done\u{a0}. ", "", "well done."),
            ("« ‹ in › out »", "«", "“‘in’ out”"),
        ] {
            assert_eq!(tidy(text, source, Lang::En), expected, "{text:?}");
        }
    }

    #[test]
    fn english_typography_becomes_french() {
        for (text, source, expected) in [
            ("Il dit: “Oui!”", "“", "Il dit\u{a0}: «\u{a0}Oui\u{202f}!\u{a0}»"),
            (
                "Pourquoi? Parce que; voilà",
                "",
                "Pourquoi\u{202f}? Parce que\u{202f}; voilà",
            ),
            ("20,5% de plus à 10:30", "", "20,5\u{a0}% de plus à 10:30"),
            ("un \"beau\" jour", "a “nice” day", "un «\u{a0}beau\u{a0}» jour"),
            ("voir https://a.fr/x?y=1!", "", "voir https://a.fr/x?y=1\u{202f}!"),
            ("Quoi?!", "", "Quoi\u{202f}?!"),
        ] {
            assert_eq!(tidy(text, source, Lang::Fr), expected, "{text:?}");
        }
    }

    #[test]
    fn tidying_twice_changes_nothing_more() {
        for lang in [Lang::En, Lang::Fr] {
            let once = tidy("« Oui ! » , dit-il : \"20 %\" ; voir a@b.fr .", "«", lang);
            assert_eq!(tidy(&once, "«", lang), once);
        }
    }
}
