use super::*;
use crate::output::{schema, tables};
use crate::record::{Figure, FigureKind};
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::{Field, Row};

fn written(schema: &'static Schema, rows: &[Vec<Cell>]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), schema).unwrap();
    for row in rows {
        writer.row(row).unwrap();
    }
    writer.finish().unwrap()
}

fn reader(bytes: &[u8]) -> SerializedFileReader<std::fs::File> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    SerializedFileReader::new(file).unwrap()
}

fn read(bytes: Vec<u8>) -> Vec<Row> {
    let reader = reader(&bytes);
    reader.get_row_iter(None).unwrap().map(Result::unwrap).collect()
}

fn field(row: &Row, name: &str) -> Field {
    row.get_column_iter()
        .find(|(found, _)| *found == name)
        .unwrap()
        .1
        .clone()
}

#[test]
fn what_is_read_back_is_what_was_written_to_the_last_digit() {
    let numbers = [
        "20.5",
        "-0.1",
        "79228162514264337593543950335",
        "0.6666666666666666666666666667",
        "1e-28",
        "12345678901234567.89",
    ];
    let rows: Vec<_> = numbers
        .iter()
        .map(|number| {
            let mut figure = Figure::bare("=1 %", 3, FigureKind::Percent);
            let number = number
                .parse()
                .or_else(|_| rust_decimal::Decimal::from_scientific(number));
            figure.value = Some(number.unwrap());
            tables::figure_row(&figure)
        })
        .collect();
    let read = read(written(&schema::FIGURES, &rows));
    assert_eq!(read.len(), numbers.len());
    for (row, number) in read.iter().zip(numbers) {
        assert_eq!(field(row, "value"), Field::Double(number.parse().unwrap()));
        let exact = if number == "1e-28" {
            "0.0000000000000000000000000001"
        } else {
            number
        };
        assert_eq!(field(row, "value_exact"), Field::Str(exact.into()));
        assert_eq!(field(row, "min"), Field::Null);
        assert_eq!(field(row, "min_exact"), Field::Null);
        assert_eq!(field(row, "text"), Field::Str("=1 %".into()));
        assert_eq!(field(row, "start"), Field::Long(3));
        assert_eq!(field(row, "currency_ambiguous"), Field::Bool(false));
    }
}

#[test]
fn the_columns_are_those_of_the_schema_also_without_rows() {
    for schema in schema::ALL {
        let bytes = written(schema, &[]);
        let reader = reader(&bytes);
        let metadata = reader.metadata().file_metadata();
        assert_eq!(
            metadata.created_by(),
            Some(concat!("depeche ", env!("CARGO_PKG_VERSION")))
        );
        let names: Vec<_> = metadata
            .schema_descr()
            .columns()
            .iter()
            .map(|column| column.name().to_owned())
            .collect();
        let expected: Vec<_> = schema
            .every_column()
            .flat_map(|column| {
                let exact = (column.kind == Type::Decimal).then(|| format!("{}{EXACT}", column.name));
                std::iter::once(column.name.to_owned()).chain(exact)
            })
            .collect();
        assert_eq!(names, expected);
    }
}

#[test]
fn many_rows_become_row_groups_and_the_same_rows_the_same_bytes() {
    let rows: Vec<_> = (0..GROUP_ROWS + 5)
        .map(|n| {
            let mut row = vec![Cell::Empty; schema::PROBLEMS.columns.len()];
            (row[0], row[1], row[4]) = ("note".into(), "output".into(), format!("m{n}").into());
            row
        })
        .collect();
    let bytes = written(&schema::PROBLEMS, &rows);
    assert!(bytes == written(&schema::PROBLEMS, &rows));
    let reader = reader(&bytes);
    let groups: Vec<_> = reader
        .metadata()
        .row_groups()
        .iter()
        .map(|group| group.num_rows())
        .collect();
    assert_eq!(groups, [GROUP_ROWS as i64, 5]);
}

#[test]
fn a_row_of_another_table_is_refused() {
    let mut writer = Writer::new(Vec::new(), &schema::PROBLEMS).unwrap();
    let error = writer.row(&[Cell::Bool(true)]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "problems.severity: expected text, but found Bool(true)"
    );
}
