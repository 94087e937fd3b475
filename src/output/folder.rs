//! What a run leaves in its output folder.
//!
//! | file | holds |
//! |---|---|
//! | `articles`, `summaries`, `figures`, `entities`, `problems` | a table each: `.csv`, `.parquet`, `.jsonl`, see [`schema`] |
//! | `translations` | the same, where something was translated |
//! | `glossary` | the same, where there is a glossary |
//! | `datapackage.json` | what these files hold, for programs |
//! | `depeche.xlsx` | the same tables as one workbook, see [`super::xlsx`] |
//! | `translations/<name>.<lang>.md` | one document an article |
//! | `report.html` | the review page, see [`super::page`]; that of a large run with its articles in `report_files/` |
//! | `run.json` | model, revision, prompts' hashes, settings, timings, versions |
//!
//! Each file is written under a temporary name and renamed when it is whole.

use super::csv::Dialect;
use super::documents::Documents;
pub use super::documents::file_stem;
use super::draft::{self, Draft};
use super::page::Page;
use super::schema::{self, Schema};
use super::table_files::TableFiles;
use super::xlsx::{Book, Limits, Sheet};
use super::{OutputError, package, tables};
use crate::record::{Article, Entity, Figure, Problem, Summary, TermUse, Translation};
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
    articles: TableFiles,
    summaries: TableFiles,
    figures: TableFiles,
    /// Started with the first translation: without a model there is no such table.
    translations: Option<TableFiles>,
    /// Started with the first term: without a glossary there is no such table.
    glossary: Option<TableFiles>,
    book: Book,
    page: Page,
    documents: Documents,
}

