//! The way of a translation model: layout, alignment, and what is held when answers are wrong.

use super::fake::{FakeBackend, article, beams, cut, whole};
use super::planted::{PHRASES, Plant, asked, right, spoiling};
use crate::backend::{Completion, Request, Sampling};
use crate::entities;
use crate::glossary::{Format, Glossary};
use crate::record::{Article, Checks, Lang, ParagraphKind, Repair, Severity, TermStatus, Translation};
use crate::task::{Outcome, TaskResult, Translating, translate};
use std::sync::{Arc, Mutex};

fn glossary() -> Arc<Glossary> {
    let text = "puce photonique,photonic chip,noun\nchiffre d’affaires,revenue\n";
    Arc::new(Glossary::parse(text, Format::Csv, "fr", "en").unwrap())
}

/// Names and terms of the phrases are demanded.
pub(super) fn demanding(article: Article) -> Translating {
    let entities = entities::find(&article);
    Translating::new(Arc::new(article), Arc::default(), Lang::En, Sampling::GREEDY)
        .with_entities(Arc::new(entities))
        .with_glossary(Some(glossary()))
}

pub(super) fn translation(outcome: &Outcome) -> &Translation {
    match &outcome.result {
        Some(TaskResult::Translation(translation)) => translation,
        other => panic!("{other:?}, {:?}", outcome.problems),
    }
}

pub(super) fn run(order: Translating, answer: impl FnMut(&Request) -> Completion) -> (Outcome, Vec<String>) {
    let mut backend = FakeBackend::translator(answer);
    let outcome = backend.run(translate(order));
    let asked = backend
        .requests
        .iter()
        .map(|request| asked(request).to_owned())
        .collect();
    (outcome, asked)
}

fn phrases() -> Article {
    let sources: Vec<String> = PHRASES.iter().map(super::planted::Phrase::source).collect();
    let first = format!("{} {}", sources[0], sources[1]);
    article("", &[&first, &sources[2], &sources[3]])
}

fn targets(outcome: &Outcome) -> Vec<String> {
    translation(outcome)
        .segments
        .iter()
        .flat_map(|segment| segment.sentences.iter().map(|sentence| sentence.target.clone()))
        .collect()
}

fn expected() -> Vec<String> {
    PHRASES.iter().map(super::planted::Phrase::translation).collect()
}

#[test]
fn right_answers_stand_and_every_figure_name_and_term_is_counted() {
    let (outcome, asked) = run(demanding(phrases()), |request| whole(right(request)));
    assert_eq!(targets(&outcome), expected());
    assert_eq!(outcome.problems, []);
    assert_eq!(asked.len(), 4);
    let translation = translation(&outcome);
    assert_eq!(
        translation.checks,
        Checks {
            segments: 4,
            names: 2,
            terms: 2,
            ..Checks::default()
        }
    );
    let terms: Vec<_> = translation
        .terms
        .iter()
        .map(|term| {
            (
                term.source.as_str(),
                term.target.as_str(),
                term.status,
                term.paragraph,
            )
        })
        .collect();
    assert_eq!(
        terms,
        [
            ("chiffre d’affaires", "revenue", TermStatus::Used, Some(0)),
            ("puce photonique", "photonic chip", TermStatus::Used, Some(2)),
        ]
    );
}

#[test]
fn sentences_are_aligned_and_joined_in_the_layout_of_the_source() {
    let mut source = article(
        "Un matin calme",
        &[
            "La mer est belle. « Le vent se lève.",
            "On rentre », dit-il.",
            "• Le point. Autre point.",
            "Vente | 12,5 | Ouest",
            "***",
            "– Oui ! – Non ?",
        ],
    );
    source.paragraphs[2].kind = ParagraphKind::ListItem;
    source.paragraphs[3].kind = ParagraphKind::TableRow;
    let order = Translating::new(Arc::new(source), Arc::default(), Lang::En, Sampling::GREEDY);
    let (outcome, asked) = run(order, |request| {
        let text = &request.messages[0].content;
        whole(match text.as_str() {
            "On rentre », dit-il." => "We are going home », he said.".to_owned(),
            other => format!("EN {other}"),
        })
    });
    let shown: Vec<(Option<usize>, &str)> = translation(&outcome)
        .segments
        .iter()
        .map(|segment| (segment.paragraph, segment.target.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            (None, "EN Un matin calme"),
            (Some(0), "EN La mer est belle. “EN Le vent se lève."),
            (Some(1), "We are going home”, he said."),
            (Some(2), "• EN Le point. EN Autre point."),
            (Some(3), "EN Vente | 12.5 | EN Ouest"),
            (Some(4), "***"),
            (Some(5), "– EN Oui! – EN Non?"),
        ]
    );
    let pairs: Vec<(&str, &str)> = translation(&outcome).segments[1]
        .sentences
        .iter()
        .map(|sentence| (sentence.source.as_str(), sentence.target.as_str()))
        .collect();
    assert_eq!(
        pairs,
        [
            ("La mer est belle.", "EN La mer est belle."),
            ("« Le vent se lève.", "“EN Le vent se lève.")
        ]
    );
    assert!(asked.contains(&"Le vent se lève.".to_owned()), "{asked:?}");
    assert!(
        !asked.iter().any(|text| text == "12,5" || text == "***"),
        "{asked:?}"
    );
    assert_eq!(outcome.problems, []);
}

