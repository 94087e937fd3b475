use super::fake::{FakeBackend, article, cut, funding, whole};
use crate::backend::{Request, Sampling};
use crate::glossary::{Format, Glossary};
use crate::record::{Article, Lang, ParagraphKind, Severity, Translation};
use crate::task::{Job, Outcome, TaskResult, Translating, translate};
use std::sync::Arc;

fn job(article: Article) -> Box<dyn Job> {
    translate(Translating::new(
        Arc::new(article),
        Arc::default(),
        Lang::En,
        Sampling::GREEDY,
    ))
}

fn translation(outcome: &Outcome) -> &Translation {
    match &outcome.result {
        Some(TaskResult::Translation(translation)) => translation,
        other => panic!("{other:?}, {:?}", outcome.problems),
    }
}

/// The text that a request wants translated.
fn wanted(request: &Request) -> String {
    let content = &request.messages[1].content;
    let task = &content[content.rfind("</article").unwrap()..];
    task.lines()
        .skip_while(|line| !line.starts_with("Here is "))
        .nth(2)
        .unwrap()
        .to_owned()
}

#[test]
fn title_and_paragraphs_come_back_aligned() {
    let mut backend = FakeBackend::new(32_000, |request| whole(format!("EN {}", wanted(request))));
    let calm = article(
        "Un matin calme",
        &["La mer est belle.", "Le vent se lève.", "On rentre au port."],
    );
    let outcome = backend.run(job(calm));
    let translation = translation(&outcome);
    let places: Vec<_> = translation
        .segments
        .iter()
        .map(|segment| segment.paragraph)
        .collect();
    assert_eq!(places, [None, Some(0), Some(1), Some(2)]);
    for segment in &translation.segments {
        assert_eq!(segment.target, format!("EN {}", segment.source));
    }
    assert_eq!(
        (translation.source_lang, translation.target_lang),
        (Lang::Fr, Lang::En)
    );
    assert_eq!(backend.requests.len(), 4);
    assert_eq!(outcome.problems, []);
}

#[test]
fn a_first_heading_that_repeats_the_title_is_asked_for_once() {
    let mut backend = FakeBackend::new(32_000, |request| whole(format!("EN {}", wanted(request))));
    let mut calm = article("Un matin calme", &["Un matin calme", "La mer est belle."]);
    calm.paragraphs[0].kind = ParagraphKind::Heading;
    let outcome = backend.run(job(calm));
    let targets: Vec<_> = translation(&outcome)
        .segments
        .iter()
        .map(|segment| (segment.paragraph, segment.target.as_str()))
        .collect();
    let expected = [
        (None, "EN Un matin calme"),
        (Some(0), "EN Un matin calme"),
        (Some(1), "EN La mer est belle."),
    ];
    assert_eq!(targets, expected);
    assert_eq!(backend.requests.len(), 2);
}

#[test]
fn list_marks_rows_and_separators_keep_their_layout() {
    let mut article = article(
        "",
        &["• Premier point", "Vente | 12 | Ouest", "***", "2. Deuxième"],
    );
    article.paragraphs[0].kind = ParagraphKind::ListItem;
    article.paragraphs[1].kind = ParagraphKind::TableRow;
    article.paragraphs[3].kind = ParagraphKind::ListItem;
    let mut backend = FakeBackend::new(32_000, |request| {
        whole(match wanted(request).as_str() {
            "Premier point" => "First point",
            "Vente | 12 | Ouest" => "Sales| 12 |West",
            "Deuxième" => "Second",
            other => panic!("{other}"),
        })
    });
    let outcome = backend.run(job(article));
    let targets: Vec<&str> = translation(&outcome)
        .segments
        .iter()
        .map(|s| s.target.as_str())
        .collect();
    assert_eq!(
        targets,
        ["• First point", "Sales | 12 | West", "***", "2. Second"]
    );
}

#[test]
fn a_cut_paragraph_is_translated_by_sentences() {
    let article = article("", &["La mer est si belle ici. Le vent se lève. On rentre."]);
    let mut backend = FakeBackend::new(32_000, |request| match wanted(request) {
        long if long.len() > 30 => cut("A first sen"),
        sentence => whole(format!("EN {sentence}")),
    });
    let outcome = backend.run(job(article));
    assert_eq!(
        translation(&outcome).segments[0].target,
        "EN La mer est si belle ici. EN Le vent se lève. EN On rentre."
    );
    assert_eq!(outcome.problems, []);
    assert_eq!(backend.requests.len(), 4);
}

#[test]
fn what_stays_cut_is_flagged() {
    let mut backend = FakeBackend::new(32_000, |_| cut("A first sen"));
    let outcome = backend.run(job(article("", &["Une phrase sans fin"])));
    assert_eq!(translation(&outcome).segments[0].target, "A first sen");
    assert_eq!(backend.requests.len(), 2);
    assert_eq!(outcome.problems.len(), 1);
    assert_eq!(outcome.problems[0].severity, Severity::Flag);
    assert!(outcome.problems[0].message.contains("incomplete"));
}

