//! The tables, and how an older store is brought up to date.
//!
//! `PRAGMA user_version` says which version a file has; the table `migration` says when it came to be so, and by
//! which depeche. A step of [`MIGRATIONS`] is never changed once a version of depeche was published with it: a change
//! of the tables is a further step.

use super::{StoreError, now};
use rusqlite::{Connection, params};
use std::path::Path;

/// The version that this program writes.
pub(super) const VERSION: i64 = 3;

/// `MIGRATIONS[v]` leads from version `v` to `v + 1`.
pub(super) const MIGRATIONS: [&str; VERSION as usize] = [
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
    // what `depeche status` asks for without reading every text, and what a task cost; problems of tasks are those
    // of their results, no longer a copy of them
    "
    CREATE TABLE migration(
        version INTEGER PRIMARY KEY,
        applied TEXT NOT NULL,
        depeche TEXT NOT NULL
    );
    ALTER TABLE run ADD COLUMN complete INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE run ADD COLUMN stage TEXT;
    ALTER TABLE run ADD COLUMN stage_since TEXT;
    ALTER TABLE run ADD COLUMN work_since TEXT;
    ALTER TABLE article ADD COLUMN lang TEXT NOT NULL DEFAULT 'und';
    UPDATE article SET lang = coalesce(json_extract(json, '$.lang'), 'und');
    ALTER TABLE article ADD COLUMN removed INTEGER REFERENCES run(id);
    ALTER TABLE result ADD COLUMN finished TEXT;
    ALTER TABLE result ADD COLUMN writes INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE result ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE result ADD COLUMN errors INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE result ADD COLUMN flags INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE result ADD COLUMN requests INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE result ADD COLUMN first_tokens INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE result ADD COLUMN prompt_tokens INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE result ADD COLUMN cached_tokens INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE result ADD COLUMN tokens INTEGER NOT NULL DEFAULT 0;
    UPDATE result SET
        failed = json_extract(json, '$.result') IS NULL,
        errors = (SELECT count(*) FROM json_each(result.json, '$.problems')
                  WHERE json_extract(value, '$.severity') = 'error'),
        flags  = (SELECT count(*) FROM json_each(result.json, '$.problems')
                  WHERE json_extract(value, '$.severity') = 'flag')
        WHERE task <> 'ledger';
    CREATE INDEX result_run ON result(run, task);
    DELETE FROM problem WHERE json_extract(json, '$.stage') <> 'ingest';
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
    // FULL: a committed result is on the disk, so that a power cut loses none either; a commit is rare beside
    // the seconds that a model takes for a result
    connection
        .pragma_update(None, "synchronous", "FULL")
        .map_err(open)?;
    connection
        .pragma_update(None, "foreign_keys", true)
        .map_err(open)?;
    loop {
        // IMMEDIATE: two processes that start together take turns at the migration
        let transaction =
            rusqlite::Transaction::new_unchecked(connection, rusqlite::TransactionBehavior::Immediate)
                .map_err(open)?;
        let found = version(connection).map_err(open)?;
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
        // the table came with version 3
        if found + 1 >= 3 {
            transaction
                .execute(
                    "INSERT INTO migration(version, applied, depeche) VALUES (?1, ?2, ?3)",
                    params![found + 1, now(), env!("CARGO_PKG_VERSION")],
                )
                .map_err(open)?;
        }
        transaction.commit().map_err(open)?;
    }
}

/// Refuses a file that has another version than [`VERSION`]: for those who must not write.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let found = version(connection).map_err(|source| StoreError::Open {
        path: path.to_path_buf(),
        source,
    })?;
    let path = path.to_path_buf();
    match found.cmp(&VERSION) {
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Less => Err(StoreError::Older {
            path,
            known: VERSION,
            found,
        }),
        std::cmp::Ordering::Greater => Err(StoreError::Newer {
            path,
            known: VERSION,
            found,
        }),
    }
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}
