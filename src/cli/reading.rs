//! Reading articles for the commands that write to standard output.

use super::failure::Failure;
use super::ui::Ui;
use super::{Exit, interrupt};
use crate::ingest;
use crate::pipeline;
use crate::record::Article;

/// Articles handed on together.
const BATCH: usize = 64;

/// How the reading went.
#[derive(Debug, Default, Clone, Copy)]
pub struct Summary {
    /// Articles handed on.
    pub articles: usize,
    /// Inputs that could not be read.
    pub failed: usize,
    /// The user stopped it.
    pub interrupted: bool,
}

impl Summary {
    /// The exit status that it calls for.
    pub fn exit(self) -> Exit {
        if self.failed > 0 || self.interrupted {
            Exit::Partial
        } else {
            Exit::Done
        }
    }
}

/// Hands the articles on in batches, in input order, until `visit` has had enough; what cannot be read
/// is reported and passed over.
///
/// # Errors
/// When not one article can be read.
pub fn for_each_batch(
    inputs: &[String],
    options: &ingest::Options,
    ui: &Ui,
    mut visit: impl FnMut(Vec<Article>) -> bool,
) -> anyhow::Result<Summary> {
    let mut summary = Summary::default();
    let mut items = ingest::articles(inputs, options);
    ui.start_beside_data("articles");
    loop {
        let mut batch = Vec::with_capacity(BATCH);
        let mut any = false;
        for item in items.by_ref().take(BATCH) {
            any = true;
            match item {
                Ok(article) => batch.push(article),
                Err(error) if error.is_stop() => break,
                Err(error) => {
                    summary.failed += 1;
                    ui.problem(&pipeline::unreadable(&error));
                }
            }
        }
        summary.articles += batch.len();
        ui.progress("articles", summary.articles as u64, 0, "");
        let enough = !batch.is_empty() && !visit(batch);
        if !any || enough {
            break;
        }
        if interrupt::asked() {
            summary.interrupted = true;
            break;
        }
    }
    ui.end();
    if summary.articles == 0 && summary.failed > 0 {
        let message = match summary.failed {
            1 => "expected an article, but the input could not be read".to_owned(),
            failed => format!("expected articles, but none of the {failed} inputs could be read"),
        };
        return Err(Failure::new(message, "what is said above tells why").into());
    }
    Ok(summary)
}
