//! `depeche figures`: the figure ledger alone.
//!
//! With `--input jsonl --format jsonl` it is a filter: one line out for each line in, in order,
//! `{"id": …, "figures": […]}` with the `id` exactly as it came, or `{"id": null, "error": "…"}` for a
//! line that cannot be read. The lines are worked on in parallel, a few megabytes at a time, so that
//! the size of the input does not matter.

use super::args::{FiguresArgs, Format, GlobalArgs, InputFormat};
use super::ui::Ui;
use super::{Exit, interrupt, reading, settings, stdout};
use crate::output::{csv, markdown, schema, tables, text};
use crate::record::{Figure, Lang};
use crate::{figures, ingest};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};

/// Bytes of input lines that are worked on together.
const CHUNK: usize = 4 << 20;

/// Lists every figure of the articles.
///
/// # Errors
/// When nothing can be read or standard output cannot be written.
pub fn figures(args: FiguresArgs, _global: &GlobalArgs, ui: &Ui) -> anyhow::Result<Exit> {
    interrupt::listen();
    if args.input.input == InputFormat::Jsonl && args.format == Format::Jsonl {
        return filter(args, ui);
    }
    let FiguresArgs {
        input,
        format,
        csv_dialect,
    } = args;
    let (inputs, options) = settings::input(input);
    let mut out = stdout::writer();
    let mut sink = Sink::new(format, csv_dialect.into());
    let mut written = sink.start(&mut out);
    let summary = reading::for_each_batch(&inputs, &options, ui, |articles| {
        let ledgers: Vec<_> = articles.par_iter().map(figures::scan_article).collect();
        for (article, ledger) in articles.iter().zip(ledgers) {
            if written.is_ok() {
                written = sink.article(&mut out, &article.id, ledger);
            }
        }
        written.is_ok()
    })?;
    let written = written
        .and_then(|()| sink.end(&mut out))
        .and_then(|()| out.flush());
    stdout::finished(written)?;
    Ok(summary.exit())
}

/// One line of the answer.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    figures: &'a [Figure],
}

/// Writes ledgers in a format.
struct Sink {
    format: Format,
    dialect: csv::Dialect,
    /// For the formats that need everything at once.
    rows: Vec<Figure>,
    first: bool,
}

impl Sink {
    fn new(format: Format, dialect: csv::Dialect) -> Sink {
        Sink {
            format,
            dialect,
            rows: Vec::new(),
            first: true,
        }
    }

    fn start(&mut self, out: &mut impl Write) -> io::Result<()> {
        match self.format {
            Format::Csv => csv::Writer::new(out, schema::FIGURES.names(), self.dialect)?
                .finish()
                .map(drop),
            Format::Json => out.write_all(b"["),
            _ => Ok(()),
        }
    }

    fn article(&mut self, out: &mut impl Write, id: &str, ledger: Vec<Figure>) -> io::Result<()> {
        match self.format {
            Format::Jsonl => {
                serde_json::to_writer(&mut *out, &Line { id, figures: &ledger })?;
                out.write_all(b"\n")
            }
            Format::Json => {
                for figure in &ledger {
                    out.write_all(if self.first { b"\n" } else { b",\n" })?;
                    self.first = false;
                    serde_json::to_writer(&mut *out, figure)?;
                }
                Ok(())
            }
            Format::Csv => {
                let mut writer = csv::Writer::append(out, self.dialect);
                for figure in &ledger {
                    writer.row(&tables::figure_row(figure))?;
                }
                writer.finish().map(drop)
            }
            Format::Table | Format::Text | Format::Md => {
                self.rows.extend(ledger);
                Ok(())
            }
        }
    }

    fn end(&mut self, out: &mut impl Write) -> io::Result<()> {
        match self.format {
            Format::Json => out.write_all(b"\n]\n"),
            Format::Md => out.write_all(markdown::table(&tables::figures_short(&self.rows)).as_bytes()),
            Format::Table | Format::Text => {
                out.write_all(text::table(&tables::figures_short(&self.rows)).as_bytes())
            }
            Format::Jsonl | Format::Csv => Ok(()),
        }
    }
}

