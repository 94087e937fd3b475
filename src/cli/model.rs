//! `--model`: from what the user asked for to a backend that is ready.

use super::Exit;
use super::args::{DeviceArg, GlobalArgs, ModelArgs, PrecisionArg, SearchArgs, TranslatorArg};
use super::download::{self, Download};
use super::failure::Failure;
use super::ui::Ui;
use crate::backend::Backend;
use crate::engine::device::Preference;
use crate::engine::marian::{Precision, TranslationOptions, same_language};
use crate::engine::{self, EngineOptions, Preview, SchedulerOptions};
use crate::hub::{self, Card, HubError, LocalModel, ModelSpec, NoModel, Resolution};
use crate::record::Lang;

/// What `--model` came to.
pub struct Opened {
    /// The model, ready; none for `--model none` and where `auto` found none.
    pub backend: Option<Box<dyn Backend>>,
    /// `auto` was asked for and no model could be had: why.
    pub fell_back: Option<NoModel>,
}

/// What `--model none` leaves out.
const LEFT_OUT: &str = "without a model: no translation, no written summaries (the summaries are sentences of the \
                        articles), no labels of figures; `--model auto` adds them";

/// The ways to a model.
const WAYS: &str = "`depeche models pull NAME` where there is a network; or copy a model's folder to this \
                    machine and name it with `--model`";

impl Opened {
    /// The last word of `run`, and the exit status: a run that had to do without a model is not all done.
    pub fn exit(&self, exit: Exit, ui: &Ui) -> Exit {
        let Some(why) = &self.fell_back else { return exit };
        ui.warn(&format!("this was done without a model: {why}"), Some(WAYS));
        Exit::Partial
    }

    /// What a run without a model left out.
    pub fn say_what_was_left_out(&self, ui: &Ui) {
        if self.backend.is_none() {
            ui.note(LEFT_OUT);
        }
    }
}

/// Finds, fetches and loads the model.
///
/// # Errors
/// When a model that was named cannot be had or cannot be loaded.
pub fn open(args: &ModelArgs, global: &GlobalArgs, ui: &Ui) -> anyhow::Result<Opened> {
    open_spec(&args.model.parse()?, args, global, ui)
}

fn open_spec(spec: &ModelSpec, args: &ModelArgs, global: &GlobalArgs, ui: &Ui) -> anyhow::Result<Opened> {
    let options = download::options(global, &args.hub, args.locked)?;
    let resolution = hub::resolve(spec, &options, &Download::new(ui));
    ui.end();
    match resolution? {
        Resolution::Model(local) => {
            let backend = load(&local, args, ui)?;
            Ok(Opened {
                backend: Some(backend),
                fell_back: None,
            })
        }
        Resolution::NoModel(NoModel::Requested) => Ok(Opened {
            backend: None,
            fell_back: None,
        }),
        Resolution::NoModel(why) => {
            ui.warn(&format!("going on without a model: {why}"), Some(WAYS));
            Ok(Opened {
                backend: None,
                fell_back: Some(why),
            })
        }
    }
}

/// The languages of a translation, as tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Of the articles; where it was left open, the one that the other suggests.
    pub from: String,
    /// Of the translation.
    pub to: String,
    /// What the user says the articles are in.
    pub stated: Option<Lang>,
}

impl Pair {
    /// From `--from` and `--to`; `lang` is what `--lang` says.
    pub fn new(from: &str, to: &str, lang: Option<Lang>) -> Pair {
        let stated = (from != "auto").then(|| Lang::from_tag(from)).or(lang);
        let from = match (from, lang) {
            ("auto", Some(lang)) => lang.code(),
            ("auto", None) if to == "fr" => "en",
            ("auto", None) => "fr",
            (stated, _) => stated,
        };
        Pair {
            from: from.to_owned(),
            to: to.to_owned(),
            stated,
        }
    }
}

/// Finds, fetches and loads the model that translates: for `auto` the translation model that is known for the two
/// languages, else a language model.
///
/// # Errors
/// When a model that was named cannot be had, cannot be loaded, or is of the wrong kind or direction.
pub fn open_translator(
    name: &str,
    kind: TranslatorArg,
    pair: &Pair,
    args: &ModelArgs,
    global: &GlobalArgs,
    ui: &Ui,
) -> anyhow::Result<Opened> {
    let spec: ModelSpec = name.parse()?;
    if spec == ModelSpec::Auto && kind != TranslatorArg::Llm {
        let card = known_translator(pair, args, global, ui)?;
        match (card, kind) {
            (Some(card), _) => {
                if let Some(opened) = open_card(card, kind, args, global, ui)? {
                    return Ok(opened);
                }
            }
            (None, TranslatorArg::Marian) => {
                return Err(Failure::new(
                    format!("no translation model from {} to {} is known", pair.from, pair.to),
                    "name one with `--model`, such as `Helsinki-NLP/opus-mt-de-en`, or take `--translator llm`",
                )
                .into());
            }
            (None, _) => {}
        }
    }
    let opened = open_spec(&spec, args, global, ui)?;
    if let Some(backend) = &opened.backend {
        check_translator(backend.as_ref(), kind, pair)?;
    }
    Ok(opened)
}

