//! `depeche report`: the tables and documents again, from the store.

use super::args::ReportArgs;
use super::live::Live;
use super::ui::Ui;
use super::{Exit, run};
use crate::pipeline;
use crate::store::{RunLock, Store, StoreError};

/// Rebuilds what `depeche run` wrote.
///
/// # Errors
/// When there is no store, or the outputs cannot be written.
pub fn report(args: ReportArgs, ui: &Ui) -> anyhow::Result<Exit> {
    let ReportArgs { out, csv_dialect } = args;
    // before the lock, which would leave its file in a folder that is none of ours
    Store::open_to_read(&out).map(drop).or_else(|error| match error {
        StoreError::Older { .. } => Ok(()),
        error => Err(error),
    })?;
    let _lock = RunLock::take(&out)?;
    let store = Store::open(&out)?;
    let live = Live::new(ui);
    let report = pipeline::rebuild(&store, &out, csv_dialect.map(Into::into), &live);
    ui.end();
    let report = report?;
    run::say(&report, &out.display().to_string(), ui);
    Ok(if report.is_clean() {
        Exit::Done
    } else {
        Exit::Partial
    })
}
