//! The articles of the repository: every one is read, clean, and leads back to its file.

use std::path::Path;

use depeche::ingest::Options;
use depeche::record::Lang;

use crate::provenance::check_source;
use crate::{check_clean, check_invariants, read_all};

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/articles")
}

/// Words of the frame that no clean text may hold as a line of its own or at the start of one.
const FRAME: &[&str] = &[
    "rechercher",
    "fermer ce champ",
    "accueil",
    "menu",
    "partager",
    "lire aussi",
    "à lire aussi",
    "a lire",
    "abonnez-vous",
    "publicité",
    "tout accepter",
    "nous utilisons des cookies",
    "s’inscrire",
    "temps de lecture",
    "publié le",
    "mis à jour",
    "mentions légales",
    "©",
    "suivez-nous",
    "facebook",
    "commentaires",
    "imprimer",
    "recevez",
    "articles similaires",
];

#[test]
fn every_example_is_read_without_its_frame() {
    let items = read_all(&folder(), &Options::default());
    assert!(items.len() >= 15, "{}", items.len());
    for item in items {
        let article = item.unwrap();
        if article.path.contains(".jsonl:") {
            check_invariants(&article)
        } else {
            check_clean(&article)
        }
        assert!(article.title.is_some(), "{}: no title", article.path);
        assert_ne!(article.lang, Lang::Other, "{}", article.path);
        assert!(
            article.text.split_whitespace().count() > 150,
            "{}: {}",
            article.path,
            article.text
        );
        for line in article.text.lines().map(str::to_lowercase) {
            let found = FRAME.iter().find(|words| line.starts_with(*words));
            assert_eq!(found, None, "{}: {line}", article.path);
        }
        assert!(
            !article.text.contains('\u{fffd}'),
            "{}: wrong charset",
            article.path
        );
    }
}

#[test]
fn every_example_leads_back_to_its_file() {
    for item in read_all(&folder(), &Options::default()) {
        let article = item.unwrap();
        let file = article
            .path
            .rsplit_once(".jsonl:")
            .map_or(article.path.clone(), |(file, _)| format!("{file}.jsonl"));
        check_source(&article, &std::fs::read(file).unwrap());
    }
}

#[test]
fn reading_twice_gives_the_same_articles_in_the_same_order() {
    let read = || {
        read_all(&folder(), &Options::default())
            .into_iter()
            .map(Result::unwrap)
            .collect::<Vec<_>>()
    };
    let (once, twice) = (read(), read());
    assert_eq!(once, twice);
    let names: Vec<&str> = once
        .iter()
        .map(|article| article.path.split(".jsonl:").next().unwrap())
        .collect();
    assert!(names.is_sorted(), "{names:?}");
}
