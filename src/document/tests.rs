use super::{Document, Markup};
use crate::ingest::{HtmlToken, html_tokens};
use crate::record::{Lang, Segment, Translation};
use proptest::prelude::*;

/// A translation whose targets `turn` makes of the sources.
fn translation(document: &Document, turn: impl Fn(&str) -> String) -> Translation {
    let article = document.article("a", Some(Lang::Fr));
    let chars: Vec<char> = article.text.chars().collect();
    let segments = article
        .paragraphs
        .iter()
        .enumerate()
        .map(|(at, paragraph)| {
            let source: String = chars[paragraph.start..paragraph.end].iter().collect();
            Segment {
                paragraph: Some(at),
                target: turn(&source),
                source,
                ..Segment::default()
            }
        })
        .collect();
    Translation::bare("a", segments)
}

fn rendered(source: &str, markup: Markup, turn: impl Fn(&str) -> String) -> String {
    let document = Document::new(source.to_owned(), markup);
    let rendered = document.render(&translation(&document, turn));
    assert_eq!(rendered.kept, Vec::<usize>::new(), "{}", rendered.text);
    rendered.text
}

const PAGE: &str = r#"<!DOCTYPE html>
<html lang="fr"><head><meta charset="utf-8"><title>L&eacute;man l&egrave;ve 12&nbsp;M€</title>
<script>var a = "<p>Le texte</p>";</script><style>p::after { content: "mot" }</style></head>
<body class="a > b" onload='x("é")'>
<!-- Un commentaire -->
<h1>Le <em>titre</em></h1>
<p data-x="1 < 2">Le groupe <a href="https://exemple.fr/?a=1&b=2" title="Le groupe">Nexilia</a> a levé <b>12 millions</b> en 2024.<br>Une suite &lt;b&gt; ici.</p>
<ul><li>Un<li>Deux</ul>
<pre>Le code</pre><p translate="no">Ne pas <i>traduire</i></p><textarea>Un champ</textarea>
</body></html>
"#;

#[test]
fn only_the_text_of_a_page_changes() {
    let out = rendered(PAGE, Markup::Html, |text| {
        text.replace("Le groupe", "The group").to_uppercase()
    });
    for same in [
        r#"<script>var a = "<p>Le texte</p>";</script><style>p::after { content: "mot" }</style>"#,
        r#"<body class="a > b" onload='x("é")'>"#,
        "<!-- Un commentaire -->",
        r#"<a href="https://exemple.fr/?a=1&b=2" title="Le groupe">NEXILIA</a>"#,
        r#"<pre>Le code</pre><p translate="no">Ne pas <i>traduire</i></p><textarea>Un champ</textarea>"#,
        "<title>LÉMAN LÈVE 12&nbsp;M€</title>",
        "<b>12 MILLIONS</b>",
        "UNE SUITE &lt;B&gt; ICI.",
        "<ul><li>UN<li>DEUX</ul>",
    ] {
        assert!(out.contains(same), "expected {same} in\n{out}");
    }
}

#[test]
fn a_page_translated_into_itself_says_the_same() {
    let out = rendered(PAGE, Markup::Html, str::to_owned);
    assert_eq!(text_of(&out), text_of(PAGE));
}

/// The text of a page, references resolved.
fn text_of(page: &str) -> String {
    html_tokens(page)
        .filter_map(|token| match token {
            HtmlToken::Text(range) | HtmlToken::Raw(range) => {
                Some(crate::ingest::resolve_references(&page[range]))
            }
            _ => None,
        })
        .collect()
}

const MARKDOWN: &str = "---\ntitle: Le titre\n---\n\n# Le *titre*\n\nLe groupe [Nexilia](https://a.fr \"Le titre\") a levé\n\
    **12 millions** en 2024. Voir `le code` ici.\n\n> Une citation\n> sur deux lignes\n\n1. Un\n2. Deux\n   - Trois\n\n\
    | Nom | Prix |\n|-----|-----:|\n| Le un | 12 |\n\n```\nLe code\n```\n\n![Une image](a.png) Un\\* texte &amp; fin\n";

#[test]
fn only_the_text_of_markdown_changes() {
    let out = rendered(MARKDOWN, Markup::Markdown, str::to_uppercase);
    for same in [
        "---\ntitle: Le titre\n---",
        "# LE *TITRE*",
        "[NEXILIA](https://a.fr \"Le titre\")",
        "**12 MILLIONS**",
        "`le code`",
        "> UNE CITATION\n> SUR DEUX LIGNES",
        "1. UN\n2. DEUX\n   - TROIS",
        "| LE UN | 12 |",
        "```\nLe code\n```",
        "![Une image](a.png) UN\\* TEXTE & FIN",
    ] {
        assert!(out.contains(same), "expected {same} in\n{out}");
    }
}

#[test]
fn a_translation_never_becomes_markup() {
    let hostile = [
        "<script>x()</script>",
        "**fort** et [lien](javascript:x)",
        "# Titre",
        "- un point",
        "1. un point",
        "`code`",
        "a | b",
        "&lt;b&gt;",
        "> cité",
        "---",
        "===",
        "~~~",
        "<!-- x",
        "\\",
        "[^1]: note",
        "http://a.fr <http://b.fr>",
    ];
    for words in hostile {
        for (source, markup) in [(PAGE, Markup::Html), (MARKDOWN, Markup::Markdown)] {
            let document = Document::new(source.to_owned(), markup);
            let out = document.render(&translation(&document, |_| words.to_owned()));
            let again = Document::new(out.text.clone(), markup);
            assert!(document.has_same_markup(&out.text), "{words} in\n{}", out.text);
            if markup == Markup::Html {
                assert_eq!(out.kept, Vec::<usize>::new());
                assert!(!out.text.contains("<script>x()"), "{}", out.text);
                assert_eq!(again.blocks.len(), document.blocks.len());
            }
        }
    }
}

#[test]
fn documents_without_text_pass_through() {
    for (source, markup) in [
        ("", Markup::Html),
        ("<p></p><img alt='é'>", Markup::Html),
        ("", Markup::Markdown),
        ("```\nx\n```\n", Markup::Markdown),
    ] {
        let document = Document::new(source.to_owned(), markup);
        assert_eq!(document.article("a", None).text, "");
        assert_eq!(
            document.render(&translation(&document, str::to_uppercase)).text,
            source
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_text_in_any_document_keeps_its_markup(
        source in "([a-zé ]{1,8}|<p>|</p>|<b>|</b>|<br>|<!--|-->|<a href=x>|</a>|&amp;|\\*\\*|\\*|_|`|\n|\n\n|# |- |> |\\[x\\]\\(y\\)|\\||<|\"){0,30}",
        target in "([a-z ]{1,6}|<b>|\\*\\*|`|\n|#|-|\\||\\[|\\]\\(|&|1\\.|\\\\|_|>){0,12}",
    ) {
        for markup in [Markup::Html, Markup::Markdown] {
            let document = Document::new(source.clone(), markup);
            let out = document.render(&translation(&document, |_| target.clone()));
            prop_assert!(document.has_same_markup(&out.text), "{:?}", out.text);
        }
    }
}
