//! Where the cells of the workbook lead: to the review page beside it, to the source on the web or on this machine.
//!
//! Nothing else is ever linked: an address of another kind (`javascript:`, `data:`, `ftp:`) stays text.

use crate::record::line_of_file;
use std::path::{Component, Path, PathBuf};

/// The longest address that every version of Excel opens is 255 characters for a file, 2,079 for the web.
const LONGEST_FILE: usize = 255;
const LONGEST_WEB: usize = 2_079;

/// The kinds of files that are opened as text, never run.
const OPENED: [&str; 11] = [
    "txt", "text", "html", "htm", "xhtml", "md", "markdown", "jsonl", "ndjson", "pdf", "xml",
];

/// The address of the web page, when it is one.
pub(super) fn web(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let plain = |c: char| !c.is_control() && !c.is_whitespace() && !"\"<>\\^`{}".contains(c);
    let host = rest.chars().next().is_some_and(|c| !"/?#:@".contains(c));
    if !web || !host || !rest.chars().all(plain) || url.encode_utf16().count() > LONGEST_WEB {
        return None;
    }
    let (page, fragment) = url
        .split_once('#')
        .map_or((url, None), |(page, f)| (page, Some(f)));
    let page = keep_escapes(page)?;
    Some(match fragment {
        Some(fragment) => format!("{page}#{fragment}"),
        None => page,
    })
}

/// The place of an article, or of its figure `n`, in the review page beside the workbook.
pub(super) fn in_page(article_id: &str, n: Option<u64>) -> Option<String> {
    let mut url = String::from("file:///report.html#article/");
    for byte in article_id.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    if let Some(n) = n {
        url.push_str(&format!("/{n}"));
    }
    (url.len() <= LONGEST_FILE).then_some(url)
}

/// Leads from the folder of the workbook to files.
pub(super) struct Files {
    folder: Option<PathBuf>,
}

impl Files {
    /// For a workbook that will stand at `workbook`.
    pub(super) fn beside(workbook: &Path) -> Files {
        Files {
            folder: workbook.parent().and_then(whole),
        }
    }

    /// The file as the workbook reaches it, for a line of a JSONL file that file; none where there is none, or one that is better not opened by a click.
    pub(super) fn link(&self, path: &str) -> Option<String> {
        let line = line_of_file(path).filter(|_| !Path::new(path).is_file());
        let path = Path::new(line.map_or(path, |(file, _)| file));
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        if !OPENED.contains(&ending.as_str()) || !path.is_file() {
            return None;
        }
        let relative = relative(self.folder.as_deref()?, &whole(path)?)?;
        let mut url = String::from("file:///");
        for c in relative.chars() {
            match c {
                ' ' | '"' | '%' | '<' | '>' | '[' | ']' | '^' | '`' | '{' | '}' | '#' | '?' | ':' | '\\'
                | '|' | '*' => {
                    url.push_str(&format!("%{:02X}", u32::from(c)));
                }
                c if c.is_control() => return None,
                c => url.push(c),
            }
        }
        keep_escapes(&url).filter(|url| url.encode_utf16().count() <= LONGEST_FILE)
    }
}

/// The address as it must be given to the writer of the workbook, which escapes `%` once more unless it finds one of
/// the escapes that it writes itself. Letters that were escaped are spelled out; where others remain, there is no
/// way to keep them and the address is not linked.
fn keep_escapes(url: &str) -> Option<String> {
    const KNOWN: [&str; 11] = [
        "%20", "%25", "%22", "%60", "%3C", "%3E", "%5B", "%5D", "%5E", "%7B", "%7D",
    ];
    let known = |url: &str| {
        let upper = url.to_ascii_uppercase();
        KNOWN.iter().any(|escape| upper.contains(escape))
    };
    if !url.contains('%') || known(url) {
        return Some(url.to_owned());
    }
    let spelled = spell_out(url)?;
    (!spelled.contains('%')).then_some(spelled)
}

