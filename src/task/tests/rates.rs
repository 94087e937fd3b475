//! How many of the planted failures are mended, flagged, or slip through, by kind: in the best beam alone, in all
//! beams, and where the model loses the stand-ins, too.
//!
//! `cargo test --lib rates -- --nocapture` prints the table.

// A printed table is what this is for.
#![allow(clippy::print_stdout)]

use super::fake::{article, whole};
use super::planted::{Phrase, asked};
use super::sentences::{demanding, run, translation};
use super::slips::{SENTENCES, Slip, plant};
use crate::backend::{Completion, Request};
use crate::glossary::{Format, Glossary};
use crate::record::Severity;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What became of the planted failures of one kind.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Fate {
    planted: usize,
    /// The right translation stands in the document.
    mended: usize,
    /// Something else does, and that is said.
    flagged: usize,
    /// Something else does, and nothing is said.
    silent: usize,
}

/// How wrong the model is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Model {
    /// In its best beam.
    OneBeam,
    /// In every beam; not where it is asked with stand-ins.
    AllBeams,
    /// In everything it is asked.
    Everything,
}

fn answer(phrase: &Phrase, wrong: &str, model: Model, request: &Request) -> Completion {
    let asked = asked(request);
    let right = phrase.translation();
    match (asked == phrase.source(), model) {
        (true, Model::OneBeam) => Completion {
            alternatives: vec![wrong.to_owned(), right],
            ..whole(wrong)
        },
        (true, _) => whole(wrong),
        (false, Model::Everything) => whole("It was lost on the way to the reader."),
        // A piece of a sentence is answered as it is, stand-ins by the sentence around them.
        (false, _) => whole(phrase.answer(asked).unwrap_or_else(|| wrong.to_owned())),
    }
}

fn fates(model: Model) -> BTreeMap<Slip, Fate> {
    let mut fates = BTreeMap::<Slip, Fate>::new();
    for phrase in SENTENCES {
        for planted in plant(phrase) {
            let order = demanding(article("", &[&phrase.source()]));
            let (outcome, _) = run(order, |request| answer(phrase, &planted.text, model, request));
            let fate = fates.entry(planted.slip).or_default();
            fate.planted += 1;
            let is_right =
                spelled(&translation(&outcome).segments[0].target) == spelled(&phrase.translation());
            let is_said = outcome
                .problems
                .iter()
                .any(|problem| problem.severity == Severity::Flag);
            match (is_right, is_said) {
                (true, false) => fate.mended += 1,
                (true, true) => panic!("a right sentence was flagged: {}", planted.text),
                (false, true) => fate.flagged += 1,
                (false, false) => {
                    fate.silent += 1;
                    println!(
                        "{model:?}, {:?}: nothing is said of {}",
                        planted.slip, planted.text
                    );
                }
            }
        }
    }
    println!(
        "\n{model:?}\n{:<18}{:>8}{:>8}{:>8}{:>8}",
        "", "planted", "mended", "flagged", "silent"
    );
    for (slip, fate) in &fates {
        println!(
            "{:<18}{:>8}{:>8}{:>8}{:>8}",
            format!("{slip:?}"),
            fate.planted,
            fate.mended,
            fate.flagged,
            fate.silent
        );
    }
    fates
}

/// With what a stand-in may bring in another spelling of English in one of them.
fn spelled(text: &str) -> String {
    text.replace("14 July 2024", "July 14, 2024")
        .replace('-', "−")
        .replace(" °C", "°C")
}

/// How many of a kind slip through, because every figure, name and term is there: two figures change places with no word
/// beside them that tells, a clause is left out, the fall to a level becomes a rise, one of two amounts of a sentence loses its currency.
fn unseen(slip: Slip) -> usize {
    match slip {
        Slip::LostClause | Slip::LostUnit => 2,
        Slip::Exchanged | Slip::Reversed => 1,
        _ => 0,
    }
}

