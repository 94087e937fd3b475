//! `depeche figures - --input jsonl --format jsonl`: one line out for each line in, in order.
//!
//! `{"id": …, "figures": […]}` with the `id` exactly as it came, `{"id": …, "error": "…"}` for a line that cannot be read, and no
//! figures for an empty one. The ledgers are those of every other format. Lines are worked on in parallel, as many as have
//! come and at most a few megabytes at a time, so that the size of the input does not matter and a slow writer gets its answers.

use crate::cli::args::FiguresArgs;
use crate::cli::ui::Ui;
use crate::cli::{Exit, interrupt, settings, stdout};
use crate::figures;
use crate::ingest::{self, IngestError, ItemError, LineReader};
use crate::pipeline;
use crate::record::{Figure, Lang};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::io::Write;

/// Bytes of input lines that are worked on together.
const CHUNK: usize = 4 << 20;

/// Answers all lines of all inputs.
///
/// # Errors
/// When standard output cannot be written.
pub(super) fn run(args: FiguresArgs, ui: &Ui) -> anyhow::Result<Exit> {
    let (inputs, options) = settings::input(args.input);
    let mut out = stdout::writer();
    let mut counts = Counts::default();
    ui.start_beside_data("lines");
    for source in ingest::discover(&inputs, &options) {
        let opened = source.and_then(|source| {
            let path = source.name();
            match source.open(options.stop) {
                Ok(input) => Ok((path, input.reader)),
                Err(source) => Err(ItemError { path, source }),
            }
        });
        let (name, reader) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                counts.failed += 1;
                ui.problem(&pipeline::unreadable(&error));
                continue;
            }
        };
        let mut lines = LineReader::new(reader);
        if !answer_all(&mut lines, &name, &options, &mut out, &mut counts, ui)? {
            return Ok(Exit::Done);
        }
        if interrupt::asked() {
            break;
        }
    }
    ui.end();
    Ok(if counts.failed > 0 || interrupt::asked() {
        Exit::Partial
    } else {
        Exit::Done
    })
}

#[derive(Default)]
struct Counts {
    done: u64,
    failed: u64,
}

/// Answers the lines of one input; false when nobody reads the answers any more.
fn answer_all(
    lines: &mut LineReader,
    name: &str,
    options: &ingest::Options,
    out: &mut impl Write,
    counts: &mut Counts,
    ui: &Ui,
) -> anyhow::Result<bool> {
    loop {
        let (chunk, end) = chunk(lines, options.max_bytes);
        counts.done += chunk.len() as u64;
        ui.progress("lines", counts.done, 0, "");
        let answers: Vec<_> = chunk
            .into_par_iter()
            .map(|line| answer(line, name, options.lang))
            .collect();
        let mut written = Ok(());
        for (json, error) in answers {
            if let Some(error) = error {
                counts.failed += 1;
                ui.problem(&pipeline::unreadable(&error));
            }
            written = written.and_then(|()| writeln!(out, "{json}"));
        }
        if let Err(error) = written.and_then(|()| out.flush()) {
            stdout::finished(Err(error))?;
            return Ok(false);
        }
        if let Some(End::Broken(source)) = end {
            counts.failed += 1;
            let path = name.to_owned();
            ui.problem(&pipeline::unreadable(&ItemError { path, source }));
            return Ok(true);
        }
        if end.is_some() || interrupt::asked() {
            return Ok(true);
        }
    }
}

/// One input line.
struct InputLine {
    number: usize,
    /// The bytes, or why there are none.
    content: Result<Vec<u8>, IngestError>,
}

/// Why no line follows.
enum End {
    /// It was the last one, or the user has had enough.
    Reached,
    /// The input cannot be read on.
    Broken(IngestError),
}

/// The lines that have come, at least one of them where there is one, and whether they were the last.
fn chunk(lines: &mut LineReader, most: u64) -> (Vec<InputLine>, Option<End>) {
    let mut chunk = Vec::new();
    let mut size = 0;
    while size < CHUNK {
        let content = match lines.next(most) {
            Ok(Some(line)) => Ok(line),
            Ok(None) | Err(IngestError::Stopped) => return (chunk, Some(End::Reached)),
            Err(IngestError::Unreadable(error)) => {
                return (chunk, Some(End::Broken(IngestError::Unreadable(error))));
            }
            Err(error) => Err(error),
        };
        size += content.as_ref().map_or(0, Vec::len) + 1;
        chunk.push(InputLine {
            number: lines.number,
            content,
        });
        if !lines.has_more_at_hand() {
            break;
        }
    }
    (chunk, None)
}

