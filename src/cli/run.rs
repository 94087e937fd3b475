//! `depeche run`: the whole job.

use super::args::{GlobalArgs, ModelArgs, RunArgs, RunOutputArgs};
use super::failure::Failure;
use super::live::Live;
use super::model::{Counter, Opened, Pair};
use super::speed::SpeedBook;
use super::ui::Ui;
use super::{Exit, dry_run, glossary, interrupt, model, settings};
use crate::backend::Backend;
use crate::pipeline::{self, Models, Recall, Report, RunHeader};
use crate::record::{Checks, Lang};
use crate::store::{RunLock, Store};
use std::path::Path;

/// What a run writes over.
const WRITTEN: &[&str] = &[
    "articles.jsonl",
    "summaries.csv",
    "entities.csv",
    "figures.csv",
    "problems.csv",
    "glossary.csv",
    "translations.csv",
    "depeche.xlsx",
    "report.html",
    "run.json",
    "translations",
];

/// A folder without a store that holds files with the names of outputs is not that of an earlier run.
fn refuse_files_of_others(out: &Path) -> anyhow::Result<()> {
    if out.join(Store::FILE_NAME).exists() {
        return Ok(());
    }
    let Some(theirs) = WRITTEN.iter().find(|name| out.join(name).exists()) else {
        return Ok(());
    };
    let message = format!(
        "expected an empty folder or that of an earlier run, but found `{theirs}` and no store in `{}`: a run would write over it",
        out.display()
    );
    Err(Failure::new(
        message,
        "name another folder with --out, or move what is in this one",
    )
    .into())
}

/// Does the whole job.
///
/// # Errors
/// When the model, the store or the outputs fail.
pub fn run(args: RunArgs, global: &GlobalArgs, ui: &Ui) -> anyhow::Result<Exit> {
    interrupt::listen();
    let RunArgs {
        input,
        model,
        search,
        output,
    } = args;
    let model_args = settings::with_search(model, search, Lang::from(output.to).code())?;
    let mut settings = settings::run(input, settings::sampling(&model_args), &output);
    // `depeche run .` must not read what an earlier run wrote below it
    settings.ingest.skip = output.out.canonicalize().ok();
    if let (Some(path), Some(to)) = (&output.glossary, settings.translate_to) {
        let pair = Pair::new("auto", to.code(), settings.ingest.lang);
        settings.glossary = Some(glossary::read(path, &pair.from, &pair.to)?);
    }
    let translates = settings.translate_to.is_some();
    let writer_args = ModelArgs {
        context: model_args
            .context
            .or_else(|| context_of_last_run(&output.out, &model_args.model)),
        ..model_args.clone()
    };
    if output.dry_run {
        let translator = preview_translator(&settings, &model_args, &output, global, ui)?;
        let writer = model::preview(&writer_args.model, &writer_args, global)?;
        let counts = translator
            .as_ref()
            .or(writer.as_ref())
            .map(|c| c.backend.as_ref());
        model::say_unused(&model_args.search, counts.filter(|_| translates), ui);
        return dry_run::dry_run(&settings, writer, translator, &output.out, global, ui);
    }
    refuse_files_of_others(&output.out)?;
    // before the model: a run that must not start should not download or load one
    let _lock = RunLock::take(&output.out)?;
    settings.ingest.skip = output.out.canonicalize().ok();
    crate::output::remove_stale_drafts(&output.out);
    let mut translator = open_translator(&settings, &model_args, &output, global, ui)?;
    let mut opened = model::open(&writer_args, global, ui)?;
    let translating = [translator.as_ref(), Some(&opened)]
        .into_iter()
        .flatten()
        .find_map(|opened| opened.backend.as_deref());
    model::say_unused(&model_args.search, translating.filter(|_| translates), ui);
    let store = Store::create(&output.out)?;
    let watch = Live::new(ui);
    let two = translator.as_ref().is_some_and(|opened| opened.backend.is_some());
    let models = Models {
        writer: opened
            .backend
            .as_mut()
            .map(|backend| backend.as_mut() as &mut dyn Backend),
        translator: translator
            .as_mut()
            .and_then(|opened| opened.backend.as_mut())
            .map(|backend| backend.as_mut() as &mut dyn Backend),
    };
    let report = pipeline::run(&settings, &output.out, &store, models, &watch);
    ui.end();
    for opened in [Some(&opened), translator.as_ref()].into_iter().flatten() {
        if let Some(backend) = &opened.backend {
            measure(backend.as_ref(), two, &store);
        }
    }
    let report = report?;
    say(&report, &output.out.display().to_string(), ui);
    if translator.is_none() {
        opened.say_what_was_left_out(ui);
    }
    let exit = if report.is_clean() {
        Exit::Done
    } else {
        Exit::Partial
    };
    Ok(opened.exit(exit, ui))
}

