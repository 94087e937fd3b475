//! Names on the command line become files to read, in an order that does not depend on the machine.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use globset::GlobBuilder;
use ignore::WalkBuilder;
use ignore::overrides::OverrideBuilder;

use super::format::{Format, is_document};
use super::{IngestError, ItemError, Options};

/// One thing to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Standard input.
    Stdin,
    /// A file, by the path under which it is reported.
    File(PathBuf),
}

impl Source {
    /// The path as it is reported: `-` for standard input; bytes of a name that are no UTF-8 as `\xff`, so that two names
    /// stay two.
    pub fn name(&self) -> String {
        match self {
            Source::Stdin => "-".to_owned(),
            Source::File(path) => spelled(path),
        }
    }
}

fn spelled(path: &Path) -> String {
    let mut name = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        name.push_str(chunk.valid());
        for byte in chunk.invalid() {
            name.push_str(&format!("\\x{byte:02x}"));
        }
    }
    name
}

/// The file that lists what folders leave out, one pattern a line, as `.gitignore` does.
pub const IGNORE_FILE: &str = ".depecheignore";

/// Finds the files behind `inputs`: files, folders (with all below them), patterns, `-`.
///
/// The order is that of `inputs`; inside a folder or a pattern, by path. A file that is named twice is
/// read once. What cannot be found is an error in its place.
pub fn discover(inputs: &[String], options: &Options) -> Vec<Result<Source, ItemError>> {
    let mut found = Found {
        seen: HashSet::new(),
        skip: options.skip.clone(),
        sources: Vec::new(),
    };
    for input in inputs {
        if let Err(source) = find(input, options, &mut found) {
            found.sources.push(Err(ItemError {
                path: input.clone(),
                source,
            }));
        }
    }
    found.sources
}

struct Found {
    seen: HashSet<PathBuf>,
    skip: Option<PathBuf>,
    sources: Vec<Result<Source, ItemError>>,
}

impl Found {
    fn is_skipped(&self, identity: &Path) -> bool {
        self.skip
            .as_deref()
            .is_some_and(|skip| identity.starts_with(skip))
    }

    fn add(&mut self, path: PathBuf) {
        let identity = identity(&path);
        if !self.is_skipped(&identity) && self.seen.insert(identity) {
            self.sources.push(Ok(Source::File(path)));
        }
    }

    fn fail(&mut self, path: &Path, source: IngestError) {
        self.sources.push(Err(ItemError {
            path: spelled(path),
            source,
        }));
    }
}

/// The path with its links resolved.
fn identity(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

fn find(input: &str, options: &Options, found: &mut Found) -> Result<(), IngestError> {
    if input == "-" {
        found.sources.push(Ok(Source::Stdin));
        return Ok(());
    }
    let path = Path::new(input);
    match path.metadata() {
        Ok(metadata) if metadata.is_dir() => find_in_folder(path, options, found),
        Ok(_) if found.is_skipped(&identity(path)) => {
            let reason = std::io::Error::other("it lies in the output folder");
            Err(IngestError::Unreadable(reason))
        }
        Ok(_) => {
            found.add(path.to_path_buf());
            Ok(())
        }
        Err(_) if is_pattern(input) => find_by_pattern(input, options, found),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(IngestError::NotFound),
        Err(error) => Err(IngestError::Unreadable(error)),
    }
}

fn find_in_folder(folder: &Path, options: &Options, found: &mut Found) -> Result<(), IngestError> {
    let before = found.sources.len();
    let mut others = 0;
    let mut repeated = false;
    for entry in walker(folder, options)?.build() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = path_of(&error).unwrap_or(folder).to_path_buf();
                found.fail(&path, unreadable(error));
                continue;
            }
        };
        let path = entry.path();
        let is_link = entry.path_is_symlink();
        if entry.file_type().is_some_and(|kind| kind.is_dir()) || is_link && path.is_dir() {
            continue;
        }
        if entry
            .file_type()
            .is_some_and(|kind| !kind.is_file() && !kind.is_symlink())
        {
            let reason = std::io::Error::other("it is a pipe, a socket or a device and no file");
            found.fail(path, IngestError::Unreadable(reason));
            continue;
        }
        if Format::of_path(path).is_some() {
            let count = found.sources.len();
            found.add(path.to_path_buf());
            repeated |= count == found.sources.len();
        } else if is_document(path) {
            // Reading it says which kind it is; passing over a document would lose it in silence.
            found.add(path.to_path_buf());
        } else {
            others += 1;
        }
    }
    if found.sources.len() == before && !repeated {
        return Err(IngestError::NoArticles { others });
    }
    Ok(())
}

/// Walks a folder by path, without what is hidden, listed in [`IGNORE_FILE`] or excluded.
fn walker(folder: &Path, options: &Options) -> Result<WalkBuilder, IngestError> {
    let mut overrides = OverrideBuilder::new(folder);
    for pattern in &options.excludes {
        // An override without ! selects; with it, it leaves out.
        let bad = |source| IngestError::BadExclude {
            pattern: pattern.clone(),
            source,
        };
        overrides.add(&format!("!{pattern}")).map_err(bad)?;
    }
    let bad = |source| IngestError::BadExclude {
        pattern: options.excludes.join(" "),
        source,
    };
    let mut walker = WalkBuilder::new(folder);
    walker
        .standard_filters(false)
        .hidden(true)
        .parents(true)
        .add_custom_ignore_filename(IGNORE_FILE)
        .overrides(overrides.build().map_err(bad)?)
        // What an earlier run wrote is no article.
        .filter_entry(|entry| {
            let folder = entry.depth() > 0 && entry.file_type().is_some_and(|kind| kind.is_dir());
            !(folder && entry.path().join("depeche.sqlite").is_file())
        })
        .sort_by_file_path(|one, other| one.cmp(other));
    Ok(walker)
}

fn unreadable(error: ignore::Error) -> IngestError {
    let text = error.to_string();
    IngestError::Unreadable(
        error
            .into_io_error()
            .unwrap_or_else(|| std::io::Error::other(text)),
    )
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

fn is_pattern(input: &str) -> bool {
    input.contains(['*', '?', '[', '{'])
}

fn find_by_pattern(input: &str, options: &Options, found: &mut Found) -> Result<(), IngestError> {
    let bad = |source| IngestError::BadPattern {
        pattern: input.to_owned(),
        source,
    };
    let glob = GlobBuilder::new(input)
        .literal_separator(true)
        .build()
        .map_err(bad)?
        .compile_matcher();
    // The walk starts at the last folder before the first wildcard.
    let fixed = &input[..input.find(['*', '?', '[', '{']).unwrap_or(0)];
    let root = match fixed.rfind('/') {
        Some(0) => "/",
        Some(end) => &fixed[..end],
        None => ".",
    };
    let mut any = false;
    for entry in walker(Path::new(root), options)?.build().flatten() {
        let path = entry.path();
        // `./a.txt` is matched as `a.txt`, the way it was written.
        let named = if root == "." {
            path.strip_prefix("./").unwrap_or(path)
        } else {
            path
        };
        if path.is_file() && glob.is_match(named) {
            found.add(named.to_path_buf());
            any = true;
        }
    }
    if any {
        Ok(())
    } else {
        Err(IngestError::NoArticles { others: 0 })
    }
}
