//! Collects what `datapackage.json` says: every dataset and every mart with its columns.

use std::path::Path;

use polars::prelude::DataType;

use crate::{
    accounts::{columns::YUAN, schema::Dataset, sources::Sources},
    error::Result,
    store::{
        layout,
        package::{self, Field, Resource},
    },
    tabulate::{
        analysis::Analysis,
        described::Described,
        engine::Engine,
        report::grid::{Kind, kind, quoted},
    },
};

/// Describes the tables in a snapshot's folder.
pub fn json(snapshot: &Path, sources: &Sources) -> Result<String> {
    let mut resources = Vec::new();
    for dataset in Dataset::ALL {
        resources.push(package::dataset(*dataset, snapshot)?);
    }
    let mut engine = Engine::open(snapshot)?;
    let described = Described::read(sources)?;
    for analysis in Analysis::all(sources)? {
        let none = format!("SELECT * FROM {} LIMIT 0", quoted(&analysis.name));
        let frame = engine.run(&analysis.name, &none)?;
        let fields = frame.columns().iter().map(|column| {
            field(column.name(), column.dtype(), described.of(&analysis.name, column.name()))
        });
        let files = if analysis.by_document {
            layout::mart_parts(snapshot, &analysis.name)?
        } else {
            vec![layout::mart(&analysis.name)]
        };
        resources.push(Resource {
            files,
            fields: fields.collect(),
            name: analysis.name,
            title: analysis.title,
            description: analysis.description,
            key: analysis.grain,
        });
    }
    Ok(package::json(&resources))
}

fn field(name: &str, dtype: &DataType, description: Option<&str>) -> Field {
    let word = match dtype {
        DataType::Boolean => "boolean",
        DataType::Date => "date",
        DataType::List(_) => "array",
        dtype if dtype.is_integer() => "integer",
        dtype if dtype.is_numeric() => "number",
        _ => "string",
    };
    Field {
        name: name.to_owned(),
        kind: word,
        description: description.map(str::to_owned),
        unit: (kind(name, dtype) == Kind::Money).then(|| YUAN.to_owned()),
        required: false,
    }
}
