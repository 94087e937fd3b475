//! Parquet, as data tools read it.
//!
//! The columns are those of the [`Schema`], with their types: text is `STRING`, an integer `INT64`, a bool `BOOLEAN`.
//! A decimal becomes two columns, `value` as `DOUBLE` and `value_exact` as text. No decimal type would do for both:
//! a figure may have 29 digits before its point (`10^28`) and 28 behind it (two thirds), `DECIMAL(38)` is all that
//! DuckDB, Spark and Polars take, and pandas computes with none. The double is the nearest one, which gives a number of
//! up to 15 digits back as it was; the text is that of the CSV, digit for digit.
//!
//! Text stands as it is in the article: no apostrophe is put before what a spreadsheet would take for a formula.
//! The same rows make the same bytes. Rows are held back until there is a row group of them.

use super::Cell;
use super::schema::{Column, Schema, Type};
use super::table::{digits, nearest};
use ::parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use ::parquet::schema::types::Type as Node;
use rust_decimal::prelude::ToPrimitive;
use std::io::{self, Write};
use std::sync::Arc;

/// Rows of a row group.
const GROUP_ROWS: usize = 128 * 1024;

/// Bytes of text after which a row group ends, however few its rows.
const GROUP_BYTES: usize = 64 * 1024 * 1024;

/// What the name of the exact column ends with.
pub const EXACT: &str = "_exact";

/// Writes rows one by one.
pub struct Writer<W: Write + Send> {
    inner: SerializedFileWriter<W>,
    schema: &'static Schema,
    buffers: Vec<Buffer>,
    rows: usize,
    bytes: usize,
}

impl<W: Write + Send> Writer<W> {
    /// Starts a file.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn new(out: W, schema: &'static Schema) -> io::Result<Writer<W>> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("depeche ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_key_value_metadata(Some(vec![KeyValue::new(
                "description".to_owned(),
                schema.about.to_owned(),
            )]))
            .build();
        let inner = SerializedFileWriter::new(out, root(schema).map_err(failed)?, Arc::new(properties))
            .map_err(failed)?;
        Ok(Writer {
            inner,
            schema,
            buffers: schema.every_column().flat_map(Buffer::of).collect(),
            rows: 0,
            bytes: 0,
        })
    }

    /// Writes one row.
    ///
    /// # Errors
    /// When the file cannot be written, or the cells are no row of the table.
    pub fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        let mut buffers = self.buffers.iter_mut();
        for (index, column) in self.schema.every_column().enumerate() {
            let cell = cells.get(index).unwrap_or(&Cell::Empty);
            let pushed = match column.kind {
                Type::Decimal => [buffers.next(), buffers.next()],
                _ => [buffers.next(), None],
            }
            .into_iter()
            .flatten()
            .map(|buffer| buffer.push(cell))
            .sum::<Option<usize>>();
            self.bytes += pushed.ok_or_else(|| {
                let (table, name, kind) = (self.schema.name, column.name, column.kind.as_str());
                io::Error::other(format!("{table}.{name}: expected {kind}, but found {cell:?}"))
            })?;
        }
        self.rows += 1;
        if self.rows >= GROUP_ROWS || self.bytes >= GROUP_BYTES {
            self.group().map_err(failed)?;
        }
        Ok(())
    }

    /// Writes the rows that were held back.
    fn group(&mut self) -> Result<(), ParquetError> {
        let mut group = self.inner.next_row_group()?;
        for buffer in &mut self.buffers {
            if let Some(mut column) = group.next_column()? {
                buffer.write(&mut column)?;
                column.close()?;
            }
        }
        group.close()?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        if self.rows > 0 {
            self.group().map_err(failed)?;
        }
        self.inner.into_inner().map_err(failed)
    }
}

/// What the system said, where it was the system.
fn failed(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        error => io::Error::other(error),
    }
}

