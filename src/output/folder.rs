//! What a run leaves in its output folder.
//!
//! | file | holds |
//! |---|---|
//! | `articles.jsonl` | one [`Article`] a line, every field |
//! | `summaries.csv` | one row a summary and language |
//! | `figures.csv` | one row a figure, see [`tables::FIGURES`] |
//! | `entities.csv` | one row a mention, consolidated over the folder |
//! | `glossary.csv` | one row a glossary term where the source states it, used or missed; only where there is a glossary |
//! | `problems.csv` | everything that failed, was flagged, split or left out |
//! | `depeche.xlsx` | the same tables as one workbook, see [`super::xlsx`] |
//! | `translations/<name>.<lang>.md` | one document an article |
//! | `report.html` | the review page, see [`super::page`]; that of a large run with its articles in `report_files/` |
//! | `run.json` | model, revision, prompts' hashes, settings, timings, versions |
//!
//! Each file is written under a temporary name and renamed when it is whole.

use super::csv::{Dialect, Writer};
use super::draft::{self, Draft};
use super::page::Page;
use super::xlsx::{Book, Sheet};
use super::{OutputError, markdown, tables};
use crate::record::{Article, Entity, Figure, Problem, Summary, Translation};
use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Everything that is known of one article.
#[derive(Debug, Clone, PartialEq)]
pub struct ArticleResults {
    /// The article.
    pub article: Article,
    /// Its figures, with the model's labels where there are any.
    pub figures: Vec<Figure>,
    /// Its entities.
    pub entities: Vec<Entity>,
    /// Its summaries, one a language.
    pub summaries: Vec<Summary>,
    /// Its translations.
    pub translations: Vec<Translation>,
}

/// Writes the files of one run, article by article.
pub struct FolderWriter {
    out: PathBuf,
    dialect: Dialect,
    articles: Draft,
    summaries: TableDraft,
    figures: TableDraft,
    /// Started with the first term: without a glossary there is no such file.
    glossary: Option<TableDraft>,
    book: Book,
    page: Page,
    names: HashSet<String>,
    translations: Vec<PathBuf>,
}

