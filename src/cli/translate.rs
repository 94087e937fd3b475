//! `depeche translate`: articles or whole documents in another language, on standard output or into a folder.

use super::args::{GlobalArgs, TranslateArgs, TranslationFormat};
use super::failure::Failure;
use super::model::{self, Pair};
use super::run::checked;
use super::single::{Inputs, each_article, run_jobs};
use super::ui::Ui;
use super::{Exit, glossary, interrupt, settings, stdout};
use crate::backend::Sampling;
use crate::document::{Document, Markup};
use crate::glossary::Glossary;
use crate::ingest::{self, IngestError, Source};
use crate::output::exchange::{self, Languages};
use crate::output::{csv, markdown, schema, simple_html, tables, text};
use crate::pipeline::{self, Ledger, Remembering, Shelf};
use crate::record::{Article, Checks, Lang, Problem, Segment, Severity, Translation};
use crate::task::{self, Length, TaskResult, Translating};
use std::collections::HashSet;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// `depeche translate`.
///
/// # Errors
/// When there is no model, it or an output fails, or nothing can be read.
pub fn translate(args: TranslateArgs, global: &GlobalArgs, ui: &Ui) -> anyhow::Result<Exit> {
    interrupt::listen();
    let TranslateArgs {
        input,
        model,
        search,
        from,
        to,
        translator,
        glossary: glossary_file,
        format,
        out,
    } = args;
    let model_args = settings::with_search(model, search, &to)?;
    let sampling = settings::sampling(&model_args);
    let (inputs, mut options) = settings::input(input);
    let pair = Pair::new(&from, &to, options.lang);
    options.lang = pair.stated.or(options.lang);
    if out.is_some() && !format.is_document() {
        return Err(Failure::new(
            "expected `--format text`, `md` or `html` with `--out`, but found one that is a single file",
            "without `--out` it goes to standard output",
        )
        .into());
    }
    let terms = glossary_file
        .map(|path| glossary::read(&path, &pair.from, &pair.to))
        .transpose()?;
    let mut opened = model::open_translator(&model_args.model, translator, &pair, &model_args, global, ui)?;
    let Some(backend) = opened.backend.as_deref_mut() else {
        return Err(Failure::new(
            "expected a model to translate with, but found `none`",
            "name one with `--model` (`depeche models list` shows which), or `--model auto`",
        )
        .into());
    };
    model::say_unused(&model_args.search, Some(&*backend), ui);
    if backend.sentence_translator() && sampling.temperature > 0.0 {
        ui.warn(
            &format!(
                "`--temperature` has no effect: {} searches with beams",
                backend.info().name
            ),
            None,
        );
    }
    let languages = Languages {
        from: pair.from.clone(),
        to: pair.to.clone(),
    };
    let mut desk = Desk {
        orders: Orders {
            target: Lang::from_tag(&pair.to),
            sampling,
            glossary: terms,
            stream: Stream::None,
        },
        options: &options,
        ui,
        out: Out::new(format, out, languages)?,
        checks: Checks::default(),
    };
    let mut remembering = Remembering::new(backend, Shelf::memory(), false);
    let exit = match format.markup() {
        Some(markup) => desk.documents(&inputs, markup, &mut remembering),
        None => desk.articles(&inputs, &mut remembering),
    }?;
    let recall = remembering.recall();
    drop(remembering);
    desk.out.end()?;
    if desk.checks.segments > 0 {
        ui.note(&checked(&desk.checks, &recall));
    }
    Ok(opened.exit(exit, ui))
}

/// What is asked of every article.
struct Orders {
    target: Lang,
    sampling: Sampling,
    glossary: Option<Arc<Glossary>>,
    stream: Stream,
}

/// How a person who watches sees a translation grow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stream {
    None,
    Text,
    Markdown,
}

