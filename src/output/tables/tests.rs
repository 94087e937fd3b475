use super::*;
use crate::output::schema;
use crate::record::{
    Bullet, Direction, EntityType, Finding, FindingKind, Lang, Mention, Method, Qualifier, Quote, Segment,
    TermStatus,
};

fn finding() -> Finding {
    Finding {
        kind: FindingKind::Missing,
        source: None,
        target: None,
        message: "m".into(),
    }
}

#[test]
fn every_figure_fits_its_table_whatever_its_kind() {
    let mut figure = Figure::bare("20 %", 0, FigureKind::Money);
    figure.article_id = "a".into();
    for kind in FigureKind::ALL {
        figure.kind = kind;
        assert!(schema::FIGURES.fits(&figure_row(&figure)), "{kind:?}");
    }
    figure.value = Some(Decimal::new(-205, 1));
    figure.currency = Some("EUR".into());
    for qualifier in [
        Qualifier::Exact,
        Qualifier::Approx,
        Qualifier::AtLeast,
        Qualifier::AtMost,
        Qualifier::LessThan,
        Qualifier::MoreThan,
        Qualifier::Range,
        Qualifier::Multiple,
    ] {
        figure.qualifier = qualifier;
        assert!(schema::FIGURES.fits(&figure_row(&figure)), "{qualifier:?}");
    }
    for direction in [Direction::Up, Direction::Down] {
        figure.direction = Some(direction);
        assert!(schema::FIGURES.fits(&figure_row(&figure)), "{direction:?}");
    }
}

#[test]
fn every_entity_fits_its_table_whatever_its_type() {
    for entity_type in EntityType::ALL {
        let entity = Entity {
            canonical: "A".into(),
            entity_type,
            aliases: vec!["B".into()],
            description: Some(Quote {
                text: "d".into(),
                start: 0,
                end: 1,
            }),
            mentions: vec![Mention {
                article_id: "a".into(),
                text: "A".into(),
                start: 0,
                end: 1,
                paragraph: 0,
            }],
        };
        for row in entity_rows(&entity) {
            assert!(schema::ENTITIES.fits(&row), "{entity_type:?}");
        }
    }
}

#[test]
fn articles_summaries_and_translations_fit_their_tables_full_and_empty() {
    let article = Article {
        id: "a".into(),
        path: "p".into(),
        ..Article::default()
    };
    assert!(schema::ARTICLES.fits(&article_row(&article)));
    for (lang, method) in [
        (Lang::Fr, Method::Extractive),
        (Lang::En, Method::Model),
        (Lang::Other, Method::Model),
    ] {
        let mut summary = Summary {
            article_id: "a".into(),
            lang,
            method,
            headline: String::new(),
            bullets: vec![],
            abstract_text: String::new(),
            findings: vec![],
        };
        assert!(schema::SUMMARIES.fits(&summary_row(&article, &summary)));
        summary.bullets = vec![Bullet {
            text: "b".into(),
            paragraphs: vec![0, 2],
        }];
        summary.findings = vec![finding()];
        assert!(schema::SUMMARIES.fits(&summary_row(&article, &summary)));
    }
    for status in [TermStatus::Used, TermStatus::Repaired, TermStatus::Missed] {
        let term = TermUse {
            source: "s".into(),
            target: "t".into(),
            paragraph: None,
            status,
            sentence: "s".into(),
            translation: String::new(),
        };
        let first = Segment {
            paragraph: Some(0),
            ..Segment::default()
        };
        let translation = Translation {
            terms: vec![term],
            ..Translation::bare("a", vec![Segment::default(), first])
        };
        assert!(segment_rows(&translation).all(|row| schema::TRANSLATIONS.fits(&row)));
        assert!(glossary_rows(&article, &translation).all(|row| schema::GLOSSARY.fits(&row)));
    }
}

#[test]
fn problems_fit_their_table_whatever_their_severity() {
    for severity in [Severity::Note, Severity::Flag, Severity::Error] {
        let problem = Problem {
            article_id: None,
            path: String::new(),
            stage: "output".into(),
            severity,
            message: "m".into(),
            hint: None,
        };
        assert!(schema::PROBLEMS.fits(&problem_row(&problem)), "{severity:?}");
    }
}
