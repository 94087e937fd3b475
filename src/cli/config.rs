//! `depeche.toml`: the same names as the long options, at the top for every command or in a table
//! named after one.
//!
//! ```toml
//! offline = true
//! csv-dialect = "fr"
//!
//! [run]
//! out = "resultats"
//! model = "qwen3-1.7b"
//! ```
//!
//! A value of the file becomes the *default value* of its option before the command line is parsed, so
//! that clap itself gives the precedence flag > environment > file > built-in default.

use clap::Command;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Why the settings file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the settings file `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("expected TOML in the settings file `{}`", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where it breaks.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// No command has such an option.
    #[error("`{key}` in `{}` is no option of depeche", path.display())]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
    },
    /// The value cannot be a value of any option.
    #[error("expected a string, a number, a yes or no, or a list for `{key}` in `{}`", path.display())]
    WrongType {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
    },
}

impl ConfigError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            ConfigError::Read { .. } => "name a file with `--config`, or leave it out",
            ConfigError::Parse { .. } => "write `name = value`, with strings in quotes: `model = \"auto\"`",
            ConfigError::UnknownKey { .. } => {
                "names are those of the long options without `--`, at the top or in the table of a command; \
                 `depeche run --help` lists them"
            }
            ConfigError::WrongType { .. } => {
                "write it as on the command line: `out = \"results\"`, `threads = 4`, `offline = true`"
            }
        }
    }
}

/// What the command line says of a long option, before it is parsed: `--name VALUE` and `--name=VALUE`, each time.
pub fn stated<'a>(args: &'a [OsString], name: &'a str) -> impl Iterator<Item = OsString> + 'a {
    let mut args = args.iter().skip(1).take_while(|arg| *arg != "--");
    std::iter::from_fn(move || {
        loop {
            let arg = args.next()?;
            if arg == name {
                return args.next().cloned();
            }
            let rest = arg.to_str().and_then(|arg| arg.strip_prefix(name));
            if let Some(value) = rest.and_then(|rest| rest.strip_prefix('=')) {
                return Some(value.into());
            }
        }
    })
}

/// The settings file that the command line or the environment names, else `depeche.toml` where it is.
pub fn find(args: &[OsString]) -> Option<PathBuf> {
    if let Some(path) = stated(args, "--config").next() {
        return Some(path.into());
    }
    if let Some(path) = std::env::var_os("DEPECHE_CONFIG").filter(|path| !path.is_empty()) {
        return Some(PathBuf::from(path));
    }
    Some(PathBuf::from("depeche.toml")).filter(|path| path.is_file())
}

/// `command` with the values of the file as defaults.
///
/// # Errors
/// When the file cannot be read, is not TOML, or names an option that does not exist.
pub fn apply(command: Command, path: &Path) -> Result<Command, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
        path: path.to_path_buf(),
        source,
    })?;
    let table: Table = text.parse().map_err(|source| ConfigError::Parse {
        path: path.to_path_buf(),
        source: Box::new(source),
    })?;
    apply_table(command, &table, path)
}

fn apply_table(mut command: Command, table: &Table, path: &Path) -> Result<Command, ConfigError> {
    let names: Vec<String> = command
        .get_subcommands()
        .map(|c| c.get_name().to_owned())
        .collect();
    // the top of the file first, so that a command's own table wins
    for (key, value) in table.iter().filter(|(_, value)| !value.is_table()) {
        let mut known = set_default(&mut command, key, value, path)?;
        for name in &names {
            let mut failed = None;
            command = command.mut_subcommand(name, |mut sub| {
                match set_default(&mut sub, key, value, path) {
                    Ok(found) => known |= found,
                    Err(error) => failed = Some(error),
                }
                sub
            });
            if let Some(error) = failed {
                return Err(error);
            }
        }
        if !known {
            return Err(ConfigError::UnknownKey {
                path: path.to_path_buf(),
                key: key.clone(),
            });
        }
    }
    for (name, value) in table {
        let Value::Table(own) = value else { continue };
        if !names.contains(name) {
            return Err(ConfigError::UnknownKey {
                path: path.to_path_buf(),
                key: format!("[{name}]"),
            });
        }
        let mut failed = None;
        command = command.mut_subcommand(name, |mut sub| {
            for (key, value) in own {
                match set_default(&mut sub, key, value, path) {
                    Ok(true) => {}
                    Ok(false) => {
                        failed = Some(ConfigError::UnknownKey {
                            path: path.to_path_buf(),
                            key: format!("{name}.{key}"),
                        });
                    }
                    Err(error) => failed = Some(error),
                }
            }
            sub
        });
        if let Some(error) = failed {
            return Err(error);
        }
    }
    Ok(command)
}

/// Sets the default of the option with this long name; says whether there is one.
fn set_default(command: &mut Command, key: &str, value: &Value, path: &Path) -> Result<bool, ConfigError> {
    let Some(id) = command
        .get_arguments()
        .find(|arg| arg.get_long() == Some(key) && key != "config")
        .map(|arg| arg.get_id().clone())
    else {
        return Ok(false);
    };
    let values = spell(value).ok_or_else(|| ConfigError::WrongType {
        path: path.to_path_buf(),
        key: key.to_owned(),
    })?;
    let taken = std::mem::replace(command, Command::new(""));
    *command = taken.mut_arg(id, |arg| arg.default_values(values));
    Ok(true)
}

fn spell(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Integer(number) => Some(vec![number.to_string()]),
        Value::Float(number) => Some(vec![number.to_string()]),
        Value::Boolean(yes) => Some(vec![yes.to_string()]),
        Value::Array(values) => values
            .iter()
            .map(|v| spell(v).filter(|s| s.len() == 1).map(|mut s| s.remove(0)))
            .collect(),
        Value::Datetime(_) | Value::Table(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::{Cli, Command as Sub, LogFormat};
    use clap::{CommandFactory, FromArgMatches};

    fn parse(file: &str, args: &[&str]) -> Result<Cli, String> {
        let table: Table = file.parse().unwrap();
        let command =
            apply_table(Cli::command(), &table, Path::new("depeche.toml")).map_err(|e| e.to_string())?;
        let matches = command.try_get_matches_from(args).map_err(|e| e.to_string())?;
        Cli::from_arg_matches(&matches).map_err(|e| e.to_string())
    }

    #[test]
    fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
        let file = "offline = true\nthreads = 3\nlog-format = \"json\"\n[doctor]\njson = true\n";
        let cli = parse(file, &["depeche", "doctor"]).unwrap();
        assert!(cli.global.offline);
        assert_eq!(
            (cli.global.threads, cli.global.log_format),
            (Some(3), LogFormat::Json)
        );
        assert!(matches!(cli.command, Sub::Doctor(args) if args.json));
        let cli = parse(
            file,
            &["depeche", "doctor", "--threads", "1", "--log-format=human"],
        )
        .unwrap();
        assert_eq!(
            (cli.global.threads, cli.global.log_format),
            (Some(1), LogFormat::Human)
        );
    }

    #[test]
    fn an_option_that_does_not_exist_is_named() {
        assert_eq!(
            parse("modle = \"x\"", &["depeche", "man"]).unwrap_err(),
            "`modle` in `depeche.toml` is no option of depeche"
        );
        assert_eq!(
            parse("[doctor]\nfoo = 1", &["depeche", "man"]).unwrap_err(),
            "`doctor.foo` in `depeche.toml` is no option of depeche"
        );
    }
}
