//! What stands around a sentence and is not the model's to translate: dashes of a dialogue, and quotation
//! marks that open or close here, whose other half may stand in another sentence.

use crate::record::Lang;

/// A sentence without its shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shell {
    /// What comes before, in the spelling of the target.
    pub open: String,
    /// What is translated.
    pub body: String,
    /// What comes after.
    pub close: String,
}

/// Takes the shell off.
pub(super) fn split(sentence: &str, target: Lang) -> Shell {
    let mut body = sentence.trim();
    let mut open = String::new();
    if let Some(rest) = body
        .strip_prefix(['—', '–', '-'])
        .filter(|rest| rest.starts_with(char::is_whitespace))
    {
        open.push_str(&body[..body.len() - rest.len()]);
        open.push(' ');
        body = rest.trim_start();
    }
    let mut close = String::new();
    let (before, stop) = final_stop(body);
    let opens = body.chars().next().and_then(opening);
    let closes = before.chars().next_back().and_then(closing);
    match (opens, closes) {
        // The quotation is the whole sentence, with the stop inside or outside of it.
        (Some(kind), Some(same)) if kind == same && pairs_up(before, kind) => {
            open.push_str(mark(kind, target).0);
            close.push_str(mark(kind, target).1);
            close.push_str(stop);
            body = inside(before, true, true);
        }
        (Some(kind), _) if !closes_inside(body, kind) => {
            open.push_str(mark(kind, target).0);
            body = inside(body, true, false);
        }
        (_, Some(kind)) if !opens_inside(before, kind) => {
            close.push_str(mark(kind, target).1);
            close.push_str(stop);
            body = inside(before, false, true);
        }
        _ => {}
    }
    if !body.chars().any(char::is_alphanumeric) {
        return Shell {
            open: String::new(),
            body: sentence.trim().to_owned(),
            close: String::new(),
        };
    }
    Shell {
        open,
        body: body.to_owned(),
        close,
    }
}

/// The kinds of quotation marks: French and English double ones mean the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Guillemets,
    Curly,
    Straight,
}

fn opening(c: char) -> Option<Kind> {
    match c {
        '«' => Some(Kind::Guillemets),
        '“' => Some(Kind::Curly),
        '"' => Some(Kind::Straight),
        _ => None,
    }
}

fn closing(c: char) -> Option<Kind> {
    match c {
        '»' => Some(Kind::Guillemets),
        '”' => Some(Kind::Curly),
        '"' => Some(Kind::Straight),
        _ => None,
    }
}

/// Every kind becomes the target's own; straight quotes become curly ones in English.
fn mark(_: Kind, target: Lang) -> (&'static str, &'static str) {
    match target {
        Lang::Fr => ("«\u{a0}", "\u{a0}»"),
        Lang::En | Lang::Other => ("“", "”"),
    }
}

/// The sentence before a stop that follows a closing mark (`… ».`), and that stop.
fn final_stop(body: &str) -> (&str, &str) {
    let before = body.trim_end_matches(['.', '!', '?', '…', ',']).trim_end();
    match before.chars().next_back().and_then(closing) {
        Some(_) => (before, body[before.len()..].trim_start()),
        None => (body, ""),
    }
}

/// Whether the first mark closes with the last one and not before.
fn pairs_up(body: &str, kind: Kind) -> bool {
    let inner = inside(body, true, true);
    match kind {
        Kind::Guillemets => balanced(inner, '«', '»'),
        Kind::Curly => balanced(inner, '“', '”'),
        Kind::Straight => !inner.contains('"'),
    }
}

/// Pairs in order, none closed before it is opened.
fn balanced(text: &str, open: char, close: char) -> bool {
    let mut depth = 0_i32;
    for c in text.chars() {
        depth += i32::from(c == open) - i32::from(c == close);
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

fn closes_inside(body: &str, kind: Kind) -> bool {
    let inner = inside(body, true, false);
    match kind {
        Kind::Guillemets => inner.contains('»'),
        Kind::Curly => inner.contains('”'),
        Kind::Straight => inner.contains('"'),
    }
}

fn opens_inside(body: &str, kind: Kind) -> bool {
    let inner = inside(body, false, true);
    match kind {
        Kind::Guillemets => inner.contains('«'),
        Kind::Curly => inner.contains('“'),
        Kind::Straight => inner.contains('"'),
    }
}

/// Without the first or the last mark, and the space that French puts there.
fn inside(body: &str, first: bool, last: bool) -> &str {
    let mut chars = body.chars();
    if first {
        chars.next();
    }
    if last {
        chars.next_back();
    }
    chars.as_str().trim()
}

#[cfg(test)]
mod tests {
    use super::split;
    use crate::record::Lang;

    fn parts(sentence: &str, target: Lang) -> (String, String, String) {
        let shell = split(sentence, target);
        (shell.open, shell.body, shell.close)
    }

    #[test]
    fn marks_around_a_sentence_are_kept_and_spelled_as_the_target_does() {
        for (sentence, open, body, close) in [
            ("« Nous recruterons. »", "“", "Nous recruterons.", "”"),
            ("«\u{a0}Nous recruterons\u{a0}».", "“", "Nous recruterons", "”."),
            ("« Nous allons recruter.", "“", "Nous allons recruter.", ""),
            ("Nous formerons aussi. »", "", "Nous formerons aussi.", "”"),
            ("— « Oui ! »", "— “", "Oui !", "”"),
            ("– Non, dit-il.", "– ", "Non, dit-il.", ""),
            ("« Oui », dit-il.", "", "« Oui », dit-il.", ""),
            ("Il a dit « oui ».", "", "Il a dit « oui ».", ""),
            ("« Oui » et « non ».", "", "« Oui » et « non ».", ""),
            ("\"Oui.\"", "“", "Oui.", "”"),
            ("« »", "", "« »", ""),
            ("-5 °C ce matin", "", "-5 °C ce matin", ""),
        ] {
            assert_eq!(
                parts(sentence, Lang::En),
                (open.to_owned(), body.to_owned(), close.to_owned()),
                "{sentence}"
            );
        }
        assert_eq!(
            parts("“We will hire.”", Lang::Fr),
            (
                "«\u{a0}".to_owned(),
                "We will hire.".to_owned(),
                "\u{a0}»".to_owned()
            )
        );
    }
}
