//! Every problem that the program can write has a French wording in `french.json`: the messages are read where they are
//! written, so that a new one without its French is found.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where problems, their hints and what they are put together of are written.
const WRITTEN: [&str; 21] = [
    "backend.rs",
    "gate/message.rs",
    "gate/swapped.rs",
    "ingest/decode.rs",
    "ingest/error.rs",
    "ingest/format.rs",
    "ingest/jsonl.rs",
    "output/xlsx/notes.rs",
    "pipeline/assemble.rs",
    "pipeline/read.rs",
    "task/case.rs",
    "task/check.rs",
    "task/extract.rs",
    "task/job.rs",
    "task/summarize.rs",
    "task/translate/candidate.rs",
    "task/translate/demand.rs",
    "task/translate/layout.rs",
    "task/translate/paragraphs.rs",
    "task/translate/sentences.rs",
    "task/translate/sentences/unit.rs",
];

/// What stands in these files and is no problem: other errors, parts of prompts, the sheet `Run`.
const OTHER: [&str; 19] = [
    "beams {}, length penalty {}",
    " at line ",
    "expected text, html, md or jsonl, but found {}",
    "<!doctype html",
    "SQLite format 3\0",
    "what a row is",
    " (more than a sheet holds: it goes on to {})",
    "what the column means",
    "le titre",
    "the title",
    "the heading [{}]",
    "la ligne de tableau [{}]",
    "the table row [{}]",
    "le paragraphe [{}]",
    "paragraph [{}]",
    "l'intertitre [{}]",
    "« {} » manquait",
    "« {} » n'est pas dans l'original",
    "« {} » était devenu « {} »",
];

/// Prompts quote in this way, problems do not.
const OF_PROMPTS: &str = "\"{}\"";

fn wordings() -> BTreeMap<String, String> {
    // a hole for a number is a hole
    serde_json::from_str(&include_str!("french.json").replace("{#}", "{}")).unwrap()
}

fn source(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The string literals of a file before its tests, with `{}` for every hole.
fn literals(source: &str) -> Vec<String> {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut chars = source.chars().peekable();
    let mut found = Vec::new();
    while let Some(c) = chars.next() {
        match c {
            '/' if chars.peek() == Some(&'/') => {
                chars.by_ref().find(|c| *c == '\n');
            }
            '\'' => {
                // a character, which may be a quote; a lifetime has no second apostrophe
                let mut ahead = chars.clone();
                let escaped = ahead.next() == Some('\\');
                if escaped {
                    ahead.next();
                }
                if escaped || ahead.next() == Some('\'') {
                    chars.by_ref().nth(usize::from(escaped));
                }
            }
            '"' => found.push(literal(&mut chars)),
            _ => {}
        }
    }
    found
}

/// The rest of a literal.
fn literal(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut text = String::new();
    let mut hole = false;
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => match chars.next() {
                Some('\n') => while chars.next_if(|c| c.is_whitespace()).is_some() {},
                Some('n') => text.push('\n'),
                Some('0') => text.push('\0'),
                Some(other) if !hole => text.push(other),
                _ => {}
            },
            '{' => {
                hole = true;
                text.push_str("{}");
            }
            '}' => hole = false,
            c if !hole => text.push(c),
            _ => {}
        }
    }
    text
}

/// Two words next to each other, or a word and a hole: what a reader would read.
fn is_prose(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    words.len() > 1 && text.chars().filter(|c| c.is_alphabetic()).count() > 3
}

#[test]
fn every_problem_that_the_program_writes_has_a_french_wording() {
    let wordings = wordings();
    let mut missing = Vec::new();
    let mut seen = 0;
    for file in WRITTEN {
        for text in literals(&source(file)).into_iter().filter(|text| is_prose(text)) {
            if OTHER.contains(&text.as_str()) || text.starts_with(OF_PROMPTS) {
                continue;
            }
            seen += 1;
            // a message may be put together of several literals, and what fills its end may be nothing
            let part = text.trim_end_matches("{}");
            if !wordings.keys().any(|english| english.contains(part)) {
                missing.push(format!("{file}: {text:?}"));
            }
        }
    }
    assert!(missing.is_empty(), "without French:\n{}", missing.join("\n"));
    assert!(seen > 100, "{seen} messages");
}

#[test]
fn no_other_file_writes_problems() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders: Vec<PathBuf> = ["gate", "ingest", "pipeline", "task", "output"]
        .map(|name| root.join(name))
        .into();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path
                .strip_prefix(&root)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            let writes = [
                "case.flag(",
                "case.note(",
                "case.failed(",
                " Problem {",
                "Finding {",
            ]
            .iter()
            .any(|call| text.contains(call));
            let tests = name.contains("test") || name.starts_with("output/page/");
            assert!(
                !writes || tests || WRITTEN.contains(&name.as_str()),
                "{name} writes problems: it belongs to the files whose messages are looked at"
            );
        }
    }
}

#[test]
fn the_french_has_the_holes_of_the_english_and_french_typography() {
    for (english, french) in wordings() {
        let holes = |text: &str| text.matches("{}").count();
        assert_eq!(holes(&english), holes(&french), "{english}");
        assert!(
            !french.contains(['“', '”', '\'']) || french.contains("'news"),
            "{french}"
        );
        for (wrong, right) in [
            (" :", "\u{a0}:"),
            (" ;", "\u{202f};"),
            ("« ", "«\u{a0}"),
            (" »", "\u{a0}»"),
        ] {
            assert!(
                !french.contains(wrong),
                "{french}: {right:?} instead of {wrong:?}"
            );
        }
    }
}