#[test]
fn the_right_translations_pass() {
    for phrase in SENTENCES {
        let order = demanding(article("", &[&phrase.source()]));
        let (outcome, asked) = run(order, |_| whole(phrase.translation()));
        assert_eq!(translation(&outcome).segments[0].target, phrase.translation());
        assert_eq!(
            (outcome.problems.len(), asked.len()),
            (0, 1),
            "{:?}",
            outcome.problems
        );
    }
}

#[test]
fn rates_with_one_wrong_beam() {
    let fates = fates(Model::OneBeam);
    assert_eq!(fates.len(), 18);
    for (slip, fate) in fates {
        assert_eq!(fate.silent, unseen(slip), "{slip:?}: pin what became better");
        assert_eq!(fate.mended, fate.planted - fate.silent, "{slip:?}");
    }
}

#[test]
fn rates_with_all_beams_wrong() {
    let (mut planted, mut mended) = (0, 0);
    for (slip, fate) in fates(Model::AllBeams) {
        assert!(fate.silent <= unseen(slip), "{slip:?}: {fate:?}");
        planted += fate.planted;
        mended += fate.mended;
    }
    // What stand-ins cannot mend is an answer that is broken or lacks a term that is no slot.
    println!("{mended} of {planted} mended by stand-ins");
    assert!(mended * 10 >= planted * 7, "{mended} of {planted}");
}

#[test]
fn rates_with_a_model_that_loses_everything() {
    for (slip, fate) in fates(Model::Everything) {
        assert_eq!((fate.mended, fate.silent), (0, unseen(slip)), "{slip:?}");
        assert_eq!(fate.flagged, fate.planted - fate.silent, "{slip:?}");
    }
}

#[test]
fn a_term_in_another_case_or_number_or_with_a_hyphen_is_held_without_asking_again() {
    let phrase = &SENTENCES[5];
    for (variant, stands) in [
        ("photonic chips", "photonic chips"),
        ("Photonic chips", "Photonic chips"),
        ("photonic chip", "photonic chip"),
        ("photonic-chips", "photonic-chips"),
        ("PHOTONIC CHIPS", "PHOTONIC CHIPS"),
    ] {
        let order = demanding(article("", &[&phrase.source()]));
        let text = phrase.translation().replace("photonic chips", variant);
        let (outcome, asked) = run(order, |_| whole(text.clone()));
        assert_eq!(asked.len(), 1, "{variant}");
        let checks = translation(&outcome).checks;
        assert_eq!((checks.terms, checks.terms_missed), (1, 0), "{variant}");
        let target = &translation(&outcome).segments[0].target;
        assert!(target.contains(stands), "{variant}: {target}");
        assert_eq!(outcome.problems, [], "{variant}");
    }
}

#[test]
fn a_term_that_is_not_to_be_translated_is_put_back_or_flagged() {
    let source = "Le prêt à taux zéro soutient la demande dans les villes.";
    let glossary = Glossary::parse("prêt à taux zéro,DNT\n", Format::Csv, "fr", "en").unwrap();
    let glossary = Some(Arc::new(glossary));
    let order = || demanding(article("", &[source])).with_glossary(glossary.clone());
    let translated = "The zero-rate loan supports demand in the cities.";
    let (mended, _) = run(order(), |request| match asked(request) {
        plain if plain == source => whole(translated),
        _ => whole("The XQ1 supports demand in the cities."),
    });
    let target = &translation(&mended).segments[0].target;
    assert_eq!(target, "The prêt à taux zéro supports demand in the cities.");
    assert_eq!(mended.problems, []);
    let (lost, _) = run(order(), |_| whole(translated));
    assert_eq!(translation(&lost).checks.terms_missed, 1);
    assert!(
        lost.problems
            .iter()
            .any(|problem| problem.message.contains("has “prêt à taux zéro” for")),
        "{:?}",
        lost.problems
    );
}
