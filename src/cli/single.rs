//! One task, its result on standard output: `summarize`, `extract`, and what `translate` shares with them.

use super::args::{ExtractArgs, Format, GlobalArgs, SummarizeArgs, TableArg};
use super::figures::under;
use super::ui::Ui;
use super::{Exit, interrupt, model, reading, settings, stdout};
use crate::backend::Backend;
use crate::ingest;
use crate::output::schema::{self, Schema};
use crate::output::{csv, markdown, tables, text};
use crate::pipeline::{self, Ledger};
use crate::record::{Article, Entity, Figure, Lang, Problem, Severity, Summary};
use crate::task::{self, Job, Length, Outcome, TaskResult};
use rayon::prelude::*;
use serde::Serialize;
use std::io::{self, Write};
use std::sync::Arc;

/// `depeche summarize`.
///
/// # Errors
/// When the model or standard output fails, or nothing can be read.
pub fn summarize(args: SummarizeArgs, global: &GlobalArgs, ui: &Ui) -> anyhow::Result<Exit> {
    interrupt::listen();
    let SummarizeArgs {
        input,
        model: model_args,
        summary_langs,
        length,
        format,
    } = args;
    let sampling = settings::sampling(&model_args);
    let (length, langs): (Length, Vec<Lang>) =
        (length.into(), summary_langs.into_iter().map(Into::into).collect());
    let (inputs, options) = settings::input(input);
    let mut opened = model::open(&model_args, global, ui)?;
    let mut printer = Printer::new(format, csv::Dialect::En, &schema::SUMMARIES)?;
    let exit = each_article(
        Inputs {
            inputs: &inputs,
            options: &options,
            length,
            one_at_a_time: false,
        },
        opened.backend.as_deref_mut(),
        ui,
        |article, ledger| {
            let figures = Arc::new(ledger.figures.clone());
            let job = |&lang| task::summarize(article.clone(), figures.clone(), lang, length, sampling);
            langs.iter().map(job).collect()
        },
        |article, ledger, results| {
            let mut summaries: Vec<Summary> = results
                .into_iter()
                .filter_map(|r| {
                    if let TaskResult::Summary(summary) = r {
                        Some(summary)
                    } else {
                        None
                    }
                })
                .collect();
            if summaries.is_empty() {
                summaries = vec![ledger.summary];
            }
            for summary in &summaries {
                printer.item(
                    summary,
                    tables::summary_row(article, summary),
                    |format| match format {
                        Format::Md => markdown::summary(summary),
                        _ => text::summary(summary),
                    },
                )?;
            }
            Ok(())
        },
    )?;
    printer.end()?;
    Ok(opened.exit(exit, ui))
}

/// What `extract` says of one article.
#[derive(Serialize)]
struct Extracted<'a> {
    article_id: &'a str,
    path: &'a str,
    entities: &'a [Entity],
    figures: &'a [Figure],
}

/// `depeche extract`.
///
/// # Errors
/// When the model or standard output fails, or nothing can be read.
pub fn extract(args: ExtractArgs, global: &GlobalArgs, ui: &Ui) -> anyhow::Result<Exit> {
    interrupt::listen();
    let ExtractArgs {
        input,
        model: model_args,
        format,
        table,
        csv_dialect,
    } = args;
    let sampling = settings::sampling(&model_args);
    let (inputs, options) = settings::input(input);
    let mut opened = model::open(&model_args, global, ui)?;
    let schema = match table {
        TableArg::Entities => &schema::ENTITIES,
        TableArg::Figures => &schema::FIGURES,
    };
    let mut printer = Printer::new(format, csv_dialect.into(), schema)?;
    let exit = each_article(
        Inputs {
            inputs: &inputs,
            options: &options,
            length: Length::Medium,
            one_at_a_time: false,
        },
        opened.backend.as_deref_mut(),
        ui,
        |article, ledger| {
            vec![task::extract(
                article.clone(),
                Arc::new(ledger.figures.clone()),
                sampling,
            )]
        },
        |article, ledger, results| {
            let (entities, figures) = pipeline::with_extraction(ledger, results);
            if printer.format == Format::Csv {
                return match table {
                    TableArg::Entities => entities
                        .iter()
                        .flat_map(tables::entity_rows)
                        .try_for_each(|row| printer.row(row)),
                    TableArg::Figures => figures
                        .iter()
                        .map(tables::figure_row)
                        .try_for_each(|row| printer.row(row)),
                };
            }
            let record = Extracted {
                article_id: &article.id,
                path: &article.path,
                entities: &entities,
                figures: &figures,
            };
            printer.item(&record, Vec::new(), |format| {
                let (entities, figures) =
                    (tables::entities_short(&entities), tables::figures_short(&figures));
                let tables = match format {
                    Format::Md => format!("{}\n{}", markdown::table(&entities), markdown::table(&figures)),
                    _ => format!("{}\n{}", text::table(&entities), text::table(&figures)),
                };
                under(format, &article.path) + &tables
            })
        },
    )?;
    printer.end()?;
    Ok(opened.exit(exit, ui))
}