#[test]
fn what_the_grammar_cuts_or_repeats_itself_is_flagged() {
    // 100 characters are the most that a sentence of this length can grow to.
    for (answer, why) in [
        ("x y z ".repeat(40), "incomplete"),
        ("mer ".repeat(12), "repeats itself"),
    ] {
        let longest: String = answer.chars().take(100).collect();
        let mut backend = FakeBackend::new(32_000, |_| whole(longest.clone()));
        let outcome = backend.run(job(article("", &["La mer est belle ici"])));
        assert_eq!(outcome.problems.len(), 1, "{longest}");
        assert!(
            outcome.problems[0].message.contains(why),
            "{}",
            outcome.problems[0].message
        );
    }
}

#[test]
fn a_long_article_is_shown_in_parts_and_every_paragraph_with_its_own() {
    let paragraphs: Vec<String> = (1..=50)
        .map(|n| format!("Le paragraphe {n} décrit une étape de plus du chantier naval de Brest."))
        .collect();
    let article = article("", &paragraphs.iter().map(String::as_str).collect::<Vec<_>>());
    let mut backend = FakeBackend::new(1_200, |request| whole(wanted(request)));
    let outcome = backend.run(job(article));
    assert_eq!(translation(&outcome).segments.len(), 50);
    for request in &backend.requests {
        let content = &request.messages[1].content;
        let paragraph = wanted(request);
        assert!(content.contains(&format!("] {paragraph}\n")), "{content}");
    }
    assert!(outcome.problems[0].message.contains("parts"));
}

#[test]
fn an_article_in_the_target_language_is_left_alone() {
    let mut article = funding();
    article.lang = Lang::En;
    let mut backend = FakeBackend::new(32_000, |_| whole("x"));
    let outcome = backend.run(job(article));
    assert_eq!(outcome.result, None);
    assert_eq!(outcome.problems[0].severity, Severity::Note);
    assert!(backend.requests.is_empty());
}

#[test]
fn a_paragraph_with_a_wrong_figure_is_asked_for_once_more_and_the_better_answer_kept() {
    let text = "Le groupe a levé 10 milliards de dollars, en hausse de 20,5\u{a0}% sur un an.";
    let good = "The group raised $10 billion, up 20.5% in a year.";
    let bad = "The group raised $10 million, up 20.5% in a year.";
    for (answers, kept, findings) in [([bad, good], good, 0), ([bad, "The group raised money."], bad, 1)] {
        let mut calls = answers.iter();
        let mut backend = FakeBackend::new(32_000, |_: &Request| whole(*calls.next().unwrap()));
        let outcome = backend.run(job(article("", &[text])));
        let segment = &translation(&outcome).segments[0];
        assert_eq!(segment.target, kept);
        assert_eq!(segment.findings.len(), findings);
        assert_eq!(outcome.problems.len(), findings);
        let again = &backend.requests[1].messages[1].content;
        assert!(
            again.contains("\"10 milliards de dollars\" had become \"$10 million\""),
            "{again}"
        );
    }
}

#[test]
fn the_glossary_is_in_the_prompt_and_what_is_missed_is_asked_for_once_more_then_flagged() {
    let glossary = Glossary::parse(
        "puce,chip\nlevée de fonds,funding round\n",
        Format::Csv,
        "fr",
        "en",
    )
    .unwrap();
    let order = || {
        let article = article("", &["Une levée de fonds pour des puces."]);
        Translating::new(Arc::new(article), Arc::default(), Lang::En, Sampling::GREEDY)
            .with_glossary(Some(Arc::new(glossary.clone())))
    };
    for (answers, terms_repaired, terms_missed) in [
        (["A round for fleas.", "A funding round for chips."], 2, 0),
        (["A round for fleas.", "A funding round for fleas."], 1, 1),
    ] {
        let mut calls = answers.iter();
        let mut backend = FakeBackend::new(32_000, |_: &Request| whole(*calls.next().unwrap()));
        let outcome = backend.run(translate(order()));
        let asked = &backend.requests[0].messages[1].content;
        assert!(
            asked.contains("\"levée de fonds\" is \"funding round\"; \"puces\" is \"chip\"."),
            "{asked}"
        );
        let translation = translation(&outcome);
        assert_eq!(translation.segments[0].target, answers[1]);
        assert_eq!(translation.checks.terms, 2);
        assert_eq!(
            (translation.checks.terms_repaired, translation.checks.terms_missed),
            (terms_repaired, terms_missed)
        );
        assert_eq!(outcome.problems.len(), terms_missed);
    }
}
