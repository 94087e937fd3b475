use super::*;
use crate::output::tables;
use crate::record::{Figure, FigureKind, Severity};
use std::io::Read;

/// A file inside a workbook.
fn inside(path: &Path, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn sheet_names(path: &Path) -> Vec<String> {
    let workbook = inside(path, "xl/workbook.xml");
    let document = roxmltree::Document::parse(&workbook).unwrap();
    let sheets = document.descendants().filter(|node| {
        node.has_tag_name((
            "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            "sheet",
        ))
    });
    sheets
        .map(|node| node.attribute("name").unwrap().to_owned())
        .collect()
}

fn figure(n: usize) -> Vec<Cell> {
    let mut figure = Figure::bare("20 %", 0, FigureKind::Percent);
    figure.article_id = "a/é".into();
    figure.n = n;
    figure.value = Some(20.into());
    tables::figure_row(&figure)
}

fn article() -> Article {
    Article {
        id: "a/é".into(),
        path: "nowhere.txt".into(),
        title: Some("Titre".into()),
        url: Some("https://exemple.fr/a".into()),
        date: Some("2024-06-05".into()),
        ..Article::default()
    }
}

#[test]
fn a_table_that_a_sheet_does_not_hold_goes_on_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.xlsx");
    let mut book = Book::new(&path, Limits { rows: 4, links: 3 }).unwrap();
    book.article(&article());
    for n in 0..7 {
        book.row(Sheet::Figures, &figure(n)).unwrap();
    }
    let notes = book.notes();
    let messages: Vec<_> = notes.iter().map(|note| note.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "Figures has 7 rows, more than a sheet holds: it goes on to `Figures (3)`",
            "Figures: 6 cells are without their link, a sheet holds 3",
        ]
    );
    assert!(notes.iter().all(|note| note.severity == Severity::Note));
    book.save(&[]).unwrap();
    assert_eq!(
        sheet_names(&path),
        [
            "Articles",
            "Summaries",
            "Figures",
            "Entities",
            "Problems",
            "Figures (2)",
            "Figures (3)",
            "Run"
        ]
    );
    for (sheet, rows) in [(3, 4), (6, 4), (7, 2)] {
        let xml = inside(&path, &format!("xl/worksheets/sheet{sheet}.xml"));
        let numbers: Vec<_> = xml
            .split("<row r=\"")
            .skip(1)
            .map(|row| row.split('"').next())
            .collect();
        // the last one is empty, see `Book::close`
        let expected: Vec<_> = (1..=rows + 1).map(|row| row.to_string()).collect();
        let expected: Vec<_> = expected.iter().map(|row| Some(row.as_str())).collect();
        assert_eq!(numbers, expected, "sheet{sheet}");
        assert!(
            xml.contains(&format!("<autoFilter ref=\"A1:X{rows}\"")),
            "sheet{sheet}"
        );
    }
}

#[test]
fn a_figure_leads_to_its_place_and_to_its_source() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.xlsx");
    let mut book = Book::new(&path, Limits::default()).unwrap();
    book.article(&article());
    book.row(Sheet::Figures, &figure(7)).unwrap();
    assert!(book.notes().is_empty());
    book.save(&[]).unwrap();
    let links = inside(&path, "xl/worksheets/_rels/sheet3.xml.rels");
    assert!(links.contains("Target=\"https://exemple.fr/a\""), "{links}");
    assert!(links.contains("Target=\"report.html\""), "{links}");
    let sheet = inside(&path, "xl/worksheets/sheet3.xml");
    assert!(sheet.contains("location=\"article/a%2F%C3%A9/7\""), "{sheet}");
    assert!(sheet.contains("<v>20</v>") && !sheet.contains("<f>"), "{sheet}");
}

#[test]
fn the_same_rows_make_the_same_bytes_and_nothing_else_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.xlsx");
    let write = || {
        let mut book = Book::new(&path, Limits::default()).unwrap();
        book.article(&article());
        book.row(Sheet::Articles, &tables::article_row(&article()))
            .unwrap();
        book.row(Sheet::Figures, &figure(0)).unwrap();
        book.save(&[("depeche".into(), "0".into())]).unwrap();
        std::fs::read(&path).unwrap()
    };
    let first = write();
    std::thread::sleep(std::time::Duration::from_millis(1_100)); // the clock of a document counts seconds
    assert!(first == write());
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn a_hostile_cell_stays_text_in_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.xlsx");
    let mut book = Book::new(&path, Limits::default()).unwrap();
    let hostile = "=HYPERLINK(\"http://example.com\",\"x\")";
    let mut row = vec![Cell::Empty; schema::PROBLEMS.columns.len()];
    row[3] = hostile.into();
    book.row(Sheet::Problems, &row).unwrap();
    let mut evil = article();
    (evil.url, evil.date) = (Some("javascript:alert(1)".into()), Some(hostile.into()));
    book.article(&evil);
    book.row(Sheet::Articles, &tables::article_row(&evil)).unwrap();
    book.row(Sheet::Figures, &figure(0)).unwrap();
    book.save(&[("depeche".into(), hostile.into())]).unwrap();
    for sheet in 1..=6 {
        let xml = inside(&path, &format!("xl/worksheets/sheet{sheet}.xml"));
        assert!(!xml.contains("<f>") && !xml.contains("t=\"str\""), "{xml}");
    }
    let links = inside(&path, "xl/worksheets/_rels/sheet1.xml.rels");
    assert!(
        !links.contains("javascript") && links.contains("report.html"),
        "{links}"
    );
}
