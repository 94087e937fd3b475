//! `depeche models list|show|pull|verify|rm`.

use super::args::{GlobalArgs, ModelsArgs, ModelsCommand};
use super::download::{Download, options};
use super::failure::Failure;
use super::ui::Ui;
use super::{Exit, interrupt, stdout};
use crate::hub::{
    Card, FileState, HubError, HubOptions, ListedModel, ModelSpec, Verified, human_bytes, list, plan_of,
    pull, removal, show, verify,
};
use serde::Serialize;
use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};

/// Runs the subcommand.
///
/// # Errors
/// As the hub's.
pub fn models(args: &ModelsArgs, global: &GlobalArgs, ui: &Ui) -> anyhow::Result<Exit> {
    let with = |locked| options(global, &args.hub, locked);
    match &args.command {
        ModelsCommand::List { cached, json } => list_models(&with(false)?, *cached, *json),
        ModelsCommand::Show { model, json } => show_model(&named(model)?, &with(false)?, *json),
        ModelsCommand::Pull {
            model,
            locked,
            dry_run,
        } => {
            interrupt::listen();
            pull_model(&model.parse()?, &with(*locked)?, *dry_run, ui)
        }
        ModelsCommand::Verify { model, delete, json } => {
            let spec = model.as_deref().map(named).transpose()?;
            verify_models(spec.as_ref(), &with(false)?, *delete, *json, ui)
        }
        ModelsCommand::Rm { model, yes } => remove_model(&named(model)?, &with(false)?, *yes, ui),
    }
}

/// A model of the hub: the cache knows no others.
fn named(text: &str) -> Result<ModelSpec, HubError> {
    match text.parse()? {
        spec @ (ModelSpec::Card { .. } | ModelSpec::Repo { .. }) => Ok(spec),
        _ => Err(HubError::InvalidSpec {
            spec: text.to_owned(),
            problem: "expected a name of `depeche models list` or a repository",
        }),
    }
}

