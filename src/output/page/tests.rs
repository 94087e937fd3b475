use super::*;
use crate::gate::{Scope, check_text};
use crate::record::{AlignedSentence, Article, Lang, Paragraph, Segment, Translation};
use std::collections::BTreeMap;
use std::path::PathBuf;

const HOSTILE: &str = "</script><script>alert(1)</script><!-- <img src=x onerror=alert(2)> \u{2028}\"";

fn article(id: &str, text: &str) -> ArticleResults {
    let paragraphs = vec![Paragraph {
        start: 0,
        end: text.chars().count(),
        kind: Default::default(),
    }];
    let mut article = Article {
        id: id.to_owned(),
        title: Some(text.to_owned()),
        text: text.to_owned(),
        paragraphs,
        ..Article::default()
    };
    article.hash = id.repeat(8);
    ArticleResults {
        figures: crate::figures::scan_article(&article),
        article,
        entities: vec![],
        summaries: vec![],
        translations: vec![],
    }
}

fn written(dir: &Path, limits: Limits, articles: &[ArticleResults]) -> String {
    let path = dir.join("report.html");
    let mut page = Page::with_limits(&path, limits).unwrap();
    for results in articles {
        page.article(results).unwrap();
    }
    page.finish("</script>", &[], &[]).unwrap();
    std::fs::read_to_string(path).unwrap()
}

fn files(dir: &Path) -> BTreeMap<PathBuf, String> {
    let Ok(entries) = std::fs::read_dir(dir.join("report_files")) else {
        return BTreeMap::new();
    };
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        (path.clone(), std::fs::read_to_string(path).unwrap())
    };
    entries.map(read).collect()
}

const WHOLE: Limits = Limits {
    page: LIMIT,
    block: BLOCK,
};
const SPLIT: Limits = Limits { page: 1, block: 1 };

#[test]
fn base64_follows_the_rfc() {
    for (bytes, text) in [
        ("", ""),
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("foobar", "Zm9vYmFy"),
    ] {
        assert_eq!(base64(bytes.as_bytes()), text);
    }
}

#[test]
fn a_hostile_article_cannot_leave_its_data_block() {
    let dir = tempfile::tempdir().unwrap();
    let html = written(dir.path(), WHOLE, &[article("a", HOSTILE)]);
    assert!(!html.contains("<script>alert"));
    assert!(!html.contains("<img"));
    assert_eq!(
        html.matches("</script>").count(),
        4,
        "three data blocks and the page's own script"
    );
    let (head, _) = html.split_once("<style>").unwrap();
    assert!(!head.contains("file:"), "a page in one file allows no other");
    assert!(files(dir.path()).is_empty());
}

#[test]
fn a_large_page_leaves_its_articles_in_files_that_only_hand_over_data() {
    let dir = tempfile::tempdir().unwrap();
    let html = written(
        dir.path(),
        SPLIT,
        &[article("a", HOSTILE), article("b", "Douze millions d’euros.")],
    );
    let files = files(dir.path());
    assert_eq!(files.len(), 4);
    for (path, text) in &files {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(html.contains(name), "{name}");
        let (call, rest) = text.split_once(", ").unwrap();
        assert!(call.starts_with("depeche(\""), "{call}");
        let data = rest.strip_suffix(");\n").unwrap();
        assert!(serde_json::from_str::<serde_json::Value>(data).is_ok(), "{data}");
        assert!(!data.contains('<') && !data.contains('\u{2028}'), "{data}");
    }
    assert!(
        !html.contains("Douze millions d’euros.\"]"),
        "the text is in the files alone"
    );
}

#[test]
fn the_same_results_make_the_same_files_and_those_of_another_run_go() {
    let dir = tempfile::tempdir().unwrap();
    let articles = [article("a", "Un texte."), article("b", "Douze millions d’euros.")];
    let html = written(dir.path(), SPLIT, &articles);
    let before = files(dir.path());
    let foreign = dir.path().join("report_files").join("notes-0001.txt");
    std::fs::write(&foreign, "mine").unwrap();
    assert_eq!(written(dir.path(), SPLIT, &articles), html);
    std::fs::remove_file(&foreign).unwrap();
    assert_eq!(files(dir.path()), before);

    written(dir.path(), SPLIT, &articles[..1]);
    assert_eq!(files(dir.path()).len(), 2);
    written(dir.path(), WHOLE, &articles);
    assert!(!dir.path().join("report_files").exists());
}

