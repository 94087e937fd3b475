//! `depeche run`: the whole job.

use super::args::{GlobalArgs, ModelArgs, RunArgs, RunOutputArgs};
use super::model::{Opened, Pair};
use super::ui::Ui;
use super::{Exit, glossary, interrupt, model, settings};
use crate::backend::{Backend, Stats};
use crate::pipeline::{self, Models, Observer, Recall, Report};
use crate::record::{Checks, Problem};
use crate::store::{RunLock, Store};

/// Does the whole job.
///
/// # Errors
/// When the model, the store or the outputs fail.
pub fn run(args: RunArgs, global: &GlobalArgs, ui: &Ui) -> anyhow::Result<Exit> {
    interrupt::listen();
    let RunArgs {
        input,
        model: model_args,
        output,
    } = args;
    let mut settings = settings::run(input, settings::sampling(&model_args), &output);
    // before the model: a run that must not start should not download or load one
    let _lock = RunLock::take(&output.out)?;
    if let (Some(path), Some(to)) = (&output.glossary, settings.translate_to) {
        let pair = Pair::new("auto", to.code(), settings.ingest.lang);
        settings.glossary = Some(glossary::read(path, &pair.from, &pair.to)?);
    }
    let mut translator = open_translator(&settings, &model_args, &output, global, ui)?;
    let mut opened = model::open(&model_args, global, ui)?;
    let store = Store::create(&output.out)?;
    // `depeche run .` must not read what an earlier run wrote below it
    settings.ingest.skip = output.out.canonicalize().ok();
    let watch = Watch { ui };
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
        checks,
        sentences,
    } = report;
    if *interrupted {
        ui.warn("the run was stopped", Some("the same command goes on from there"));
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

struct Watch<'a> {
    ui: &'a Ui,
}

impl Observer for Watch<'_> {
    fn stage(&self, name: &'static str, total: u64) {
        self.ui.start(name, total);
    }

    fn progress(&self, name: &'static str, done: u64, total: u64, stats: &Stats) {
        let detail = if stats.seconds > 0.0 {
            let tokens = (stats.prefill_tokens + stats.decode_tokens + stats.forced_tokens) as f64;
            format!("{:.0} tokens/s", tokens / stats.seconds)
        } else {
            String::new()
        };
        self.ui.progress(name, done, total, &detail);
    }

    fn problem(&self, problem: &Problem) {
        self.ui.problem(problem);
    }

    fn stop(&self) -> bool {
        interrupt::asked()
    }
}