impl Orders {
    fn order(&self, article: Arc<Article>, ledger: &Ledger) -> Translating {
        let figures = Arc::new(ledger.figures.clone());
        let mut order = Translating::new(article.clone(), figures, self.target, self.sampling)
            .with_entities(Arc::new(ledger.entities.clone()))
            .with_glossary(self.glossary.clone());
        let stream = self.stream;
        if stream != Stream::None {
            order.watch = Some(Arc::new(move |segment: &Segment| {
                // an article that repeats its title as its first heading shows it once
                let title = article.title.as_deref().map(str::trim);
                if segment.paragraph == Some(0) && title == Some(segment.source.trim()) {
                    return;
                }
                let shown = match stream {
                    Stream::Markdown => markdown::segment(&article, segment),
                    _ => text::segment(segment),
                };
                // a terminal that went away is told by the next write that counts
                let _ = stdout::print(&format!("{shown}\n\n"));
            }));
        }
        order
    }
}

struct Desk<'a> {
    orders: Orders,
    options: &'a ingest::Options,
    ui: &'a Ui,
    out: Out,
    checks: Checks,
}

impl Desk<'_> {
    /// Articles, as the reader of articles finds them.
    fn articles(&mut self, inputs: &[String], backend: &mut Remembering<'_>) -> anyhow::Result<Exit> {
        let terminal = self.out.folder.is_none() && io::stdout().is_terminal();
        self.orders.stream = match self.out.format {
            TranslationFormat::Text if terminal => Stream::Text,
            TranslationFormat::Md if terminal => Stream::Markdown,
            _ => Stream::None,
        };
        let Desk {
            orders,
            options,
            ui,
            out,
            checks,
        } = self;
        let target = orders.target;
        let is_done = |article: &Article| article.lang == target && target != Lang::Other;
        let inputs = Inputs {
            inputs,
            options,
            length: Length::Medium,
            one_at_a_time: orders.stream != Stream::None,
        };
        each_article(
            inputs,
            Some(backend),
            ui,
            |article, ledger| {
                if is_done(&article) {
                    return Vec::new();
                }
                vec![task::translate(orders.order(article, ledger))]
            },
            |article, _, results| {
                if is_done(article) {
                    ui.note(&format!("{}: already in {}", article.path, target.code()));
                }
                for result in results {
                    let TaskResult::Translation(translation) = result else {
                        continue;
                    };
                    *checks += translation.checks;
                    if orders.stream == Stream::None {
                        out.article(article, &translation)?;
                    }
                }
                Ok(())
            },
        )
    }

    /// Whole documents with their markup; what is in another format is read as an article.
    fn documents(
        &mut self,
        inputs: &[String],
        markup: Markup,
        backend: &mut Remembering<'_>,
    ) -> anyhow::Result<Exit> {
        let mut exit = Exit::Done;
        let mut others = Vec::new();
        for source in ingest::discover(inputs, self.options) {
            if interrupt::asked() {
                return Ok(Exit::Partial);
            }
            let source = match source {
                Ok(source) => source,
                Err(error) => {
                    self.ui.problem(&pipeline::unreadable(&error));
                    exit = Exit::Partial;
                    continue;
                }
            };
            if !is_in(&source, markup, self.options.format) {
                others.push(source.name());
                continue;
            }
            match bytes_of(&source, self.options)
                .and_then(|bytes| ingest::decode_text(bytes, format_of(markup)))
            {
                Ok((text, charset)) => {
                    exit = worse(exit, self.document(&source, text, charset, markup, backend)?)
                }
                Err(IngestError::Stopped) => return Ok(Exit::Partial),
                Err(cause) => {
                    let error = ingest::ItemError {
                        path: source.name(),
                        source: cause,
                    };
                    self.ui.problem(&pipeline::unreadable(&error));
                    exit = Exit::Partial;
                }
            }
        }
        if !others.is_empty() {
            exit = worse(exit, self.articles(&others, backend)?);
        }
        Ok(exit)
    }

    fn document(
        &mut self,
        source: &Source,
        text: String,
        charset: &'static str,
        markup: Markup,
        backend: &mut Remembering<'_>,
    ) -> anyhow::Result<Exit> {
        let original = text.clone();
        let document = Document::new(text, markup);
        let article = Arc::new(document.article(&source.name(), self.options.lang));
        if article.text.is_empty() || article.lang == self.orders.target && self.orders.target != Lang::Other
        {
            let why = if article.text.is_empty() {
                "has no text"
            } else {
                "is in the target language already"
            };
            self.ui
                .note(&format!("{} {why}: it is passed on as it is", article.path));
            self.out.document(&article, &original, charset, markup)?;
            return Ok(Exit::Done);
        }
        let ledgers = [Ledger::of(&article, Length::Medium)];
        let articles = [article.clone()];
        let orders = &self.orders;
        let outcomes = run_jobs(&articles, &ledgers, backend, self.ui, &mut |article, ledger| {
            vec![task::translate(orders.order(article, ledger))]
        })?;
        let mut exit = Exit::Done;
        for outcome in outcomes.into_iter().flatten().flatten() {
            for problem in &outcome.problems {
                if problem.severity != Severity::Note {
                    exit = Exit::Partial;
                }
                self.ui.problem(&Problem {
                    path: article.path.clone(),
                    ..problem.clone()
                });
            }
            let Some(TaskResult::Translation(translation)) = outcome.result else {
                exit = Exit::Partial;
                continue;
            };
            self.checks += translation.checks;
            let rendered = document.render(&translation);
            for paragraph in &rendered.kept {
                exit = Exit::Partial;
                self.ui.warn(
                    &format!(
                        "{}: paragraph {} is left as it is: its translation would have changed the markup",
                        article.path,
                        paragraph + 1
                    ),
                    None,
                );
            }
            self.out.document(&article, &rendered.text, charset, markup)?;
        }
        Ok(exit)
    }
}