#[derive(Serialize)]
struct Answer<'a> {
    id: Option<&'a RawValue>,
    figures: Vec<Figure>,
}

#[derive(Serialize)]
struct Refusal<'a> {
    id: Option<&'a RawValue>,
    error: String,
}

/// The answer to a line, and what is wrong with it.
fn answer(line: InputLine, name: &str, lang: Option<Lang>) -> (String, Option<ItemError>) {
    let path = format!("{name}:{}", line.number);
    let content = match line.content {
        Ok(content) => content,
        Err(source) => return refusal(None, path, source),
    };
    let bytes = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&content);
    if bytes.trim_ascii().is_empty() {
        let (id, figures) = (None, Vec::new());
        return (json(&Answer { id, figures }), None);
    }
    match ingest::json_line(bytes, &path, lang) {
        Ok((id, article)) => {
            let figures = figures::scan_article(&article);
            (json(&Answer { id, figures }), None)
        }
        Err(source) => refusal(identifier(bytes), path, source),
    }
}

fn refusal(id: Option<&RawValue>, path: String, source: IngestError) -> (String, Option<ItemError>) {
    let error = source.to_string();
    (json(&Refusal { id, error }), Some(ItemError { path, source }))
}

/// The identifier of an object that is no article.
fn identifier(line: &[u8]) -> Option<&RawValue> {
    #[derive(Deserialize)]
    struct Identified<'a> {
        #[serde(borrow, default)]
        id: Option<&'a RawValue>,
    }
    // serde takes a list for a struct
    let is_object = line.trim_ascii_start().starts_with(b"{");
    let Identified { id } = serde_json::from_slice(line).ok().filter(|_| is_object)?;
    id
}

fn json(answer: &impl Serialize) -> String {
    serde_json::to_string(answer).expect("OK because records have string keys and no maps")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(line: &str) -> serde_json::Value {
        let line = InputLine {
            number: 1,
            content: Ok(line.as_bytes().to_vec()),
        };
        serde_json::from_str(&answer(line, "-", None).0).unwrap()
    }

    #[test]
    fn every_line_has_an_answer_with_the_identifier_as_it_came() {
        let found = answered(
            r#"{"id": "caf\u00e9", "text": "Intel to cut 15,000 jobs amid plan to save $10 billion"}"#,
        );
        assert_eq!(found["id"], "café");
        assert_eq!(found["figures"][0]["article_id"], "café");
        assert_eq!(found["figures"][0]["value"], 15000);
        assert_eq!(found["figures"][1]["value"], 10_000_000_000_u64);
        assert_eq!(answered("")["figures"], serde_json::json!([]));
        assert_eq!(
            answered(r#"{"id": 7.10, "text": "5 %"}"#)["figures"][0]["article_id"],
            "7.10"
        );
    }

    #[test]
    fn lines_that_came_before_the_input_broke_are_answered() {
        struct Breaks(bool);
        impl std::io::Read for Breaks {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                if std::mem::replace(&mut self.0, true) {
                    return Err(std::io::Error::other("the disk went away"));
                }
                let lines = b"{\"text\": \"5 %\"}\n{\"text\"";
                buffer[..lines.len()].copy_from_slice(lines);
                Ok(lines.len())
            }
        }
        let (lines, end) = chunk(&mut LineReader::new(Box::new(Breaks(false))), 1 << 20);
        assert_eq!(lines.len(), 1);
        assert!(matches!(end, Some(End::Broken(IngestError::Unreadable(_)))));
    }

    #[test]
    fn a_line_that_cannot_be_read_says_why_and_whose_it_was() {
        for (line, id, why) in [
            (r#"{"id": 3}"#, serde_json::json!(3), "an object without it"),
            ("[1]", serde_json::Value::Null, "an array"),
            ("words", serde_json::Value::Null, "no JSON"),
        ] {
            let found = answered(line);
            assert_eq!(found["id"], id, "{line}");
            assert!(found["error"].as_str().unwrap().contains(why), "{found}");
        }
    }
}
