//! `depeche figures`: the figure ledger alone. JSONL in and out is a filter, see [`filter`].

mod filter;

use super::args::{FiguresArgs, Format, GlobalArgs, InputFormat};
use super::ui::Ui;
use super::{Exit, interrupt, reading, settings, stdout};
use crate::figures;
use crate::output::{csv, markdown, schema, tables, text};
use crate::record::{Article, Figure};
use rayon::prelude::*;
use serde::Serialize;
use std::io::{self, Write};

/// Lists every figure of the articles.
///
/// # Errors
/// When nothing can be read or standard output cannot be written.
pub fn figures(args: FiguresArgs, _global: &GlobalArgs, ui: &Ui) -> anyhow::Result<Exit> {
    interrupt::listen();
    if args.input.input == InputFormat::Jsonl && args.format == Format::Jsonl {
        return filter::run(args, ui);
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
                written = sink.article(&mut out, article, ledger);
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
    first: bool,
    /// The first table, until it is known whether it stays the only one: then it needs no name.
    held: Option<(String, Vec<Figure>)>,
}

impl Sink {
    fn new(format: Format, dialect: csv::Dialect) -> Sink {
        Sink {
            format,
            dialect,
            first: true,
            held: None,
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

    fn article(&mut self, out: &mut impl Write, article: &Article, ledger: Vec<Figure>) -> io::Result<()> {
        match self.format {
            Format::Jsonl => {
                let line = Line {
                    id: &article.id,
                    figures: &ledger,
                };
                serde_json::to_writer(&mut *out, &line)?;
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
                if self.first {
                    self.first = false;
                    self.held = Some((article.path.clone(), ledger));
                    return Ok(());
                }
                if let Some((path, first)) = self.held.take() {
                    self.named(out, &path, &first)?;
                }
                out.write_all(b"\n")?;
                self.named(out, &article.path, &ledger)
            }
        }
    }

    /// A table under the name of its article.
    fn named(&self, out: &mut impl Write, path: &str, figures: &[Figure]) -> io::Result<()> {
        out.write_all(under(self.format, path).as_bytes())?;
        self.table(out, figures)
    }

    fn table(&self, out: &mut impl Write, figures: &[Figure]) -> io::Result<()> {
        let table = tables::figures_short(figures);
        let text = match self.format {
            Format::Md => markdown::table(&table),
            _ => text::table(&table),
        };
        out.write_all(text.as_bytes())
    }

    fn end(&mut self, out: &mut impl Write) -> io::Result<()> {
        match self.format {
            Format::Json => out.write_all(b"\n]\n"),
            Format::Table | Format::Text | Format::Md => match (self.held.take(), self.first) {
                (Some((_, only)), _) => self.table(out, &only),
                (None, true) => self.table(out, &[]),
                (None, false) => Ok(()),
            },
            Format::Jsonl | Format::Csv => Ok(()),
        }
    }
}

/// The name of an article above its tables.
pub(super) fn under(format: Format, path: &str) -> String {
    match format {
        Format::Md => markdown::heading(path),
        _ => format!("{}\n", text::printable(path)),
    }
}
