//! Defines the Arrow schema of every dataset, as the data contract fixes it.
//!
//! This is the one list of columns: `store` builds its batches from it, and the texts of
//! `extract` take their keys from it. A renamed or reused column bumps [`CONTRACT_VERSION`];
//! a new column or token does not.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema};

use crate::accounts::columns::{self, DESCRIPTION_KEY, UNIT_KEY, YUAN};

/// The version of the data contract, kept in the metadata of every file.
pub const CONTRACT_VERSION: &str = "1";

/// The key of [`CONTRACT_VERSION`] in a file's metadata.
pub const CONTRACT_KEY: &str = "fisc.contract_version";

/// The digits of an amount in yuan, those after the point included.
pub const AMOUNT_PRECISION: u8 = 20;

/// The digits of an amount after the point: an amount is kept to the fen.
pub const AMOUNT_SCALE: i8 = 2;

/// A table of the result: one `--dataset` of `extract` and one folder of a snapshot.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Dataset {
    /// Every figure of every table.
    Amounts,
    /// Every figure stated in the prose.
    Statements,
    /// Every performance target and self-evaluation.
    Indicators,
    /// One row a document.
    Documents,
    /// One row a unit that documents name.
    Units,
    /// Every name of a unit that a document prints.
    UnitNames,
    /// The statutory tables that each document has, empty ones included.
    Tables,
    /// Every identity that a document owes, and what became of it.
    Checks,
    /// What does not add up.
    Findings,
    /// What was printed and became no data.
    Gaps,
}

impl Dataset {
    /// Every dataset, in the order of the contract.
    pub const ALL: &[Dataset] = &[
        Dataset::Amounts,
        Dataset::Statements,
        Dataset::Indicators,
        Dataset::Documents,
        Dataset::Units,
        Dataset::UnitNames,
        Dataset::Tables,
        Dataset::Checks,
        Dataset::Findings,
        Dataset::Gaps,
    ];

    /// Returns whether each row is of one document and depends on no other, but for what documents
    /// owe each other.
    pub const fn is_of_documents(self) -> bool {
        !matches!(self, Dataset::Units | Dataset::UnitNames)
    }

    /// Returns the name as it stands on the command line and in a snapshot.
    pub const fn as_str(self) -> &'static str {
        match self {
            Dataset::Amounts => "amounts",
            Dataset::Statements => "statements",
            Dataset::Indicators => "indicators",
            Dataset::Documents => "documents",
            Dataset::Units => "units",
            Dataset::UnitNames => "unit_names",
            Dataset::Tables => "tables",
            Dataset::Checks => "checks",
            Dataset::Findings => "findings",
            Dataset::Gaps => "gaps",
        }
    }

    /// Reads a name back; nothing for any other text.
    pub fn parse(text: &str) -> Option<Dataset> {
        Dataset::ALL.iter().copied().find(|dataset| dataset.as_str() == text)
    }

    /// Returns the columns that are folders of a snapshot, the outermost first.
    ///
    /// They are left out of the files there: readers disagree on what holds when a column is
    /// both.
    pub const fn partitions(self) -> &'static [&'static str] {
        match self {
            Dataset::Amounts => &["fiscal_year", "stage"],
            _ => &[],
        }
    }

    /// Returns every column, in the order of the contract.
    pub fn schema(self) -> Schema {
        let fields = match self {
            Dataset::Amounts => amounts(),
            Dataset::Statements => statements(),
            Dataset::Indicators => indicators(),
            Dataset::Documents => documents(),
            Dataset::Units => units(),
            Dataset::UnitNames => unit_names(),
            Dataset::Tables => tables(),
            Dataset::Checks => checks(),
            Dataset::Findings => findings(),
            Dataset::Gaps => gaps(),
        };
        versioned(fields.into_iter().map(|field| described(self, field)).collect())
    }

    /// Returns the columns of the files of a snapshot: all but the partitions.
    pub fn stored_schema(self) -> Schema {
        let mut fields: Vec<Field> =
            self.schema().fields().iter().map(|field| field.as_ref().clone()).collect();
        fields.retain(|field| !self.partitions().contains(&field.name().as_str()));
        versioned(fields)
    }
}

