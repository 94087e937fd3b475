use super::{HEADLINE_CHARS, summarize};
use crate::record::{Article, Method, Paragraph, ParagraphKind, Summary};
use crate::task::Length;
use proptest::prelude::*;

/// An article whose lines are its paragraphs; a line that starts with `> ` is a quotation.
fn article(title: Option<&str>, text: &str) -> Article {
    let mut paragraphs = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let end = start + line.chars().count();
        let kind = if line.starts_with("> ") {
            ParagraphKind::Quote
        } else {
            ParagraphKind::Text
        };
        if !line.trim().is_empty() {
            paragraphs.push(Paragraph { start, end, kind });
        }
        start = end + 1;
    }
    Article {
        title: title.map(str::to_owned),
        text: text.to_owned(),
        paragraphs,
        ..Article::default()
    }
}

fn medium(text: &str) -> Summary {
    summarize(
        &article(Some("Nexilia lève des fonds"), text),
        &[],
        &[],
        Length::Medium,
    )
}

const NEWS: &str = "La start-up Nexilia a annoncé mardi une levée de fonds de quarante millions d’euros auprès de Norrvik. \
Elle en prévoyait trente au printemps, avant que deux investisseurs ne se joignent au tour de table.
« Nous voulons aller vite. Le marché européen n’attend pas. Il faut embaucher », a déclaré sa présidente à la presse.
Le logiciel de Nexilia remplit les camions qui rentrent à vide et intéresse déjà six cents transporteurs européens.
Selon elle, la moitié des trajets de retour se font encore sans marchandise dans les pays voisins de la France.
Nexilia ouvrira deux bureaux avant l’été, à Hambourg et à Varsovie, et recrutera une centaine de commerciaux.
Les pertes se sont creusées l’an dernier, mais la marge brute de Nexilia a progressé de quatre points sur un an.
> Ces gens vendent du vent depuis trois ans et les transporteurs finiront par le comprendre un jour ou l’autre.
Les concurrents allemands de Nexilia ont levé davantage et proposent un service de fret comparable en France.
Abonnez-vous à notre newsletter pour recevoir chaque matin l’actualité des transports et de la logistique.
Le conseil d’administration accueillera deux membres nommés par Norrvik, qui détient désormais un quart du capital.";

#[test]
fn lengths_keep_their_promise() {
    for length in Length::ALL {
        let summary = summarize(&article(Some("Nexilia lève des fonds"), NEWS), &[], &[], length);
        assert!(
            *length.bullets().start() <= summary.bullets.len() || length == Length::Long,
            "{summary:?}"
        );
        assert!(summary.bullets.len() <= *length.bullets().end());
        assert!(!summary.abstract_text.is_empty());
        assert_eq!(summary.method, Method::Extractive);
    }
}

#[test]
fn every_bullet_is_in_its_paragraph_letter_for_letter() {
    let article = article(None, NEWS);
    let chars: Vec<char> = article.text.chars().collect();
    for bullet in summarize(&article, &[], &[], Length::Long).bullets {
        let [paragraph] = bullet.paragraphs[..] else {
            panic!("one paragraph")
        };
        let Paragraph { start, end, .. } = article.paragraphs[paragraph];
        assert!(
            chars[start..end]
                .iter()
                .collect::<String>()
                .contains(&bullet.text),
            "{bullet:?}"
        );
    }
}

#[test]
fn the_abstract_opens_with_the_news() {
    assert!(
        medium(NEWS)
            .abstract_text
            .starts_with("La start-up Nexilia a annoncé mardi une levée")
    );
}

#[test]
fn a_bullet_stands_alone() {
    for bullet in medium(NEWS).bullets {
        for opener in [
            "Elle",
            "Selon elle",
            "Il faut",
            "Ces gens",
            "Le marché européen n’attend",
        ] {
            assert!(!bullet.text.starts_with(opener), "{bullet:?}");
        }
    }
}

#[test]
fn nothing_of_the_abstract_is_told_again() {
    let summary = medium(NEWS);
    assert!(
        summary
            .bullets
            .iter()
            .all(|bullet| !summary.abstract_text.contains(&bullet.text)),
        "{summary:?}"
    );
}

#[test]
fn a_repeated_sentence_is_taken_once() {
    let sentence =
        "Le groupe Orvane a vendu douze mille transpondeurs à ses clients américains au printemps.";
    let text = format!(
        "{sentence}\n{sentence}\n{sentence}\nLes câbles sous-marins d’Orvane reculent en Afrique depuis le début de l’année.\n\
         L’usine de Calais emploie mille personnes et tournera à plein régime jusqu’à la fin de l’hiver prochain."
    );
    let summary = medium(&text);
    let times = |haystack: &str| haystack.matches("transpondeurs").count();
    assert_eq!(times(&summary.abstract_text), 1, "{summary:?}");
}

#[test]
fn boilerplate_and_headings_are_never_taken() {
    let mut article = article(None, NEWS);
    article.paragraphs[2].kind = ParagraphKind::Heading;
    let summary = summarize(&article, &[], &[], Length::Long);
    let all = format!("{} {:?}", summary.abstract_text, summary.bullets);
    assert!(
        !all.contains("newsletter") && !all.contains("rentrent à vide"),
        "{all}"
    );
}

#[test]
fn the_title_is_the_headline() {
    assert_eq!(medium(NEWS).headline, "Nexilia lève des fonds");
}

#[test]
fn without_a_title_the_headline_is_cut_from_the_text() {
    let article = article(None, NEWS);
    let summary = summarize(&article, &[], &[], Length::Medium);
    assert!(!summary.headline.is_empty() && summary.headline.chars().count() <= HEADLINE_CHARS);
    assert!(article.text.contains(&summary.headline));
}

#[test]
fn an_article_without_sentences_gives_an_empty_summary() {
    for text in ["", "Menu", "Quoi ?", "\n\n"] {
        let summary = summarize(&article(None, text), &[], &[], Length::Medium);
        assert!(
            summary.bullets.is_empty() && summary.abstract_text.is_empty(),
            "{summary:?}"
        );
    }
}

#[test]
fn paragraphs_out_of_range_are_no_panic() {
    let mut article = article(None, NEWS);
    article.paragraphs.push(Paragraph {
        start: 9_000,
        end: 3,
        kind: ParagraphKind::Text,
    });
    article.paragraphs[0].end = 100_000;
    summarize(&article, &[], &[], Length::Long);
}

proptest! {
    #[test]
    fn any_text_is_summarized_with_its_own_words(text in "(\\PC|[.!?«» \n’]){0,400}") {
        let article = article(None, &text);
        for length in Length::ALL {
            let summary = summarize(&article, &[], &[], length);
            prop_assert!(summary.bullets.len() <= *length.bullets().end());
            for bullet in &summary.bullets {
                prop_assert!(article.text.contains(&bullet.text));
            }
            prop_assert_eq!(&summary, &summarize(&article, &[], &[], length));
        }
    }
}
