//! What other programs read of a warehouse: Parquet without exotic encodings, with what each
//! column holds beside it, and a data package of every table.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
};

use arrow::datatypes::DataType;
use fisc::store::layout;
use parquet::{
    arrow::parquet_to_arrow_schema,
    basic::{Compression, ConvertedType, Encoding, LogicalType, Type},
    file::reader::{FileReader, SerializedFileReader},
};
use serde_json::Value;

use crate::program::{Folder, repository};

/// What Power BI, Spark 3 and older engines read. The levels of null values and lists are in RLE
/// or in the older packing of bits.
const ENCODINGS: [Encoding; 5] = [
    Encoding::PLAIN,
    Encoding::PLAIN_DICTIONARY,
    Encoding::RLE,
    Encoding::RLE_DICTIONARY,
    #[expect(deprecated, reason = "older files have it for levels")]
    Encoding::BIT_PACKED,
];

#[test]
fn every_parquet_file_is_one_that_everybody_reads() {
    let folder = Folder::with_data("encodings");
    folder.fisc(&["run"]).ended(0);
    let mut seen = BTreeSet::new();
    for path in folder.files("warehouse/current").into_keys().filter(|p| p.ends_with(".parquet")) {
        let file = File::open(folder.path("warehouse/current").join(&path)).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let metadata = reader.metadata();
        assert!(metadata.file_metadata().version() <= 2, "{path}");
        for group in metadata.row_groups() {
            for column in group.columns() {
                let name = format!("{path} {}", column.column_path());
                assert!(column.encodings().all(|e| ENCODINGS.contains(&e)), "{name}: {column:?}");
                assert!(matches!(column.compression(), Compression::ZSTD(_)), "{name}");
            }
        }
        for column in metadata.file_metadata().schema_descr().columns() {
            let name = format!("{path} {}", column.path());
            let (kind, logical) = (column.physical_type(), column.logical_type_ref().cloned());
            assert_ne!(kind, Type::INT96, "{name}");
            let known = match (&kind, &logical) {
                (Type::BYTE_ARRAY, Some(LogicalType::String)) => {
                    column.converted_type() == ConvertedType::UTF8
                }
                (_, Some(LogicalType::Decimal { .. })) => kind == Type::FIXED_LEN_BYTE_ARRAY,
                (Type::INT32 | Type::INT64 | Type::BOOLEAN | Type::DOUBLE, None)
                | (Type::INT32 | Type::INT64, Some(LogicalType::Integer { .. }))
                | (Type::INT32, Some(LogicalType::Date)) => true,
                _ => false,
            };
            assert!(known, "{name} is {kind} of {logical:?}");
            seen.insert(kind.to_string());
        }
    }
    assert!(4 <= seen.len(), "only {seen:?}");
}

#[test]
fn columns_say_what_they_hold() {
    let folder = Folder::with_data("comments");
    folder.fisc(&["run"]).ended(0);
    let mut columns = BTreeMap::new();
    for path in folder.files("warehouse/current").into_keys().filter(|p| p.ends_with(".parquet")) {
        let file = File::open(folder.path("warehouse/current").join(&path)).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let metadata = reader.metadata().file_metadata();
        let pairs = metadata.key_value_metadata();
        let schema = parquet_to_arrow_schema(metadata.schema_descr(), pairs).unwrap();
        let mart = layout::mart_of(&path).map(|(name, _)| name.to_owned());
        for field in schema.fields() {
            let description = field.metadata().get("description");
            let description = description.unwrap_or_else(|| panic!("{path} {field:?}")).clone();
            let unit = field.metadata().get("unit").map(String::as_str);
            let is_yuan = matches!(field.data_type(), DataType::Decimal128(..)) && unit.is_some();
            assert_eq!(unit, is_yuan.then_some("元"), "{path} {field:?}");
            columns.insert((mart.clone().unwrap_or_default(), field.name().clone()), description);
        }
        let amount = schema.field_with_name("amount");
        if amount.as_ref().is_ok_and(|field| matches!(field.data_type(), DataType::Decimal128(..)))
        {
            assert_eq!(amount.unwrap().metadata()["unit"], "元", "{path}");
        }
    }
    assert_eq!(columns[&(String::new(), "amount".to_owned())], "yuan");
    // Nothing is described that is not there.
    let path = repository().join("pipelines/analyses/columns.toml");
    let texts: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    for (key, value) in &texts {
        let of = |mart: Option<&str>, column: &str, text: &str| {
            let mut all = columns.iter();
            all.any(|((a, b), c)| mart.is_none_or(|m| a == m) && b == column && c == text)
        };
        match value {
            toml::Value::String(text) => assert!(of(None, key, text), "{key}"),
            toml::Value::Table(own) => {
                for (column, text) in own {
                    assert!(of(Some(key), column, text.as_str().unwrap()), "{key} {column}");
                }
            }
            _ => panic!("{key}"),
        }
    }
}

#[test]
fn the_data_package_has_every_table_with_its_files_and_columns() {
    let folder = Folder::with_data("package");
    folder.fisc(&["run"]).ended(0);
    let files = folder.files("warehouse/current");
    let package: Value = serde_json::from_slice(&files["datapackage.json"]).unwrap();
    let mut listed = BTreeSet::new();
    for resource in package["resources"].as_array().unwrap() {
        let paths = match &resource["path"] {
            Value::Array(paths) => paths.clone(),
            path => vec![path.clone()],
        };
        for path in paths {
            listed.insert(path.as_str().unwrap().to_owned());
        }
        let fields = resource["schema"]["fields"].as_array().unwrap();
        assert!(!fields.is_empty(), "{resource}");
        for field in fields {
            assert!(field["name"].is_string() && field["type"].is_string(), "{field}");
            assert!(field["description"].is_string(), "{field}");
            assert!(field["type"] != "number" || field["unit"] == "元" || field["unit"].is_null());
        }
        for text in ["name", "title", "description", "format"] {
            assert!(resource[text].as_str().is_some_and(|text| !text.is_empty()), "{resource}");
        }
        let key = resource["schema"]["primaryKey"].as_array();
        for column in key.into_iter().flatten() {
            assert!(fields.iter().any(|field| field["name"] == *column), "{resource}");
        }
    }
    let there: BTreeSet<String> = files.into_keys().filter(|p| p.ends_with(".parquet")).collect();
    assert_eq!(listed, there);
    assert_eq!(package["model"]["measures"]["amount"]["currency"], "CNY");
    for (name, dimension) in package["model"]["dimensions"].as_object().unwrap() {
        let attributes = dimension["attributes"].as_object().unwrap();
        let key = dimension["primaryKey"].as_str().unwrap();
        assert!(attributes.contains_key(key), "{name}");
    }
}