/// JSONL in, JSONL out, line by line.
fn filter(args: FiguresArgs, ui: &Ui) -> anyhow::Result<Exit> {
    let (inputs, options) = settings::input(args.input);
    let mut out = stdout::writer();
    let (mut failed, mut done) = (0, 0);
    ui.start_beside_data("lines");
    for input in &inputs {
        let reader: Box<dyn BufRead> = if input == "-" {
            Box::new(io::stdin().lock())
        } else {
            let file = File::open(input)
                .map_err(|error| anyhow::Error::new(error).context(format!("cannot read `{input}`")))?;
            Box::new(BufReader::with_capacity(1 << 20, file))
        };
        let mut lines = Lines {
            reader,
            name: input,
            number: 0,
            most: options.max_bytes,
        };
        loop {
            let (chunk, ended) = lines.chunk()?;
            done += chunk.len() as u64;
            ui.progress("lines", done, 0, "");
            let answers: Vec<_> = chunk.par_iter().map(|line| answer(line, options.lang)).collect();
            for (line, answer) in chunk.iter().zip(&answers) {
                if let Err(message) = answer {
                    failed += 1;
                    ui.warn(&format!("{input}:{}: {message}", line.number), None);
                }
            }
            let write = answers.iter().try_for_each(|answer| match answer {
                Ok(json) => writeln!(out, "{json}"),
                Err(message) => writeln!(out, "{}", serde_json::json!({"id": null, "error": message})),
            });
            if let Err(error) = write.and_then(|()| out.flush()) {
                stdout::finished(Err(error))?;
                return Ok(Exit::Done);
            }
            if ended || interrupt::asked() {
                break;
            }
        }
    }
    ui.end();
    Ok(if failed > 0 || interrupt::asked() {
        Exit::Partial
    } else {
        Exit::Done
    })
}

/// One input line.
struct InputLine {
    number: usize,
    /// The bytes, or why there are none.
    content: Result<Vec<u8>, String>,
}

/// Reads lines in chunks.
struct Lines<'a> {
    reader: Box<dyn BufRead>,
    name: &'a str,
    number: usize,
    most: u64,
}

impl Lines<'_> {
    /// The next lines, and whether they were the last.
    fn chunk(&mut self) -> anyhow::Result<(Vec<InputLine>, bool)> {
        let mut lines = Vec::new();
        let mut size = 0;
        while size < CHUNK {
            let Some(content) = self.line()? else {
                return Ok((lines, true));
            };
            self.number += 1;
            if let Ok(bytes) = &content {
                if bytes.iter().all(u8::is_ascii_whitespace) {
                    continue;
                }
                size += bytes.len();
            }
            lines.push(InputLine {
                number: self.number,
                content,
            });
            // a slow writer upstream gets its answers as it goes
            if self.name == "-" && size > 0 && self.reader.fill_buf().is_ok_and(<[u8]>::is_empty) {
                break;
            }
        }
        Ok((lines, false))
    }

    /// One line without its end; none at the end of the input. A line that is too long is read past.
    fn line(&mut self) -> anyhow::Result<Option<Result<Vec<u8>, String>>> {
        let mut line = Vec::new();
        let read = io::Read::take(&mut self.reader, self.most + 1)
            .read_until(b'\n', &mut line)
            .map_err(|error| anyhow::Error::new(error).context(format!("cannot read `{}`", self.name)))?;
        if read == 0 {
            return Ok(None);
        }
        if line.last() != Some(&b'\n') && line.len() as u64 > self.most {
            self.skip_line()?;
            return Ok(Some(Err(format!(
                "expected a line of at most {} MiB; `--max-size` sets another limit",
                self.most >> 20
            ))));
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        Ok(Some(Ok(line)))
    }

    fn skip_line(&mut self) -> anyhow::Result<()> {
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            match buffer.iter().position(|&b| b == b'\n') {
                Some(end) => {
                    self.reader.consume(end + 1);
                    return Ok(());
                }
                None => {
                    let all = buffer.len();
                    self.reader.consume(all);
                }
            }
        }
    }
}

/// What a line of input holds. The identifier goes back as it came: a number stays a number.
#[derive(Deserialize)]
struct Input<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    text: String,
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    date: Option<String>,
}

#[derive(Serialize)]
struct Answer<'a> {
    id: Option<&'a RawValue>,
    figures: Vec<Figure>,
}

fn answer(line: &InputLine, lang: Option<Lang>) -> Result<String, String> {
    let bytes = line.content.as_ref().map_err(Clone::clone)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let input: Input = serde_json::from_slice(bytes)
        .map_err(|error| format!("expected a JSON object with `text`, but found {error}"))?;
    let lang = lang
        .or_else(|| input.lang.as_deref().map(Lang::from_tag))
        .unwrap_or_else(|| ingest::detect_language(&input.text));
    let date = input
        .date
        .as_deref()
        .and_then(|date| date.get(..10)?.parse().ok());
    let mut figures = figures::scan(&input.text, lang, &figures::Options { date });
    let id = input.id.map(RawValue::get).unwrap_or_default().trim_matches('"');
    for figure in &mut figures {
        id.clone_into(&mut figure.article_id);
    }
    serde_json::to_string(&Answer {
        id: input.id,
        figures,
    })
    .map_err(|error| error.to_string())
}
