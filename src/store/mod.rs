//! What a run keeps, in SQLite, so that finished work is never redone or lost.
//!
//! One file, `OUT/depeche.sqlite`, in WAL mode. Every finished result is one committed row, keyed by
//! what it was made from: content of the article × task × model revision × prompt × parameters (see
//! [`Key`]). A run that was killed therefore resumes where it stood, and a run over a changed folder
//! works on the changed articles alone. Outputs are written from here, never from memory.
//!
//! ```text
//! meta(key, value)                              schema version
//! run(id, started, finished, json)              one row a run: settings, model, timings
//! article(path, id, hash, position, run, json)  the articles as last read; `run` = last run that saw it
//! result(hash, task, key, run, json)            one row a finished result
//! problem(run, position, json)                  what the run has to say
//! sentence(key, run, json)                      what a translation model answered to a sentence
//! ```

mod error;
mod key;
mod lock;
mod schema;
mod sentence;

pub use error::StoreError;
pub use key::Key;
pub use lock::RunLock;

use crate::record::{Article, Problem};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};

/// The store of one output folder.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
}

/// Identifies one run of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunId(i64);

/// What a run was, as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRow {
    /// Its identifier.
    pub id: RunId,
    /// When it started (RFC 3339).
    pub started: String,
    /// When it ended; none when it was cut off.
    pub finished: Option<String>,
    /// What `run.json` says of it.
    pub json: serde_json::Value,
}

impl Store {
    /// The file name inside an output folder.
    pub const FILE_NAME: &'static str = "depeche.sqlite";

    /// Opens the store of `out`, creating both when they are not there.
    ///
    /// # Errors
    /// When the folder cannot be made, the file is no store of depeche, or a newer depeche made it.
    pub fn create(out: &Path) -> Result<Store, StoreError> {
        std::fs::create_dir_all(out).map_err(|source| StoreError::Folder {
            path: out.to_path_buf(),
            source,
        })?;
        Store::open_file(&out.join(Store::FILE_NAME))
    }

    /// Opens the store of `out`, which must be there.
    ///
    /// # Errors
    /// As [`Store::create`], and when there is none.
    pub fn open(out: &Path) -> Result<Store, StoreError> {
        let path = out.join(Store::FILE_NAME);
        if !path.is_file() {
            return Err(StoreError::NotFound { path });
        }
        Store::open_file(&path)
    }

    fn open_file(path: &Path) -> Result<Store, StoreError> {
        let wrap = |source| StoreError::Open {
            path: path.to_path_buf(),
            source,
        };
        let connection = Connection::open(path).map_err(wrap)?;
        connection
            .busy_timeout(std::time::Duration::from_secs(30))
            .map_err(wrap)?;
        let store = Store {
            connection,
            path: path.to_path_buf(),
        };
        schema::prepare(&store.connection, path)?;
        Ok(store)
    }

    fn query_error(&self, source: rusqlite::Error) -> StoreError {
        StoreError::Query {
            path: self.path.clone(),
            source,
        }
    }

    /// Starts a run; only what is [seen](Store::see_article) from here on belongs to it.
    ///
    /// # Errors
    /// When the row cannot be written.
    pub fn start_run(&self, json: &impl Serialize) -> Result<RunId, StoreError> {
        self.connection
            .execute(
                "INSERT INTO run(started, json) VALUES (?1, ?2)",
                params![now(), to_json(json)?],
            )
            .map_err(|e| self.query_error(e))?;
        Ok(RunId(self.connection.last_insert_rowid()))
    }

    /// Ends a run, with what is to be remembered of it.
    ///
    /// # Errors
    /// When the row cannot be written.
    pub fn finish_run(&self, run: RunId, json: &impl Serialize) -> Result<(), StoreError> {
        self.connection
            .execute(
                "UPDATE run SET finished = ?2, json = ?3 WHERE id = ?1",
                params![run.0, now(), to_json(json)?],
            )
            .map_err(|e| self.query_error(e))?;
        Ok(())
    }