#[test]
fn a_page_that_is_given_up_leaves_the_old_one_whole() {
    let dir = tempfile::tempdir().unwrap();
    let html = written(dir.path(), SPLIT, &[article("a", "Un texte.")]);
    let before = files(dir.path());
    let mut page = Page::with_limits(&dir.path().join("report.html"), SPLIT).unwrap();
    page.article(&article("b", "Un autre.")).unwrap();
    drop(page);
    assert_eq!(files(dir.path()), before);
    assert_eq!(
        std::fs::read_to_string(dir.path().join("report.html")).unwrap(),
        html
    );
}

fn translation(source: &str, target: &str) -> Translation {
    Translation::bare(
        "a",
        vec![Segment {
            paragraph: Some(0),
            source: source.into(),
            target: target.into(),
            findings: check_text(source, Lang::Fr, target, Lang::En, Scope::Complete),
            sentences: vec![],
        }],
    )
}

#[test]
fn each_of_several_translations_has_its_own_findings_and_says_how_it_was_made() {
    let source = "Le groupe a levé 10 milliards de dollars.";
    let mut results = article("a", source);
    let right = "The group raised $10 billion.";
    let mut second = translation(source, right);
    second.segments[0].sentences = vec![AlignedSentence {
        source: source.into(),
        target: right.into(),
        repair: None,
    }];
    results.translations = vec![translation(source, "The group raised $10 million."), second];
    let mut block = Block::default();
    block.add(0, &results).unwrap();
    let (articles, _) = block.finish().unwrap();
    let articles: serde_json::Value = serde_json::from_str(&articles).unwrap();
    let of = |at: usize| &articles[0]["translations"][at];
    assert_eq!(
        (&of(0)["by"], &of(1)["by"]),
        (&"paragraph".into(), &"sentence".into())
    );
    assert_eq!(of(0)["segments"][0]["findings"][0]["figure"], 0);
    assert!(of(1)["segments"][0].get("findings").is_none());
    assert_eq!(of(1)["segments"][0]["figures"][0][2], 0);
}

#[test]
fn figures_of_a_translation_lead_to_those_of_the_article() {
    let source = "Le groupe a levé 10 milliards de dollars, en hausse de 20,5 %, avec 300 salariés.";
    let target = "With 300 employees, the group raised $10 million, up 20.5%.";
    let mut results = article("a", source);
    results.translations = vec![translation(source, target)];
    let mut block = Block::default();
    block.add(0, &results).unwrap();
    let (articles, figures) = block.finish().unwrap();
    let articles: serde_json::Value = serde_json::from_str(&articles).unwrap();
    let pair = &articles[0]["translations"][0]["segments"][0];
    let of = |words: &str| {
        let at = target.find(words).unwrap();
        let marks = pair["figures"].as_array().unwrap();
        marks
            .iter()
            .find(|mark| mark[0] == at)
            .map(|mark| mark[2].clone())
    };
    // in the article: 0 the dollars, 1 the percentage, 2 the employees
    assert_eq!(of("300"), Some(2.into()));
    assert_eq!(of("$10 million"), Some(0.into()));
    assert_eq!(of("20.5%"), Some(1.into()));
    assert_eq!(pair["findings"][0]["figure"], 0);
    assert_eq!(pair["findings"][0]["kind"], "changed_value");
    assert!(pair.get("source").is_none());
    let figures: serde_json::Value = serde_json::from_str(&figures).unwrap();
    let check = figures["check"][0].as_u64().unwrap() as usize;
    assert_eq!(figures["words"][check], "changed_value");
    assert!(figures["check"][1].is_null());
}