/// Which articles, and how they are listed.
pub struct Inputs<'a> {
    /// Files, folders, globs, `-`.
    pub inputs: &'a [String],
    /// How they are read.
    pub options: &'a ingest::Options,
    /// Length of the extractive summaries.
    pub length: Length,
    /// The model ends one article before it begins the next: someone watches.
    pub one_at_a_time: bool,
}

/// Reads the articles, gives each its ledger and, where there is a model, the results of its jobs, and
/// hands them on in input order.
///
/// # Errors
/// When the model or standard output fails, or nothing can be read.
pub fn each_article(
    inputs: Inputs<'_>,
    mut backend: Option<&mut (dyn Backend + '_)>,
    ui: &Ui,
    mut jobs_of: impl FnMut(Arc<Article>, &Ledger) -> Vec<Box<dyn Job>>,
    mut emit: impl FnMut(&Article, Ledger, Vec<TaskResult>) -> io::Result<()>,
) -> anyhow::Result<Exit> {
    let Inputs {
        inputs,
        options,
        length,
        one_at_a_time,
    } = inputs;
    let mut failure: Option<anyhow::Error> = None;
    let mut flagged = false;
    let mut closed = false;
    let mut unanswered = 0;
    let summary = reading::for_each_batch(inputs, options, ui, |articles| {
        let articles: Vec<Arc<Article>> = articles.into_iter().map(Arc::new).collect();
        let ledgers: Vec<Ledger> = articles
            .par_iter()
            .map(|article| Ledger::of(article, length))
            .collect();
        let mut outcomes: Vec<Option<Vec<Outcome>>> = articles.iter().map(|_| Some(Vec::new())).collect();
        if let Some(backend) = backend.as_deref_mut() {
            let together = if one_at_a_time { 1 } else { articles.len().max(1) };
            outcomes.clear();
            for (articles, ledgers) in articles.chunks(together).zip(ledgers.chunks(together)) {
                match run_jobs(articles, ledgers, backend, ui, &mut jobs_of) {
                    Ok(done) => outcomes.extend(done),
                    Err(error) => {
                        failure = Some(error);
                        return false;
                    }
                }
            }
        }
        for ((article, ledger), outcomes) in articles.iter().zip(ledgers).zip(outcomes) {
            // what needs no model is no answer to somebody who asked one
            let Some(outcomes) = outcomes else {
                unanswered += 1;
                continue;
            };
            let mut results = Vec::new();
            for outcome in outcomes {
                for problem in &outcome.problems {
                    flagged |= problem.severity != Severity::Note;
                    ui.problem(&Problem {
                        path: article.path.clone(),
                        ..problem.clone()
                    });
                }
                results.extend(outcome.result);
            }
            if let Err(error) = emit(article, ledger, results) {
                closed = error.kind() == io::ErrorKind::BrokenPipe;
                failure = stdout::finished(Err(error)).err();
                return false;
            }
        }
        true
    })?;
    ui.end();
    if unanswered > 0 {
        let (articles, are) = if unanswered == 1 {
            ("article", "is")
        } else {
            ("articles", "are")
        };
        ui.note(&format!(
            "stopped before the model had answered: {unanswered} {articles} that it had begun or not yet seen {are} left out"
        ));
    }
    match failure {
        Some(error) => Err(error),
        None if closed => Ok(Exit::Done),
        None if flagged => Ok(Exit::Partial),
        None => Ok(summary.exit()),
    }
}

/// The outcomes of every article's jobs, in order; none for an article of which no job had ended when the user stopped it.
///
/// # Errors
/// When the model fails.
pub fn run_jobs(
    articles: &[Arc<Article>],
    ledgers: &[Ledger],
    backend: &mut dyn Backend,
    ui: &Ui,
    jobs_of: &mut impl FnMut(Arc<Article>, &Ledger) -> Vec<Box<dyn Job>>,
) -> anyhow::Result<Vec<Option<Vec<Outcome>>>> {
    let mut owners = Vec::new();
    let mut jobs = Vec::new();
    for (index, (article, ledger)) in articles.iter().zip(ledgers).enumerate() {
        for job in jobs_of(article.clone(), ledger) {
            owners.push(index);
            jobs.push(job);
        }
    }
    let total = jobs.len();
    ui.start("model", total as u64);
    let mut outcomes: Vec<Option<Outcome>> = (0..total).map(|_| None).collect();
    task::drive(
        jobs,
        backend,
        |index, outcome| outcomes[index] = Some(outcome),
        |stats, done| {
            let detail = format!("{} tokens", stats.prefill_tokens + stats.decode_tokens);
            ui.progress("model", done as u64, total as u64, &detail);
            !interrupt::asked()
        },
    )
    .map_err(|error| anyhow::Error::new(error).context("the model stopped working"))?;
    ui.end();
    let mut by_article: Vec<Option<Vec<Outcome>>> = articles.iter().map(|_| Some(Vec::new())).collect();
    for &owner in &owners {
        by_article[owner] = None;
    }
    for (owner, outcome) in owners.into_iter().zip(outcomes) {
        if let Some(outcome) = outcome {
            by_article[owner].get_or_insert_default().push(outcome);
        }
    }
    Ok(by_article)
}

/// Writes results in a format.
struct Printer {
    format: Format,
    dialect: csv::Dialect,
    out: io::BufWriter<io::StdoutLock<'static>>,
    first: bool,
}

impl Printer {
    fn new(format: Format, dialect: csv::Dialect, schema: &'static Schema) -> anyhow::Result<Printer> {
        let mut out = stdout::writer();
        let started = match format {
            Format::Csv => {
                csv::Writer::new(&mut out, schema.names(), dialect).and_then(|w| w.finish().map(drop))
            }
            Format::Json => out.write_all(b"["),
            _ => Ok(()),
        };
        stdout::finished(started)?;
        Ok(Printer {
            format,
            dialect,
            out,
            first: true,
        })
    }

    /// One result, for the formats that hold records or documents.
    fn item(
        &mut self,
        record: &impl Serialize,
        row: Vec<crate::output::Cell>,
        document: impl FnOnce(Format) -> String,
    ) -> io::Result<()> {
        match self.format {
            Format::Json => {
                self.out.write_all(if self.first { b"\n" } else { b",\n" })?;
                serde_json::to_writer(&mut self.out, record)?;
            }
            Format::Jsonl => {
                serde_json::to_writer(&mut self.out, record)?;
                self.out.write_all(b"\n")?;
            }
            Format::Csv => self.row(row)?,
            Format::Text | Format::Md | Format::Table => {
                if !self.first {
                    self.out.write_all(b"\n")?;
                }
                self.out.write_all(document(self.format).as_bytes())?;
            }
        }
        self.first = false;
        // a person who watches a slow model sees each result as it comes
        self.out.flush()
    }

    /// One row of CSV.
    fn row(&mut self, row: Vec<crate::output::Cell>) -> io::Result<()> {
        let mut writer = csv::Writer::append(&mut self.out, self.dialect);
        writer.row(&row)?;
        writer.finish().map(drop)
    }

    fn end(mut self) -> anyhow::Result<()> {
        let ended = match self.format {
            Format::Json => self.out.write_all(b"\n]\n"),
            _ => Ok(()),
        };
        stdout::finished(ended.and_then(|()| self.out.flush()))
    }
}
