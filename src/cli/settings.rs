//! Flags become settings: every field is named, so that a flag that nobody handles does not compile.

use super::args::{
    InputArgs, InputFormat, LangArg, LengthArg, ModelArgs, OutLang, RunOutputArgs, SearchArgs, TaskArg,
};
use super::failure::Failure;
use super::interrupt;
use crate::backend::Sampling;
use crate::engine::marian::MOST_BEAMS;
use crate::ingest;
use crate::pipeline::Settings;
use crate::record::Lang;
use crate::task::Length;

impl From<OutLang> for Lang {
    fn from(lang: OutLang) -> Lang {
        match lang {
            OutLang::Fr => Lang::Fr,
            OutLang::En => Lang::En,
        }
    }
}

impl From<LengthArg> for Length {
    fn from(length: LengthArg) -> Length {
        match length {
            LengthArg::Short => Length::Short,
            LengthArg::Medium => Length::Medium,
            LengthArg::Long => Length::Long,
        }
    }
}

/// Inputs and how they are read.
pub fn input(args: InputArgs) -> (Vec<String>, ingest::Options) {
    let InputArgs {
        paths,
        input,
        lang,
        exclude,
        raw,
        max_size,
    } = args;
    let options = ingest::Options {
        format: match input {
            InputFormat::Auto => None,
            InputFormat::Text => Some(ingest::Format::Text),
            InputFormat::Html => Some(ingest::Format::Html),
            InputFormat::Md => Some(ingest::Format::Markdown),
            InputFormat::Jsonl => Some(ingest::Format::Jsonl),
        },
        lang: lang_of(lang),
        excludes: exclude,
        raw,
        skip: None,
        max_bytes: max_size.saturating_mul(1 << 20),
        stop: Some(interrupt::asked),
    };
    (paths, options)
}

/// The language that the user stated, if any.
pub fn lang_of(lang: LangArg) -> Option<Lang> {
    match lang {
        LangArg::Auto => None,
        LangArg::Fr => Some(Lang::Fr),
        LangArg::En => Some(Lang::En),
    }
}

/// How tokens are chosen.
pub fn sampling(args: &ModelArgs) -> Sampling {
    Sampling {
        temperature: args.temperature,
        top_p: args.top_p,
        top_k: args.top_k,
        seed: args.seed,
    }
}

/// The model with the search and the language `to` that the command's flags ask of it.
///
/// # Errors
/// When a number is out of its range.
pub fn with_search(model: ModelArgs, search: SearchArgs, to: &str) -> Result<ModelArgs, Failure> {
    if let Some(beams) = search.beams.filter(|beams| !(1..=MOST_BEAMS).contains(beams)) {
        return Err(Failure::usage(
            format!("expected 1 to {MOST_BEAMS} for `--beams`, but found {beams}"),
            "4 is the usual number, 1 is greedy search; the work grows with it",
        ));
    }
    // a number that is none compares with nothing, and is refused here too
    if let Some(penalty) = search
        .length_penalty
        .filter(|penalty| !(0.0..=10.0).contains(penalty))
    {
        return Err(Failure::usage(
            format!("expected 0 to 10 for `--length-penalty`, but found {penalty}"),
            "0 ranks by probability alone, 1 by probability for each token, more favours longer translations",
        ));
    }
    let to = Some(to.to_owned());
    Ok(ModelArgs {
        search: SearchArgs { to, ..search },
        ..model
    })
}

/// What `run` does.
pub fn run(input_args: InputArgs, sampling: Sampling, output: &RunOutputArgs) -> Settings {
    let RunOutputArgs {
        out: _,
        tasks,
        summary_langs,
        length,
        to,
        translation_model: _,
        translator: _,
        glossary: _,
        csv_dialect,
        force,
        retry_failed,
        dry_run: _,
    } = output;
    let (inputs, ingest) = input(input_args);
    Settings {
        inputs,
        ingest,
        summary_langs: if tasks.contains(&TaskArg::Summary) {
            summary_langs.iter().map(|&lang| lang.into()).collect()
        } else {
            Vec::new()
        },
        translate_to: tasks.contains(&TaskArg::Translation).then(|| (*to).into()),
        glossary: None,
        extract: tasks.contains(&TaskArg::Extraction),
        length: (*length).into(),
        sampling,
        force: *force,
        retry_failed: *retry_failed,
        dialect: (*csv_dialect).into(),
    }
}
