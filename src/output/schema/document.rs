//! The schema for people: the tables of `docs/outputs.md`.

use super::{ALL, Column, Schema};
use std::fmt::Write as _;

/// The tables as Markdown.
fn document() -> String {
    ALL.iter().map(|schema| table(schema)).collect()
}

fn table(schema: &Schema) -> String {
    let mut out = format!("### {}\n\n{}.", schema.name, capitalized(schema.about));
    if !schema.key.is_empty() {
        // OK because writing to a `String` never fails
        let _ = write!(out, " Key: `{}`.", schema.key.join("`, `"));
    }
    out.push_str("\n\n| column | type | meaning |\n|---|---|---|\n");
    for column in schema.columns {
        line(&mut out, column, "");
    }
    for column in schema.parquet_only {
        line(&mut out, column, "Parquet only: ");
    }
    out.push('\n');
    out
}

fn line(out: &mut String, column: &Column, place: &str) {
    let empty = if column.required { "" } else { " or nothing" };
    let values: String = if column.values.is_empty() {
        String::new()
    } else {
        format!(" (`{}`)", column.values.join("` `"))
    };
    let about = column.about.replace('|', "\\|");
    let _ = writeln!(
        out,
        "| `{}` | {}{empty} | {place}{about}{values} |",
        column.name,
        column.kind.as_str()
    );
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: &str = "<!-- the schema: written by `DEPECHE_UPDATE_DOCS=1 cargo test --lib schema` -->\n\n";
    const END: &str = "<!-- end of the schema -->";

    #[test]
    fn the_documentation_is_the_schema() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/outputs.md");
        let page = std::fs::read_to_string(&path).unwrap();
        let (before, rest) = page.split_once(START).unwrap();
        let (found, after) = rest.split_once(END).unwrap();
        if std::env::var_os("DEPECHE_UPDATE_DOCS").is_some() {
            std::fs::write(&path, format!("{before}{START}{}{END}{after}", document())).unwrap();
            return;
        }
        assert_eq!(
            found,
            document(),
            "DEPECHE_UPDATE_DOCS=1 brings docs/outputs.md up to date"
        );
    }
}