/// The model that translates, where it is another one than that of `--model`.
fn open_translator(
    settings: &pipeline::Settings,
    model: &ModelArgs,
    output: &RunOutputArgs,
    global: &GlobalArgs,
    ui: &Ui,
) -> anyhow::Result<Option<Opened>> {
    let Some(to) = settings.translate_to else {
        return Ok(None);
    };
    let pair = Pair::new("auto", to.code(), settings.ingest.lang);
    match output.translation_model.as_deref() {
        Some("same") => Ok(None),
        Some(name) => model::open_translator(name, output.translator, &pair, model, global, ui).map(Some),
        None if model.model.eq_ignore_ascii_case("auto") => {
            model::open_known_translator(output.translator, &pair, model, global, ui)
        }
        None => Ok(None),
    }
}

/// What stands for that model in a dry run: nothing is fetched for it.
fn preview_translator(
    settings: &pipeline::Settings,
    model: &ModelArgs,
    output: &RunOutputArgs,
    global: &GlobalArgs,
    ui: &Ui,
) -> anyhow::Result<Option<Counter>> {
    match output.translation_model.as_deref() {
        Some(name) if name != "same" && !name.eq_ignore_ascii_case("auto") => {
            if settings.translate_to.is_none() {
                return Ok(None);
            }
            model::preview(name, model, global)
        }
        _ => {
            let offline = GlobalArgs {
                offline: true,
                ..global.clone()
            };
            let opened = open_translator(settings, model, output, &offline, ui)?;
            let backend = opened.and_then(|opened| opened.backend);
            Ok(backend.map(|backend| Counter { backend, exact: true }))
        }
    }
}

/// What the run came to, in a few lines.
pub fn say(report: &Report, out: &str, ui: &Ui) {
    let Report {
        articles,
        unreadable,
        figures,
        entities,
        summaries,
        translations,
        tasks_done,
        tasks_reused,
        errors,
        flags,
        interrupted,
        written,
        removed,
        checks,
        sentences,
    } = report;
    if *interrupted {
        ui.warn("the run was stopped", Some("the same command goes on from there"));
    }
    if !written {
        ui.note("stopped before everything was read: the tables and documents are as they were");
        return;
    }
    if *removed > 0 {
        ui.note(&format!(
            "{removed} articles of earlier runs are no longer among the inputs: kept in the store, left out of the tables"
        ));
    }
    ui.note(&format!(
        "{articles} articles: {figures} figures, {entities} entities, {summaries} summaries, {translations} translations -> {out}"
    ));
    if tasks_done + tasks_reused > 0 {
        ui.note(&format!(
            "{tasks_done} model tasks done, {tasks_reused} found finished"
        ));
    }
    if checks.segments > 0 {
        ui.note(&checked(checks, sentences));
    }
    if errors + flags > 0 {
        ui.note(&format!(
            "to look at in {out}/problems.csv: errors {errors} (unreadable inputs {unreadable}), flags {flags}"
        ));
    }
}

/// How well the translations held figures, names and terms.
pub fn checked(checks: &Checks, sentences: &Recall) -> String {
    let Checks {
        segments,
        mismatched,
        repaired_by_beam,
        repaired_by_protection,
        repaired_by_retry,
        flagged,
        unusable,
        names,
        names_repaired,
        names_missed,
        terms,
        terms_repaired,
        terms_missed,
    } = checks;
    let repaired = repaired_by_beam + repaired_by_protection + repaired_by_retry;
    let mut text = format!(
        "translation: {segments} segments checked, figures differed in {mismatched}, {repaired} repaired \
         (by another beam {repaired_by_beam}, by protection {repaired_by_protection}, by a retry {repaired_by_retry}), \
         {flagged} flagged"
    );
    if *unusable > 0 {
        text.push_str(&format!(", {unusable} without a usable answer"));
    }
    if *names > 0 {
        text.push_str(&format!(
            "; names: {names}, {names_repaired} repaired, {names_missed} missed"
        ));
    }
    if *terms > 0 {
        text.push_str(&format!(
            "; glossary terms: {terms}, {terms_repaired} repaired, {terms_missed} missed"
        ));
    }
    if sentences.translated + sentences.remembered > 0 {
        text.push_str(&format!(
            "; sentences asked for: {}, {} of them known",
            sentences.translated + sentences.remembered,
            sentences.remembered
        ));
    }
    text
}

/// The room for a prompt and its answer that the last run with this model had, where it was not stated. How much there
/// is depends on the memory that happens to be free; were it another one after a restart, every result would count as
/// made with other settings.
fn context_of_last_run(out: &Path, model: &str) -> Option<usize> {
    let row = Store::open_to_read(out).ok()?.last_complete_run().ok()??;
    let header: RunHeader = serde_json::from_value(row.json).ok()?;
    let last = header.model?;
    (last.name == model || model.split(':').next() == Some(&last.name)).then_some(last.context_length)
}

/// Keeps how fast the model was, for the next `--dry-run`.
fn measure(backend: &dyn Backend, two: bool, store: &Store) {
    let labour = store
        .last_run()
        .ok()
        .flatten()
        .and_then(|run| store.labour(run.id).ok());
    let mut labour = labour.unwrap_or_default();
    if two {
        labour.retain(|(task, _)| task.starts_with("translation.") == backend.sentence_translator());
    }
    SpeedBook::record(backend.info(), &backend.stats(), &labour);
}
