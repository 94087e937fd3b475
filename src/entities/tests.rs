use super::{consolidate, find};
use crate::record::{Article, Entity, EntityType, Lang, Paragraph, ParagraphKind};
use proptest::prelude::*;

/// An article whose lines are its paragraphs.
fn article(text: &str) -> Article {
    let mut paragraphs = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let end = start + line.chars().count();
        if !line.trim().is_empty() {
            paragraphs.push(Paragraph {
                start,
                end,
                kind: ParagraphKind::Text,
            });
        }
        start = end + 1;
    }
    Article {
        id: "a".into(),
        text: text.into(),
        paragraphs,
        ..Article::default()
    }
}

fn entity<'a>(entities: &'a [Entity], canonical: &str) -> &'a Entity {
    entities
        .iter()
        .find(|entity| entity.canonical == canonical)
        .unwrap_or_else(|| {
            panic!(
                "no {canonical:?} among {:?}",
                entities.iter().map(|e| &e.canonical).collect::<Vec<_>>()
            )
        })
}

fn names(text: &str) -> Vec<(EntityType, String)> {
    find(&article(text))
        .into_iter()
        .map(|entity| (entity.entity_type, entity.canonical))
        .collect()
}

use EntityType::{Law, Organization, Person, Place, Product};

#[test]
fn both_apostrophes_are_split_off() {
    let found = names("La puce d’Nvidia et celle d'OpenAI, puis l’Oréalis de l'Inria.");
    assert!(found.contains(&(Organization, "Nvidia".into())));
    assert!(found.contains(&(Organization, "OpenAI".into())));
    assert!(found.contains(&(Organization, "Inria".into())));
}

#[test]
fn the_first_word_of_a_sentence_needs_other_evidence() {
    let found = names(
        "Lanceurs et satellites se vendent. Contrairement aux attentes, rien ne bouge. Objectif : durer.",
    );
    assert!(found.is_empty(), "{found:?}");
    let found = names("Ferrolis emploie 40 personnes à Lyon.");
    assert!(found.contains(&(Organization, "Ferrolis".into())), "{found:?}");
}

#[test]
fn a_surname_joins_the_full_name() {
    let found = find(&article(
        "« Nous embauchons », dit Claire Vasseur, directrice de Nexilia. Mme Vasseur vise 2027. Vasseur a souri.",
    ));
    let person = entity(&found, "Claire Vasseur");
    assert_eq!(person.entity_type, Person);
    assert_eq!(person.mentions.len(), 3);
    assert_eq!(person.aliases, ["Vasseur"]);
    assert_eq!(
        person.description.as_ref().map(|quote| quote.text.as_str()),
        Some("directrice de Nexilia")
    );
}

#[test]
fn a_surname_that_two_persons_share_joins_neither() {
    let found = find(&article(
        "Nathan Elbaz et Jules Elbaz dirigent Pécunia. M. Elbaz a signé chez Nexilia.",
    ));
    assert_eq!(entity(&found, "Nathan Elbaz").mentions.len(), 1);
    assert_eq!(entity(&found, "Jules Elbaz").mentions.len(), 1);
    assert!(found.iter().all(|entity| entity.canonical != "Elbaz"));
}

#[test]
fn former_names_are_aliases() {
    for text in [
        "Le message a paru sur X (anciennement Twitter) mardi.",
        "Le réseau social Twitter, devenu X, perd des clients. Il publie sur X.",
        "Il écrit sur X (ex-Twitter).",
    ] {
        let found = find(&article(text));
        let x = entity(&found, "X");
        assert_eq!(
            (x.entity_type, x.aliases.as_slice()),
            (Organization, ["Twitter".to_owned()].as_slice()),
            "{text}"
        );
    }
    let found = find(&article("Le rachat a été proposé à Meta (ex-Facebook) hier."));
    assert_eq!(entity(&found, "Meta").aliases, ["Facebook"]);
}

#[test]
fn a_preposition_gives_the_article_of_a_town_back() {
    let found = find(&article(
        "L'usine du Havre emploie 40 personnes, celle des Mureaux 12.",
    ));
    let town = entity(&found, "Le Havre");
    assert_eq!(
        (town.entity_type, town.mentions[0].text.as_str()),
        (Place, "Havre")
    );
    assert_eq!(entity(&found, "Les Mureaux").entity_type, Place);
}