fn worse(one: Exit, other: Exit) -> Exit {
    if one == Exit::Partial { one } else { other }
}

fn format_of(markup: Markup) -> ingest::Format {
    match markup {
        Markup::Html => ingest::Format::Html,
        Markup::Markdown => ingest::Format::Markdown,
    }
}

/// Whether a source is a document of that kind: by what the user says, else by its name; what comes through
/// standard input is a page where a page is wanted.
fn is_in(source: &Source, markup: Markup, stated: Option<ingest::Format>) -> bool {
    let named = match source {
        Source::Stdin => (markup == Markup::Html).then_some(ingest::Format::Html),
        Source::File(path) => ingest::Format::of_path(path),
    };
    stated.or(named) == Some(format_of(markup))
}

fn bytes_of(source: &Source, options: &ingest::Options) -> Result<Vec<u8>, IngestError> {
    let limit = options.max_bytes;
    let mut bytes = Vec::new();
    let input = source.open(options.stop)?;
    input
        .reader
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(IngestError::of_reading)?;
    if bytes.len() as u64 > limit {
        return Err(IngestError::TooLarge {
            bytes: bytes.len() as u64,
            limit,
        });
    }
    Ok(bytes)
}

/// Where translations go, and in which form.
struct Out {
    format: TranslationFormat,
    languages: Languages,
    folder: Option<PathBuf>,
    names: HashSet<String>,
    first: bool,
}

impl Out {
    fn new(format: TranslationFormat, folder: Option<PathBuf>, languages: Languages) -> anyhow::Result<Out> {
        if let Some(folder) = &folder {
            std::fs::create_dir_all(folder).map_err(|error| {
                anyhow::Error::new(error).context(format!("cannot make the folder `{}`", folder.display()))
            })?;
        }
        let start = match format {
            TranslationFormat::Json => "[".to_owned(),
            TranslationFormat::Tmx => exchange::tmx_start(),
            TranslationFormat::Xliff => exchange::xliff_start().to_owned(),
            TranslationFormat::Csv => {
                let mut header = Vec::new();
                csv::Writer::new(&mut header, schema::TRANSLATIONS.names(), csv::Dialect::En)
                    .and_then(|writer| writer.finish().map(drop))?;
                String::from_utf8_lossy(&header).into_owned()
            }
            _ => String::new(),
        };
        stdout::print(&start)?;
        Ok(Out {
            format,
            languages,
            folder,
            names: HashSet::new(),
            first: true,
        })
    }