impl FolderWriter {
    /// Starts the files in `out`, which must be there.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn new(out: &Path, dialect: Dialect) -> Result<FolderWriter, OutputError> {
        Ok(FolderWriter {
            out: out.to_path_buf(),
            dialect,
            articles: Draft::new(out.join("articles.jsonl"))?,
            summaries: TableDraft::new(out.join("summaries.csv"), tables::SUMMARIES, dialect)?,
            figures: TableDraft::new(out.join("figures.csv"), tables::FIGURES, dialect)?,
            glossary: None,
            book: Book::new(&out.join("depeche.xlsx"))?,
            page: Page::new(&out.join("report.html"))?,
            names: HashSet::new(),
            translations: Vec::new(),
        })
    }

    /// Writes what is known of one article.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn article(&mut self, results: &ArticleResults) -> Result<(), OutputError> {
        let ArticleResults {
            article,
            figures,
            entities: _,
            summaries,
            translations,
        } = results;
        self.articles.with(|file| {
            serde_json::to_writer(&mut *file, article)?;
            file.write_all(b"\n")
        })?;
        self.book.row(Sheet::Articles, &tables::article_row(article))?;
        for summary in summaries {
            let row = tables::summary_row(article, summary);
            self.summaries.row(&row)?;
            self.book.row(Sheet::Summaries, &row)?;
        }
        for figure in figures {
            let row = tables::figure_row(figure);
            self.figures.row(&row)?;
            self.book.row(Sheet::Figures, &row)?;
        }
        self.page.article(results)?;
        for translation in translations {
            self.terms(article, translation)?;
            self.translation(article, translation)?;
        }
        Ok(())
    }

    fn terms(&mut self, article: &Article, translation: &Translation) -> Result<(), OutputError> {
        for row in tables::glossary_rows(article, translation) {
            let table = match &mut self.glossary {
                Some(table) => table,
                none => none.insert(TableDraft::new(
                    self.out.join("glossary.csv"),
                    tables::GLOSSARY,
                    self.dialect,
                )?),
            };
            table.row(&row)?;
        }
        Ok(())
    }

    fn translation(&mut self, article: &Article, translation: &Translation) -> Result<(), OutputError> {
        let folder = self.out.join("translations");
        std::fs::create_dir_all(&folder).map_err(|source| OutputError::Write {
            path: folder.clone(),
            source,
        })?;
        let name = self.free_name(article, translation.target_lang.code());
        let path = folder.join(name);
        let mut draft = Draft::new(path.clone())?;
        draft.with(|file| file.write_all(markdown::translation(article, translation).as_bytes()))?;
        draft.finish()?;
        self.translations.push(path);
        Ok(())
    }

    /// A file name from the article's own, safe on every file system and not taken yet.
    fn free_name(&mut self, article: &Article, lang: &str) -> String {
        let stem = file_stem(article);
        let mut name = format!("{stem}.{lang}.md");
        let mut attempt = 1;
        // compared without case: on macOS and Windows `A` and `a` are one file
        while !self.names.insert(name.to_lowercase()) {
            attempt += 1;
            name = format!("{stem}-{attempt}.{lang}.md");
        }
        name
    }

    /// Ends the files: the consolidated entities and the problems come last. `run` names what the workbook
    /// says of the run itself.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(
        mut self,
        entities: &[Entity],
        problems: &[Problem],
        run: &[(String, String)],
    ) -> Result<(), OutputError> {
        let mut table = TableDraft::new(self.out.join("entities.csv"), tables::ENTITIES, self.dialect)?;
        for row in entities.iter().flat_map(tables::entity_rows) {
            table.row(&row)?;
            self.book.row(Sheet::Entities, &row)?;
        }
        table.finish()?;
        let mut table = TableDraft::new(self.out.join("problems.csv"), tables::PROBLEMS, self.dialect)?;
        for problem in problems {
            let row = tables::problem_row(problem);
            table.row(&row)?;
            self.book.row(Sheet::Problems, &row)?;
        }
        table.finish()?;
        self.articles.finish()?;
        self.summaries.finish()?;
        self.figures.finish()?;
        match self.glossary {
            Some(table) => table.finish()?,
            // that of an earlier run would be read as this one's; where it cannot be removed it is only stale
            None => drop(std::fs::remove_file(self.out.join("glossary.csv"))),
        }
        self.book.save(run)?;
        self.page.finish(&about(run), entities, problems)?;
        remove_stale_translations(&self.out.join("translations"), &self.translations);
        Ok(())
    }
}

/// One line on the run, for the page's header.
fn about(run: &[(String, String)]) -> String {
    let value = |name: &str| {
        run.iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    };
    let version = value("depeche").unwrap_or_default();
    format!("{version} · model: {}", value("model").unwrap_or("none"))
}

/// Writes `run.json`: last, so that it speaks of files that are there.
///
/// # Errors
/// When the file cannot be written.
pub fn write_run_json(out: &Path, run: &impl serde::Serialize) -> Result<(), OutputError> {
    let mut draft = Draft::new(out.join("run.json"))?;
    draft.with(|file| {
        serde_json::to_writer_pretty(&mut *file, run)?;
        file.write_all(b"\n")
    })?;
    draft.finish()?;
    draft::sync_folder(out).map_err(|source| OutputError::Write {
        path: out.to_path_buf(),
        source,
    })
}

/// Translations of articles that are no longer in the run would be read as current: they go.
fn remove_stale_translations(folder: &Path, current: &[PathBuf]) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        let ours = path.extension().is_some_and(|e| e == "md");
        if ours && !current.contains(&path) {
            // a file that cannot be removed is only stale, not wrong: not worth failing a run
            let _ = std::fs::remove_file(&path);
        }
    }
}