fn list_models(options: &HubOptions, cached: bool, json: bool) -> anyhow::Result<Exit> {
    let rows: Vec<ListedModel> = list(options)?
        .into_iter()
        .filter(|row| row.cached || !cached)
        .collect();
    if json {
        return print_json(&rows);
    }
    let mut lines = vec![["NAME", "PARAMETERS", "SIZE", "CACHED", "LICENCE", "GOOD FOR"].map(str::to_owned)];
    for row in &rows {
        let about = if row.cached { "" } else { "~" };
        lines.push([
            row.name.clone(),
            row.parameters
                .map(|n| format!("{:.1}B", n as f64 / 1e9))
                .unwrap_or_default(),
            row.bytes
                .map(|b| format!("{about}{}", human_bytes(b)))
                .unwrap_or_default(),
            if row.cached { "yes" } else { "" }.to_owned(),
            format!(
                "{}{}",
                row.licence.as_deref().unwrap_or(""),
                if row.gated == Some(true) { " (gated)" } else { "" }
            ),
            row.roles
                .iter()
                .map(|role| role.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        ]);
    }
    let mut text = aligned(&lines);
    if !cached {
        text.push_str("\n~ estimated; the first variant of a model is its default\n");
    }
    stdout::print(&text)?;
    Ok(Exit::Done)
}

/// Columns two spaces apart.
fn aligned<const N: usize>(lines: &[[String; N]]) -> String {
    let width = |i: usize| {
        lines
            .iter()
            .map(|line| line[i].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    let mut text = String::new();
    for line in lines {
        let cells = line
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

fn show_model(spec: &ModelSpec, options: &HubOptions, json: bool) -> anyhow::Result<Exit> {
    let details = show(spec, options)?;
    if json {
        return print_json(&details);
    }
    let mut text = String::new();
    match details.card {
        Some(card) => describe(card, &mut text),
        None => {
            let _ = writeln!(text, "{spec}: no card");
        }
    }
    for repo in &details.repos {
        let _ = writeln!(
            text,
            "\n{} at {}\n  {}",
            repo.repo,
            repo.revision,
            repo.folder.display()
        );
        for file in &repo.files {
            let recorded = if file.recorded { "  recorded" } else { "" };
            let _ = writeln!(
                text,
                "  {:<40} {:>9}{recorded}",
                file.name,
                human_bytes(file.size)
            );
        }
    }
    if details.repos.is_empty() {
        let _ = writeln!(text, "\nnot cached: `depeche models pull {spec}` downloads it");
    }
    stdout::print(&text)?;
    Ok(Exit::Done)
}

fn describe(card: &Card, text: &mut String) {
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            let _ = writeln!(text, "{name:<12} {value}");
        }
    };
    line("name", card.name.clone());
    line("model", card.title.clone());
    line("repository", card.repo.clone());
    line("licence", card.licence.clone());
    line("", card.licence_url.clone().unwrap_or_default());
    for term in &card.terms {
        line("", term.clone());
    }
    if let Some(gated) = card.gated {
        line(
            "gated",
            if gated {
                "yes: its owner grants access"
            } else {
                "no"
            }
            .to_owned(),
        );
    }
    line("architecture", card.architecture.clone());
    line(
        "parameters",
        format!("{:.2} billion", card.parameters as f64 / 1e9),
    );
    line("context", format!("{} tokens", card.context_length));
    line("languages", card.languages.join(", "));
    line(
        "good for",
        card.roles
            .iter()
            .map(|role| role.as_str())
            .collect::<Vec<_>>()
            .join(", "),
    );
    line("notes", card.notes.clone());
    for (i, file) in card.files.iter().enumerate() {
        let size = card.approx_bytes(file).map(human_bytes).unwrap_or_default();
        let label = if i == 0 { "variants" } else { "" };
        line(
            label,
            format!("{:<8} ~{size:<8} {}", file.name, card.repo_of(file)),
        );
    }
}

fn pull_model(spec: &ModelSpec, options: &HubOptions, dry_run: bool, ui: &Ui) -> anyhow::Result<Exit> {
    let progress = Download::new(ui);
    if dry_run {
        match plan_of(spec, options, &progress)? {
            Some(plan) => stdout::print(&format!("{plan}\n"))?,
            None => ui.note("there is nothing to download"),
        }
        return Ok(Exit::Done);
    }
    let Some(model) = pull(spec, options, &progress)? else {
        ui.note("there is nothing to download");
        return Ok(Exit::Done);
    };
    ui.note(&format!(
        "{} is complete at revision {}",
        model.name, model.revision
    ));
    let paths: String = model
        .weights
        .iter()
        .map(|path| format!("{}\n", path.display()))
        .collect();
    stdout::print(&paths)?;
    Ok(Exit::Done)
}

fn verify_models(
    spec: Option<&ModelSpec>,
    options: &HubOptions,
    delete: bool,
    json: bool,
    ui: &Ui,
) -> anyhow::Result<Exit> {
    let verified = verify(spec, options, &Download::new(ui))?;
    ui.end();
    let damaged: Vec<&Verified> = verified
        .iter()
        .filter(|file| matches!(file.state, FileState::Damaged { .. }))
        .collect();
    if json {
        print_json(&verified)?;
    } else {
        let mut text = String::new();
        for file in &verified {
            let state = match &file.state {
                FileState::Ok { .. } => "ok",
                FileState::Damaged { .. } => "DAMAGED",
                FileState::Unknown => "unknown",
            };
            let _ = writeln!(
                text,
                "{state:<8} {:>9}  {} {}",
                human_bytes(file.size),
                file.repo,
                file.name
            );
        }
        if verified.is_empty() {
            text.push_str("nothing is cached\n");
        }
        stdout::print(&text)?;
    }
    for file in &damaged {
        if let FileState::Damaged { expected, found } = &file.state {
            let hint = if delete {
                "deleted; `depeche models pull` fetches it again"
            } else {
                "`--delete` deletes it"
            };
            let message = format!(
                "{} of {} is damaged: expected {expected}, but found {found}",
                file.name, file.repo
            );
            ui.warn(&message, Some(hint));
        }
        if delete {
            file.discard()?;
        }
    }
    Ok(if damaged.is_empty() {
        Exit::Done
    } else {
        Exit::Partial
    })
}

fn remove_model(spec: &ModelSpec, options: &HubOptions, yes: bool, ui: &Ui) -> anyhow::Result<Exit> {
    let removal = removal(spec, options);
    if removal.folders.is_empty() {
        ui.note(&format!("{spec} is not in the cache"));
        return Ok(Exit::Done);
    }
    for (folder, bytes) in &removal.folders {
        ui.note(&format!("{:>9}  {}", human_bytes(*bytes), folder.display()));
    }
    if !yes && !confirmed(&format!("delete {}? [y/N] ", human_bytes(removal.bytes())))? {
        return Err(Failure::new("nothing was deleted", "`--yes` deletes without a question").into());
    }
    removal.execute()?;
    ui.note(&format!("deleted {}", human_bytes(removal.bytes())));
    Ok(Exit::Done)
}

/// Asks on the terminal; no where there is none.
fn confirmed(question: &str) -> std::io::Result<bool> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Ok(false);
    }
    let mut err = std::io::stderr();
    err.write_all(question.as_bytes())?;
    err.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(
        answer.trim().to_lowercase().as_str(),
        "y" | "yes" | "o" | "oui"
    ))
}

fn print_json(value: &impl Serialize) -> anyhow::Result<Exit> {
    stdout::print(&format!("{}\n", serde_json::to_string_pretty(value)?))?;
    Ok(Exit::Done)
}