    /// The last run, if there was one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_run(&self) -> Result<Option<RunRow>, StoreError> {
        let row = self
            .connection
            .query_row(
                "SELECT id, started, finished, json FROM run ORDER BY id DESC LIMIT 1",
                [],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, String>(3)?)),
            )
            .optional()
            .map_err(|e| self.query_error(e))?;
        row.map(|(id, started, finished, json)| {
            Ok(RunRow {
                id: RunId(id),
                started,
                finished,
                json: from_json(&json)?,
            })
        })
        .transpose()
    }

    /// Keeps an article that the run has read, at its place in the input order.
    ///
    /// # Errors
    /// When the row cannot be written.
    pub fn see_article(&self, run: RunId, position: usize, article: &Article) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT INTO article(path, id, hash, position, run, json) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT(path) DO UPDATE SET id = ?2, hash = ?3, position = ?4, run = ?5, json = ?6",
            )
            .and_then(|mut statement| {
                statement.execute(params![
                    article.path,
                    article.id,
                    article.hash,
                    position as i64,
                    run.0,
                    to_json(article).map_err(|e| rusqlite::Error::ToSqlConversionFailure(Box::new(e)))?
                ])
            })
            .map_err(|e| self.query_error(e))?;
        Ok(())
    }

    /// The path under which this run has already seen an article with this identifier.
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

    /// Commits one finished result.
    ///
    /// # Errors
    /// When the row cannot be written: a full disk, a folder that is gone.
    pub fn put(&self, run: RunId, key: &Key, result: &impl Serialize) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO result(hash, task, key, run, json) VALUES (?1, ?2, ?3, ?4, ?5)",
            )
            .and_then(|mut statement| {
                statement.execute(params![
                    key.hash,
                    key.task,
                    key.digest,
                    run.0,
                    to_json(result).map_err(|e| rusqlite::Error::ToSqlConversionFailure(Box::new(e)))?
                ])
            })
            .map_err(|e| self.query_error(e))?;
        Ok(())
    }

    /// The finished result for a key, if there is one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        let json: Option<String> = self
            .connection
            .prepare_cached("SELECT json FROM result WHERE hash = ?1 AND task = ?2 AND key = ?3")
            .and_then(|mut statement| {
                statement
                    .query_row(params![key.hash, key.task, key.digest], |row| row.get(0))
                    .optional()
            })
            .map_err(|e| self.query_error(e))?;
        json.map(|json| from_json(&json)).transpose()
    }

    /// Whether a finished result is there for a key.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn has(&self, key: &Key) -> Result<bool, StoreError> {
        self.connection
            .prepare_cached("SELECT 1 FROM result WHERE hash = ?1 AND task = ?2 AND key = ?3")
            .and_then(|mut statement| statement.exists(params![key.hash, key.task, key.digest]))
            .map_err(|e| self.query_error(e))
    }

    /// Keeps one problem of the run.
    ///
    /// # Errors
    /// When the row cannot be written.
    pub fn add_problem(&self, run: RunId, problem: &Problem) -> Result<(), StoreError> {
        self.connection
            .execute(
                "INSERT INTO problem(run, json) VALUES (?1, ?2)",
                params![run.0, to_json(problem)?],
            )
            .map_err(|e| self.query_error(e))?;
        Ok(())
    }

    /// Every problem of the run, in the order of the articles, then as they came.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn problems(&self, run: RunId) -> Result<Vec<Problem>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT json FROM problem WHERE run = ?1 ORDER BY id")
            .map_err(|e| self.query_error(e))?;
        let rows = statement
            .query_map(params![run.0], |row| row.get::<_, String>(0))
            .map_err(|e| self.query_error(e))?;
        rows.map(|json| from_json(&json.map_err(|e| self.query_error(e))?))
            .collect()
    }

    /// Runs `work` in one transaction: all of its rows, or none.
    ///
    /// # Errors
    /// When `work` fails or the transaction cannot be committed.
    pub fn transaction<T, E: From<StoreError>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let transaction = self
            .connection
            .unchecked_transaction()
            .map_err(|e| self.query_error(e))?;
        let value = work()?;
        transaction.commit().map_err(|e| self.query_error(e))?;
        Ok(value)
    }
}

fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(StoreError::Json)
}

fn from_json<T: DeserializeOwned>(json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(StoreError::Json)
}

#[cfg(test)]
mod tests;