/// The known translation model; none where it cannot be had and a language model may stand in.
///
/// # Errors
/// When nothing may stand in, or it is there and cannot be loaded.
fn open_card(
    card: &'static Card,
    kind: TranslatorArg,
    args: &ModelArgs,
    global: &GlobalArgs,
    ui: &Ui,
) -> anyhow::Result<Option<Opened>> {
    let spec = ModelSpec::Card { card, variant: None };
    match open_spec(&spec, args, global, ui) {
        Ok(opened) => Ok(Some(opened)),
        Err(error)
            if kind == TranslatorArg::Auto
                && error
                    .downcast_ref::<HubError>()
                    .is_some_and(HubError::is_unreachable) =>
        {
            ui.warn(
                &format!("going on without the translation model {}: {error}", card.name),
                Some(WAYS),
            );
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The translation model of a run whose `--translation-model` was left open; none where none is known or can be
/// had, and the model of `--model` translates.
///
/// # Errors
/// When it is there and cannot be loaded.
pub fn open_known_translator(
    kind: TranslatorArg,
    pair: &Pair,
    args: &ModelArgs,
    global: &GlobalArgs,
    ui: &Ui,
) -> anyhow::Result<Option<Opened>> {
    if kind == TranslatorArg::Llm {
        return Ok(None);
    }
    match known_translator(pair, args, global, ui)? {
        Some(card) => open_card(card, kind, args, global, ui),
        None => Ok(None),
    }
}

/// The best translation model that is known for the two languages: of those that are on this machine, else of all.
fn known_translator(
    pair: &Pair,
    args: &ModelArgs,
    global: &GlobalArgs,
    ui: &Ui,
) -> anyhow::Result<Option<&'static Card>> {
    let known = hub::translation_cards(primary(&pair.from), primary(&pair.to));
    let mut options = download::options(global, &args.hub, args.locked)?;
    options.offline = true;
    let is_here = |card: &&'static Card| {
        let spec = ModelSpec::Card { card, variant: None };
        let found = hub::resolve(&spec, &options, &Download::new(ui));
        matches!(found, Ok(Resolution::Model(_)))
    };
    let here = known.iter().copied().find(is_here);
    Ok(here.or(known.first().copied()))
}

/// Refuses a model that cannot do what is asked of it, before it is asked.
fn check_translator(backend: &dyn Backend, kind: TranslatorArg, pair: &Pair) -> anyhow::Result<()> {
    let name = &backend.info().name;
    let found = match (kind, backend.sentence_translator()) {
        (TranslatorArg::Marian, false) => "a language model",
        (TranslatorArg::Llm, true) => "a translation model",
        (_, false) if !is_written(&pair.to) => {
            return Err(Failure::new(
                format!("expected `--to fr` or `--to en`, but found {}", pair.to),
                "language models translate between French and English; a translation model of the opus-mt family for \
                 other languages is named with `--model`",
            )
            .into());
        }
        (_, true) => {
            if let Some((from, to)) = direction(name)
                && (!same_language(to, &pair.to) || pair.stated.is_some() && !same_language(from, &pair.from))
            {
                return Err(Failure::new(
                    format!(
                        "expected a model that translates from {} to {}, but {name} translates from {from} to {to}",
                        pair.from, pair.to
                    ),
                    "say the languages of the model with `--from` and `--to`, or take another model",
                )
                .into());
            }
            return Ok(());
        }
        _ => return Ok(()),
    };
    let wanted = if kind == TranslatorArg::Llm {
        "llm"
    } else {
        "marian"
    };
    Err(Failure::new(
        format!("expected a model for `--translator {wanted}`, but {name} is {found}"),
        "leave `--translator` out to take the model as it is",
    )
    .into())
}

/// Whether language models translate into it here: their checks know French and English.
fn is_written(tag: &str) -> bool {
    Lang::from_tag(tag) != Lang::Other
}

fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or(tag)
}

/// The languages that the name of an opus-mt model tells: `opus-mt-tc-big-fr-en`, two codes at its end.
fn direction(name: &str) -> Option<(&str, &str)> {
    let name = name.trim_end_matches('/');
    let name = name.rsplit('/').next()?;
    let name = name.split(['@', ':']).next()?;
    if !name.to_lowercase().starts_with("opus-mt") {
        return None;
    }
    let mut parts = name.rsplit('-');
    let (to, from) = (parts.next()?, parts.next()?);
    let is_code = |part: &str| matches!(part.len(), 2 | 3) && part.bytes().all(|b| b.is_ascii_lowercase());
    (is_code(from) && is_code(to) && from != "big").then_some((from, to))
}

