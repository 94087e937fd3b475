//! The workbook as LibreOffice opens it: every cell of the figures has the type and the value that `figures.csv` has,
//! dates are dates, nothing is a formula, links lead to the web, the review page or the article's file.
//!
//! It needs `soffice`, so it runs where `.ci/run` asks for it: `cargo test --test workbook -- --ignored`.

#![allow(clippy::unwrap_used)] // a failure is the test's failure

use roxmltree::{Document, Node, ParsingOptions};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

const OFFICE: &str = "urn:oasis:names:tc:opendocument:xmlns:office:1.0";
const TABLE: &str = "urn:oasis:names:tc:opendocument:xmlns:table:1.0";
const TEXT: &str = "urn:oasis:names:tc:opendocument:xmlns:text:1.0";
const XLINK: &str = "http://www.w3.org/1999/xlink";

/// Columns of figures.csv that hold numbers.
const NUMBERS: [&str; 10] = [
    "value",
    "min",
    "max",
    "n",
    "paragraph",
    "start",
    "end",
    "full_start",
    "full_end",
    "mentions_in_folder",
];

/// A cell as LibreOffice has it.
#[derive(Debug, Clone, Default)]
struct Cell {
    /// `string`, `float`, `currency`, `percentage`, `date`; empty for an empty cell.
    kind: String,
    /// Value of a number or a date.
    value: String,
    /// What is shown.
    shown: String,
    link: Option<String>,
}

type Row = HashMap<String, Cell>;

#[test]
#[ignore = "needs LibreOffice; .ci/run runs it"]
fn libreoffice_finds_the_figures_of_the_csv_and_no_formula() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let status = Command::new(env!("CARGO_BIN_EXE_depeche"))
        .current_dir(root)
        .args([
            "run",
            "examples/articles",
            "tests/page/hostile.jsonl",
            "--quiet",
            "--out",
        ])
        .arg(&out)
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
    let text = std::fs::read_to_string(opened(&out.join("depeche.xlsx"), dir.path())).unwrap();
    let options = ParsingOptions {
        nodes_limit: u32::MAX,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(&text, options).unwrap();
    for formula in document
        .descendants()
        .filter_map(|node| node.attribute((TABLE, "formula")))
    {
        // This is how LibreOffice writes a yes and a no.
        assert!(matches!(formula, "of:=TRUE()" | "of:=FALSE()"), "{formula}");
    }
    let sheets = sheets(&document);
    let names: Vec<_> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["Articles", "Summaries", "Figures", "Entities", "Problems", "Run"]
    );
    for (name, rows) in &sheets[..4] {
        let csv = csv_rows(&out.join(format!("{}.csv", name.to_lowercase())));
        assert!(
            !csv.is_empty() && csv.len() == rows.len(),
            "{name}: {} rows",
            rows.len()
        );
        for (expected, found) in csv.iter().zip(rows) {
            for (column, text) in expected {
                compare(name, column, text, found);
            }
        }
    }
    units(&sheets[2].1);
    let dates = sheets[0]
        .1
        .iter()
        .filter(|row| row["date"].kind == "date")
        .count();
    assert!(dates > 5, "{dates} dates");
    links(&sheets);
}

/// The workbook as LibreOffice writes it again when it has opened it: flat XML.
fn opened(workbook: &Path, dir: &Path) -> PathBuf {
    let profile = dir.join("profile");
    let output = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", profile.display()))
        .args(["--headless", "--norestore", "--convert-to", "fods", "--outdir"])
        .arg(dir)
        .arg(workbook)
        .output()
        .expect("expected LibreOffice (`soffice`)");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let file = dir.join("depeche.fods");
    assert!(output.status.success() && file.is_file(), "{said}");
    file
}