/// The digits of a stated value after the point: shares are printed with more than amounts.
pub const VALUE_SCALE: i8 = 6;

/// The digits of a stated value, those after the point included.
pub const VALUE_PRECISION: u8 = 26;

/// Returns the type of a value that can be yuan, per cent or a count.
pub const fn value() -> DataType {
    DataType::Decimal128(VALUE_PRECISION, VALUE_SCALE)
}

/// Returns the type of every amount: a decimal of yuan.
pub const fn amount() -> DataType {
    DataType::Decimal128(AMOUNT_PRECISION, AMOUNT_SCALE)
}

/// Returns the type of a list of lines.
pub fn lines() -> DataType {
    DataType::List(Arc::new(Field::new("item", DataType::Int32, false)))
}

/// Returns the type of a list of texts.
pub fn texts() -> DataType {
    DataType::List(Arc::new(Field::new("item", DataType::Utf8, false)))
}

/// Puts what a column holds, and its unit, beside it.
fn described(dataset: Dataset, field: Field) -> Field {
    let description = columns::description(dataset.as_str(), field.name());
    let is_amount = *field.data_type() == amount();
    noted(field, description, is_amount.then_some(YUAN))
}

/// Puts a description and a unit beside a column.
pub fn noted(field: Field, description: Option<&str>, unit: Option<&str>) -> Field {
    let said = [(DESCRIPTION_KEY, description), (UNIT_KEY, unit)];
    let said = said.into_iter().filter_map(|(key, text)| Some((key.to_owned(), text?.to_owned())));
    field.with_metadata(said.collect())
}

fn versioned(fields: Vec<Field>) -> Schema {
    let version = (CONTRACT_KEY.to_owned(), CONTRACT_VERSION.to_owned());
    Schema::new_with_metadata(fields, [version].into())
}

fn amounts() -> Vec<Field> {
    vec![
        text("doc_id"),
        text("path"),
        text("table"),
        integer("line"),
        integer("row"),
        text("flow"),
        optional(text("code")),
        optional(text("class_code")),
        text("label"),
        text("label_raw"),
        optional(text("row_unit")),
        text("fund"),
        text("period"),
        text("nature"),
        text("stage"),
        optional(integer("fiscal_year")),
        Field::new("amount", amount(), false),
        text("raw"),
        text("source"),
        optional(text("repair")),
        text("row_role"),
        optional(integer("parent_row")),
        Field::new("is_leaf", DataType::Boolean, false),
        integer("column"),
        optional(integer("page")),
        integer("verified_by"),
    ]
}

fn statements() -> Vec<Field> {
    vec![
        text("doc_id"),
        text("path"),
        integer("line"),
        optional(text("section")),
        text("topic"),
        text("label"),
        text("kind"),
        Field::new("value", value(), false),
        text("unit"),
        optional(text("stage")),
        optional(integer("fiscal_year")),
        optional(integer("base_year")),
        optional(text("of")),
        optional(text("reason")),
        text("raw"),
        optional(text("class_code")),
        integer("column"),
        optional(text("names")),
    ]
}

fn indicators() -> Vec<Field> {
    vec![
        text("doc_id"),
        text("path"),
        integer("line"),
        optional(text("project")),
        optional(text("row_unit")),
        Field::new("project_amount", amount(), true),
        optional(text("goal")),
        optional(text("level1")),
        optional(text("level2")),
        optional(text("level3")),
        optional(text("explanation")),
        optional(text("comparator")),
        optional(text("target")),
        Field::new("target_value", value(), true),
        optional(text("target_unit")),
        optional(text("actual")),
        Field::new("weight", value(), true),
        integer("column"),
    ]
}

