//! Makes `datapackage.json`: what is in a snapshot, for programs that read Data Packages.
//!
//! It follows the Data Package specification, version 1, and describes measures and dimensions
//! as the Fiscal Data Package does.

use std::path::Path;

use arrow::datatypes::DataType;
use serde_json::{Map, Value, json};

use crate::{
    accounts::{
        columns::{self, DESCRIPTION_KEY, UNIT_KEY},
        schema::Dataset,
    },
    error::Result,
    store::layout,
};

/// A table of a snapshot.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Resource {
    /// Its name.
    pub name: String,
    /// What it shows, in a few words.
    pub title: String,
    /// What one row is.
    pub description: String,
    /// Its files, relative to the snapshot.
    pub files: Vec<String>,
    /// Its columns.
    pub fields: Vec<Field>,
    /// The columns of which no two rows have the same values; none where that is not promised.
    pub key: Vec<String>,
}

/// A column of a table.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type, as the specification calls it.
    pub kind: &'static str,
    /// What it holds; nothing where no one says.
    pub description: Option<String>,
    /// Its unit.
    pub unit: Option<String>,
    /// Whether every row has a value.
    pub required: bool,
}

/// Describes a dataset of a snapshot.
pub fn dataset(dataset: Dataset, snapshot: &Path) -> Result<Resource> {
    let name = dataset.as_str();
    let schema = dataset.schema();
    let fields = schema.fields().iter().map(|field| {
        let said = |key: &str| field.metadata().get(key).cloned();
        Field {
            name: field.name().clone(),
            kind: match field.data_type() {
                DataType::Boolean => "boolean",
                DataType::Date32 => "date",
                DataType::List(_) => "array",
                DataType::Int32 | DataType::Int64 => "integer",
                DataType::Decimal128(..) => "number",
                _ => "string",
            },
            description: said(DESCRIPTION_KEY),
            unit: said(UNIT_KEY),
            required: !field.is_nullable(),
        }
    });
    let title = columns::title(name).unwrap_or(name);
    Ok(Resource {
        name: name.to_owned(),
        title: title.to_owned(),
        description: title.to_owned(),
        files: layout::parts(snapshot, dataset)?,
        fields: fields.collect(),
        key: Vec::new(),
    })
}

/// Writes the description of a snapshot of such tables.
pub fn json(resources: &[Resource]) -> String {
    let package = json!({
        "profile": "data-package",
        "name": "fisc",
        "title": "Budgets and final accounts of Chinese government units",
        "description": "Every figure of the disclosures that were read, in yuan, with its place, \
                        and the analyses over them.",
        "version": env!("CARGO_PKG_VERSION"),
        "granularity": "aggregated",
        "countryCode": "CN",
        "resources": resources.iter().map(resource).collect::<Vec<_>>(),
        "model": model(resources),
    });
    format!("{package:#}\n")
}

fn resource(resource: &Resource) -> Value {
    let path = match resource.files.as_slice() {
        [file] => json!(file),
        files => json!(files),
    };
    let mut schema = Map::new();
    schema.insert("fields".to_owned(), resource.fields.iter().map(field).collect());
    if !resource.key.is_empty() {
        schema.insert("primaryKey".to_owned(), json!(resource.key));
    }
    json!({
        "profile": "data-resource",
        "name": resource.name,
        "title": resource.title,
        "description": resource.description,
        "path": path,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "schema": schema,
    })
}

fn field(field: &Field) -> Value {
    let mut value = Map::new();
    value.insert("name".to_owned(), json!(field.name));
    value.insert("type".to_owned(), json!(field.kind));
    value.insert("title".to_owned(), json!(field.name.replace('_', " ")));
    if let Some(description) = &field.description {
        value.insert("description".to_owned(), json!(description));
    }
    if let Some(unit) = &field.unit {
        value.insert("unit".to_owned(), json!(unit));
    }
    if field.required {
        value.insert("constraints".to_owned(), json!({ "required": true }));
    }
    Value::Object(value)
}

/// Describes the cube of `amounts`: its measure, and by what it can be cut.
fn model(resources: &[Resource]) -> Value {
    let dimensions: [(&str, &str, Option<&str>, &[&str]); 8] = [
        ("date", "datetime", None, &["fiscal_year"]),
        ("phase", "other", None, &["stage"]),
        ("direction", "other", None, &["flow"]),
        ("document", "fact", None, &["doc_id", "path"]),
        ("class", "classification", Some("functional"), &["class_code", "label"]),
        ("fund", "classification", None, &["fund"]),
        ("nature", "classification", Some("economic"), &["nature"]),
        ("table", "other", None, &["table", "period"]),
    ];
    let columns = |name: &str| {
        let amounts = resources.iter().find(|resource| resource.name == "amounts");
        amounts.is_some_and(|resource| resource.fields.iter().any(|field| field.name == name))
    };
    let mut described = Map::new();
    for (name, kind, classification, sources) in dimensions {
        let there: Vec<&str> = sources.iter().copied().filter(|source| columns(source)).collect();
        let attribute = |source: &&str| {
            ((*source).to_owned(), json!({ "resource": "amounts", "source": source }))
        };
        let attributes: Map<String, Value> = there.iter().map(attribute).collect();
        let mut dimension = Map::new();
        dimension.insert("dimensionType".to_owned(), json!(kind));
        if let Some(classification) = classification {
            dimension.insert("classificationType".to_owned(), json!(classification));
        }
        dimension.insert("primaryKey".to_owned(), json!(there.first()));
        dimension.insert("attributes".to_owned(), Value::Object(attributes));
        described.insert(name.to_owned(), Value::Object(dimension));
    }
    json!({
        "measures": {
            "amount": { "resource": "amounts", "source": "amount", "currency": "CNY", "factor": 1 },
        },
        "dimensions": described,
    })
}