/// Replaces the escapes of letters beyond ASCII by the letters (RFC 3987, 3.2).
fn spell_out(url: &str) -> Option<String> {
    let mut out = Vec::with_capacity(url.len());
    let mut rest = url.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = (*first == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            .filter(|byte| !byte.is_ascii());
        match escaped {
            Some(byte) => {
                out.push(byte);
                rest = &tail[2..];
            }
            None => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    let text = String::from_utf8(out).ok()?;
    text.chars()
        .all(|c| c.is_ascii() || c.is_alphanumeric())
        .then_some(text)
}

/// The path from the root, without `.` and `..`.
fn whole(path: &Path) -> Option<PathBuf> {
    let mut out = PathBuf::new();
    for component in std::path::absolute(path).ok()?.components() {
        match component {
            Component::ParentDir => drop(out.pop()),
            Component::CurDir => {}
            component => out.push(component),
        }
    }
    Some(out)
}

/// The way from a folder to a file, with `/`; none from one drive to another.
fn relative(folder: &Path, file: &Path) -> Option<String> {
    let (mut from, mut to) = (folder.components().peekable(), file.components().peekable());
    if from.peek() != to.peek() {
        return None;
    }
    while from.peek().is_some() && from.peek() == to.peek() {
        from.next();
        to.next();
    }
    let up = from.map(|_| Some(".."));
    let down = to.map(|component| component.as_os_str().to_str());
    Some(up.chain(down).collect::<Option<Vec<_>>>()?.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_web_are_linked() {
        for url in [
            "https://exemple.fr/a?b=1#c",
            "HTTP://exemple.fr",
            "https://exemple.fr/été",
            "https://exemple.fr/a%20b",
        ] {
            assert_eq!(web(url).as_deref(), Some(url));
        }
        assert_eq!(
            web("https://exemple.fr/%C3%A9t%c3%a9").as_deref(),
            Some("https://exemple.fr/été")
        );
        for url in [
            "javascript:alert(1)",
            "javascript://exemple.fr/%0aalert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "internal:Articles!A1",
            "mailto:a@b",
            "ftp://exemple.fr",
            "https://",
            "https:///a",
            "https://exemple.fr/a b",
            "https://exemple.fr/\"onclick=\"",
            "https://exemple.fr/\u{7}",
            "https://exemple.fr/a%2Fb",
            "exemple.fr",
            "",
        ] {
            assert_eq!(web(url), None, "{url}");
        }
        assert_eq!(web(&format!("https://exemple.fr/{}", "a".repeat(2_100))), None);
    }

    #[test]
    fn a_figure_leads_to_its_place_whatever_its_article_is_called() {
        assert_eq!(
            in_page("a/é\"#b", Some(7)).as_deref(),
            Some("file:///report.html#article/a%2F%C3%A9%22%23b/7")
        );
        assert_eq!(
            in_page("a", None).as_deref(),
            Some("file:///report.html#article/a")
        );
        assert_eq!(in_page(&"x".repeat(300), Some(1)), None);
    }

    #[test]
    fn files_are_reached_from_the_workbook_and_programs_are_not() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        std::fs::create_dir(root.join("in put")).unwrap();
        for name in [
            "in put/été #1.txt",
            "in put/run.bat",
            "in put/a?.md",
            "in put/a%b.html",
            "in put/wire.jsonl",
        ] {
            std::fs::write(root.join(name), "x").unwrap();
        }
        let files = Files::beside(&root.join("out/x/depeche.xlsx"));
        let link = |name: &str| files.link(root.join("in put/../in put").join(name).to_str().unwrap());
        assert_eq!(
            link("été #1.txt").as_deref(),
            Some("file:///../../in%20put/été%20%231.txt")
        );
        assert_eq!(link("a?.md").as_deref(), Some("file:///../../in%20put/a%3F.md"));
        assert_eq!(
            link("a%b.html").as_deref(),
            Some("file:///../../in%20put/a%25b.html")
        );
        assert_eq!(
            link("wire.jsonl:12").as_deref(),
            Some("file:///../../in%20put/wire.jsonl"),
            "a line leads to its file"
        );
        for name in ["run.bat", "missing.txt", "", "été #1.txt:3", "gone.jsonl:1"] {
            assert_eq!(link(name), None, "{name}");
        }
        assert_eq!(files.link("-"), None);
    }
}