impl FolderWriter {
    /// Starts the files in `out`, which must be there.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn new(out: &Path, dialect: Dialect) -> Result<FolderWriter, OutputError> {
        FolderWriter::with_limits(out, dialect, Limits::default())
    }

    /// The same, with sheets that hold as much as they are told to.
    fn with_limits(out: &Path, dialect: Dialect, limits: Limits) -> Result<FolderWriter, OutputError> {
        Ok(FolderWriter {
            out: out.to_path_buf(),
            dialect,
            articles: TableFiles::new(out, &schema::ARTICLES, dialect)?,
            summaries: TableFiles::new(out, &schema::SUMMARIES, dialect)?,
            figures: TableFiles::new(out, &schema::FIGURES, dialect)?,
            translations: None,
            glossary: None,
            book: Book::new(&out.join("depeche.xlsx"), limits)?,
            page: Page::new(&out.join("report.html"))?,
            documents: Documents::new(out.join("translations")),
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
        self.book.article(article);
        let row = tables::article_row(article);
        self.articles.record(article)?;
        self.articles.row(&row)?;
        self.book.row(Sheet::Articles, &row)?;
        for summary in summaries {
            let row = tables::summary_row(article, summary);
            self.summaries.record(summary)?;
            self.summaries.row(&row)?;
            self.book.row(Sheet::Summaries, &row)?;
        }
        for figure in figures {
            let row = tables::figure_row(figure);
            self.figures.record(figure)?;
            self.figures.row(&row)?;
            self.book.row(Sheet::Figures, &row)?;
        }
        self.page.article(results)?;
        for translation in translations {
            self.segments(translation)?;
            self.terms(article, translation)?;
            self.documents.write(article, translation)?;
        }
        Ok(())
    }

    fn segments(&mut self, translation: &Translation) -> Result<(), OutputError> {
        let table = match &mut self.translations {
            Some(table) => table,
            none => none.insert(TableFiles::new(&self.out, &schema::TRANSLATIONS, self.dialect)?),
        };
        table.record(translation)?;
        tables::segment_rows(translation).try_for_each(|row| table.row(&row))
    }

    fn terms(&mut self, article: &Article, translation: &Translation) -> Result<(), OutputError> {
        for (term, row) in translation
            .terms
            .iter()
            .zip(tables::glossary_rows(article, translation))
        {
            let table = match &mut self.glossary {
                Some(table) => table,
                none => none.insert(TableFiles::new(&self.out, &schema::GLOSSARY, self.dialect)?),
            };
            table.record(&TermOfArticle {
                article_id: &article.id,
                path: &article.path,
                term,
            })?;
            table.row(&row)?;
        }
        Ok(())
    }

    /// Ends the files: the consolidated entities and the problems come last. `run` names what the workbook
    /// says of the run itself. Answers with what there was to note of the writing; it is in the files too.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(
        mut self,
        entities: &[Entity],
        problems: &[Problem],
        run: &[(String, String)],
    ) -> Result<Vec<Problem>, OutputError> {
        let mut entity_files = TableFiles::new(&self.out, &schema::ENTITIES, self.dialect)?;
        for entity in entities {
            entity_files.record(entity)?;
            for row in tables::entity_rows(entity) {
                entity_files.row(&row)?;
                self.book.row(Sheet::Entities, &row)?;
            }
        }
        let mut problem_files = TableFiles::new(&self.out, &schema::PROBLEMS, self.dialect)?;
        let notes = self.book.notes();
        let problems: Vec<Problem> = problems.iter().chain(&notes).cloned().collect();
        for problem in &problems {
            let row = tables::problem_row(problem);
            problem_files.record(problem)?;
            problem_files.row(&row)?;
            self.book.row(Sheet::Problems, &row)?;
        }
        let mut written: Vec<&Schema> = Vec::new();
        let always = [self.articles, self.summaries, self.figures, entity_files];
        let sometimes = [self.translations, self.glossary].into_iter().flatten();
        for table in always.into_iter().chain(sometimes).chain([problem_files]) {
            written.push(table.schema());
            table.finish()?;
        }
        for schema in schema::ALL {
            if !written.contains(&schema) {
                TableFiles::remove(&self.out, schema);
            }
        }
        write_json(
            &self.out.join("datapackage.json"),
            &package::package(&written, self.dialect),
        )?;
        self.book.save(run)?;
        self.page.finish(&about(run), entities, &problems)?;
        self.documents.finish();
        Ok(notes)
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
    write_json(&out.join("run.json"), run)?;
    draft::sync_folder(out).map_err(|source| OutputError::Write {
        path: out.to_path_buf(),
        source,
    })
}

fn write_json(path: &Path, value: &impl serde::Serialize) -> Result<(), OutputError> {
    let mut draft = Draft::new(path.to_path_buf())?;
    draft.with(|file| {
        serde_json::to_writer_pretty(&mut *file, value)?;
        file.write_all(b"\n")
    })?;
    draft.finish()
}

/// A line of `glossary.jsonl`.
#[derive(serde::Serialize)]
struct TermOfArticle<'a> {
    article_id: &'a str,
    path: &'a str,
    #[serde(flatten)]
    term: &'a TermUse,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{FigureKind, Segment};

    fn results(path: &str, id: &str) -> ArticleResults {
        let article = Article {
            path: path.into(),
            id: id.into(),
            hash: "0".repeat(64),
            ..Article::default()
        };
        let translation = Translation::bare(
            id,
            vec![Segment {
                paragraph: None,
                source: "T".into(),
                target: "T".into(),
                findings: vec![],
                ..Segment::default()
            }],
        );
        ArticleResults {
            article,
            figures: vec![],
            entities: vec![],
            summaries: vec![],
            translations: vec![translation],
        }
    }

    #[test]
    fn what_a_sheet_does_not_hold_is_a_row_of_the_problems() {
        let dir = tempfile::tempdir().unwrap();
        let limits = Limits { rows: 3, links: 100 };
        let mut writer = FolderWriter::with_limits(dir.path(), Dialect::En, limits).unwrap();
        let mut one = results("a.txt", "1");
        one.figures = (0..3)
            .map(|n| {
                let mut figure = Figure::bare("20 %", 0, FigureKind::Percent);
                (figure.article_id, figure.n) = ("1".into(), n);
                figure
            })
            .collect();
        writer.article(&one).unwrap();
        let notes = writer.finish(&[], &[], &[]).unwrap();
        let expected = "Figures has 3 rows, more than a sheet holds: it goes on to `Figures (2)`";
        assert_eq!(notes.len(), 1);
        assert_eq!(notes[0].message, expected);
        for file in ["problems.csv", "problems.jsonl"] {
            let text = std::fs::read_to_string(dir.path().join(file)).unwrap();
            assert!(text.contains(expected), "{file}: {text}");
        }
    }

    #[test]
    fn tables_of_an_earlier_run_that_this_one_does_not_have_go() {
        let dir = tempfile::tempdir().unwrap();
        let mut writer = FolderWriter::new(dir.path(), Dialect::En).unwrap();
        writer.article(&results("a.txt", "1")).unwrap();
        writer.finish(&[], &[], &[]).unwrap();
        let package = || std::fs::read_to_string(dir.path().join("datapackage.json")).unwrap();
        let files =
            ["csv", "parquet", "jsonl"].map(|ending| dir.path().join(format!("translations.{ending}")));
        assert!(files.iter().all(|file| file.exists()) && package().contains("translations.csv"));
        let writer = FolderWriter::new(dir.path(), Dialect::En).unwrap();
        writer.finish(&[], &[], &[]).unwrap();
        assert!(!files.iter().any(|file| file.exists()) && !package().contains("translations.csv"));
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
