//! `translations/<name>.<lang>.md`: one document a translation, named after its article.

use super::draft::Draft;
use super::{OutputError, markdown};
use crate::record::{Article, Translation, line_of_file};
use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The documents of one run.
pub(super) struct Documents {
    folder: PathBuf,
    /// Names that are taken, without case: on macOS and Windows `A` and `a` are one file.
    names: HashSet<String>,
    /// How many documents had a name already: a thousand `index.html` are not tried a thousand times each.
    taken: HashMap<String, usize>,
    written: Vec<PathBuf>,
}

impl Documents {
    /// Documents in that folder, which is made with the first one.
    pub(super) fn new(folder: PathBuf) -> Documents {
        Documents {
            folder,
            names: HashSet::new(),
            taken: HashMap::new(),
            written: Vec::new(),
        }
    }

    /// Writes a translation.
    pub(super) fn write(&mut self, article: &Article, translation: &Translation) -> Result<(), OutputError> {
        std::fs::create_dir_all(&self.folder).map_err(|source| OutputError::Write {
            path: self.folder.clone(),
            source,
        })?;
        let name = self.free_name(article, translation.target_lang.code());
        let path = self.folder.join(name);
        let mut draft = Draft::new(path.clone())?;
        draft.with(|file| file.write_all(markdown::translation(article, translation).as_bytes()))?;
        draft.finish()?;
        self.written.push(path);
        Ok(())
    }

    /// A file name from the article's own, safe on every file system and not taken yet.
    fn free_name(&mut self, article: &Article, lang: &str) -> String {
        let stem = file_stem(article);
        let mut name = format!("{stem}.{lang}.md");
        let attempt = self.taken.entry(name.to_lowercase()).or_insert(1);
        while !self.names.insert(name.to_lowercase()) {
            *attempt += 1;
            name = format!("{stem}-{attempt}.{lang}.md");
        }
        name
    }

    /// Translations of articles that are no longer in the run would be read as current: they go.
    pub(super) fn finish(self) {
        let Ok(entries) = std::fs::read_dir(&self.folder) else {
            return;
        };
        let current: HashSet<PathBuf> = self.written.into_iter().collect();
        for path in entries.flatten().map(|entry| entry.path()) {
            let ours = path.extension().is_some_and(|e| e == "md");
            if ours && !current.contains(&path) {
                // a file that cannot be removed is only stale, not wrong: not worth failing a run
                let _ = std::fs::remove_file(&path);
            }
        }
    }
}

/// The name of an article's files, without extension: its own, made safe for every file system.
pub fn file_stem(article: &Article) -> String {
    let path = Path::new(&article.path);
    let stem = if line_of_file(&article.path).is_some() || article.path == "-" {
        article.id.clone()
    } else {
        path.file_stem()
            .map(|s| s.to_string_lossy().into_owned())
            .unwrap_or_default()
    };
    let safe: String = stem
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '-' | '_' | ' ' | '.' | '’' | ',') {
                c
            } else {
                '_'
            }
        })
        .take(100)
        .collect();
    let safe = safe.trim_matches([' ', '.']);
    if safe.is_empty() {
        article.hash.chars().take(16).collect()
    } else {
        safe.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(documents: &mut Documents, path: &str, id: &str) {
        let article = Article {
            path: path.into(),
            id: id.into(),
            hash: "0".repeat(64),
            ..Article::default()
        };
        let translation = Translation::bare(id, vec![]);
        documents.write(&article, &translation).unwrap();
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn names_are_safe_and_never_collide_and_what_is_no_longer_of_the_run_goes() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("translations");
        let mut documents = Documents::new(folder.clone());
        for (path, id) in [
            ("a/Été à Lyon.txt", "1"),
            ("b/été à lyon.html", "2"),
            ("feed.jsonl:3", "../../etc/passwd"),
            ("feed.ndjson:3", "of a line"),
            ("..", "4"),
        ] {
            write(&mut documents, path, id);
        }
        documents.finish();
        assert_eq!(
            names(&folder),
            [
                "0000000000000000.en.md",
                "_.._etc_passwd.en.md",
                "of a line.en.md",
                "Été à Lyon.en.md",
                "été à lyon-2.en.md"
            ]
        );
        std::fs::write(folder.join("notes.txt"), "mine").unwrap();
        let mut next = Documents::new(folder.clone());
        write(&mut next, "a/Été à Lyon.txt", "1");
        next.finish();
        assert_eq!(names(&folder), ["notes.txt", "Été à Lyon.en.md"]);
    }
}
