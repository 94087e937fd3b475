use super::fake::{FakeBackend, article, cut, figure, funding, slice, whole};
use crate::backend::{Request, Sampling};
use crate::record::{Article, EntityType, Figure, FigureKind, Severity};
use crate::task::{Extraction, Job, Outcome, TaskResult, extract};
use std::sync::Arc;

fn job(article: &Article, figures: Vec<Figure>) -> Box<dyn Job> {
    extract(Arc::new(article.clone()), Arc::new(figures), Sampling::GREEDY)
}

fn extraction(outcome: &Outcome) -> &Extraction {
    match &outcome.result {
        Some(TaskResult::Extraction(extraction)) => extraction,
        other => panic!("{other:?}, {:?}", outcome.problems),
    }
}

/// Every row's words stand where it says.
pub fn check_offsets(article: &Article, extraction: &Extraction) {
    for entity in &extraction.entities {
        assert!(!entity.mentions.is_empty());
        for mention in &entity.mentions {
            assert_eq!(slice(article, mention.start, mention.end), mention.text);
            let paragraph = article.paragraphs[mention.paragraph];
            assert!(paragraph.start <= mention.start && mention.end <= paragraph.end);
        }
        if let Some(quote) = &entity.description {
            assert_eq!(slice(article, quote.start, quote.end), quote.text);
        }
    }
    for label in &extraction.labels {
        for quote in [&label.measure, &label.subject, &label.speaker]
            .into_iter()
            .flatten()
        {
            assert_eq!(slice(article, quote.start, quote.end), quote.text);
        }
    }
}

fn is_about_entities(request: &Request) -> bool {
    request.messages[1].content.contains("entités nommées")
}

#[test]
fn entities_get_every_mention_and_a_description_from_nearby() {
    let article = funding();
    let mut backend = FakeBackend::new(32_000, |_| {
        whole(
            r#"{"entities": [{"name": "Lumière Quantique", "type": "organization", "description": "jeune pousse grenobloise"}, {"name": "Inès Carpentier", "type": "person", "description": "directrice générale"}, {"name": "Carpentier", "type": "person", "description": null}, {"name": "Inès Carpentier", "type": "person", "description": null}]}"#,
        )
    });
    let outcome = backend.run(job(&article, Vec::new()));
    let found = extraction(&outcome);
    check_offsets(&article, found);
    let names: Vec<_> = found
        .entities
        .iter()
        .map(|e| (e.canonical.as_str(), e.mentions.len()))
        .collect();
    assert_eq!(
        names,
        [
            ("Lumière Quantique", 1),
            ("Inès Carpentier", 2),
            ("Carpentier", 2)
        ]
    );
    assert_eq!(found.entities[1].entity_type, EntityType::Person);
    assert_eq!(found.entities[1].mentions[1].paragraph, 2);
    assert_eq!(
        found.entities[0].description.as_ref().map(|quote| quote.start),
        Some(3)
    );
    assert_eq!(outcome.problems, []);
}

#[test]
fn what_is_not_in_the_article_is_dropped_and_said() {
    let article = funding();
    let mut backend = FakeBackend::new(32_000, |_| {
        whole(
            r#"{"entities": [{"name": "Tesla", "type": "organization", "description": null}, {"name": "Bpifrance", "type": "organization", "description": "la banque centrale"}]}"#,
        )
    });
    let outcome = backend.run(job(&article, Vec::new()));
    let found = extraction(&outcome);
    check_offsets(&article, found);
    assert_eq!(found.entities.len(), 1);
    assert_eq!(found.entities[0].description, None);
    assert_eq!(outcome.problems.len(), 1);
    assert!(outcome.problems[0].message.contains("\"Tesla\""));
    assert!(outcome.problems[0].message.contains("\"la banque centrale\""));
}

