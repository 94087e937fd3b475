//! The articles of a run, and those that went.

use super::{RunId, Store, StoreError, from_json, to_json};
use crate::record::{Article, Lang};
use rusqlite::{OptionalExtension, params};

/// An article without its text: what planning asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleEntry {
    /// Its path.
    pub path: String,
    /// Its identifier.
    pub id: String,
    /// Hash of its content.
    pub hash: String,
    /// Its language.
    pub lang: Lang,
}

impl Store {
    /// Keeps an article that the run has read, at its place in the input order.
    ///
    /// # Errors
    /// When the row cannot be written.
    pub fn see_article(&self, run: RunId, position: usize, article: &Article) -> Result<(), StoreError> {
        let json = to_json(article)?;
        self.connection
            .prepare_cached(
                "INSERT INTO article(path, id, hash, position, run, json, lang) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT(path) DO UPDATE
                 SET id = ?2, hash = ?3, position = ?4, run = ?5, json = ?6, lang = ?7, removed = NULL",
            )
            .and_then(|mut statement| {
                statement.execute(params![
                    article.path,
                    article.id,
                    article.hash,
                    position as i64,
                    run.0,
                    json,
                    article.lang.code(),
                ])
            })
            .map_err(|e| self.query_error(e))?;
        Ok(())
    }

    /// The path and the hash of the article with this identifier that this run has already seen.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn seen_id(&self, run: RunId, id: &str) -> Result<Option<(String, String)>, StoreError> {
        self.connection
            .prepare_cached("SELECT path, hash FROM article WHERE id = ?1 AND run = ?2 LIMIT 1")
            .and_then(|mut statement| {
                statement
                    .query_row(params![id, run.0], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()
            })
            .map_err(|e| self.query_error(e))
    }

    /// Hands every article of the run to `visit`, in input order, one in memory at a time.
    ///
    /// # Errors
    /// When the store cannot be read, or `visit` says so.
    pub fn for_each_article<E: From<StoreError>>(
        &self,
        run: RunId,
        mut visit: impl FnMut(Article) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT json FROM article WHERE run = ?1 ORDER BY position")
            .map_err(|e| self.query_error(e))?;
        let mut rows = statement.query(params![run.0]).map_err(|e| self.query_error(e))?;
        while let Some(row) = rows.next().map_err(|e| self.query_error(e))? {
            let json: String = row.get(0).map_err(|e| self.query_error(e))?;
            visit(from_json(&json)?)?;
        }
        Ok(())
    }

    /// Every article of the run, in input order, without the texts.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn article_entries(&self, run: RunId) -> Result<Vec<ArticleEntry>, StoreError> {
        let read = || {
            self.connection
                .prepare_cached("SELECT path, id, hash, lang FROM article WHERE run = ?1 ORDER BY position")?
                .query_map(params![run.0], entry)?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(|e| self.query_error(e))
    }

    /// The article that the run has seen under a path.
    ///
    /// # Errors
    /// When there is none, or the store cannot be read.
    pub fn article(&self, run: RunId, path: &str) -> Result<Article, StoreError> {
        let json: String = self
            .connection
            .prepare_cached("SELECT json FROM article WHERE path = ?1 AND run = ?2")
            .and_then(|mut statement| statement.query_row(params![path, run.0], |row| row.get(0)))
            .map_err(|e| self.query_error(e))?;
        from_json(&json)
    }

    /// Hash of the content that the last run to see this path found there.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn hash_at(&self, path: &str) -> Result<Option<String>, StoreError> {
        self.connection
            .prepare_cached("SELECT hash FROM article WHERE path = ?1")
            .and_then(|mut statement| statement.query_row(params![path], |row| row.get(0)).optional())
            .map_err(|e| self.query_error(e))
    }

    /// How many articles the run has seen.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn article_count(&self, run: RunId) -> Result<usize, StoreError> {
        self.connection
            .query_row(
                "SELECT count(*) FROM article WHERE run = ?1",
                params![run.0],
                |row| row.get::<_, i64>(0),
            )
            .map(|count| count as usize)
            .map_err(|e| self.query_error(e))
    }

    /// Marks the articles that earlier runs saw and this one, which has read all of its inputs, did not. They and
    /// their results stay: an article that comes back costs nothing. One whose content lies under another path
    /// now has moved; one that `unreadable` says could not be read is still there.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub fn mark_removed(&self, run: RunId, unreadable: &[String]) -> Result<(), StoreError> {
        let missing = || {
            self.connection
                .prepare_cached(
                    "SELECT path FROM article AS one WHERE run <> ?1 AND removed IS NULL
                     AND hash NOT IN (SELECT hash FROM article WHERE run = ?1)
                     -- where it had moved from is not where it went missing
                     AND run = (SELECT MAX(run) FROM article WHERE hash = one.hash)",
                )?
                .query_map(params![run.0], |row| row.get::<_, String>(0))?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        let missing = missing().map_err(|e| self.query_error(e))?;
        for path in missing.iter().filter(|path| !lies_under(path, unreadable)) {
            self.connection
                .prepare_cached("UPDATE article SET removed = ?1 WHERE path = ?2")
                .and_then(|mut statement| statement.execute(params![run.0, path]))
                .map_err(|e| self.query_error(e))?;
        }
        Ok(())
    }

    /// The articles that are marked as removed, by path, and whose content lies nowhere else in the run.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn removed(&self, run: RunId) -> Result<Vec<ArticleEntry>, StoreError> {
        let read = || {
            self.connection
                .prepare_cached(
                    "SELECT path, id, hash, lang FROM article WHERE removed IS NOT NULL
                     AND hash NOT IN (SELECT hash FROM article WHERE run = ?1) ORDER BY path",
                )?
                .query_map(params![run.0], entry)?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(|e| self.query_error(e))
    }
}

/// An article's path, id, hash and language.
fn entry(row: &rusqlite::Row) -> rusqlite::Result<ArticleEntry> {
    Ok(ArticleEntry {
        path: row.get(0)?,
        id: row.get(1)?,
        hash: row.get(2)?,
        lang: Lang::from_tag(&row.get::<_, String>(3)?),
    })
}

/// Whether a path is one of these, lies in a folder of them, or is a line of such a JSONL file.
fn lies_under(path: &str, of: &[String]) -> bool {
    of.iter().any(|one| {
        path.strip_prefix(one.trim_end_matches(['/', '\\']))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '\\', ':']))
    })
}