#[test]
fn another_beam_mends_what_the_first_got_wrong() {
    for (plant, count) in [
        (Plant::DropNumbers, 3),
        (Plant::ChangeScale, 2),
        (Plant::SwapUnits, 2),
        (Plant::LosePoint, 2),
    ] {
        let (outcome, asked) = run(demanding(phrases()), spoiling(plant, 2, true));
        assert_eq!(targets(&outcome), expected(), "{plant:?}");
        assert_eq!(outcome.problems, [], "{plant:?}");
        assert_eq!(asked.len(), 4, "{plant:?}: beams cost no second request");
        let checks = translation(&outcome).checks;
        assert_eq!(
            (checks.mismatched, checks.repaired_by_beam),
            (count, count),
            "{plant:?}"
        );
        assert_eq!(
            (checks.flagged, checks.repaired_by_protection),
            (0, 0),
            "{plant:?}"
        );
    }
}

#[test]
fn stand_ins_mend_what_every_beam_got_wrong() {
    for (plant, count) in [
        (Plant::DropNumbers, 3),
        (Plant::ChangeScale, 2),
        (Plant::SwapUnits, 2),
        (Plant::LosePoint, 2),
    ] {
        let (outcome, asked) = run(demanding(phrases()), spoiling(plant, 9, false));
        assert_eq!(targets(&outcome), expected(), "{plant:?}");
        assert_eq!(outcome.problems, [], "{plant:?}");
        let checks = translation(&outcome).checks;
        assert_eq!(
            (checks.mismatched, checks.repaired_by_protection),
            (count, count),
            "{plant:?}"
        );
        assert_eq!(asked.len(), 4 + 2 * count, "{plant:?}: {asked:?}");
        let repairs = translation(&outcome)
            .segments
            .iter()
            .flat_map(|segment| &segment.sentences);
        let protected = repairs
            .filter(|sentence| sentence.repair == Some(Repair::Protection))
            .count();
        assert_eq!(protected, count, "{plant:?}");
    }
}

#[test]
fn what_cannot_be_mended_is_flagged_with_the_least_wrong_answer_in_place() {
    for (plant, count) in [
        (Plant::DropNumbers, 3),
        (Plant::ChangeScale, 2),
        (Plant::SwapUnits, 2),
    ] {
        // stand-ins are lost as well
        let (outcome, _) = run(demanding(phrases()), move |request| {
            let known = PHRASES.iter().any(|phrase| phrase.source() == asked(request));
            whole(if known {
                plant.spoil(&right(request))
            } else {
                "Lost.".to_owned()
            })
        });
        let translation = translation(&outcome);
        assert_eq!(translation.checks.flagged, count, "{plant:?}");
        assert_eq!(translation.checks.mismatched, count, "{plant:?}");
        let flagged: Vec<&str> = outcome
            .problems
            .iter()
            .filter(|problem| problem.severity == Severity::Flag)
            .map(|problem| problem.message.as_str())
            .collect();
        assert!(
            flagged.len() >= count && flagged[0].starts_with("paragraph 1: "),
            "{flagged:?}"
        );
        // the offsets of a finding count in the paragraph, not in the sentence
        for segment in &translation.segments {
            for finding in &segment.findings {
                for (side, text) in [
                    (&finding.source, &segment.source),
                    (&finding.target, &segment.target),
                ] {
                    let Some(side) = side else { continue };
                    let words: String = text
                        .chars()
                        .skip(side.start)
                        .take(side.end - side.start)
                        .collect();
                    assert_eq!(words, side.text);
                }
            }
        }
    }
}