/// The name of an article's files, without extension: its own, made safe for every file system.
pub fn file_stem(article: &Article) -> String {
    let path = Path::new(&article.path);
    let jsonl_line = article.path.rsplit_once(':').is_some_and(|(file, line)| {
        file.ends_with("jsonl") && !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit())
    });
    let stem = if jsonl_line || article.path == "-" {
        article.id.clone()
    } else {
        path.file_stem()
            .map(|s| s.to_string_lossy().into_owned())
            .unwrap_or_default()
    };
    let safe: String = stem
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '-' | '_' | ' ' | '.' | '’' | ',') {
                c
            } else {
                '_'
            }
        })
        .take(100)
        .collect();
    let safe = safe.trim_matches([' ', '.']);
    if safe.is_empty() {
        article.hash.chars().take(16).collect()
    } else {
        safe.to_owned()
    }
}

/// A CSV file under a temporary name until it is whole.
struct TableDraft {
    path: PathBuf,
    writer: Writer<Draft>,
}

impl TableDraft {
    fn new(path: PathBuf, columns: &[&str], dialect: Dialect) -> Result<TableDraft, OutputError> {
        let draft = Draft::new(path.clone())?;
        match Writer::new(draft, columns, dialect) {
            Ok(writer) => Ok(TableDraft { path, writer }),
            Err(source) => Err(OutputError::Write { path, source }),
        }
    }

    fn row(&mut self, cells: &[super::Cell]) -> Result<(), OutputError> {
        self.writer.row(cells).map_err(|source| OutputError::Write {
            path: self.path.clone(),
            source,
        })
    }

    fn finish(self) -> Result<(), OutputError> {
        let TableDraft { path, writer } = self;
        writer
            .finish()
            .map_err(|source| OutputError::Write { path, source })?
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Checks, Lang, Method, Segment};

    fn results(path: &str, id: &str) -> ArticleResults {
        let article = Article {
            path: path.into(),
            id: id.into(),
            hash: "0".repeat(64),
            ..Article::default()
        };
        let translation = Translation {
            article_id: id.into(),
            source_lang: Lang::Fr,
            target_lang: Lang::En,
            method: Method::Model,
            segments: vec![Segment {
                paragraph: None,
                source: "T".into(),
                target: "T".into(),
                findings: vec![],
                ..Segment::default()
            }],
            terms: vec![],
            checks: Checks::default(),
        };
        ArticleResults {
            article,
            figures: vec![],
            entities: vec![],
            summaries: vec![],
            translations: vec![translation],
        }
    }

    #[test]
    fn names_of_translations_are_safe_and_never_collide() {
        let dir = tempfile::tempdir().unwrap();
        let mut writer = FolderWriter::new(dir.path(), Dialect::En).unwrap();
        for (path, id) in [
            ("a/Été à Lyon.txt", "1"),
            ("b/été à lyon.html", "2"),
            ("feed.jsonl:3", "../../etc/passwd"),
            ("..", "4"),
        ] {
            writer.article(&results(path, id)).unwrap();
        }
        writer.finish(&[], &[], &[]).unwrap();
        let mut names: Vec<_> = std::fs::read_dir(dir.path().join("translations"))
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(
            names,
            [
                "0000000000000000.en.md",
                "_.._etc_passwd.en.md",
                "Été à Lyon.en.md",
                "été à lyon-2.en.md"
            ]
        );
    }

    #[test]
    fn a_run_that_is_given_up_leaves_the_old_files() {
        let dir = tempfile::tempdir().unwrap();
        FolderWriter::new(dir.path(), Dialect::En)
            .unwrap()
            .finish(&[], &[], &[])
            .unwrap();
        let before = std::fs::read(dir.path().join("articles.jsonl")).unwrap();
        let mut writer = FolderWriter::new(dir.path(), Dialect::En).unwrap();
        writer.article(&results("a.txt", "1")).unwrap();
        drop(writer);
        assert_eq!(std::fs::read(dir.path().join("articles.jsonl")).unwrap(), before);
        let left: Vec<_> = std::fs::read_dir(dir.path())
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".tmp"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }
}
