//! `depeche models`.

use super::HubArgs;
use clap::builder::FalseyValueParser;
use clap::{Args, Subcommand};

/// `depeche models`.
#[derive(Debug, Args, Clone)]
pub struct ModelsArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ModelsCommand,
    /// How models are had.
    #[command(flatten)]
    pub hub: HubArgs,
}

/// What `depeche models` does.
#[derive(Debug, Subcommand, Clone)]
pub enum ModelsCommand {
    /// List the models that depeche knows and those in the cache
    List {
        /// Only what is in the cache
        #[arg(long)]
        cached: bool,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what is known of a model and which of its files are in the cache
    Show {
        /// A name of `models list`, or `org/repo[@revision][:file]`
        model: String,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Download a model at its newest revision and record its hashes; prints the paths of the weights
    Pull {
        /// A name of `models list`, `org/repo[@revision][:file]`, or `auto`
        model: String,
        /// Take the recorded revision, and only files with the recorded hashes
        #[arg(long, env = "DEPECHE_LOCKED", hide_env = true, value_parser = FalseyValueParser::new())]
        locked: bool,
        /// Say what would be downloaded, and download nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Read all files of a model, or of all models in the cache, and compare their hashes
    Verify {
        /// A name of `models list`, or `org/repo[@revision][:file]` [default: everything in the cache]
        model: Option<String>,
        /// Delete damaged files, so that `models pull` fetches them again
        #[arg(long)]
        delete: bool,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Delete a model from the cache
    Rm {
        /// A name of `models list`, or `org/repo`
        model: String,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}
