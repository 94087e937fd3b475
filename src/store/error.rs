//! Why the store could not do its work.

use std::path::PathBuf;

/// Why the store could not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The output folder cannot be made.
    #[error("cannot make the output folder `{}`", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// There is no store where one was expected.
    #[error("expected the store of a run, but found no `{}`", path.display())]
    NotFound {
        /// The file.
        path: PathBuf,
    },
    /// The file is there but cannot be opened as a store.
    #[error("cannot open the store `{}`", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The store was made by a newer depeche.
    #[error("expected a store of version {known} or older, but `{}` has version {found}", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The newest version that this program knows.
        known: i64,
        /// The version of the file.
        found: i64,
    },
    /// The store was made by an older depeche, and must not be written now.
    #[error("expected a store of version {known}, but `{}` has version {found}", path.display())]
    Older {
        /// The file.
        path: PathBuf,
        /// The version that this program reads.
        known: i64,
        /// The version of the file.
        found: i64,
    },
    /// Another run writes into the same folder.
    #[error("expected `{}` to be free, but another run works there{process}", path.display())]
    Busy {
        /// The folder.
        path: PathBuf,
        /// Which process, in brackets; empty when that is not known.
        process: String,
    },
    /// The folder cannot be locked.
    #[error("cannot lock `{}`", path.display())]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A row cannot be read or written.
    #[error("cannot read or write the store `{}`", path.display())]
    Query {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// A row does not hold what it should.
    #[error("a row of the store is damaged")]
    Json(#[source] serde_json::Error),
}

impl StoreError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            StoreError::Folder { .. } => "name another folder with `--out`",
            StoreError::NotFound { .. } => "name the folder that `depeche run --out` wrote",
            StoreError::Open { source, .. }
                if source.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull) =>
            {
                "check that the disk is not full; nothing was begun"
            }
            StoreError::Open { .. } => "if the file is no store of depeche, name another folder with `--out`",
            StoreError::Newer { .. } => "use the newer depeche, or another folder with `--out`",
            StoreError::Older { .. } => {
                "`depeche report` on the folder brings it up to date once no run works there"
            }
            StoreError::Busy { .. } => "wait until it has ended, or name another folder with `--out`",
            StoreError::Lock { .. } => {
                "name a folder with `--out` that can be written and whose file system knows locks"
            }
            StoreError::Query { .. } => {
                "check that the disk is not full and that no other program holds the file; what was \
                 finished is kept, and the same command goes on from there"
            }
            StoreError::Json(_) => "move the store away and run again",
        }
    }
}
