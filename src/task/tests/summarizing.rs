use super::fake::{FakeBackend, article, cut, funding, whole};
use crate::backend::{Completion, Request, Sampling};
use crate::record::{Article, Lang, Severity, Summary};
use crate::task::{Job, Length, Outcome, TaskResult, summarize};
use std::sync::Arc;

fn job(article: Article, length: Length) -> Box<dyn Job> {
    summarize(
        Arc::new(article),
        Arc::default(),
        Lang::Fr,
        length,
        Sampling::GREEDY,
    )
}

fn summary(outcome: &Outcome) -> &Summary {
    match &outcome.result {
        Some(TaskResult::Summary(summary)) => summary,
        other => panic!("{other:?}, {:?}", outcome.problems),
    }
}

const GOOD: &str = r#"{"headline": "Lumière Quantique lève 40 millions d’euros", "bullets": [{"paragraphs": [1], "text": "La start-up lève 40 millions d’euros."}, {"paragraphs": [3, 2, 3], "text": "Elle emploie 85 salariés."}], "abstract": "Une levée de fonds à Grenoble."}"#;

#[test]
fn a_good_answer_becomes_a_summary() {
    let mut backend = FakeBackend::new(32_000, |_| whole(GOOD));
    let outcome = backend.run(job(funding(), Length::Short));
    let summary = summary(&outcome);
    assert_eq!(summary.headline, "Lumière Quantique lève 40 millions d’euros");
    assert_eq!(summary.bullets[0].paragraphs, [0]);
    assert_eq!(summary.bullets[1].paragraphs, [1, 2]);
    assert_eq!(summary.abstract_text, "Une levée de fonds à Grenoble.");
    assert_eq!((summary.article_id.as_str(), summary.lang), ("a1", Lang::Fr));
    assert_eq!(outcome.problems, []);
    assert_eq!(backend.requests.len(), 1);
}

#[test]
fn a_cut_answer_is_asked_for_again_with_limits_that_hold() {
    let mut calls = 0;
    let mut backend = FakeBackend::new(32_000, |_: &Request| {
        calls += 1;
        if calls == 1 { cut(&GOOD[..80]) } else { whole(GOOD) }
    });
    let outcome = backend.run(job(funding(), Length::Long));
    assert_eq!(summary(&outcome).bullets.len(), 2);
    assert_eq!(backend.requests.len(), 2);
    assert_ne!(backend.requests[0].constraint, backend.requests[1].constraint);
}

#[test]
fn what_is_whole_of_an_answer_that_was_cut_twice_is_kept_and_said() {
    let mut backend = FakeBackend::new(32_000, |_| cut(&GOOD[..GOOD.len() - 40]));
    let outcome = backend.run(job(funding(), Length::Short));
    assert_eq!(summary(&outcome).bullets.len(), 2);
    assert_eq!(summary(&outcome).abstract_text, "");
    assert!(
        outcome
            .problems
            .iter()
            .any(|p| p.severity == Severity::Flag && p.message.contains("cut"))
    );
}

#[test]
fn an_answer_without_a_summary_is_an_error() {
    let mut backend = FakeBackend::new(32_000, |_| whole("Je ne peux pas."));
    let outcome = backend.run(job(funding(), Length::Short));
    assert_eq!(outcome.result, None);
    assert_eq!(outcome.problems[0].severity, Severity::Error);
    assert_eq!(outcome.problems[0].message, "the answer holds no summary");

    let outcome = backend.run(job(article("", &[]), Length::Short));
    assert_eq!(outcome.problems[0].message, "the article has no text");
}

#[test]
fn paragraphs_that_do_not_exist_are_left_out_and_said() {
    let mut backend = FakeBackend::new(32_000, |_| whole(GOOD.replace("[1]", "[17, 0]")));
    let outcome = backend.run(job(funding(), Length::Short));
    assert_eq!(summary(&outcome).bullets[0].paragraphs, [] as [usize; 0]);
    assert!(
        outcome
            .problems
            .iter()
            .any(|p| p.message.contains("no paragraph"))
    );
}