/// What can be said of the model without loading it, and without a network: its tokenizer where it is on this machine,
/// else an estimate. None where the run would have no model.
///
/// # Errors
/// When a model that was named cannot be had or read.
pub fn preview(name: &str, args: &ModelArgs, global: &GlobalArgs) -> anyhow::Result<Option<Counter>> {
    let spec: ModelSpec = name.parse()?;
    let mut options = download::options(global, &args.hub, args.locked)?;
    options.offline = true;
    let local = match hub::resolve(&spec, &options, &()) {
        Ok(Resolution::Model(local)) => local,
        Ok(Resolution::NoModel(NoModel::Requested | NoModel::NothingFits(_))) => return Ok(None),
        Ok(Resolution::NoModel(NoModel::Unavailable(_))) | Err(HubError::Offline { .. }) => {
            let context = args.context.unwrap_or(USUAL_CONTEXT);
            return Ok(Some(Counter {
                backend: Box::new(Preview::estimated(name, context)),
                exact: false,
            }));
        }
        Err(error) => return Err(error.into()),
    };
    let options = options_of(args);
    let backend: Box<dyn Backend> = if engine::is_translation_model(&local) {
        // small enough to be loaded only to count
        engine::open(&local, &options)?.backend
    } else {
        Box::new(Preview::load(&local, &options)?)
    };
    Ok(Some(Counter { backend, exact: true }))
}

/// Who counts the tokens of a run that is not done.
pub struct Counter {
    /// Counts.
    pub backend: Box<dyn Backend>,
    /// As the model itself does.
    pub exact: bool,
}

/// Of a model that is not known yet.
const USUAL_CONTEXT: usize = 32_768;

fn options_of(args: &ModelArgs) -> EngineOptions {
    EngineOptions {
        device: match args.device {
            DeviceArg::Auto => Preference::Auto,
            DeviceArg::Cpu => Preference::Cpu,
            DeviceArg::Cuda => Preference::Cuda(0),
        },
        scheduler: scheduler_of(args.draft),
        context_length: args.context,
        request_log: args.request_log.clone(),
        translation: TranslationOptions {
            precision: match args.search.precision {
                None => Precision::Auto,
                Some(PrecisionArg::Int8) => Precision::Int8,
                Some(PrecisionArg::Float32) => Precision::Float,
            },
            beams: args.search.beams,
            length_penalty: args.search.length_penalty,
            target: args.search.to.clone(),
            ..TranslationOptions::default()
        },
        ..EngineOptions::default()
    }
}

/// Says which flags of translation models do nothing, because `translator` is none or computes elsewhere.
pub fn say_unused(search: &SearchArgs, translator: Option<&dyn Backend>, ui: &Ui) {
    let SearchArgs {
        beams,
        length_penalty,
        precision,
        to: _,
    } = search;
    let mut unused = Vec::new();
    unused.extend(beams.map(|_| "`--beams`"));
    unused.extend(length_penalty.map(|_| "`--length-penalty`"));
    unused.extend(precision.map(|_| "`--precision`"));
    let why = match translator {
        None => "nothing is translated here".to_owned(),
        Some(backend) if !backend.sentence_translator() => {
            format!("{} is a language model", backend.info().name)
        }
        Some(backend) if backend.info().device == "cpu" => return,
        Some(_) => {
            unused.retain(|flag| *flag == "`--precision`");
            "on a GPU the model computes in the floats of its file".to_owned()
        }
    };
    if unused.is_empty() {
        return;
    }
    let verb = if unused.len() == 1 { "has" } else { "have" };
    ui.warn(
        &format!("{} {verb} no effect: {why}", unused.join(", ")),
        Some("they are for translation models (opus-mt): `--translator marian`, or one that is named"),
    );
}

/// The usual scheduler, with another most of tokens that are guessed ahead where one is given.
pub fn scheduler_of(draft: Option<usize>) -> SchedulerOptions {
    let usual = SchedulerOptions::default();
    SchedulerOptions {
        draft_tokens: draft.unwrap_or(usual.draft_tokens),
        ..usual
    }
}

fn load(local: &LocalModel, args: &ModelArgs, ui: &Ui) -> anyhow::Result<Box<dyn Backend>> {
    let options = options_of(args);
    ui.note(&format!(
        "loading {} ({})",
        local.name,
        hub::human_bytes(local.weight_bytes())
    ));
    let opened = engine::open(local, &options)?;
    if let Some(reason) = &opened.fallback {
        ui.warn(&format!("going on with the CPU: {reason}"), None);
    }
    Ok(opened.backend)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_model_tells_its_direction() {
        for (name, expected) in [
            ("Helsinki-NLP/opus-mt-tc-big-fr-en@main", Some(("fr", "en"))),
            ("opus-mt-fr-en", Some(("fr", "en"))),
            ("models/opus-mt-de-en/", Some(("de", "en"))),
            ("opus-mt-en-ROMANCE", None),
            ("qwen3-4b", None),
            ("out/tiny", None),
        ] {
            assert_eq!(direction(name), expected, "{name}");
        }
    }

    #[test]
    fn an_open_source_language_is_the_other_of_the_two() {
        assert_eq!(Pair::new("auto", "en", None).from, "fr");
        assert_eq!(Pair::new("auto", "fr", None).from, "en");
        let german = Pair::new("de", "en", None);
        assert_eq!((german.from.as_str(), german.stated), ("de", Some(Lang::Other)));
        assert_eq!(Pair::new("auto", "fr", Some(Lang::En)).stated, Some(Lang::En));
    }
}