/// The rows of every sheet, by the titles of their columns.
fn sheets(document: &Document<'_>) -> Vec<(String, Vec<Row>)> {
    let tables = document
        .descendants()
        .filter(|node| node.has_tag_name((TABLE, "table")));
    tables
        .map(|table| {
            let name = table.attribute((TABLE, "name")).unwrap().to_owned();
            let rows: Vec<Vec<Cell>> = table
                .descendants()
                .filter(|node| node.has_tag_name((TABLE, "table-row")))
                .flat_map(|row| {
                    let cells = cells(row);
                    // what is repeated is the empty rest of the sheet
                    let times = if cells.is_empty() {
                        0
                    } else {
                        repeated(row, "number-rows-repeated")
                    };
                    std::iter::repeat_n(cells, times)
                })
                .collect();
            let titles: Vec<String> = rows[0].iter().map(|cell| cell.shown.clone()).collect();
            let row = |cells: &Vec<Cell>| {
                let cell = |at: usize| cells.get(at).cloned().unwrap_or_default();
                titles
                    .iter()
                    .enumerate()
                    .map(|(at, title)| (title.clone(), cell(at)))
                    .collect()
            };
            (name, rows[1..].iter().map(row).collect())
        })
        .collect()
}

fn repeated(node: Node<'_, '_>, name: &str) -> usize {
    node.attribute((TABLE, name))
        .map_or(1, |times| times.parse().unwrap())
}

/// The cells of a row, without the empty ones at its end.
fn cells(row: Node<'_, '_>) -> Vec<Cell> {
    let mut cells = Vec::new();
    for node in row
        .children()
        .filter(|node| node.has_tag_name((TABLE, "table-cell")))
    {
        let office = |name: &str| node.attribute((OFFICE, name)).unwrap_or_default();
        let kind = office("value-type").to_owned();
        let value = ["value", "date-value", "boolean-value"].map(office).concat();
        let mut shown = Vec::new();
        let mut link = None;
        for paragraph in node.children().filter(|node| node.has_tag_name((TEXT, "p"))) {
            shown.push(said(paragraph));
            let target = |node: Node<'_, '_>| node.attribute((XLINK, "href")).map(str::to_owned);
            link = link.or_else(|| paragraph.descendants().find_map(target));
        }
        let cell = Cell {
            kind,
            value,
            shown: shown.join("\n"),
            link,
        };
        // the rest of a sheet is one cell, a million times
        let times = repeated(node, "number-columns-repeated").min(100);
        cells.extend(std::iter::repeat_n(cell, times));
    }
    while cells.last().is_some_and(|cell| cell.kind.is_empty()) {
        cells.pop();
    }
    cells
}

/// The text of a paragraph, with the spaces that the format counts.
fn said(paragraph: Node<'_, '_>) -> String {
    let mut out = String::new();
    for node in paragraph.descendants() {
        match node.tag_name().name() {
            "s" => {
                let count = node
                    .attribute((TEXT, "c"))
                    .map_or(1, |count| count.parse().unwrap());
                out.push_str(&" ".repeat(count));
            }
            "tab" => out.push('\t'),
            "line-break" => out.push('\n'),
            _ if node.is_text() => out.push_str(node.text().unwrap()),
            _ => {}
        }
    }
    out
}

fn csv_rows(path: &Path) -> Vec<Vec<(String, String)>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let titles = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        let pairs = titles.iter().zip(&record);
        pairs
            .map(|(title, text)| (title.to_owned(), text.to_owned()))
            .collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// A cell has the type and the value of its field in the CSV.
fn compare(sheet: &str, column: &str, field: &str, row: &Row) {
    let cell = &row[column];
    let at = || format!("{sheet}.{column}: {field:?} and {cell:?}");
    if field.is_empty() {
        return assert_eq!(cell.kind, "", "{}", at());
    }
    if NUMBERS.contains(&column) || ["paragraphs", "characters", "removed"].contains(&column) {
        assert!(["float", "currency"].contains(&cell.kind.as_str()), "{}", at());
        let (expected, found): (f64, f64) = (field.parse().unwrap(), cell.value.parse().unwrap());
        // LibreOffice writes 15 to 17 digits
        assert!((expected - found).abs() <= expected.abs() * 1e-14, "{}", at());
        return;
    }
    match (column, cell.kind.as_str()) {
        // A yes or a no is a number with a format of its own to LibreOffice.
        ("currency_ambiguous", kind) => {
            let shown = cell.shown.to_lowercase();
            assert_eq!((kind, shown.as_str()), ("float", field), "{}", at())
        }
        ("date", "date") => assert!(field.starts_with(&cell.value[..10]), "{}", at()),
        (_, kind) => {
            assert_eq!(kind, "string", "{}", at());
            // the apostrophe that keeps a spreadsheet from reading a CSV field as a formula
            let text = field
                .strip_prefix('\'')
                .filter(|rest| rest.starts_with(['=', '+', '-', '@']))
                .unwrap_or(field);
            // XML has no control characters: LibreOffice drops them
            let printable = |text: &str| text.replace(|c: char| c.is_control() && !c.is_whitespace(), "");
            let plain = |text: &str| printable(text).split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(plain(&cell.shown), plain(text), "{}", at());
        }
    }
}