#[test]
fn labels_stand_near_their_figure() {
    let article = funding();
    let figures = vec![
        figure(&article, 0, "40 millions d’euros", FigureKind::Money),
        figure(&article, 1, "85", FigureKind::Count),
        figure(&article, 2, "2024", FigureKind::Date),
        figure(&article, 3, "60", FigureKind::Count),
    ];
    let mut backend = FakeBackend::new(32_000, |request| {
        if is_about_entities(request) {
            return whole(r#"{"entities": []}"#);
        }
        whole(
            r#"{"labels": [{"n": 1, "measure": "levé", "subject": "Lumière Quantique", "speaker": "Inès Carpentier"},
            {"n": 2, "measure": "salariés", "subject": "L’entreprise", "speaker": null},
            {"n": 3, "measure": "60", "subject": "Mistral", "speaker": "Inès Carpentier"}]}"#,
        )
    });
    let outcome = backend.run(job(&article, figures));
    let found = extraction(&outcome);
    check_offsets(&article, found);
    let numbers: Vec<_> = found.labels.iter().map(|label| label.n).collect();
    assert_eq!(
        numbers,
        [0, 1, 3],
        "labels carry the ledger's numbers; dates get none"
    );
    assert_eq!(found.labels[2].measure, None, "a figure does not measure itself");
    assert_eq!(found.labels[2].subject, None, "what is not nearby is dropped");
    let speakers: Vec<_> = found
        .labels
        .iter()
        .map(|label| label.speaker.as_ref().map(|quote| quote.start))
        .collect();
    assert_eq!(speakers[0].map(|start| start < 200), Some(true));
    assert_eq!(
        speakers[2].map(|start| start > 300),
        Some(true),
        "of two places the nearer"
    );
    assert!(outcome.problems[0].message.contains("Mistral"));
}

#[test]
fn a_cut_list_is_asked_for_again_in_halves() {
    let article = funding();
    let mut backend = FakeBackend::new(32_000, |request| {
        let content = &request.messages[1].content;
        if content.contains("du paragraphe 1.") {
            whole(r#"{"entities": [{"name": "Bpifrance", "type": "organization", "description": null}]}"#)
        } else if content.contains("paragraphes 2 à 3") {
            cut(
                r#"{"entities": [{"name": "STMicroelectronics", "type": "organization", "description": null}, {"name": "In"#,
            )
        } else {
            cut(r#"{"entities": [{"na"#)
        }
    });
    let outcome = backend.run(job(&article, Vec::new()));
    let names: Vec<_> = extraction(&outcome)
        .entities
        .iter()
        .map(|e| e.canonical.as_str())
        .collect();
    assert_eq!(names, ["Bpifrance", "STMicroelectronics"]);
    assert_eq!(outcome.problems[0].severity, Severity::Note);
    assert!(outcome.problems[0].message.contains("cut"));
}

#[test]
fn many_figures_are_asked_about_in_groups() {
    let paragraphs: Vec<String> = (10..40)
        .map(|n| format!("L’atelier compte {n} machines."))
        .collect();
    let article = article("", &paragraphs.iter().map(String::as_str).collect::<Vec<_>>());
    let figures: Vec<Figure> = (10..40)
        .map(|n| figure(&article, n - 10, &n.to_string(), FigureKind::Count))
        .collect();
    let mut backend = FakeBackend::new(32_000, |request| {
        if is_about_entities(request) {
            return whole(r#"{"entities": []}"#);
        }
        let content = &request.messages[1].content;
        let lines = content[content.rfind("</article").unwrap()..].lines();
        let figures = lines
            .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()))
            .count();
        let labels: Vec<String> = (1..=figures)
            .map(|n| format!(r#"{{"n": {n}, "measure": "machines", "subject": "atelier", "speaker": null}}"#))
            .collect();
        whole(format!(r#"{{"labels": [{}]}}"#, labels.join(", ")))
    });
    let outcome = backend.run(job(&article, figures.clone()));
    let found = extraction(&outcome);
    check_offsets(&article, found);
    assert_eq!(found.labels.len(), 30);
    assert_eq!(backend.requests.len(), 5);
    for (label, figure) in found.labels.iter().zip(&figures) {
        let measure = label.measure.as_ref().unwrap();
        assert!(measure.start.abs_diff(figure.end) < 3, "{label:?}");
    }
}

#[test]
fn an_article_with_nothing_to_quote_asks_nothing() {
    let mut backend = FakeBackend::new(32_000, |_| whole("{}"));
    for text in ["", "   ", "tout en minuscules, sans nom"] {
        let outcome = backend.run(job(&article("", &[text]), Vec::new()));
        assert_eq!(extraction(&outcome), &Extraction::default());
    }
    assert!(backend.requests.is_empty());
}
