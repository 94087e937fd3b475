//! What the user sees for every input that is no article: message and hint, pinned word for word.

use depeche::ingest::{Format, Options};

use crate::{read_all, read_bytes};

fn said(name: &str, bytes: &[u8], options: &Options) -> String {
    read_bytes(name, bytes, options)
        .into_iter()
        .map(|item| match item {
            Ok(article) => format!("{}: {:?}", article.path, article.text),
            Err(error) => format!(
                "{error}\n  hint: {}",
                error.hint().unwrap_or_else(|| "-".to_owned())
            ),
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn said_by_default(name: &str, bytes: &[u8]) -> String {
    said(name, bytes, &Options::default())
}

#[test]
fn an_empty_file_is_no_article() {
    insta::assert_snapshot!(said_by_default("a.txt", b""), @r"
    IN/a.txt: expected an article, but found an empty file
      hint: save the article again, or remove the file
    ");
    insta::assert_snapshot!(said_by_default("a.html", b""), @r"
    IN/a.html: expected an article, but found an empty file
      hint: save the article again, or remove the file
    ");
    insta::assert_snapshot!(said_by_default("a.jsonl", b""), @r"
    IN/a.jsonl: expected an article, but found an empty file
      hint: save the article again, or remove the file
    ");
    insta::assert_snapshot!(said_by_default("a.md", b" \n\t\n"), @r"
    IN/a.md: expected an article, but found only white space
      hint: save the article again, or remove the file
    ");
}

#[test]
fn binary_files_are_named_for_what_they_are() {
    insta::assert_snapshot!(said_by_default("a.txt", b"text\0\x01\x02 and more"), @r"
    IN/a.txt: expected text, but found binary data (a NUL at byte 4)
      hint: if it is text in a rare charset, convert it to UTF-8 first
    ");
    insta::assert_snapshot!(said_by_default("a.txt", &[1, 2, 3, 4, 5, 6, 7, 8, b'a']), @r"
    IN/a.txt: expected text, but found binary data (8 control characters in 9 bytes)
      hint: if it is text in a rare charset, convert it to UTF-8 first
    ");
    insta::assert_snapshot!(said_by_default("a.txt", b"%PDF-1.7\n%\xe2\xe3"), @r"
    IN/a.txt: expected text, HTML, Markdown or JSONL, but found a PDF document
      hint: this kind is not read yet: save it as text or HTML
    ");
    insta::assert_snapshot!(said_by_default("a.docx", b"PK\x03\x04....word/document.xml"), @r"
    IN/a.docx: expected text, HTML, Markdown or JSONL, but found a Word document
      hint: this kind is not read yet: save it as text or HTML
    ");
    insta::assert_snapshot!(said_by_default("a.html", b"\x1f\x8b\x08rest"), @r"
    IN/a.html: expected text, HTML, Markdown or JSONL, but found gzip data
      hint: unpack it first, e.g. gunzip -c FILE | depeche run -
    ");
    insta::assert_snapshot!(said_by_default("a.md", b"\x89PNG\r\n\x1a\n"), @r"
    IN/a.md: expected text, HTML, Markdown or JSONL, but found an image
      hint: extract its text first
    ");
    insta::assert_snapshot!(said_by_default("model.gguf", b"GGUF\x03\0\0\0"), @r"
    IN/model.gguf: expected text, HTML, Markdown or JSONL, but found a GGUF model
      hint: pass it with --model
    ");
}

#[test]
fn a_long_line_is_refused_and_never_cut() {
    let options = Options {
        max_bytes: 1000,
        ..Options::default()
    };
    let long = format!("{{\"text\":\"{}\"}}", "x".repeat(2000));
    let file = format!("{{\"text\":\"un\"}}\n{long}\n{{\"text\":\"trois\"}}\n");
    insta::assert_snapshot!(said("a.jsonl", file.as_bytes(), &options), @r#"
    IN/a.jsonl:1: "un"
    IN/a.jsonl:2: expected at most 1000 bytes for one article, but found 2012
      hint: split it, one article to a file or to a line, or raise --max-size
    IN/a.jsonl:3: "trois"
    "#);
    insta::assert_snapshot!(said("a.txt", long.as_bytes(), &options), @r"
    IN/a.txt: expected at most 1000 bytes for one article, but found 2011
      hint: split it, one article to a file or to a line, or raise --max-size
    ");
}

#[test]
fn fifty_megabytes_on_one_line_are_one_clear_error() {
    let options = Options {
        max_bytes: 32 << 20,
        ..Options::default()
    };
    let line = vec![b'a'; 50 << 20];
    let items = read_bytes("a.jsonl", &line, &options);
    insta::assert_snapshot!(items[0].as_ref().unwrap_err(), @"IN/a.jsonl:1: expected at most 33554432 bytes for one article, but found 52428800");
    assert_eq!(items.len(), 1);
    insta::assert_snapshot!(said("a.txt", &line, &options), @r"
    IN/a.txt: expected at most 33554432 bytes for one article, but found 52428800
      hint: split it, one article to a file or to a line, or raise --max-size
    ");
}

#[test]
fn each_broken_line_is_an_error_of_its_own() {
    let file = b"{\"text\":\"bon\"}\n[1,2]\n\"texte\"\n42\nnull\n{\"id\":1}\n{\"text\":null}\n{\"text\":12}\n{\"text\":\"a\n\
        {\"text\":\"a\" \"id\":1}\nplain words\n{\"text\":\"\\ud800\"}\n{\"text\":\"\xff\"}\n{\"id\":[1],\"text\":\"a\"}\n\
        {\"title\":5,\"text\":\"a\"}\n{\"text\":\"a\",\"text\":\"b\"}\n{\"text\":\"bon\"}";
    insta::assert_snapshot!(said_by_default("a.jsonl", file), @r#"
    IN/a.jsonl:1: "bon"
    IN/a.jsonl:2: expected a JSON object with "text", but found an array
      hint: each line holds one article: {"id": "1", "text": "..."}, with "title", "date", "url" and "lang" if known
    IN/a.jsonl:3: expected a JSON object with "text", but found a string
      hint: each line holds one article: {"id": "1", "text": "..."}, with "title", "date", "url" and "lang" if known
    IN/a.jsonl:4: expected a JSON object with "text", but found a number
      hint: each line holds one article: {"id": "1", "text": "..."}, with "title", "date", "url" and "lang" if known
    IN/a.jsonl:5: expected a JSON object with "text", but found null
      hint: each line holds one article: {"id": "1", "text": "..."}, with "title", "date", "url" and "lang" if known
    IN/a.jsonl:6: expected a JSON object with "text", but found an object without it
      hint: each line holds one article: {"id": "1", "text": "..."}, with "title", "date", "url" and "lang" if known
    IN/a.jsonl:7: expected a string in "text", but found null
      hint: each line holds one article: {"id": "1", "text": "..."}, with "title", "date", "url" and "lang" if known
    IN/a.jsonl:8: expected a string in "text", but found a number
      hint: each line holds one article: {"id": "1", "text": "..."}, with "title", "date", "url" and "lang" if known
    IN/a.jsonl:9: expected a JSON object with "text", but found a line that ends too early
      hint: each line holds one article: {"id": "1", "text": "..."}, with "title", "date", "url" and "lang" if known
    IN/a.jsonl:10: expected a JSON object with "text", but found invalid JSON in column 13 (expected `,` or `}`)
      hint: each line holds one article: {"id": "1", "text": "..."}, with "title", "date", "url" and "lang" if known
    IN/a.jsonl:11: expected a JSON object with "text", but found words that are no JSON
      hint: each line holds one article: {"id": "1", "text": "..."}, with "title", "date", "url" and "lang" if known
    IN/a.jsonl:12: expected a JSON object with "text", but found invalid JSON in column 8 (unexpected end of hex escape)
      hint: each line holds one article: {"id": "1", "text": "..."}, with "title", "date", "url" and "lang" if known
    IN/a.jsonl:13: expected UTF-8, but found an invalid byte in column 10
      hint: JSON is UTF-8 by definition: convert the file first
    IN/a.jsonl:14: expected a string or a number in "id", but found an array
      hint: each line holds one article: {"id": "1", "text": "..."}, with "title", "date", "url" and "lang" if known
    IN/a.jsonl:15: expected a string in "title", but found a number
      hint: each line holds one article: {"id": "1", "text": "..."}, with "title", "date", "url" and "lang" if known
    IN/a.jsonl:16: expected a JSON object with "text", but found invalid JSON in column 18 (duplicate field `text`)
      hint: each line holds one article: {"id": "1", "text": "..."}, with "title", "date", "url" and "lang" if known
    IN/a.jsonl:17: "bon"
    "#);
}

#[test]
fn json_that_is_not_one_object_a_line_is_said_to_be_so() {
    insta::assert_snapshot!(said_by_default("a.json", b"[{\"text\": \"a\"}]"), @r#"
    IN/a.json:1: expected a JSON object with "text", but found an array
      hint: each line holds one article: {"id": "1", "text": "..."}, with "title", "date", "url" and "lang" if known
    "#);
    insta::assert_snapshot!(said_by_default("a.json", b"{\n  \"text\": \"a\"}"), @r#"
    IN/a.json:1: expected a JSON object with "text", but found a line that ends too early
      hint: each line holds one article: {"id": "1", "text": "..."}, with "title", "date", "url" and "lang" if known
    IN/a.json:2: expected a JSON object with "text", but found a string
      hint: each line holds one article: {"id": "1", "text": "..."}, with "title", "date", "url" and "lang" if known
    "#);
}

#[test]
fn pages_without_an_article_say_so() {
    insta::assert_snapshot!(said_by_default("a.html", b"<html><body><script>render()</script></body></html>"), @r"
    IN/a.html: expected an article, but found no text in the HTML
      hint: the page may load its text by script: save it from the browser once it is shown, or use --raw
    ");
    insta::assert_snapshot!(said_by_default("a.html", b"<nav><a>Accueil</a></nav><footer>Mentions</footer>"), @r"
    IN/a.html: expected an article, but found no text in the HTML
      hint: the page may load its text by script: save it from the browser once it is shown, or use --raw
    ");
    insta::assert_snapshot!(said_by_default("a.md", b"---\ntitle:\n---\n"), @r"
    IN/a.md: expected an article, but found no text in the Markdown
      hint: check that the article itself is in the file, or use --raw
    ");
}

#[test]
fn broken_html_still_gives_its_text() {
    for page in [
        "<html><body><p>Une phrase complète<p>Une autre",
        "<p>Une phrase complète</div></div><p>Une autre",
        "<<p>Une phrase complète</p><p title='x>Une autre</p>",
        "<p>Une phrase complète<!-- <p>Une autre",
        "<title><p>Une phrase complète</p><p>Une autre</p>",
    ] {
        let said = said_by_default("a.html", page.as_bytes());
        assert!(
            said.contains("Une phrase complète") && said.contains("Une autre"),
            "{page}: {said}"
        );
    }
}

#[test]
fn a_hundred_thousand_nested_elements_do_not_overflow() {
    let depth = 100_000;
    let text = "La société Voltis a levé 12 millions d’euros mardi, selon un communiqué. ".repeat(4);
    for (open, close) in [
        ("<div>", "</div>"),
        ("<span>", "</span>"),
        ("<b>", ""),
        ("<table><tr><td>", ""),
        ("<ul><li>", ""),
    ] {
        let page = format!("{}<p>{text}</p>{}", open.repeat(depth), close.repeat(depth));
        let said = said_by_default("a.html", page.as_bytes());
        assert!(said.contains("12 millions"), "{open}");
    }
    for line in ["> ", "* ", "[", "**", "` "] {
        let said = said_by_default("a.md", format!("{}mot", line.repeat(20_000)).as_bytes());
        assert!(said.contains("mot"), "{line}");
    }
    let data = format!(
        "<script type='application/ld+json'>{}</script><p>{text}</p>",
        "[".repeat(depth)
    );
    assert!(said_by_default("a.html", data.as_bytes()).contains("12 millions"));
}

#[test]
fn what_cannot_be_found_or_read_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let prefix = folder.path().to_string_lossy().into_owned();
    let said = |name: &str, options: &Options| {
        read_all(&folder.path().join(name), options)
            .into_iter()
            .map(|item| {
                item.map(|article| article.path)
                    .unwrap_or_else(|error| format!("{error}\n  hint: {}", error.hint().unwrap_or_default()))
            })
            .collect::<Vec<_>>()
            .join("\n")
            .replace(&prefix, "IN")
    };
    let default = Options::default();
    insta::assert_snapshot!(said("missing.txt", &default), @r"
    IN/missing.txt: expected a file or a folder, but found nothing under that name
      hint: check the spelling; quote a pattern such as 'news/**/*.html'
    ");
    insta::assert_snapshot!(said("*.txt", &default), @r"
    IN/*.txt: expected articles, but found none
      hint: files ending in .txt, .md, .html or .jsonl are read, less what .depecheignore and --exclude leave out; name a file to read it whatever its ending
    ");
    insta::assert_snapshot!(said("[.txt", &default), @r#"
    IN/[.txt: expected a file pattern, but found "IN/[.txt"
      hint: write * for a part of a name, ** for folders, [ab] for one of these letters
    "#);
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    insta::assert_snapshot!(said("empty", &default), @r"
    IN/empty: expected articles, but found none
      hint: files ending in .txt, .md, .html or .jsonl are read, less what .depecheignore and --exclude leave out; name a file to read it whatever its ending
    ");
    std::fs::write(folder.path().join("empty/photo.jpg"), "x").unwrap();
    insta::assert_snapshot!(said("empty", &default), @r"
    IN/empty: expected articles, but found none (one file of another kind was passed over)
      hint: files ending in .txt, .md, .html or .jsonl are read, less what .depecheignore and --exclude leave out; name a file to read it whatever its ending
    ");
    std::fs::write(folder.path().join("empty/rapport.pdf"), "%PDF-1.4").unwrap();
    insta::assert_snapshot!(said("empty", &default), @r"
    IN/empty/rapport.pdf: expected text, HTML, Markdown or JSONL, but found a PDF document
      hint: this kind is not read yet: save it as text or HTML
    ");
    let excludes = Options {
        excludes: vec!["a[".to_owned()],
        ..Options::default()
    };
    insta::assert_snapshot!(said("empty", &excludes), @r#"
    IN/empty: expected an exclude pattern, but found "a["
      hint: write * for a part of a name, ** for folders, [ab] for one of these letters
    "#);
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_said_and_the_rest_goes_on() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let locked = folder.path().join("a.txt");
    std::fs::write(&locked, "Un texte.").unwrap();
    std::fs::write(folder.path().join("b.txt"), "Un autre.").unwrap();
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o000)).unwrap();
    let items = read_all(folder.path(), &Options::default());
    // The superuser reads everything: then there is nothing to refuse.
    if std::fs::read(&locked).is_err() {
        let error = items[0].as_ref().unwrap_err().to_string();
        assert!(
            error.ends_with("expected to read it, but the system refused: Permission denied (os error 13)"),
            "{error}"
        );
    }
    assert_eq!(items[1].as_ref().unwrap().text, "Un autre.");
    std::os::unix::fs::symlink("nowhere", folder.path().join("c.txt")).unwrap();
    let items = read_all(folder.path(), &Options::default());
    assert!(
        items[2]
            .as_ref()
            .unwrap_err()
            .to_string()
            .ends_with("expected a file or a folder, but found nothing under that name")
    );
}

#[test]
fn format_names_are_checked() {
    insta::assert_snapshot!("docx".parse::<Format>().unwrap_err(), @r#"expected text, html, md or jsonl, but found "docx""#);
    assert_eq!("ndjson".parse(), Ok(Format::Jsonl));
}