#[test]
fn names_of_one_series_are_of_one_type() {
    let found = names("Des sites ouvriront à Dole, à Vierzon et à Trifouilly, dit la mairie.");
    assert!(found.contains(&(Place, "Trifouilly".into())), "{found:?}");
    // … but what only stands before a comma is none
    let found = names("L'usine de batteries Voltarelle, à Bourbourg, près de Dunkerque, embauche.");
    assert!(found.contains(&(Organization, "Voltarelle".into())), "{found:?}");
}

#[test]
fn the_word_that_stands_alone_tells_persons_from_companies() {
    let found = names(
        "« Non », dit Harlan Tuttlewick. Puis Tuttlewick rit. Grandol Silicium se tait ; Grandol attend.",
    );
    assert!(found.contains(&(Person, "Harlan Tuttlewick".into())), "{found:?}");
    assert!(
        found
            .iter()
            .any(|(kind, name)| *kind == Organization && name.starts_with("Grandol")),
        "{found:?}"
    );
}

#[test]
fn particles_initials_and_quoted_titles_belong_to_names() {
    let found = names(
        "Ursula von der Leyen et Salomé N'Guessan ont lu le roman « Le Sel des absents ». D.E. Shaw investit.",
    );
    for name in ["Ursula von der Leyen", "Salomé N'Guessan"] {
        assert!(found.contains(&(Person, name.into())), "{found:?}");
    }
    assert!(
        found.contains(&(EntityType::Work, "Le Sel des absents".into())),
        "{found:?}"
    );
    assert!(found.contains(&(Organization, "D.E. Shaw".into())), "{found:?}");
}

#[test]
fn a_pair_of_towns_is_two_and_a_street_none() {
    let found = names("La ligne Metz-Luxembourg rouvre. Le siège est rue de Rivoli.");
    for name in ["Metz", "Luxembourg"] {
        assert!(found.contains(&(Place, name.into())), "{found:?}");
    }
    assert!(found.iter().all(|(_, name)| name != "Rivoli"), "{found:?}");
    let found = names("BERNE (ats) – Rien n'est dit.");
    assert!(found.contains(&(Place, "BERNE".into())), "{found:?}");
}

#[test]
fn a_parent_company_is_another_entity() {
    let found = find(&article(
        "Selon Alphabet, maison mère de Google, les ventes montent. L’action Google baisse.",
    ));
    assert!(entity(&found, "Alphabet").aliases.is_empty());
    assert_eq!(entity(&found, "Google").mentions.len(), 2);
}

#[test]
fn a_letter_alone_is_no_company() {
    let found = names("Le modèle X coûte 3 euros. Les rayons X aussi. Le plan B suit.");
    assert!(
        !found.iter().any(|(_, name)| name == "X" || name == "B"),
        "{found:?}"
    );
}

#[test]
fn acronyms_in_parentheses_are_aliases_of_the_long_form() {
    let found = find(&article(
        "L’Autorité de régulation des transports maritimes (ARTM) enquête. L’ARTM a écrit à Orange Cyberdefense (OCD).",
    ));
    let authority = entity(&found, "Autorité de régulation des transports maritimes");
    assert_eq!(authority.aliases, ["ARTM"]);
    assert_eq!(authority.mentions.len(), 3);
    assert_eq!(entity(&found, "Orange Cyberdefense").aliases, ["OCD"]);
}