    fn article(&mut self, article: &Article, translation: &Translation) -> io::Result<()> {
        let languages = self.languages_of(translation);
        let gap = if self.first { "" } else { "\n" };
        let text = match self.format {
            TranslationFormat::Text => text::translation(translation),
            TranslationFormat::Md => markdown::translation(article, translation),
            TranslationFormat::Html => simple_html::page(article, translation, &languages.to),
            TranslationFormat::Json => {
                let comma = if self.first { "\n" } else { ",\n" };
                format!("{comma}{}", serde_json::to_string(translation)?)
            }
            TranslationFormat::Jsonl => format!("{}\n", serde_json::to_string(translation)?),
            TranslationFormat::Csv => {
                let mut rows = Vec::new();
                let mut writer = csv::Writer::append(&mut rows, csv::Dialect::En);
                for row in tables::segment_rows(translation) {
                    writer.row(&row)?;
                }
                writer.finish()?;
                String::from_utf8_lossy(&rows).into_owned()
            }
            TranslationFormat::Tmx => exchange::tmx_units(article, translation, &languages),
            TranslationFormat::Xliff => exchange::xliff_file(article, translation, &languages),
        };
        match (&self.folder, self.format) {
            (Some(_), _) => self.write(article, text.as_bytes())?,
            (None, TranslationFormat::Text | TranslationFormat::Md) => print(&format!("{gap}{text}"))?,
            _ => print(&text)?,
        }
        self.first = false;
        Ok(())
    }

    /// A document in its own charset, so that what it says of itself stays true.
    fn document(&mut self, article: &Article, text: &str, charset: &str, markup: Markup) -> io::Result<()> {
        let encoding = match markup {
            Markup::Html => encoding_rs::Encoding::for_label(charset.as_bytes()),
            Markup::Markdown => None,
        };
        let bytes = encoding.map_or(text.as_bytes().into(), |encoding| encoding.encode(text).0);
        if self.folder.is_some() {
            return self.write(article, &bytes);
        }
        self.first = false;
        let mut out = stdout::writer();
        out.write_all(&bytes).and_then(|()| out.flush())
    }

    /// The languages of one translation: where the user left the source open, the article's.
    fn languages_of(&self, translation: &Translation) -> Languages {
        let from = match translation.source_lang {
            Lang::Other => self.languages.from.clone(),
            known => known.code().to_owned(),
        };
        Languages {
            from,
            to: self.languages.to.clone(),
        }
    }

    fn write(&mut self, article: &Article, bytes: &[u8]) -> io::Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let stem = crate::output::folder::file_stem(article);
        let extension = match self.format {
            TranslationFormat::Html => "html",
            TranslationFormat::Text => "txt",
            _ => "md",
        };
        let mut name = format!("{stem}.{}.{extension}", self.languages.to);
        let mut attempt = 1;
        // compared without case: on macOS and Windows `A` and `a` are one file
        while !self.names.insert(name.to_lowercase()) {
            attempt += 1;
            name = format!("{stem}-{attempt}.{}.{extension}", self.languages.to);
        }
        self.first = false;
        write_whole(&folder.join(name), bytes)
    }

    fn end(&self) -> anyhow::Result<()> {
        stdout::print(match self.format {
            TranslationFormat::Json => "\n]\n",
            TranslationFormat::Tmx => exchange::tmx_end(),
            TranslationFormat::Xliff => exchange::xliff_end(),
            _ => "",
        })
    }
}

/// Under another name until it is whole.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("tmp");
    std::fs::write(&draft, bytes)?;
    std::fs::rename(&draft, path)
}

fn print(text: &str) -> io::Result<()> {
    let mut out = stdout::writer();
    out.write_all(text.as_bytes()).and_then(|()| out.flush())
}