fn root(schema: &Schema) -> Result<Arc<Node>, ParquetError> {
    let mut fields = Vec::new();
    for column in schema.every_column() {
        match column.kind {
            Type::Text => fields.push(text_node(column.name, column)?),
            Type::Integer => fields.push(node(column.name, column, Physical::INT64)?),
            Type::Bool => fields.push(node(column.name, column, Physical::BOOLEAN)?),
            Type::Decimal => {
                fields.push(node(column.name, column, Physical::DOUBLE)?);
                fields.push(text_node(&format!("{}{EXACT}", column.name), column)?);
            }
        }
    }
    Node::group_type_builder(schema.name)
        .with_fields(fields)
        .build()
        .map(Arc::new)
}

fn node(name: &str, column: &Column, physical: Physical) -> Result<Arc<Node>, ParquetError> {
    Node::primitive_type_builder(name, physical)
        .with_repetition(repetition(column))
        .build()
        .map(Arc::new)
}

fn text_node(name: &str, column: &Column) -> Result<Arc<Node>, ParquetError> {
    Node::primitive_type_builder(name, Physical::BYTE_ARRAY)
        .with_logical_type(Some(LogicalType::String))
        .with_repetition(repetition(column))
        .build()
        .map(Arc::new)
}

fn repetition(column: &Column) -> Repetition {
    if column.required {
        Repetition::REQUIRED
    } else {
        Repetition::OPTIONAL
    }
}

/// What is held back of one column.
struct Buffer {
    values: Values,
    /// 1 where a row has a value, 0 where not; none for a column that every row has.
    levels: Option<Vec<i16>>,
}

enum Values {
    Text(Vec<ByteArray>),
    Integer(Vec<i64>),
    Double(Vec<f64>),
    Bool(Vec<bool>),
}

impl Buffer {
    /// The column or, for a decimal, the two columns that hold it.
    fn of(column: &Column) -> impl Iterator<Item = Buffer> + use<> {
        let (first, second) = match column.kind {
            Type::Text => (Values::Text(Vec::new()), None),
            Type::Integer => (Values::Integer(Vec::new()), None),
            Type::Bool => (Values::Bool(Vec::new()), None),
            Type::Decimal => (Values::Double(Vec::new()), Some(Values::Text(Vec::new()))),
        };
        let levels = (!column.required).then(Vec::new);
        [Some(first), second]
            .into_iter()
            .flatten()
            .map(move |values| Buffer {
                values,
                levels: levels.clone(),
            })
    }

    /// Takes a cell and says how many bytes it has; none when it is no cell of this column.
    fn push(&mut self, cell: &Cell) -> Option<usize> {
        if let Cell::Empty = cell {
            self.levels.as_mut()?.push(0);
            return Some(0);
        }
        let bytes = match (&mut self.values, cell) {
            (Values::Text(values), Cell::Text(text)) => {
                values.push(text.as_str().into());
                text.len()
            }
            (Values::Text(values), Cell::Number(number) | Cell::Measured(number, _)) => {
                let text = digits(*number);
                values.push(text.as_str().into());
                text.len()
            }
            (Values::Integer(values), Cell::Number(number)) => {
                values.push(number.to_i64()?);
                size_of::<i64>()
            }
            (Values::Double(values), Cell::Number(number) | Cell::Measured(number, _)) => {
                values.push(nearest(*number)?);
                size_of::<f64>()
            }
            (Values::Bool(values), Cell::Bool(value)) => {
                values.push(*value);
                1
            }
            _ => return None,
        };
        if let Some(levels) = &mut self.levels {
            levels.push(1);
        }
        Some(bytes)
    }

    /// Writes what was held back, and forgets it.
    fn write(&mut self, column: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let levels = self.levels.as_deref();
        match &mut self.values {
            Values::Text(values) => column
                .typed::<ByteArrayType>()
                .write_batch(values, levels, None)?,
            Values::Integer(values) => column.typed::<Int64Type>().write_batch(values, levels, None)?,
            Values::Double(values) => column.typed::<DoubleType>().write_batch(values, levels, None)?,
            Values::Bool(values) => column.typed::<BoolType>().write_batch(values, levels, None)?,
        };
        match &mut self.values {
            Values::Text(values) => values.clear(),
            Values::Integer(values) => values.clear(),
            Values::Double(values) => values.clear(),
            Values::Bool(values) => values.clear(),
        }
        if let Some(levels) = &mut self.levels {
            levels.clear();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
