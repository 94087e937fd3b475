//! What the model answered, read: one JSON object, or one line of text.
//!
//! A grammar shapes the answers of the engine, but a backend without grammars answers as it likes, and
//! any answer can be cut at its largest length. So an answer is untrusted text: fences, thinking blocks
//! and words around the object are passed over, and of a cut list the whole elements are kept.

use serde::de::DeserializeOwned;

/// An answer as a value, or why not.
#[derive(Debug, PartialEq)]
pub(super) enum Read<T> {
    /// The whole answer.
    Whole(T),
    /// The answer was cut; its whole elements are here.
    Cut(T),
    /// No value can be made of it.
    Nothing,
}

/// Reads the first JSON object of `text`.
pub(super) fn read_json<T: DeserializeOwned>(text: &str) -> Read<T> {
    let text = without_thinking(text);
    let Some(start) = text.find('{') else {
        return Read::Nothing;
    };
    let text = &text[start..];
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<T>();
    match values.next() {
        Some(Ok(value)) => return Read::Whole(value),
        Some(Err(error)) if !error.is_eof() => return Read::Nothing,
        _ => {}
    }
    for repaired in repairs(text) {
        if let Ok(value) = serde_json::from_str(&repaired) {
            return Read::Cut(value);
        }
    }
    Read::Nothing
}

/// Reads one line of text: the first that is not empty.
pub(super) fn read_line(text: &str) -> Option<String> {
    without_thinking(text)
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with("```"))
        .map(str::to_owned)
}

/// What follows a thinking block.
fn without_thinking(text: &str) -> &str {
    match text.split_once("</think>") {
        Some((before, after)) if before.trim_start().starts_with("<think>") => after,
        _ => text,
    }
}

/// A cut object closed after its last whole element, and after the one before when that is not enough.
fn repairs(text: &str) -> Vec<String> {
    let mut open: Vec<char> = Vec::new();
    let mut cuts: Vec<(usize, String)> = Vec::new();
    let mut in_string = false;
    let mut escaped = false;
    for (byte, c) in text.char_indices() {
        if in_string {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match c {
            '"' => in_string = true,
            '{' => open.push('}'),
            '[' => {
                open.push(']');
                cuts.push((byte + 1, closing(&open)));
            }
            '}' | ']' => {
                open.pop();
                if open.last() == Some(&']') {
                    cuts.push((byte + 1, closing(&open)));
                }
            }
            _ => {}
        }
    }
    cuts.iter()
        .rev()
        .take(4)
        .map(|(end, closing)| format!("{}{closing}", &text[..*end]))
        .collect()
}

fn closing(open: &[char]) -> String {
    open.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    struct List {
        items: Vec<Item>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Item {
        name: String,
    }

    fn list(names: &[&str]) -> List {
        List {
            items: names
                .iter()
                .map(|&name| Item {
                    name: name.to_owned(),
                })
                .collect(),
        }
    }

    #[test]
    fn an_object_is_found_among_what_models_write_around_it() {
        let whole = r#"{"items": [{"name": "a}\""}]}"#;
        for text in [
            whole.to_owned(),
            format!("```json\n{whole}\n```"),
            format!("<think>\nhm {{\n</think>\n\n{whole}"),
            format!("Voici : {whole}\nVoilà."),
        ] {
            assert_eq!(read_json(&text), Read::Whole(list(&["a}\""])), "{text}");
        }
    }

    #[test]
    fn a_cut_list_keeps_its_whole_elements() {
        for (text, names) in [
            (
                r#"{"items": [{"name": "a"}, {"name": "b"}, {"na"#,
                &["a", "b"][..],
            ),
            (r#"{"items": [{"name": "a"}, {"name": "b"}"#, &["a", "b"]),
            (r#"{"items": [{"name": "a\"#, &[]),
            (r#"{"items": ["#, &[]),
        ] {
            assert_eq!(read_json(text), Read::Cut(list(names)), "{text}");
        }
    }

    #[test]
    fn no_object_is_nothing() {
        for text in ["", "non", "{", "{]", r#"{"items": 3}"#, r#"{"item"#, "[1, 2]"] {
            assert_eq!(read_json::<List>(text), Read::Nothing, "{text}");
        }
    }

    #[test]
    fn a_line_is_the_first_that_says_something() {
        assert_eq!(read_line("\n  Bonjour.  \nNote: …").as_deref(), Some("Bonjour."));
        assert_eq!(read_line("<think>x</think>\n\nOui").as_deref(), Some("Oui"));
        assert_eq!(read_line("```\nOui\n```").as_deref(), Some("Oui"));
        assert_eq!(read_line(" \n"), None);
    }
}