#[test]
fn a_lost_term_is_mended_by_a_beam_by_protection_or_flagged() {
    let (by_beam, asked) = run(demanding(phrases()), spoiling(Plant::DropTerm, 1, true));
    assert_eq!(targets(&by_beam), expected());
    assert_eq!(asked.len(), 4);
    let (by_protection, _) = run(demanding(phrases()), spoiling(Plant::DropTerm, 9, false));
    assert_eq!(targets(&by_protection), expected());
    for outcome in [&by_beam, &by_protection] {
        let translation = translation(outcome);
        assert_eq!(
            (translation.checks.terms_repaired, translation.checks.terms_missed),
            (1, 0)
        );
        assert_eq!(translation.terms[1].status, TermStatus::Repaired);
        assert_eq!(outcome.problems, []);
    }
    let (lost, _) = run(demanding(phrases()), |request| {
        whole(
            Plant::DropTerm
                .spoil(&right(request))
                .replace("XQ1", "light parts"),
        )
    });
    assert_eq!(translation(&lost).checks.terms_missed, 1);
    assert_eq!(translation(&lost).terms[1].status, TermStatus::Missed);
    assert_eq!(
        lost.problems[0].message,
        "paragraph 3: the glossary has “photonic chip” for “puce photonique”, which is not in the translation"
    );
}

#[test]
fn a_name_that_was_translated_is_put_back_or_flagged() {
    let (mended, _) = run(demanding(phrases()), spoiling(Plant::TranslateName, 9, false));
    assert_eq!(targets(&mended), expected());
    assert_eq!(translation(&mended).checks.names_repaired, 2);
    assert_eq!(mended.problems, []);
    let (lost, _) = run(demanding(phrases()), |request| {
        whole(Plant::TranslateName.spoil(&right(request)).replace("XQ", "the X"))
    });
    assert_eq!(translation(&lost).checks.names_missed, 2);
    let messages: Vec<&str> = lost
        .problems
        .iter()
        .map(|problem| problem.message.as_str())
        .collect();
    assert_eq!(
        messages,
        [
            "paragraph 1: the name “Nexilia” is not in the translation",
            "paragraph 3: the name “Léman Optique” is not in the translation"
        ]
    );
}

#[test]
fn a_name_without_its_accents_gets_them_back() {
    let (outcome, asked) = run(demanding(phrases()), |request| {
        whole(right(request).replace("Léman", "Leman"))
    });
    assert_eq!(targets(&outcome), expected());
    assert_eq!(asked.len(), 4);
    let last = &translation(&outcome).segments[2].sentences[0];
    assert_eq!(last.repair, Some(Repair::Spelling));
}

#[test]
fn an_answer_that_cannot_be_used_never_reaches_the_document() {
    for plant in [Plant::Empty, Plant::Huge, Plant::Markup, Plant::Loop] {
        let (outcome, _) = run(demanding(phrases()), spoiling(plant, 9, true));
        for segment in &translation(&outcome).segments {
            assert_eq!(segment.target, segment.source, "{plant:?}: the source stands in");
        }
        // an endless answer is asked for once more in pieces
        let pieces = if matches!(plant, Plant::Huge | Plant::Loop) {
            8
        } else {
            4
        };
        assert_eq!(translation(&outcome).checks.unusable, pieces, "{plant:?}");
        let flags = outcome.problems.iter().filter(|problem| {
            problem.severity == Severity::Flag && problem.message.contains("the source stands in")
        });
        assert_eq!(flags.count(), pieces, "{plant:?}");
        // a beam that can be used is used
        let (outcome, _) = run(demanding(phrases()), spoiling(plant, 3, true));
        assert_eq!(targets(&outcome), expected(), "{plant:?}");
    }
}

#[test]
fn control_characters_other_scripts_and_the_source_itself_are_no_translation() {
    let text = "La mer est très belle ce matin.";
    for answer in [
        "The sea\u{7} is calm",
        "Море спокойно",
        "Das Meer \u{202e}ist",
        text,
        "&lt;script&gt;x",
    ] {
        let (outcome, _) = run(
            Translating::new(
                Arc::new(article("", &[text])),
                Arc::default(),
                Lang::En,
                Sampling::GREEDY,
            ),
            |_| whole(answer),
        );
        assert_eq!(translation(&outcome).segments[0].target, text, "{answer:?}");
        assert_eq!(translation(&outcome).checks.unusable, 1, "{answer:?}");
    }
}

