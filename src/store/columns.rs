//! Says which value of a disclosure each column of the contract holds.
//!
//! A column is found by its name in the schema, so that the schema stays the one list.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, BooleanArray, Date32Array, Int64Array, StringArray},
    compute::kernels::cast_utils::Parser,
    datatypes::Date32Type,
};

use crate::{
    accounts::{
        check::Check,
        disclosure::{Disclosure, TablePresence},
        excerpt::Excerpt,
        figure::Figure,
        finding::Finding,
        gap::{Gap, GapKind},
        indicator::Indicator,
        money::Unit,
        statement::{Statement, Whole},
        token::{Comparator, Level, Repair, Scope, Stage, TableKind, Unchecked},
        unit::{Unit as RegisteredUnit, UnitName},
    },
    error::Result,
    store::arrays::{
        integer, lists, optional_integer, optional_text, text, text_lists, values, yuan,
    },
};

/// A figure with the document that it stands in.
pub type FigureRow<'a> = (&'a Disclosure, &'a Figure);

/// The columns that every dataset begins with.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The hash of the document's bytes.
    pub doc_id: &'a str,
    /// The document.
    pub path: &'a str,
}

impl<'a> From<&'a Disclosure> for Origin<'a> {
    fn from(document: &'a Disclosure) -> Origin<'a> {
        Origin { doc_id: &document.doc_id, path: &document.path }
    }
}

impl<'a> From<&'a Excerpt> for Origin<'a> {
    fn from(document: &'a Excerpt) -> Origin<'a> {
        Origin { doc_id: &document.doc_id, path: &document.path }
    }
}

