//! `depeche report`: the tables and documents again, from the store.

use super::args::ReportArgs;
use super::ui::Ui;
use super::{Exit, run};
use crate::pipeline;
use crate::store::Store;

/// Rebuilds what `depeche run` wrote.
///
/// # Errors
/// When there is no store, or the outputs cannot be written.
pub fn report(args: ReportArgs, ui: &Ui) -> anyhow::Result<Exit> {
    let ReportArgs { out, csv_dialect } = args;
    let store = Store::open(&out)?;
    let report = pipeline::rebuild(&store, &out, csv_dialect.map(Into::into))?;
    run::say(&report, &out.display().to_string(), ui);
    Ok(if report.is_clean() {
        Exit::Done
    } else {
        Exit::Partial
    })
}
