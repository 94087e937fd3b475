//! The finished results, and what the tasks among them cost.

use super::{Key, RunId, Store, StoreError, from_json, now_precise, to_json};
use crate::backend::Usage;
use crate::record::{Lang, Problem};
use rusqlite::{OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How a task ended, beside its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Account {
    /// It has no result.
    pub failed: bool,
    /// Problems that say that something is missing.
    pub errors: u64,
    /// Problems that say that something must be looked at.
    pub flags: u64,
    /// What it cost.
    pub usage: Usage,
}

/// What is there for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing.
    Missing,
    /// A result.
    Done,
    /// A failure.
    Failed,
}

/// How far a task is, over the articles of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Texts that it is due on; articles of the same content are one.
    pub due: u64,
    /// Those with a result.
    pub done: u64,
    /// Those that failed.
    pub failed: u64,
    /// Problems that say that something is missing.
    pub errors: u64,
    /// Problems that say that something must be looked at.
    pub flags: u64,
}

/// What a run has done with the model.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Labour {
    /// Tasks that it finished or that failed in it.
    pub tasks: u64,
    /// What they cost.
    pub usage: Usage,
    /// When the first and the last of them ended (RFC 3339).
    pub span: Option<(String, String)>,
}

impl Store {
    /// Commits one finished result.
    ///
    /// # Errors
    /// When the row cannot be written: a full disk, a folder that is gone.
    pub fn put(&self, run: RunId, key: &Key, result: &impl Serialize) -> Result<(), StoreError> {
        self.put_task(run, key, result, &Account::default())
    }

    /// Commits one ended task of the model.
    ///
    /// # Errors
    /// As [`Store::put`].
    pub fn put_task(
        &self,
        run: RunId,
        key: &Key,
        result: &impl Serialize,
        account: &Account,
    ) -> Result<(), StoreError> {
        let json = to_json(result)?;
        let Account {
            failed,
            errors,
            flags,
            usage,
        } = account;
        self.connection
            .prepare_cached(
                "INSERT INTO result(hash, task, key, run, json, finished, failed, errors, flags,
                                    requests, first_tokens, prompt_tokens, cached_tokens, tokens)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
                 ON CONFLICT(hash, task, key) DO UPDATE
                 SET run = ?4, json = ?5, finished = ?6, failed = ?7, errors = ?8, flags = ?9, requests = ?10,
                     first_tokens = ?11, prompt_tokens = ?12, cached_tokens = ?13, tokens = ?14, writes = writes + 1",
            )
            .and_then(|mut statement| {
                statement.execute(params![
                    key.hash,
                    key.task,
                    key.digest,
                    run.0,
                    json,
                    now_precise(),
                    failed,
                    *errors as i64,
                    *flags as i64,
                    usage.requests as i64,
                    usage.first_tokens as i64,
                    usage.prompt_tokens as i64,
                    usage.cached_tokens as i64,
                    usage.tokens as i64,
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
        Ok(self.state(key)? != State::Missing)
    }

    /// What is there for a key.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn state(&self, key: &Key) -> Result<State, StoreError> {
        self.connection
            .prepare_cached("SELECT failed FROM result WHERE hash = ?1 AND task = ?2 AND key = ?3")
            .and_then(|mut statement| {
                statement
                    .query_row(params![key.hash, key.task, key.digest], |row| row.get(0))
                    .optional()
            })
            .map(|failed| match failed {
                None => State::Missing,
                Some(false) => State::Done,
                Some(true) => State::Failed,
            })
            .map_err(|e| self.query_error(e))
    }

    /// What there is to say of the ended task under a key; none when there is none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn problems_of(&self, key: &Key) -> Result<Option<(State, Vec<Problem>)>, StoreError> {
        let row: Option<(bool, Option<String>)> = self
            .connection
            .prepare_cached(
                "SELECT failed, json_extract(json, '$.problems') FROM result WHERE hash = ?1 AND task = ?2 AND key = ?3",
            )
            .and_then(|mut statement| {
                statement
                    .query_row(params![key.hash, key.task, key.digest], |row| {
                        Ok((row.get(0)?, row.get(1)?))
                    })
                    .optional()
            })
            .map_err(|e| self.query_error(e))?;
        let Some((failed, json)) = row else {
            return Ok(None);
        };
        let state = if failed { State::Failed } else { State::Done };
        Ok(Some((state, from_json(json.as_deref().unwrap_or("[]"))?)))
    }

    /// Whether a task has any result for this content, made by whatever model with whatever settings.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn has_other(&self, key: &Key) -> Result<bool, StoreError> {
        self.connection
            .prepare_cached("SELECT 1 FROM result WHERE hash = ?1 AND task = ?2")
            .and_then(|mut statement| statement.exists(params![key.hash, key.task]))
            .map_err(|e| self.query_error(e))
    }

    /// How far a task is over the articles of the run, but those in the language `but`. Of `key` its hash is
    /// not looked at.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn tally(&self, run: RunId, key: &Key, but: Option<Lang>) -> Result<Tally, StoreError> {
        let but = but.map_or("", Lang::code);
        self.connection
            .prepare_cached(
                "SELECT count(*), count(result.hash), coalesce(sum(failed), 0), coalesce(sum(errors), 0),
                        coalesce(sum(flags), 0)
                 FROM (SELECT DISTINCT hash FROM article WHERE run = ?1 AND lang <> ?4) AS text
                 LEFT JOIN result ON result.hash = text.hash AND task = ?2 AND key = ?3",
            )
            .and_then(|mut statement| {
                statement.query_row(params![run.0, key.task, key.digest, but], |row| {
                    let count = |at| row.get::<_, i64>(at).map(|n| n as u64);
                    let failed = count(2)?;
                    Ok(Tally {
                        due: count(0)?,
                        done: count(1)? - failed,
                        failed,
                        errors: count(3)?,
                        flags: count(4)?,
                    })
                })
            })
            .map_err(|e| self.query_error(e))
    }

    /// What the run has done with the model, by task.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn labour(&self, run: RunId) -> Result<Vec<(String, Labour)>, StoreError> {
        let read = || {
            self.connection
                .prepare_cached(
                    "SELECT task, count(*), sum(requests), sum(first_tokens), sum(prompt_tokens), sum(cached_tokens),
                            sum(tokens), min(finished), max(finished)
                     FROM result WHERE run = ?1 AND task <> 'ledger' GROUP BY task ORDER BY task",
                )?
                .query_map(params![run.0], |row| {
                    let count = |at| row.get::<_, i64>(at).map(|n| n as u64);
                    let (first, last): (Option<String>, Option<String>) = (row.get(7)?, row.get(8)?);
                    Ok((
                        row.get(0)?,
                        Labour {
                            tasks: count(1)?,
                            usage: Usage {
                                requests: count(2)?,
                                first_tokens: count(3)?,
                                prompt_tokens: count(4)?,
                                cached_tokens: count(5)?,
                                tokens: count(6)?,
                            },
                            span: first.zip(last),
                        },
                    ))
                })?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(|e| self.query_error(e))
    }

    /// How often results of tasks of the model were written, and how many there are: more writes than results is
    /// work that was done twice.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn writes(&self) -> Result<(u64, u64), StoreError> {
        self.connection
            .query_row(
                "SELECT coalesce(sum(writes), 0), count(*) FROM result WHERE task <> 'ledger'",
                [],
                |row| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64)),
            )
            .map_err(|e| self.query_error(e))
    }
}
