//! `datapackage.json`: what the files beside it hold, as a Frictionless Data Package
//! (<https://datapackage.org/standard/data-package/>).
//!
//! Its resources are the CSV files, spelled as they really were: delimiter, decimal mark, byte order mark. The standard
//! knows no other kind of resource than tables, and a tool without a reader for Parquet would call the package broken:
//! the other formats of the same table are named in its description.

use super::csv::Dialect;
use super::schema::{self, Column, Schema, Type};
use serde_json::{Map, Value, json};

/// The package that describes the files of these tables.
pub(super) fn package(tables: &[&Schema], dialect: Dialect) -> Value {
    let resources: Vec<Value> = tables.iter().map(|schema| csv(schema, dialect)).collect();
    json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "depeche",
        "title": "Articles, and what depeche found in them",
        "description": "Offsets are 0-based, end-exclusive counts of Unicode scalar values into the clean text of the \
                        article (`text` of articles.parquet and articles.jsonl).",
        "resources": resources,
    })
}

fn csv(schema: &Schema, dialect: Dialect) -> Value {
    json!({
        "name": schema.name,
        "path": format!("{}.csv", schema.name),
        "type": "table",
        "description": format!(
            "{}. Text that a spreadsheet would take for a formula has an apostrophe in front. The same table: {1}.parquet, \
             with a decimal as a double and, under its name with `_exact`, as text with every digit; {1}.jsonl, one \
             record a line with every field.",
            schema.about, schema.name
        ),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": dialect.encoding(),
        "dialect": {
            "delimiter": char::from(dialect.delimiter()).to_string(),
            "lineTerminator": "\r\n",
            "quoteChar": "\"",
            "doubleQuote": true,
            "header": true,
        },
        "schema": fields(schema, dialect),
    })
}

fn fields(table: &Schema, dialect: Dialect) -> Value {
    let mut schema = Map::new();
    let fields = table.columns.iter().map(|column| field(column, dialect));
    schema.insert("fields".into(), fields.collect());
    schema.insert("missingValues".into(), json!([""]));
    if !table.key.is_empty() {
        schema.insert("primaryKey".into(), json!(table.key));
    }
    if table.of_articles {
        let reference = json!({"resource": schema::ARTICLES.name, "fields": ["article_id"]});
        schema.insert(
            "foreignKeys".into(),
            json!([{"fields": ["article_id"], "reference": reference}]),
        );
    }
    Value::Object(schema)
}

fn field(column: &Column, dialect: Dialect) -> Value {
    let mut field = Map::new();
    field.insert("name".into(), column.name.into());
    let kind = match column.kind {
        Type::Text => "string",
        Type::Integer => "integer",
        Type::Decimal => "number",
        Type::Bool => "boolean",
    };
    field.insert("type".into(), kind.into());
    if column.kind == Type::Decimal {
        field.insert("decimalChar".into(), dialect.decimal_mark().to_string().into());
    }
    field.insert("description".into(), column.about.into());
    let mut constraints = Map::new();
    if column.required {
        constraints.insert("required".into(), true.into());
    }
    if !column.values.is_empty() {
        constraints.insert("enum".into(), json!(column.values));
    }
    if !constraints.is_empty() {
        field.insert("constraints".into(), constraints.into());
    }
    Value::Object(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_speaks_of_the_csv_as_it_was_written() {
        let package = package(&[&schema::ARTICLES, &schema::FIGURES], Dialect::Fr);
        let figures = &package["resources"][1];
        assert_eq!(figures["path"], "figures.csv");
        assert_eq!(figures["dialect"]["delimiter"], ";");
        assert_eq!(figures["encoding"], "utf-8-sig");
        let value = figures["schema"]["fields"]
            .as_array()
            .unwrap()
            .iter()
            .find(|field| field["name"] == "value")
            .unwrap();
        assert_eq!(
            (&value["type"], &value["decimalChar"]),
            (&"number".into(), &",".into())
        );
        assert_eq!(
            figures["schema"]["foreignKeys"][0]["reference"]["resource"],
            "articles"
        );
    }

    #[test]
    fn resources_have_names_of_their_own() {
        let package = package(&schema::ALL, Dialect::En);
        let resources = package["resources"].as_array().unwrap();
        let names: std::collections::HashSet<_> =
            resources.iter().map(|r| r["name"].as_str().unwrap()).collect();
        assert_eq!(names.len(), resources.len());
        assert_eq!(resources.len(), schema::ALL.len());
    }
}
