//! The files that people open.
//!
//! [`schema`] says what the tables hold, [`tables`] turns records into their rows, [`csv`], [`parquet`] and [`xlsx`]
//! write these to files; [`markdown`] and [`text`] write a [`Table`] for a reader. [`folder`] writes everything that a
//! run leaves in its output folder, each file under a temporary name first, so that a reader never meets half a file.

pub mod csv;
mod documents;
mod draft;
pub mod exchange;
pub mod folder;
pub mod markdown;
mod package;
pub mod page;
pub mod parquet;
pub mod schema;
pub mod simple_html;
mod table;
mod table_files;
pub mod tables;
pub mod text;
pub mod xlsx;

pub use table::{Cell, Table};

use std::path::{Path, PathBuf};

/// Removes what killed processes left half written in an output folder: for whoever has the folder's
/// [lock](crate::store::RunLock).
pub fn remove_stale_drafts(out: &Path) {
    draft::remove_stale(out);
    draft::remove_stale(&out.join("translations"));
    draft::remove_stale(&out.join("report_files"));
}

/// Why an output could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutputError {
    /// A file cannot be written.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The workbook cannot be written.
    #[error("cannot write the workbook `{}`", path.display())]
    Workbook {
        /// The file.
        path: PathBuf,
        /// What the writer said.
        #[source]
        source: Box<rust_xlsxwriter::XlsxError>,
    },
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
}