/// Percentages and money are shown with their sign, thousands apart.
fn units(figures: &[Row]) {
    let (mut percents, mut money) = (0, 0);
    for row in figures.iter().filter(|row| !row["value"].kind.is_empty()) {
        let cell = &row["value"];
        let currency = &row["currency"].shown;
        if row["kind"].shown == "percent" {
            percents += 1;
            assert!(cell.shown.ends_with(" %"), "{cell:?}");
            let digits = cell.shown.trim_end_matches(" %").replace(',', "");
            assert_eq!(
                digits.parse::<f64>().unwrap(),
                cell.value.parse::<f64>().unwrap(),
                "{cell:?}"
            );
        } else if !currency.is_empty() {
            money += 1;
            assert!(
                cell.kind == "currency" && cell.shown.ends_with(currency.as_str()),
                "{cell:?}"
            );
            let whole = cell.value.parse::<f64>().unwrap().abs() as u64;
            assert_eq!(
                cell.shown.matches(',').count(),
                whole.to_string().len().div_ceil(3) - 1,
                "{cell:?}"
            );
        }
    }
    assert!(
        percents > 50 && money > 50,
        "{percents} percentages, {money} amounts"
    );
}

/// Figures lead to their place in the page and to their source, and no link leads elsewhere.
fn links(sheets: &[(String, Vec<Row>)]) {
    for row in &sheets[2].1 {
        let place = row["full_text"].link.as_deref().unwrap();
        let n = row["n"].shown.replace(',', "");
        assert!(
            place.contains("report.html#article/") && place.ends_with(&format!("/{n}")),
            "{place}"
        );
    }
    for row in sheets[..2].iter().flat_map(|(_, rows)| rows) {
        let page = &row["page"];
        let place = page.link.as_deref().unwrap_or_default();
        assert!(place.contains("report.html#article/"), "{page:?}");
        // LibreOffice shows the first line alone of a link that is longer than its cell
        for column in ["title", "headline", "bullets", "abstract"] {
            let cell = row.get(column);
            assert!(cell.is_none_or(|cell| cell.link.is_none()), "{cell:?}");
        }
    }
    let sources = sheets[2]
        .1
        .iter()
        .filter(|row| row["article"].link.is_some())
        .count();
    assert_eq!(
        sources,
        sheets[2].1.len(),
        "every figure leads to its source, those of a JSONL line to the file"
    );
    let lines: Vec<_> = sheets[0]
        .1
        .iter()
        .filter_map(|row| Some((row, row["path"].shown.split_once(".jsonl:")?.0)))
        .collect();
    assert!(lines.len() > 1, "{lines:?}");
    for (row, file) in lines {
        let link = row["path"].link.as_deref().unwrap();
        assert!(link.ends_with(&format!("{file}.jsonl")), "{link}");
    }
    for cell in sheets
        .iter()
        .flat_map(|(_, rows)| rows)
        .flat_map(|row| row.values())
    {
        let Some(link) = &cell.link else { continue };
        // LibreOffice writes addresses as seen from its own file, one folder above the workbook.
        let page = link.starts_with("out/report.html#");
        let local = link.starts_with("../") || link.starts_with("file:") || page;
        assert!(
            local || link.starts_with("https://") || link.starts_with("http://"),
            "{cell:?}"
        );
    }
}
