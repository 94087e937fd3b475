//! Glossaries as tables: source, target, then optionally part of speech and note.

use super::{GlossaryError, Term};
use std::collections::HashMap;

/// Names of the columns, as headers spell them.
const SOURCE: &[&str] = &["source", "term", "terme", "source term", "terme source"];
const TARGET: &[&str] = &[
    "target",
    "translation",
    "traduction",
    "cible",
    "target term",
    "terme cible",
];
const PART: &[&str] = &[
    "pos",
    "part of speech",
    "part_of_speech",
    "partofspeech",
    "catégorie",
    "nature",
];
const NOTE: &[&str] = &["note", "notes", "comment", "commentaire", "remarque"];

/// What says that a term is to be kept as it is, where its translation should stand.
const KEEP: &[&str] = &["", "=", "dnt", "do not translate", "ne pas traduire"];

/// `;` where the first line has more of them than commas, as French spreadsheets write it.
pub(super) fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !is_comment(line)).unwrap_or_default();
    let count = |c| first.matches(c).count();
    if count(';') > count(',') { b';' } else { b',' }
}

fn is_comment(line: &str) -> bool {
    line.trim().is_empty() || line.starts_with('#')
}

/// Where each part stands in a row.
struct Columns {
    source: usize,
    target: usize,
    part: Option<usize>,
    note: Option<usize>,
}

/// Without a header.
const PLAIN: Columns = Columns {
    source: 0,
    target: 1,
    part: Some(2),
    note: Some(3),
};

/// Reads the rows; a first row that names columns is a header.
pub(super) fn read(text: &str, delimiter: u8) -> Result<Vec<Term>, GlossaryError> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let mut columns = None;
    let mut terms: Vec<Term> = Vec::new();
    let mut known: HashMap<String, (usize, u64)> = HashMap::new();
    for row in reader.records() {
        let row = row.map_err(GlossaryError::Table)?;
        let line = row.position().map_or(0, csv::Position::line);
        if row.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let columns = match &columns {
            Some(columns) => columns,
            None => {
                let header = header(&row);
                let is_header = header.is_some();
                columns = Some(header.unwrap_or(PLAIN));
                if is_header {
                    continue;
                }
                columns.as_ref().unwrap_or(&PLAIN)
            }
        };
        let term = term(&row, columns).ok_or_else(|| GlossaryError::Row {
            line,
            found: row.iter().collect::<Vec<_>>().join(" "),
        })?;
        match known.get(&term.source) {
            Some(&(at, _)) if terms[at].target == term.target => {}
            Some(&(at, first)) => {
                return Err(GlossaryError::Twice {
                    line,
                    first,
                    term: term.source,
                    found: term.target,
                    expected: terms[at].target.clone(),
                });
            }
            None => {
                known.insert(term.source.clone(), (terms.len(), line));
                terms.push(term);
            }
        }
    }
    Ok(terms)
}

fn header(row: &csv::StringRecord) -> Option<Columns> {
    let names: Vec<String> = row.iter().map(|cell| cell.trim().to_lowercase()).collect();
    let place = |known: &[&str]| names.iter().position(|name| known.contains(&name.as_str()));
    Some(Columns {
        source: place(SOURCE)?,
        target: place(TARGET)?,
        part: place(PART),
        note: place(NOTE),
    })
}

fn term(row: &csv::StringRecord, columns: &Columns) -> Option<Term> {
    let cell = |at: usize| {
        let cell = row.get(at).unwrap_or_default();
        cell.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let source = cell(columns.source);
    if !source.chars().any(char::is_alphanumeric) {
        return None;
    }
    let stated = cell(columns.target);
    let target = if KEEP.contains(&stated.to_lowercase().as_str()) {
        source.clone()
    } else {
        stated
    };
    let optional = |at: Option<usize>| at.map(cell).filter(|cell| !cell.is_empty());
    Some(Term {
        target,
        source,
        part_of_speech: optional(columns.part),
        note: optional(columns.note),
    })
}
