//! `depeche figures - --input jsonl --format jsonl`: one line out for each line in, in order.
//!
//! `{"id": …, "figures": […]}` with the `id` exactly as it came, `{"id": …, "error": "…"}` for a line that cannot be read, and no
//! figures for an empty one. The ledgers are those of every other format. Lines are worked on in parallel, as many as have
//! come and at most a few megabytes at a time, so that the size of the input does not matter and a slow writer gets its answers.

use crate::cli::args::FiguresArgs;
use crate::cli::ui::Ui;
use crate::cli::{Exit, interrupt, settings, stdout};
use crate::figures;
use crate::ingest::{self, IngestError, ItemError, Source};
use crate::pipeline;
use crate::record::{Figure, Lang};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};

/// Bytes of input lines that are worked on together.
const CHUNK: usize = 4 << 20;
/// Bytes that are read at once.
const BUFFER: usize = 1 << 20;

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
        let opened = source.and_then(|source| open(&source).map(|reader| (source.name(), reader)));
        let (name, reader) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                counts.failed += 1;
                ui.problem(&pipeline::unreadable(&error));
                continue;
            }
        };
        let mut lines = Lines {
            reader: BufReader::with_capacity(BUFFER, reader),
            name: &name,
            number: 0,
            most: options.max_bytes,
        };
        if !answer_all(&mut lines, options.lang, &mut out, &mut counts, ui)? {
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

fn open(source: &Source) -> Result<Box<dyn Read>, ItemError> {
    let path = match source {
        Source::Stdin => return Ok(Box::new(io::stdin().lock())),
        Source::File(path) => path,
    };
    let opened = File::open(path).map_err(IngestError::Unreadable);
    opened
        .map(|file| Box::new(file) as Box<dyn Read>)
        .map_err(|error| ItemError {
            path: source.name(),
            source: error,
        })
}

/// Answers the lines of one input; false when nobody reads the answers any more.
fn answer_all(
    lines: &mut Lines,
    lang: Option<Lang>,
    out: &mut impl Write,
    counts: &mut Counts,
    ui: &Ui,
) -> anyhow::Result<bool> {
    loop {
        let (chunk, ended) = match lines.chunk() {
            Ok(chunk) => chunk,
            Err(source) => {
                counts.failed += 1;
                let path = lines.name.to_owned();
                ui.problem(&pipeline::unreadable(&ItemError { path, source }));
                return Ok(true);
            }
        };
        counts.done += chunk.len() as u64;
        ui.progress("lines", counts.done, 0, "");
        let name = lines.name;
        let answers: Vec<_> = chunk
            .into_par_iter()
            .map(|line| answer(line, name, lang))
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
        if ended || interrupt::asked() {
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

/// Reads lines in chunks.
struct Lines<'a> {
    reader: BufReader<Box<dyn Read>>,
    name: &'a str,
    number: usize,
    most: u64,
}

impl Lines<'_> {
    /// The lines that have come, at least one of them, and whether they were the last.
    fn chunk(&mut self) -> Result<(Vec<InputLine>, bool), IngestError> {
        let mut lines = Vec::new();
        let mut size = 0;
        while size < CHUNK {
            let Some(content) = self.line().map_err(IngestError::Unreadable)? else {
                return Ok((lines, true));
            };
            self.number += 1;
            size += content.as_ref().map_or(0, Vec::len) + 1;
            lines.push(InputLine {
                number: self.number,
                content,
            });
            if self.reader.buffer().is_empty() {
                break;
            }
        }
        Ok((lines, false))
    }

    /// One line without its end; none at the end of the input. A line that is too long is read past.
    fn line(&mut self) -> io::Result<Option<Result<Vec<u8>, IngestError>>> {
        let mut line = Vec::new();
        let read = (&mut self.reader)
            .take(self.most.saturating_add(1))
            .read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(None);
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        } else if line.len() as u64 > self.most {
            let bytes = line.len() as u64 + self.skip_line()?;
            return Ok(Some(Err(IngestError::TooLarge {
                bytes,
                limit: self.most,
            })));
        }
        Ok(Some(Ok(line)))
    }

    /// How many bytes there were to its end.
    fn skip_line(&mut self) -> io::Result<u64> {
        let mut skipped = 0;
        loop {
            let buffer = self.reader.fill_buf()?;
            let end = buffer.iter().position(|&b| b == b'\n');
            let used = end.map_or(buffer.len(), |end| end + 1);
            skipped += used as u64;
            self.reader.consume(used);
            if end.is_some() || used == 0 {
                return Ok(skipped);
            }
        }
    }
}

/// The identifier as it came: a number stays a number.
#[derive(Deserialize)]
struct Identified<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
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
        Err(source) => {
            let error = source.to_string();
            return (
                json(&Refusal { id: None, error }),
                Some(ItemError { path, source }),
            );
        }
    };
    let bytes = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&content);
    let object = bytes.trim_ascii_start().starts_with(b"{");
    let id =
        serde_json::from_slice(if object { bytes } else { b"null" }).map_or(None, |Identified { id }| id);
    if bytes.trim_ascii().is_empty() {
        let figures = Vec::new();
        return (json(&Answer { id, figures }), None);
    }
    match ingest::json_line(bytes, &path, lang) {
        Ok(article) => {
            let figures = figures::scan_article(&article);
            (json(&Answer { id, figures }), None)
        }
        Err(source) => {
            let error = source.to_string();
            (json(&Refusal { id, error }), Some(ItemError { path, source }))
        }
    }
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