#[test]
fn technical_acronyms_are_no_entities() {
    let found = names("Le PDG loue des GPU pour l’IA des PME, en 5G, avec 3 TWh et un budget R&D en hausse.");
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn laws_are_found_by_their_form() {
    let found = names(
        "Le règlement (UE) 2024/1689, la loi n° 78-17, la directive NIS 2 et la loi Zéphyr s’appliquent, \
         comme le règlement européen sur les batteries.",
    );
    for law in [
        "règlement (UE) 2024/1689",
        "loi n° 78-17",
        "directive NIS 2",
        "loi Zéphyr",
        "règlement européen sur les batteries",
    ] {
        assert!(found.contains(&(Law, law.into())), "{law}: {found:?}");
    }
}

#[test]
fn products_keep_their_version() {
    let found =
        names("Il compare Llama 3.3, GPT-4, l’iPhone 15 Pro et Windows Server 2019, puis achète 300 H100.");
    for product in [
        "Llama 3.3",
        "GPT-4",
        "iPhone 15 Pro",
        "Windows Server 2019",
        "H100",
    ] {
        assert!(found.contains(&(Product, product.into())), "{product}: {found:?}");
    }
}

#[test]
fn a_number_that_counts_is_no_version() {
    let found = names("La société Nexilia 42 fois primée. Chez Hélicéa 300 postes ouvrent.");
    assert!(found.contains(&(Organization, "Hélicéa".into())), "{found:?}");
}

#[test]
fn posts_are_not_places_or_organizations() {
    let found =
        names("Le ministre de l’Industrie et la secrétaire d’État au Commerce extérieur arrivent à Lille.");
    assert_eq!(found, [(Place, "Lille".into())]);
}

#[test]
fn english_possessives_and_months_are_no_part_of_names() {
    let mut article =
        article("On Tuesday, Harrowgate's shares rose after Harrowgate said in January that sales grew.");
    article.lang = Lang::En;
    let found: Vec<_> = find(&article)
        .into_iter()
        .map(|entity| (entity.entity_type, entity.canonical))
        .collect();
    assert_eq!(found, [(Organization, "Harrowgate".into())]);
}

#[test]
fn the_folder_joins_what_articles_spell_alike() {
    let mut first = article("L’Autorité des pylônes (Adpy) a sanctionné Nexilia. Claire Vasseur conteste.");
    first.id = "one".into();
    let mut second = article("Selon l’Adpy, Nexilia paiera. L’avocat Paul Vasseur parle à Lyon.");
    second.id = "two".into();
    let per_article = [find(&first), find(&second)];
    let folder = consolidate(per_article.iter().map(Vec::as_slice));
    let authority = entity(&folder, "Autorité des pylônes");
    assert_eq!(authority.mentions.len(), 3);
    assert_eq!(entity(&folder, "Nexilia").mentions.len(), 2);
    assert_eq!(entity(&folder, "Claire Vasseur").mentions.len(), 1);
    assert_eq!(entity(&folder, "Paul Vasseur").mentions.len(), 1);
}

#[test]
fn a_short_form_that_two_names_claim_joins_neither() {
    let texts = [
        "La société Rocket Factory Augsburg (RFA) lève des fonds.",
        "La Régie française des autocars (RFA) embauche.",
        "La RFA signe avec Nexilia.",
    ];
    let per_article: Vec<Vec<Entity>> = texts.iter().map(|text| find(&article(text))).collect();
    let folder = consolidate(per_article.iter().map(Vec::as_slice));
    assert_eq!(entity(&folder, "Rocket Factory Augsburg").mentions.len(), 2);
    assert_eq!(entity(&folder, "Régie française des autocars").mentions.len(), 2);
}

#[test]
fn a_line_of_capitals_names_only_what_the_article_names() {
    let found = find(&article(
        "LOGIMEDIA SUPPRIME 780 POSTES EN FRANCE\nLa société Logimédia réduit ses effectifs en France.",
    ));
    let all: Vec<_> = found
        .iter()
        .map(|entity| (entity.canonical.as_str(), entity.mentions.len()))
        .collect();
    assert_eq!(all, [("Logimédia", 2), ("France", 2)]);
}

/// The names of one type in a text.
fn names_of(lang: Lang, text: &str, kind: EntityType) -> Vec<String> {
    let mut article = article(text);
    article.lang = lang;
    let of_kind = find(&article)
        .into_iter()
        .filter(|entity| entity.entity_type == kind);
    of_kind.map(|entity| entity.canonical).collect()
}

#[test]
fn products_are_known_by_what_the_text_says_they_are() {
    for (text, expected) in [
        (
            "La société Verdel lance Parlotte, son assistant vocal.",
            "Parlotte",
        ),
        (
            "Hier, Tandem, un outil de paie conçu à Lille, équipait 300 PME.",
            "Tandem",
        ),
        ("Il vend des robots Marmotte à la mairie.", "Marmotte"),
        (
            "La banque quitte son outil maison, Corbalu, pour une autre suite.",
            "Corbalu",
        ),
        (
            "Le système de supervision, Argovan, est fourni par une PME.",
            "Argovan",
        ),
        ("Le groupe a livré 3 200 Skapod, dont la moitié à Lyon.", "Skapod"),
        ("Elle conduit la nouvelle Zéphira de Renault.", "Zéphira"),
        ("À bord du Belcasto, les marins attendent.", "Belcasto"),
    ] {
        assert_eq!(names_of(Lang::Fr, text, Product), [expected], "{text}");
    }
    for (text, expected) in [
        ("Parents complained about the Klassio app.", "Klassio"),
        ("Payfit has bought Tandem, a payroll tool for shops.", "Tandem"),
        ("Renault will build the Zephira there.", "Zephira"),
        ("The drug, Lecanox, was approved.", "Lecanox"),
    ] {
        assert_eq!(names_of(Lang::En, text, Product), [expected], "{text}");
    }
}

#[test]
fn makers_and_users_of_products_are_none() {
    let found =
        names("L’éditeur de logiciels Logimérence et la start-up de lunettes connectées Optivéo se taisent.");
    for name in ["Logimérence", "Optivéo"] {
        assert!(found.contains(&(Organization, name.into())), "{found:?}");
    }
    let found = names("La mairie a choisi Vision Charpon, dont le logiciel Argovan plaît.");
    assert!(found.contains(&(Product, "Argovan".into())), "{found:?}");
    assert!(
        found.contains(&(Organization, "Vision Charpon".into())),
        "{found:?}"
    );
    let found = names("Les Spurs gagnent 2-0 ; le Galaxy S26 1 199 euros.");
    assert!(found.contains(&(Product, "Galaxy S26".into())), "{found:?}");
}

#[test]
fn persons_are_known_by_where_they_come_from() {
    for (text, expected) in [
        (
            "« Non », dit Lodovar Brancalo, du cabinet Arcadio Partners.",
            "Lodovar Brancalo",
        ),
        ("Elle affrontera l’Américaine Cocotta Gauvin.", "Cocotta Gauvin"),
        ("Le Suisse Luca Hänni a gagné.", "Luca Hänni"),
        (
            "La députée Horizons Félicité Gérard-Moulin soupire.",
            "Félicité Gérard-Moulin",
        ),
        ("L’acteur Robert Downey Jr. est venu.", "Robert Downey Jr."),
        (
            "Elle lit le best-seller de Freidana McFadden.",
            "Freidana McFadden",
        ),
    ] {
        assert_eq!(names_of(Lang::Fr, text, Person), [expected], "{text}");
    }
    let text = "US Treasury Secretary Scott Bessent met Nasser al-Khelaifi.";
    assert_eq!(
        names_of(Lang::En, text, Person),
        ["Scott Bessent", "Nasser al-Khelaifi"]
    );
    assert!(names_of(Lang::En, text, Organization).is_empty());
}

#[test]
fn peoples_are_no_entities_in_english() {
    let text =
        "The Germans, two Emiratis and a Frenchwoman spoke for Catalan farmers under Franco-German rules.";
    for kind in EntityType::ALL {
        assert!(names_of(Lang::En, text, kind).is_empty());
    }
}

#[test]
fn courts_and_laws_are_named_by_towns_and_persons() {
    let text = "The Nanterre commercial court applied the Le Meur law; the Paris court of appeal did not.";
    let courts = ["Nanterre commercial court", "Paris court of appeal"];
    assert_eq!(names_of(Lang::En, text, Organization), courts);
    assert_eq!(names_of(Lang::En, text, Law), ["Le Meur law"]);
    let found = names("L’accord de Bougival est mort. Sans l’accord de Berlin, rien ne va.");
    assert!(found.contains(&(Law, "accord de Bougival".into())), "{found:?}");
    assert!(found.contains(&(Place, "Berlin".into())), "{found:?}");
}

#[test]
fn short_forms_of_companies_join_the_long_one() {
    for (text, long, short) in [
        (
            "STMicroelectronics embauche. La CGT attend ST à Rousset.",
            "STMicroelectronics",
            "ST",
        ),
        (
            "Le site Zorba.com plaît. L’action Zorba monte.",
            "Zorba.com",
            "Zorba",
        ),
        (
            "La mutuelle Aldermor Bati se tait. Chez Aldermor, on rit.",
            "Aldermor Bati",
            "Aldermor",
        ),
    ] {
        let found = find(&article(text));
        assert_eq!(entity(&found, long).aliases, [short], "{text}");
    }
}

#[test]
fn a_town_behind_a_comma_is_where_the_name_is() {
    let found =
        names("Latitude, à Reims, Hyprasta, près de Bordeaux, et Persélia Propulsion, à Tarbes, cherchent.");
    for name in ["Hyprasta", "Persélia Propulsion"] {
        assert!(found.contains(&(Organization, name.into())), "{found:?}");
    }
}

#[test]
fn titles_are_told_by_the_words_behind_them() {
    for text in [
        "Le studio prépare « Les Trois Tisserands », fresque à 38 millions.",
        "Elle publie « Les Trois Tisserands », son premier roman.",
    ] {
        let found = names_of(Lang::Fr, text, EntityType::Work);
        assert_eq!(found, ["Les Trois Tisserands"], "{text}");
    }
    let text = "Her memoir, \"Standing Water\", sold well. \"We Are Tired\", he said.";
    assert_eq!(names_of(Lang::En, text, EntityType::Work), ["Standing Water"]);
    assert!(
        names_of(
            Lang::Fr,
            "« La prime a été divisée », note Luc Aubry.",
            EntityType::Work
        )
        .is_empty()
    );
}

/// Every offset slices to its words.
fn check_offsets(article: &Article) {
    let chars: Vec<char> = article.text.chars().collect();
    let slice = |start: usize, end: usize| chars[start..end].iter().collect::<String>();
    for entity in find(article) {
        assert!(!entity.canonical.is_empty() && !entity.mentions.is_empty());
        for mention in &entity.mentions {
            assert_eq!(slice(mention.start, mention.end), mention.text);
            let paragraph = article.paragraphs[mention.paragraph];
            assert!(paragraph.start <= mention.start && mention.end <= paragraph.end);
        }
        if let Some(quote) = &entity.description {
            assert_eq!(slice(quote.start, quote.end), quote.text);
        }
    }
}

#[test]
fn offsets_out_of_range_are_no_panic() {
    let mut article = article("Nexilia lève 3 millions à Lyon.");
    article.paragraphs = vec![
        Paragraph {
            start: 5,
            end: 900,
            kind: ParagraphKind::Text,
        },
        Paragraph {
            start: 90,
            end: 2,
            kind: ParagraphKind::Text,
        },
    ];
    find(&article);
    find(&Article::default());
}

const WORDS: [&str; 40] = [
    "L’",
    "d'",
    "Elon ",
    "Musk",
    "(",
    ")",
    " (",
    ") ",
    "ex-",
    "Twitter",
    "X",
    " X ",
    ", ",
    ". ",
    "« ",
    " »",
    "CNIL",
    "Autorité ",
    "de ",
    "la ",
    "Agence ",
    "nationale ",
    "règlement ",
    "(UE) ",
    "2024/1689 ",
    "n° ",
    "&",
    " & ",
    "GPT-4",
    " 3 ",
    "\u{a0}",
    "\u{202f}",
    "\n",
    "'s",
    "M. ",
    "le ",
    "groupe ",
    "société ",
    "é\u{301}",
    "😀",
];

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,300}") {
        check_offsets(&article(&text));
    }

    #[test]
    fn any_mixture_of_cues_is_read_without_panic(picks in prop::collection::vec(0..WORDS.len(), 0..60)) {
        let text: String = picks.into_iter().map(|pick| WORDS[pick]).collect();
        check_offsets(&article(&text));
    }
}