/// Makes one column of `amounts`; nothing for an unknown name.
pub fn amounts(name: &str, rows: &[FigureRow<'_>]) -> Result<Option<ArrayRef>> {
    Ok(Some(match name {
        "doc_id" => text(rows, |(d, _)| &d.doc_id),
        "path" => text(rows, |(d, _)| &d.path),
        "table" => text(rows, |(_, f)| f.table.as_str()),
        "line" => integer(rows, |(_, f)| f.line),
        "row" => integer(rows, |(_, f)| f.row),
        "flow" => text(rows, |(_, f)| f.flow.as_str()),
        "code" => optional_text(rows, |(_, f)| f.code.as_deref()),
        "class_code" => optional_text(rows, |(_, f)| f.class_code.as_deref()),
        "label" => text(rows, |(_, f)| &f.label),
        "label_raw" => text(rows, |(_, f)| &f.label_raw),
        "row_unit" => optional_text(rows, |(_, f)| f.row_unit.as_deref()),
        "fund" => text(rows, |(_, f)| f.fund.as_str()),
        "period" => text(rows, |(_, f)| f.period.as_str()),
        "nature" => text(rows, |(_, f)| f.nature.as_str()),
        "stage" => text(rows, |(_, f)| f.stage.as_str()),
        "fiscal_year" => optional_integer(rows, |(_, f)| f.fiscal_year),
        "amount" => yuan(rows, |(d, f)| (d.path.as_str(), Some(f.amount_yuan)))?,
        "raw" => text(rows, |(_, f)| &f.raw),
        "source" => text(rows, |(_, f)| f.source.as_str()),
        "repair" => Arc::new(rows.iter().map(|(_, f)| repair(&f.repairs)).collect::<StringArray>()),
        "row_role" => text(rows, |(_, f)| f.role.as_str()),
        "parent_row" => optional_integer(rows, |(_, f)| f.parent_row),
        "is_leaf" => Arc::new(rows.iter().map(|(_, f)| Some(f.is_leaf)).collect::<BooleanArray>()),
        "column" => integer(rows, |(_, f)| f.column),
        "page" => optional_integer(rows, |(d, f)| d.page_of(f.line)),
        "verified_by" => integer(rows, |(_, f)| f.verified_by),
        _ => return Ok(None),
    }))
}

/// Makes one column of `statements`; nothing for an unknown name.
pub fn statements(name: &str, rows: &[(&Disclosure, &Statement)]) -> Result<Option<ArrayRef>> {
    Ok(Some(match name {
        "doc_id" => text(rows, |(d, _)| &d.doc_id),
        "path" => text(rows, |(d, _)| &d.path),
        "line" => integer(rows, |(_, s)| s.line),
        "section" => optional_text(rows, |(_, s)| s.section.as_deref()),
        "topic" => text(rows, |(_, s)| s.topic.as_str()),
        "label" => text(rows, |(_, s)| &s.label),
        "kind" => text(rows, |(_, s)| s.kind.as_str()),
        "value" => values(rows, |(d, s)| (d.path.as_str(), Some(s.value)))?,
        "unit" => text(rows, |(_, s)| &s.unit),
        "stage" => optional_text(rows, |(_, s)| s.stage.map(Stage::as_str)),
        "fiscal_year" => optional_integer(rows, |(_, s)| s.fiscal_year),
        "base_year" => optional_integer(rows, |(_, s)| s.base_year),
        "of" => optional_text(rows, |(_, s)| s.of.map(Whole::as_str)),
        "reason" => optional_text(rows, |(_, s)| s.reason.as_deref()),
        "raw" => text(rows, |(_, s)| &s.raw),
        "class_code" => optional_text(rows, |(_, s)| s.class_code.as_deref()),
        "names" => optional_text(rows, |(_, s)| s.names.as_deref()),
        "column" => integer(rows, |(_, s)| s.column),
        _ => return Ok(None),
    }))
}

/// Makes one column of `indicators`; nothing for an unknown name.
pub fn indicators(name: &str, rows: &[(&Disclosure, &Indicator)]) -> Result<Option<ArrayRef>> {
    Ok(Some(match name {
        "doc_id" => text(rows, |(d, _)| &d.doc_id),
        "path" => text(rows, |(d, _)| &d.path),
        "line" => integer(rows, |(_, i)| i.line),
        "project" => optional_text(rows, |(_, i)| i.project.as_deref()),
        "row_unit" => optional_text(rows, |(_, i)| i.row_unit.as_deref()),
        "project_amount" => yuan(rows, |(d, i)| (d.path.as_str(), i.project_amount_yuan))?,
        "goal" => optional_text(rows, |(_, i)| i.goal.as_deref()),
        "level1" => optional_text(rows, |(_, i)| i.level1.as_deref()),
        "level2" => optional_text(rows, |(_, i)| i.level2.as_deref()),
        "level3" => optional_text(rows, |(_, i)| i.level3.as_deref()),
        "explanation" => optional_text(rows, |(_, i)| i.explanation.as_deref()),
        "comparator" => optional_text(rows, |(_, i)| i.comparator.map(Comparator::as_str)),
        "target" => optional_text(rows, |(_, i)| i.target.as_deref()),
        "target_value" => values(rows, |(d, i)| (d.path.as_str(), i.target_value))?,
        "target_unit" => optional_text(rows, |(_, i)| i.target_unit.as_deref()),
        "actual" => optional_text(rows, |(_, i)| i.actual.as_deref()),
        "weight" => values(rows, |(d, i)| (d.path.as_str(), i.weight))?,
        "column" => integer(rows, |(_, i)| i.column),
        _ => return Ok(None),
    }))
}

/// Makes one column of `documents`; nothing for an unknown name.
pub fn documents(name: &str, rows: &[&Disclosure]) -> Result<Option<ArrayRef>> {
    Ok(Some(match name {
        "doc_id" => text(rows, |d| &d.doc_id),
        "path" => text(rows, |d| &d.path),
        "title" => optional_text(rows, |d| d.identity.title.as_deref()),
        "unit_name" => optional_text(rows, |d| d.identity.unit_name.as_deref()),
        "scope" => optional_text(rows, |d| d.identity.scope.map(Scope::as_str)),
        "fiscal_year" => optional_integer(rows, |d| d.identity.fiscal_year),
        "stage" => optional_text(rows, |d| d.identity.stage.map(Stage::as_str)),
        "published" => {
            let day = |d: &&Disclosure| Date32Type::parse(d.identity.published.as_deref()?);
            Arc::new(rows.iter().map(day).collect::<Date32Array>())
        }
        "region" => optional_text(rows, |d| d.identity.region.as_deref()),
        "money_unit" => optional_text(rows, |d| d.identity.money_unit.map(Unit::name)),
        "encoding" => text(rows, |d| d.encoding),
        "bytes" => {
            let bytes = |d: &&Disclosure| i64::try_from(d.bytes).unwrap_or(i64::MAX);
            Arc::new(rows.iter().map(bytes).collect::<Int64Array>())
        }
        "lines" => integer(rows, |d| d.lines),
        "tables" => integer(rows, |d| d.tables.len()),
        "amounts" => integer(rows, |d| d.figures.len()),
        "gaps" => integer(rows, |d| d.gaps.len()),
        "statements" => integer(rows, |d| d.statements.len()),
        "indicators" => integer(rows, |d| d.indicators.len()),
        "numbers" => integer(rows, |d| d.tally.numbers),
        "numbers_facts" => integer(rows, |d| d.tally.facts),
        "numbers_named" => integer(rows, |d| d.tally.named),
        "numbers_told" => integer(rows, |d| d.tally.told),
        "numbers_unread" => integer(rows, |d| d.tally.unread),
        "findings" => integer(rows, |d| d.findings.len()),
        "parser_version" => text(rows, |_| env!("CARGO_PKG_VERSION")),
        "unit_code" => optional_text(rows, |d| d.identity.unit_code.as_deref()),
        "parent_name" => optional_text(rows, |d| d.identity.parent_name.as_deref()),
        "parent_code" => optional_text(rows, |d| d.identity.parent_code.as_deref()),
        "unit_count" => optional_integer(rows, |d| d.identity.unit_count),
        _ => return Ok(None),
    }))
}

/// Makes one column of `units`; nothing for an unknown name.
pub fn units(name: &str, rows: &[&RegisteredUnit]) -> Result<Option<ArrayRef>> {
    Ok(Some(match name {
        "unit_id" => text(rows, |u| &u.id),
        "name" => text(rows, |u| &u.name),
        "other_ids" => text_lists(rows, |u| &u.other_ids),
        "aliases" => text_lists(rows, |u| &u.aliases),
        "codes" => text_lists(rows, |u| &u.codes),
        "region_code" => optional_text(rows, |u| u.region_code.as_deref()),
        "region" => optional_text(rows, |u| u.region.as_deref()),
        "level" => optional_text(rows, |u| u.level.map(Level::as_str)),
        "parent_id" => optional_text(rows, |u| u.parent_id.as_deref()),
        "parent_name" => optional_text(rows, |u| u.parent_name.as_deref()),
        "documents" => integer(rows, |u| u.documents),
        "first_year" => optional_integer(rows, |u| u.first_year),
        "last_year" => optional_integer(rows, |u| u.last_year),
        _ => return Ok(None),
    }))
}

/// Makes one column of `unit_names`; nothing for an unknown name.
pub fn unit_names(name: &str, rows: &[&UnitName<'_>]) -> Result<Option<ArrayRef>> {
    Ok(Some(match name {
        "doc_id" => text(rows, |n| &n.doc_id),
        "path" => text(rows, |n| &n.path),
        "line" => optional_integer(rows, |n| n.line),
        "role" => text(rows, |n| n.role.as_str()),
        "name" => text(rows, |n| &n.name),
        "code" => optional_text(rows, |n| n.code),
        "unit_id" => optional_text(rows, |n| n.unit_id.as_deref()),
        "matched" => text(rows, |n| n.matched.as_str()),
        "candidates" => text_lists(rows, |n| &n.candidates),
        _ => return Ok(None),
    }))
}

/// Makes one column of `tables`; nothing for an unknown name.
pub fn tables(name: &str, rows: &[(&Disclosure, &TablePresence)]) -> Result<Option<ArrayRef>> {
    Ok(Some(match name {
        "doc_id" => text(rows, |(d, _)| &d.doc_id),
        "path" => text(rows, |(d, _)| &d.path),
        "table" => text(rows, |(_, t)| t.table.as_str()),
        "line" => integer(rows, |(_, t)| t.line),
        "figures" => integer(rows, |(_, t)| t.figures),
        _ => return Ok(None),
    }))
}

/// Makes one column of `checks`; nothing for an unknown name.
pub fn checks(name: &str, rows: &[(Origin<'_>, &Check)]) -> Result<Option<ArrayRef>> {
    Ok(Some(match name {
        "doc_id" => text(rows, |(d, _)| d.doc_id),
        "path" => text(rows, |(d, _)| d.path),
        "rule" => text(rows, |(_, c)| c.rule),
        "table" => text(rows, |(_, c)| table(c.table)),
        "line" => integer(rows, |(_, c)| c.line),
        "label" => text(rows, |(_, c)| &c.label),
        "outcome" => text(rows, |(_, c)| c.outcome.as_str()),
        "expected" => values(rows, |(d, c)| (d.path, c.expected))?,
        "actual" => values(rows, |(d, c)| (d.path, c.actual))?,
        "difference" => values(rows, |(d, c)| (d.path, c.difference()))?,
        "tolerance" => values(rows, |(d, c)| (d.path, c.tolerance))?,
        "terms" => integer(rows, |(_, c)| c.terms),
        "evidence" => lists(rows, |(_, c)| c.evidence.clone()),
        "reason" => optional_text(rows, |(_, c)| c.reason.map(Unchecked::as_str)),
        _ => return Ok(None),
    }))
}

/// Makes one column of `findings`; nothing for an unknown name.
pub fn findings(name: &str, rows: &[(Origin<'_>, &Finding)]) -> Result<Option<ArrayRef>> {
    let suggested = |f: &Finding| f.suggestion.as_ref().map(|suggestion| suggestion.line);
    Ok(Some(match name {
        "doc_id" => text(rows, |(d, _)| d.doc_id),
        "path" => text(rows, |(d, _)| d.path),
        "rule" => text(rows, |(_, f)| f.rule),
        "severity" => text(rows, |(_, f)| f.severity.as_str()),
        "table" => text(rows, |(_, f)| table(f.table)),
        "line" => integer(rows, |(_, f)| f.line),
        "label" => text(rows, |(_, f)| &f.label),
        "expected" => optional_text(rows, |(_, f)| f.expected.as_deref()),
        "actual" => optional_text(rows, |(_, f)| f.actual.as_deref()),
        "difference" => values(rows, |(d, f)| (d.path, f.difference))?,
        "message" => text(rows, |(_, f)| &f.message.english),
        "evidence" => lists(rows, |(_, f)| f.evidence()),
        "suggestion" => optional_text(rows, |(_, f)| Some(f.suggestion.as_ref()?.figure.as_str())),
        "suggestion_amount" => {
            let amount = |f: &Finding| f.suggestion.as_ref().and_then(|s| s.amount_yuan);
            yuan(rows, |(d, f)| (d.path, amount(f)))?
        }
        "suggestion_line" => optional_integer(rows, |(_, f)| suggested(f)),
        "suggestion_kind" => {
            optional_text(rows, |(_, f)| f.suggestion.as_ref().map(|s| s.kind.as_str()))
        }
        "message_chinese" => text(rows, |(_, f)| &f.message.chinese),
        "cause" => integer(rows, |(_, f)| f.cause),
        "column" => integer(rows, |(_, f)| f.column),
        _ => return Ok(None),
    }))
}

/// Returns the token of a table; what stands in none stands in the prose.
fn table(kind: Option<TableKind>) -> &'static str {
    kind.map_or("prose", TableKind::as_str)
}

/// Makes one column of `gaps`; nothing for an unknown name.
pub fn gaps(name: &str, rows: &[(&Disclosure, &Gap)]) -> Result<Option<ArrayRef>> {
    Ok(Some(match name {
        "doc_id" => text(rows, |(d, _)| &d.doc_id),
        "path" => text(rows, |(d, _)| &d.path),
        "line" => integer(rows, |(_, g)| g.line),
        "column" => integer(rows, |(_, g)| g.column),
        "token" => text(rows, |(_, g)| &g.token),
        "kind" => text(rows, |(_, g)| g.kind.as_str()),
        "reason" => text(rows, |(_, g)| reason(g.kind)),
        "table" => optional_text(rows, |(_, g)| Some(g.table?.as_str())),
        _ => return Ok(None),
    }))
}

/// Joins what was mended with `+`; nothing where nothing was.
fn repair(repairs: &[Repair]) -> Option<String> {
    let tokens: Vec<&str> = repairs.iter().map(|repair| repair.as_str()).collect();
    (!tokens.is_empty()).then(|| tokens.join("+"))
}

fn reason(kind: GapKind) -> &'static str {
    match kind {
        GapKind::NotAnAmount => "a cell of an amount column holds no amount",
        GapKind::Ambiguous => "the number can be read in several ways",
        GapKind::UnknownColumn => "the meaning of the column was not understood",
        GapKind::NoUnit => "the table has no unit of money",
        GapKind::UnknownTable => "the row belongs to no recognised table",
        GapKind::TooPrecise => "the amount has parts of a fen",
        GapKind::NotYetRead => "the table is recognised and not read into a dataset yet",
        GapKind::Unclaimed => "no reader knows what the number is",
        GapKind::TooLarge => "the amount is larger than any budget",
        GapKind::ScannedPage => "the page is a picture without a layer of text",
    }
}