#[test]
fn a_cut_sentence_is_asked_for_in_pieces() {
    let text =
        "Le navire a quitté le port de Brest à l’aube, puis il a longé la côte jusqu’à la nuit tombée.";
    let order = Translating::new(
        Arc::new(article("", &[text, "Fin."])),
        Arc::default(),
        Lang::En,
        Sampling::GREEDY,
    );
    let (outcome, asked) = run(order, |request| match asked(request) {
        long if long.len() > 80 => cut("The ship left the"),
        "Fin." => whole("End."),
        piece if piece.starts_with("Le navire") => whole("The ship left the port of Brest at dawn,"),
        _ => whole("then it followed the coast until nightfall."),
    });
    assert_eq!(asked.len(), 4, "{asked:?}");
    assert_eq!(
        translation(&outcome).segments[0].target,
        "The ship left the port of Brest at dawn, then it followed the coast until nightfall."
    );
    assert_eq!(translation(&outcome).segments[1].target, "End.");
    assert_eq!(outcome.problems, []);
}

#[test]
fn a_sentence_beyond_the_context_is_cut_before_it_is_asked_for() {
    let clause = "le groupe ouvre une usine de plus dans la région, ".repeat(60);
    let text = format!("Cette année, {}c’est tout.", clause);
    let order = Translating::new(
        Arc::new(article("", &[&text])),
        Arc::default(),
        Lang::En,
        Sampling::GREEDY,
    );
    let (outcome, asked) = run(order, |request| whole(asked(request).to_uppercase()));
    assert!(asked.len() > 2);
    assert!(
        asked.iter().all(|piece| piece.chars().count() / 4 < 340),
        "{asked:?}"
    );
    assert_eq!(asked.join(" "), text);
    assert_eq!(translation(&outcome).segments[0].sentences.len(), asked.len());
}

#[test]
fn whoever_watches_sees_each_segment_once_in_order() {
    let paragraphs: Vec<String> = (0..60).map(|n| format!("La phrase numéro {n} est là.")).collect();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let mut order = Translating::new(
        Arc::new(article(
            "",
            &paragraphs.iter().map(String::as_str).collect::<Vec<_>>(),
        )),
        Arc::default(),
        Lang::En,
        Sampling::GREEDY,
    );
    order.watch = Some(Arc::new(move |segment| {
        log.lock().unwrap().push(segment.paragraph)
    }));
    let (outcome, _) = run(order, |request| {
        whole(asked(request).replace("La phrase numéro", "Sentence number"))
    });
    let expected: Vec<Option<usize>> = (0..60).map(Some).collect();
    assert_eq!(*seen.lock().unwrap(), expected);
    assert_eq!(translation(&outcome).segments.len(), 60);
}

#[test]
fn an_address_passes_unharmed_or_is_flagged() {
    let text = "Voir https://exemple.fr/a?b=1 pour la suite.";
    let order = || {
        Translating::new(
            Arc::new(article("", &[text])),
            Arc::default(),
            Lang::En,
            Sampling::GREEDY,
        )
    };
    let (outcome, _) = run(order(), |request| {
        whole(match asked(request) {
            plain if plain == text => "See https: / / example.fr for more.".to_owned(),
            protected => protected
                .replace("Voir", "See")
                .replace("pour la suite", "for more"),
        })
    });
    assert_eq!(
        translation(&outcome).segments[0].target,
        "See https://exemple.fr/a?b=1 for more."
    );
    let (outcome, _) = run(order(), |_| whole("See it for more."));
    assert!(
        outcome.problems[0].message.contains("https://exemple.fr/a?b=1"),
        "{:?}",
        outcome.problems
    );
}

#[test]
fn the_model_s_own_order_decides_between_equals() {
    let order = Translating::new(
        Arc::new(article("", &["La mer est belle."])),
        Arc::default(),
        Lang::En,
        Sampling::GREEDY,
    );
    let (outcome, _) = run(order, |_| {
        beams(&["The sea is fair.", "The sea is fine.", "The sea."])
    });
    assert_eq!(translation(&outcome).segments[0].target, "The sea is fair.");
    assert_eq!(translation(&outcome).segments[0].sentences[0].repair, None);
}