fn long_article() -> Article {
    let paragraphs: Vec<String> = (1..=60)
        .map(|n| format!("Le paragraphe numéro {n} raconte longuement ce que l’usine de Valbonne a fait ce jour, sans rien oublier de ce qui compte pour ses clients."))
        .collect();
    article(
        "Une longue chronique",
        &paragraphs.iter().map(String::as_str).collect::<Vec<_>>(),
    )
}

/// Says one point for the first paragraph of whatever it is shown.
fn first_paragraph(request: &Request) -> Completion {
    let content = &request.messages[1].content;
    let start = content.find("\n[").unwrap() + 2;
    let number: String = content[start..]
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    whole(format!(
        r#"{{"headline": "Valbonne", "bullets": [{{"paragraphs": [{number}], "text": "Point sur {number}."}}], "abstract": "Une usine."}}"#
    ))
}

#[test]
fn a_long_article_is_read_in_parts_and_merged() {
    let mut backend = FakeBackend::new(2_000, first_paragraph);
    let outcome = backend.run(job(long_article(), Length::Short));
    let summary = summary(&outcome);
    assert_eq!(
        summary.bullets[0].paragraphs,
        [0],
        "numbers are those of the whole article"
    );
    let parts = backend.requests.len() - 1;
    assert!(parts >= 2, "{parts} parts");
    let shown: String = backend.requests[..parts]
        .iter()
        .map(|r| r.messages[1].content.clone())
        .collect();
    for n in 1..=60 {
        assert!(
            shown.contains(&format!("[{n}] Le paragraphe numéro {n} ")),
            "paragraph {n} was shown"
        );
    }
    let merged = &backend.requests[parts].messages[1].content;
    assert!(merged.contains("Point sur 1."), "{merged}");
    let notes: Vec<_> = outcome
        .problems
        .iter()
        .filter(|p| p.severity == Severity::Note)
        .collect();
    assert!(
        notes[0].message.contains(&format!("in {parts} parts")),
        "{notes:?}"
    );
}

#[test]
fn every_request_leaves_room_for_its_answer() {
    for context in [1_200, 1_500, 3_000, 10_000] {
        let mut backend = FakeBackend::new(context, first_paragraph);
        let outcome = backend.run(job(long_article(), Length::Long));
        summary(&outcome);
        for request in &backend.requests {
            assert!(super::fake::count(&request.messages) + request.max_tokens <= context);
        }
    }
}

#[test]
fn a_context_that_holds_nothing_is_said() {
    let mut backend = FakeBackend::new(300, first_paragraph);
    let outcome = backend.run(job(long_article(), Length::Short));
    assert_eq!(outcome.result, None);
    assert!(
        outcome.problems[0]
            .hint
            .as_deref()
            .is_some_and(|hint| hint.contains("longer context"))
    );
}

#[test]
fn a_passage_with_an_invented_figure_is_rewritten_once() {
    let article = funding();
    let figures = Arc::new(crate::figures::scan_article(&article));
    let wrong = GOOD.replace("85 salariés", "850 salariés");
    for (repaired, kept, findings) in [
        ("Elle emploie 85 salariés.", "Elle emploie 85 salariés.", 0),
        (
            "Elle emploie 900 salariés et 20 robots.",
            "Elle emploie 850 salariés.",
            1,
        ),
    ] {
        let mut backend = FakeBackend::new(32_000, |request: &Request| {
            match request.messages[1].content.contains("Récris ce passage") {
                true => whole(repaired),
                false => whole(&wrong),
            }
        });
        let job = summarize(
            Arc::new(article.clone()),
            figures.clone(),
            Lang::Fr,
            Length::Short,
            Sampling::GREEDY,
        );
        let outcome = backend.run(job);
        let summary = summary(&outcome);
        assert_eq!(backend.requests.len(), 2, "one passage was wrong");
        assert!(
            backend.requests[1].messages[1].content.contains("« 850"),
            "the figure is named"
        );
        assert_eq!(summary.bullets[1].text, kept);
        assert_eq!(summary.bullets[1].paragraphs, [1, 2]);
        assert_eq!(summary.findings.len(), findings);
        assert_eq!(
            outcome
                .problems
                .iter()
                .filter(|p| p.severity == Severity::Flag)
                .count(),
            findings
        );
    }
}
