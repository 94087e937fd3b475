//! What each format gives, and how files are found.

use depeche::ingest::{Format, Options, articles};
use depeche::record::{Lang, ParagraphKind};

use crate::{chars, check_clean, one, read_bytes, shown};

const BODY: &str =
    "La société Voltis a levé 12 millions d’euros mardi, selon un communiqué publié à Lyon par sa direction.";

#[test]
fn a_page_copied_whole_loses_its_frame_and_keeps_its_headline() {
    let article = one(
        "a.txt",
        format!(
            "Rechercher\nFermer ce champ de recherche.\n\nVoltis lève 12 millions d’euros pour ses batteries.\n\n\
             Publié le 5 juin 2024 à 14 h 30\nPar Jeanne Martin\nTemps de lecture : 3 min\n\nPartager sur Facebook\n\n\
             {BODY}\n\nLire aussi : Les batteries à la peine\n\nUn carnet rempli\n\n{BODY}\n\nPublicité\n\n\
             « Nous utilisons des cookies », plaisante son patron. Abonnez-vous à la vie, dit-il encore à ses équipes.\n\n\
             Lire aussi\nLe lithium s’envole\nLe nickel recule\n\nAbonnez-vous à notre lettre\n© 2024 Le Courant. Tous droits réservés."
        ),
    );
    check_clean(&article);
    insta::assert_snapshot!(shown(&article), @r"
    title: Voltis lève 12 millions d’euros pour ses batteries.
    date: 2024-06-05T14:30
    url: -
    lang: fr
    heading: Voltis lève 12 millions d’euros pour ses batteries.
    text: La société Voltis a levé 12 millions d’euros mardi, selon un communiqué publié à Lyon par sa direction.
    heading: Un carnet rempli
    text: La société Voltis a levé 12 millions d’euros mardi, selon un communiqué publié à Lyon par sa direction.
    text: « Nous utilisons des cookies », plaisante son patron. Abonnez-vous à la vie, dit-il encore à ses équipes.
    - navigation: Rechercher
    - navigation: Fermer ce champ de recherche.
    - publication line: Publié le 5 juin 2024 à 14 h 30
    - byline: Par Jeanne Martin
    - reading time: Temps de lecture : 3 min
    - share buttons: Partager sur Facebook
    - related articles: Lire aussi : Les batteries à la peine
    - advertisement: Publicité
    - related articles: Lire aussi
    - related articles: Le lithium s’envole
    - related articles: Le nickel recule
    - newsletter: Abonnez-vous à notre lettre
    - footer: © 2024 Le Courant. Tous droits réservés.
    ");
}

#[test]
fn wrapped_lines_are_joined_and_single_lines_are_paragraphs() {
    let wrapped = "Voltis lève 12 millions d’euros\n\nLa société Voltis a levé 12 millions d’euros mardi,\nselon \
        un communiqué publié à Lyon par sa direction\nfinancière. Elle en visait huit.\n\nLe tour est mené par Norrvik \
        Capital, avec Bpifrance\net trois business angels de la région lyonnaise. Ils\nprennent 20 %.\n";
    let article = one("a.txt", wrapped);
    check_clean(&article);
    assert_eq!(article.paragraphs.len(), 3, "{}", article.text);
    let lines = format!("Voltis lève 12 millions\n{BODY}\nElle visait 8 M€.\n{BODY}\n");
    assert_eq!(one("a.txt", lines).paragraphs.len(), 4);
}

#[test]
fn items_keep_a_dash_that_may_be_a_minus() {
    let article = one(
        "a.txt",
        format!("{BODY}\n\n- premier point\n• 3,5 % de hausse\n- 5 % de baisse\n– Et après ?"),
    );
    let shown = shown(&article);
    assert!(
        shown.contains("item: premier point\nitem: 3,5 % de hausse\ntext: - 5 % de baisse\nitem: Et après ?"),
        "{shown}"
    );
}

#[test]
fn a_title_in_a_text_needs_a_body_to_stand_above() {
    assert_eq!(one("a.txt", BODY).title, None);
    assert_eq!(one("a.txt", "Une ligne\n\nUne autre").title, None);
    assert_eq!(one("a.txt", format!("{BODY}\n\n{BODY}")).title, None);
    assert_eq!(
        one("a.txt", format!("Voltis lève des fonds\n\n{BODY}"))
            .title
            .as_deref(),
        Some("Voltis lève des fonds")
    );
}

#[test]
fn markdown_gives_kinds_title_and_front_matter() {
    let article = one(
        "a.md",
        "---\ntitle: \"Voltis : 12 M€\"\ndate: 2024-06-05\nlang: fr\nsource: https://voltis.example/a\ntags: [ia]\n---\n\n\
         # Voltis : 12 M€\n\n*Par Jeanne Martin*\n\nUn **tour** de [table](https://t.example) à 12&nbsp;M€\nmené à Lyon.\n\n\
         ## Chiffres\n\n- 40 salariés\n- 3 usines\n  - dont une en Isère\n\n1. un\n2. deux\n\n> Une citation.\n\n\
         | Année | CA |\n|---|---:|\n| 2023 | 3,5 M€ |\n\n```\ncode à garder\n```\n\n![Une usine](u.png)\n\n\
         <div>Un bloc <b>HTML</b></div>\n\nFin[^1].\n\n[^1]: Une note.\n\nLire aussi : [autre](b)\n",
    );
    check_clean(&article);
    insta::assert_snapshot!(shown(&article), @r"
    title: Voltis : 12 M€
    date: 2024-06-05
    url: https://voltis.example/a
    lang: fr
    heading: Voltis : 12 M€
    text: Un tour de table à 12 M€ mené à Lyon.
    heading: Chiffres
    item: 40 salariés
    item: 3 usines
    item: dont une en Isère
    item: un
    item: deux
    quote: Une citation.
    row: Année | CA
    row: 2023 | 3,5 M€
    text: code à garder
    text: Un bloc HTML
    text: Fin.
    text: Une note.
    - image description: Une usine
    - byline: Par Jeanne Martin
    - related articles: Lire aussi : autre
    ");
}

#[test]
fn front_matter_without_a_heading_still_gives_a_title() {
    let article = one(
        "a.md",
        format!("+++\ntitle = 'Un titre'\ndate = 2024-06-05T10:00:00Z\n+++\n\n{BODY}\n"),
    );
    check_clean(&article);
    assert_eq!(article.title.as_deref(), Some("Un titre"));
    assert_eq!(article.date.as_deref(), Some("2024-06-05T10:00:00Z"));
}

#[test]
fn jsonl_gives_an_article_a_line_with_its_fields() {
    let file = concat!(
        "\u{feff}{\"id\":\"a-1\",\"text\":\"Un.\\n\\nDeux.\",\"title\":\"T\",\"date\":\"2024-06-05\",\"url\":\"https://x.example\",\"lang\":\"en\"}\n",
        "\n",
        "{\"id\":12345678901234567890,\"text\":\"\",\"title\":null,\"other\":{\"deep\":[1]}}\r\n",
        "{\"text\":\"Le groupe a annoncé la fermeture de deux usines dans le nord de la France mardi.\"}",
    );
    let items: Vec<_> = read_bytes("a.jsonl", file.as_bytes(), &Options::default())
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!(
        items
            .iter()
            .map(|article| article.path.as_str())
            .collect::<Vec<_>>(),
        ["IN/a.jsonl:1", "IN/a.jsonl:3", "IN/a.jsonl:4"]
    );
    let first = &items[0];
    assert_eq!(
        (first.id.as_str(), first.title.as_deref(), first.lang),
        ("a-1", Some("T"), Lang::En)
    );
    assert_eq!(
        (first.date.as_deref(), first.url.as_deref()),
        (Some("2024-06-05"), Some("https://x.example"))
    );
    assert_eq!(first.paragraphs.len(), 2);
    assert_eq!(
        chars(first, first.paragraphs[1].start, first.paragraphs[1].end),
        "Deux."
    );
    assert_eq!(
        (items[1].id.as_str(), items[1].text.as_str()),
        ("12345678901234567890", "")
    );
    assert_eq!(items[2].id, items[2].hash[..16]);
    assert_eq!(items[2].lang, Lang::Fr);
}

#[test]
fn the_same_content_has_the_same_hash_and_other_content_another() {
    let hash = |text: &str, title: &str| {
        let line = serde_json::json!({"text": text, "title": title}).to_string();
        one("a.jsonl", line).hash
    };
    assert_eq!(hash("a", "b"), hash("a", "b"));
    assert_ne!(hash("ab", ""), hash("b", "a"));
    assert_ne!(hash("a", "b"), hash("b", "a"));
}

#[test]
fn charsets_are_told_by_mark_declaration_and_guess() {
    let text = "Cœur : l’usine coûte 3 € de moins à Noël, là où d’autres crèvent de façon désespérée.";
    let encode = |encoding: &'static encoding_rs::Encoding, text: &str| encoding.encode(text).0.into_owned();
    let plain = text.replace('’', "'");
    let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let wider = |bytes: fn(u32) -> [u8; 4]| text.chars().flat_map(|c| bytes(c.into())).collect::<Vec<u8>>();
    for (name, bytes, expected) in [
        (
            "UTF-8 with mark",
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            text,
        ),
        (
            "UTF-16 with mark",
            [b"\xff\xfe".as_slice(), &wide(u16::to_le_bytes)].concat(),
            text,
        ),
        ("UTF-16 without mark", wide(u16::to_be_bytes), text),
        (
            "UTF-32 with mark",
            [b"\0\0\xfe\xff".as_slice(), &wider(u32::to_be_bytes)].concat(),
            text,
        ),
        ("UTF-32 without mark", wider(u32::to_le_bytes), text),
        ("Windows-1252", encode(encoding_rs::WINDOWS_1252, text), text),
        (
            "ISO 8859-15",
            encode(encoding_rs::ISO_8859_15, &plain),
            plain.as_str(),
        ),
    ] {
        assert_eq!(one("a.txt", bytes).text, expected, "{name}");
    }
    let page = |charset: &str, text: &str| {
        format!("<html><head><meta charset={charset}></head><body><p>{text}</p></body></html>")
    };
    for (charset, encoding) in [
        ("windows-1252", encoding_rs::WINDOWS_1252),
        ("iso-8859-1", encoding_rs::WINDOWS_1252),
    ] {
        let bytes = encode(encoding, &page(charset, text));
        assert_eq!(one("a.html", bytes).text, text, "{charset}");
    }
    // The declaration is wrong more often than valid UTF-8 is an accident.
    assert_eq!(one("a.html", page("iso-8859-1", text)).text, text);
}

#[test]
fn damaged_utf8_is_repaired_and_said() {
    let mut bytes = "Le café à Noël coûte très cher, dit-on à l’été."
        .as_bytes()
        .to_vec();
    bytes.insert(3, 0xff);
    let article = one("a.txt", bytes);
    assert_eq!(
        article.text,
        "Le \u{fffd}café à Noël coûte très cher, dit-on à l’été."
    );
    assert_eq!(article.removed[0].reason, "1 byte sequences that are no UTF-8");
}

#[test]
fn control_characters_become_spaces_and_zero_width_ones_stay() {
    let article = one("a.txt", "Un\u{7}deux\u{b}trois\u{200b}quatre\tcinq");
    assert_eq!(article.text, "Un deux\n\ntrois\u{200b}quatre\tcinq");
}

#[test]
fn options_override_format_language_and_cleaning() {
    let page = "<p>Rechercher</p><p>Une phrase.</p>";
    let read = |name: &str, options: Options| read_bytes(name, page.as_bytes(), &options).remove(0).unwrap();
    let as_text = read(
        "a.html",
        Options {
            format: Some(Format::Text),
            ..Options::default()
        },
    );
    assert_eq!(as_text.text, page);
    let raw = read(
        "a.html",
        Options {
            raw: true,
            lang: Some(Lang::En),
            ..Options::default()
        },
    );
    assert_eq!(
        (raw.text.as_str(), raw.lang),
        ("Rechercher\n\nUne phrase.", Lang::En)
    );
    assert_eq!(
        read("a.txt", Options::default()).text,
        page,
        "a text that only holds tags stays a text"
    );
    let whole = one(
        "a.txt",
        format!("<!DOCTYPE html><html><body>{page}</body></html>"),
    );
    assert_eq!(whole.text, "Une phrase.", "a page under the name of a text");
}

#[test]
fn folders_give_their_articles_by_path_without_what_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    for name in [
        "b.txt",
        "a/2.md",
        "a/10.txt",
        "é.html",
        "out/x.txt",
        "skip/y.txt",
        ".hidden/z.txt",
        "image.png",
        "data.csv",
    ] {
        write(name, &format!("<p>{BODY} {name}</p>"));
    }
    write(".depecheignore", "out/\n");
    write(".gitignore", "b.txt\n");
    let options = Options {
        excludes: vec!["skip".to_owned()],
        ..Options::default()
    };
    let names = |options: &Options, input: &str| -> Vec<String> {
        articles(&[format!("{}{input}", folder.path().display())], options)
            .map(|item| {
                item.unwrap()
                    .path
                    .replace(&format!("{}/", folder.path().display()), "")
            })
            .collect()
    };
    assert_eq!(names(&options, ""), ["a/10.txt", "a/2.md", "b.txt", "é.html"]);
    assert_eq!(names(&options, "/**/*.txt"), ["a/10.txt", "b.txt"]);
    assert_eq!(names(&options, "/*.{txt,html}"), ["b.txt", "é.html"]);
    assert_eq!(
        names(&Options::default(), "/out"),
        ["out/x.txt"],
        "a folder that is named is not left out"
    );
}

#[test]
fn a_file_named_twice_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    std::fs::write(&path, BODY).unwrap();
    let inputs = [folder.path(), &path, &path].map(|path| path.to_string_lossy().into_owned());
    assert_eq!(articles(&inputs, &Options::default()).count(), 1);
}

#[test]
fn a_long_jsonl_is_read_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    let lines: String = (0..2000)
        .map(|n| format!("{{\"id\":{n},\"text\":\"Texte {n}.\",\"lang\":\"fr\"}}\n"))
        .collect();
    std::fs::write(&path, lines).unwrap();
    let mut items = articles(&[path.to_string_lossy().into_owned()], &Options::default());
    assert_eq!(items.next().unwrap().unwrap().id, "0");
    // The rest is still in the file: what is cut off now is not seen.
    std::fs::write(&path, "").unwrap();
    assert!(items.count() < 1999);
}

#[test]
fn the_kind_of_a_paragraph_survives_in_order() {
    let article = one(
        "a.html",
        format!(
            "<article><h1>T t t</h1><p>{BODY}</p><ul><li>un<li>deux</ul><blockquote>Citation</blockquote><p>{BODY}</p></article>"
        ),
    );
    let kinds: Vec<ParagraphKind> = article
        .paragraphs
        .iter()
        .map(|paragraph| paragraph.kind)
        .collect();
    use ParagraphKind::{Heading, ListItem, Quote, Text};
    assert_eq!(kinds, [Heading, Text, ListItem, ListItem, Quote, Text]);
}
