//! The tables, and how an older store is brought up to date.

use super::StoreError;
use rusqlite::Connection;
use std::path::Path;

/// The version that this program writes.
pub(super) const VERSION: i64 = 2;

/// `MIGRATIONS[v]` leads from version `v` to `v + 1`.
const MIGRATIONS: [&str; VERSION as usize] = [
    "
    CREATE TABLE run(
        id       INTEGER PRIMARY KEY,
        started  TEXT NOT NULL,
        finished TEXT,
        json     TEXT NOT NULL
    );
    CREATE TABLE article(
        path     TEXT PRIMARY KEY,
        id       TEXT NOT NULL,
        hash     TEXT NOT NULL,
        position INTEGER NOT NULL,
        run      INTEGER NOT NULL REFERENCES run(id),
        json     TEXT NOT NULL
    );
    CREATE INDEX article_run ON article(run, position);
    CREATE INDEX article_id ON article(id);
    CREATE TABLE result(
        hash TEXT NOT NULL,
        task TEXT NOT NULL,
        key  TEXT NOT NULL,
        run  INTEGER NOT NULL REFERENCES run(id),
        json TEXT NOT NULL,
        PRIMARY KEY (hash, task, key)
    ) WITHOUT ROWID;
    CREATE TABLE problem(
        id   INTEGER PRIMARY KEY,
        run  INTEGER NOT NULL REFERENCES run(id),
        json TEXT NOT NULL
    );
    CREATE INDEX problem_run ON problem(run, id);
",
    "
    CREATE TABLE sentence(
        key  TEXT PRIMARY KEY,
        run  INTEGER NOT NULL REFERENCES run(id),
        json TEXT NOT NULL
    ) WITHOUT ROWID;
",
];

/// Brings the file to [`VERSION`].
pub(super) fn prepare(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let open = |source| StoreError::Open {
        path: path.to_path_buf(),
        source,
    };
    // WAL: a reader never blocks the run, and a killed process leaves a store that opens
    connection
        .pragma_update(None, "journal_mode", "WAL")
        .map_err(open)?;
    connection
        .pragma_update(None, "synchronous", "NORMAL")
        .map_err(open)?;
    connection
        .pragma_update(None, "foreign_keys", true)
        .map_err(open)?;
    loop {
        // IMMEDIATE: two processes that start together take turns at the migration
        let transaction =
            rusqlite::Transaction::new_unchecked(connection, rusqlite::TransactionBehavior::Immediate)
                .map_err(open)?;
        let found: i64 = transaction
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .map_err(open)?;
        if found == VERSION {
            return Ok(());
        }
        let Some(migration) = usize::try_from(found).ok().and_then(|v| MIGRATIONS.get(v)) else {
            return Err(StoreError::Newer {
                path: path.to_path_buf(),
                known: VERSION,
                found,
            });
        };
        transaction.execute_batch(migration).map_err(open)?;
        transaction
            .pragma_update(None, "user_version", found + 1)
            .map_err(open)?;
        transaction.commit().map_err(open)?;
    }
}
