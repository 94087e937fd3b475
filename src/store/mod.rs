//! What a run keeps, in SQLite, so that finished work is never redone or lost.
//!
//! One file, `OUT/depeche.sqlite`, in WAL mode. Every finished result is one committed row, keyed by
//! what it was made from: content of the article × task × model revision × prompt × parameters (see
//! [`Key`]). A run that was killed therefore resumes where it stood, and a run over a changed folder
//! works on the changed articles alone. Outputs are written from here, never from memory.
//!
//! ```text
//! migration(version, applied, depeche)   how the file came to its version (`PRAGMA user_version`)
//! run(id, started, finished, json, …)    one row a run: settings, model, timings; its stage while it works
//! article(path, id, hash, run, json, …)  the articles as last read; `run` = last run that saw it, `removed` = the
//!                                        first that read all of its inputs without it
//! result(hash, task, key, run, json, …)  one row a finished result, with what it cost
//! problem(id, run, json)                 what the run has to say of its inputs
//! sentence(key, run, json)               what a translation model answered to a sentence
//! ```

mod article;
mod error;
mod key;
mod lock;
mod result;
mod schema;
mod sentence;

pub use article::ArticleEntry;
pub use error::StoreError;
pub use key::Key;
pub use lock::{Holder, RunLock};
pub use result::{Account, Labour, State, Tally};

use crate::record::Problem;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};
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
    /// What it was last doing, and since when (RFC 3339); none once it has ended.
    pub stage: Option<(String, String)>,
    /// Since when the model has worked; none where it has not begun.
    pub work_since: Option<String>,
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

    /// Opens the store of `out` to look at it: nothing is written, and a run that works there is not disturbed.
    ///
    /// # Errors
    /// When there is none, it cannot be read, or it has another version than this program writes.
    pub fn open_to_read(out: &Path) -> Result<Store, StoreError> {
        let path = out.join(Store::FILE_NAME);
        if !path.is_file() {
            return Err(StoreError::NotFound { path });
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || {
            let connection = Connection::open_with_flags(&path, flags)?;
            connection.busy_timeout(std::time::Duration::from_secs(10))?;
            Ok(connection)
        };
        let connection = open().map_err(|source| StoreError::Open {
            path: path.clone(),
            source,
        })?;
        schema::check(&connection, &path)?;
        Ok(Store { connection, path })
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
                "INSERT INTO run(started, json, complete) VALUES (?1, ?2, 0)",
                params![now(), to_json(json)?],
            )
            .map_err(|e| self.query_error(e))?;
        Ok(RunId(self.connection.last_insert_rowid()))
    }

    /// Says what the run is doing from now on; `works` where that is the model's work.
    ///
    /// # Errors
    /// When the row cannot be written.
    pub fn enter_stage(&self, run: RunId, stage: &str, works: bool) -> Result<(), StoreError> {
        self.connection
            .execute(
                "UPDATE run SET stage = ?2, stage_since = ?3,
                                work_since = coalesce(work_since, CASE WHEN ?4 THEN ?3 END) WHERE id = ?1",
                params![run.0, stage, now_precise(), works],
            )
            .map_err(|e| self.query_error(e))?;
        Ok(())
    }

    /// Says that the run has read all of its inputs: from now on its articles are those of the folder.
    ///
    /// # Errors
    /// When the row cannot be written.
    pub fn complete_reading(&self, run: RunId) -> Result<(), StoreError> {
        self.connection
            .execute("UPDATE run SET complete = 1 WHERE id = ?1", params![run.0])
            .map_err(|e| self.query_error(e))?;
        Ok(())
    }

    /// Ends a run, with what is to be remembered of it.
    ///
    /// # Errors
    /// When the row cannot be written.
    pub fn finish_run(&self, run: RunId, json: &impl Serialize) -> Result<(), StoreError> {
        self.connection
            .execute(
                "UPDATE run SET finished = ?2, json = ?3, stage = NULL, stage_since = NULL WHERE id = ?1",
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
        self.run_where("TRUE")
    }

    /// The last run that has read all of its inputs, if there was one: what the outputs are made of.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_complete_run(&self) -> Result<Option<RunRow>, StoreError> {
        self.run_where("complete")
    }

    fn run_where(&self, condition: &'static str) -> Result<Option<RunRow>, StoreError> {
        let query = format!(
            "SELECT id, started, finished, stage, stage_since, work_since, json FROM run WHERE {condition} ORDER BY id DESC LIMIT 1"
        );
        let read = |row: &Row<'_>| {
            let (stage, since): (Option<String>, Option<String>) = (row.get(3)?, row.get(4)?);
            Ok((
                RunId(row.get(0)?),
                row.get(1)?,
                row.get(2)?,
                stage.zip(since),
                row.get(5)?,
                row.get::<_, String>(6)?,
            ))
        };
        let row = self
            .connection
            .query_row(&query, [], read)
            .optional()
            .map_err(|e| self.query_error(e))?;
        row.map(|(id, started, finished, stage, work_since, json)| {
            Ok(RunRow {
                id,
                started,
                finished,
                stage,
                work_since,
                json: from_json(&json)?,
            })
        })
        .transpose()
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

/// To the millisecond, for speeds.
fn now_precise() -> String {
    jiff::Timestamp::now()
        .strftime("%Y-%m-%dT%H:%M:%S%.3fZ")
        .to_string()
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