fn documents() -> Vec<Field> {
    vec![
        text("doc_id"),
        text("path"),
        optional(text("title")),
        optional(text("unit_name")),
        optional(text("scope")),
        optional(integer("fiscal_year")),
        optional(text("stage")),
        Field::new("published", DataType::Date32, true),
        optional(text("region")),
        optional(text("money_unit")),
        text("encoding"),
        Field::new("bytes", DataType::Int64, false),
        integer("lines"),
        integer("tables"),
        integer("amounts"),
        integer("statements"),
        integer("indicators"),
        optional(integer("findings")),
        text("parser_version"),
        optional(text("unit_code")),
        optional(text("parent_name")),
        optional(text("parent_code")),
        optional(integer("unit_count")),
        integer("gaps"),
        integer("numbers"),
        integer("numbers_facts"),
        integer("numbers_named"),
        integer("numbers_told"),
        integer("numbers_unread"),
    ]
}

fn units() -> Vec<Field> {
    vec![
        text("unit_id"),
        Field::new("other_ids", texts(), false),
        text("name"),
        Field::new("aliases", texts(), false),
        Field::new("codes", texts(), false),
        optional(text("region_code")),
        optional(text("region")),
        optional(text("level")),
        optional(text("parent_id")),
        optional(text("parent_name")),
        integer("documents"),
        optional(integer("first_year")),
        optional(integer("last_year")),
    ]
}

fn unit_names() -> Vec<Field> {
    vec![
        text("doc_id"),
        text("path"),
        optional(integer("line")),
        text("role"),
        text("name"),
        optional(text("code")),
        optional(text("unit_id")),
        text("matched"),
        Field::new("candidates", texts(), false),
    ]
}

fn tables() -> Vec<Field> {
    vec![text("doc_id"), text("path"), text("table"), integer("line"), integer("figures")]
}

fn checks() -> Vec<Field> {
    vec![
        text("doc_id"),
        text("path"),
        text("rule"),
        text("table"),
        integer("line"),
        text("label"),
        text("outcome"),
        Field::new("expected", value(), true),
        Field::new("actual", value(), true),
        Field::new("difference", value(), true),
        Field::new("tolerance", value(), true),
        integer("terms"),
        Field::new("evidence", lines(), false),
        optional(text("reason")),
    ]
}

fn findings() -> Vec<Field> {
    vec![
        text("doc_id"),
        text("path"),
        text("rule"),
        text("severity"),
        text("table"),
        integer("line"),
        text("label"),
        optional(text("expected")),
        optional(text("actual")),
        Field::new("difference", value(), true),
        text("message"),
        Field::new("evidence", lines(), false),
        optional(text("suggestion")),
        Field::new("suggestion_amount", amount(), true),
        optional(integer("suggestion_line")),
        optional(text("suggestion_kind")),
        text("message_chinese"),
        integer("cause"),
        integer("column"),
    ]
}

fn gaps() -> Vec<Field> {
    vec![
        text("doc_id"),
        text("path"),
        integer("line"),
        integer("column"),
        text("token"),
        text("kind"),
        text("reason"),
        optional(text("table")),
    ]
}

fn text(name: &str) -> Field {
    Field::new(name, DataType::Utf8, false)
}

fn integer(name: &str) -> Field {
    Field::new(name, DataType::Int32, false)
}

fn optional(field: Field) -> Field {
    field.with_nullable(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_others_refused() {
        for dataset in Dataset::ALL {
            assert_eq!(Dataset::parse(dataset.as_str()), Some(*dataset));
        }
        assert_eq!(Dataset::parse("finding"), None);
    }

    #[test]
    fn partitions_are_columns_that_files_leave_out() {
        for dataset in Dataset::ALL {
            for partition in dataset.partitions() {
                assert!(dataset.schema().index_of(partition).is_ok());
                assert!(dataset.stored_schema().index_of(partition).is_err());
            }
        }
    }
}
