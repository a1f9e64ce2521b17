//! Defines `Rule`: one thing that can be wrong with a disclosure, and how it is looked for.

use crate::{
    accounts::{
        classification::Classifications,
        disclosure::Identity,
        figure::Figure,
        finding::{Mark, Message},
        indicator::Indicator,
        statement::Statement,
        table::Table,
        token::{Severity, TableKind},
    },
    decode::Document,
    extract::{prose::wording::Wording, spec::Forms},
    normalise::cube::place::Place,
    reconcile::{
        across::{Asks, Library, Pair},
        between::Between,
        ledger::Ledger,
    },
};

/// One rule: a file of code, a page of documentation and a line in
/// [`RULES`](crate::reconcile::rules::RULES).
#[derive(Debug)]
pub struct Rule {
    /// The name, after the defect: “waive `row-differs-from-columns` here” reads well.
    pub name: &'static str,
    /// What it finds, in one sentence.
    pub summary: &'static str,
    /// The same in Chinese.
    pub summary_chinese: &'static str,
    /// The identities of the reference that it covers.
    pub ids: &'static str,
    /// Its page, in Markdown.
    pub doc: &'static str,
    /// How bad a finding of it is, where it is beyond rounding.
    pub severity: Severity,
    /// How its findings are told.
    pub(super) shape: Shape,
    /// How it is looked for.
    pub(super) looks: Looks,
}

/// How a rule is looked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Looks {
    /// In one document: adds identities to the ledger, or findings to the list.
    Document(fn(&Books<'_>, &mut Ledger, &mut Vec<Noted>)),
    /// Across documents.
    Across {
        /// Tells the figures that are looked at: no others are there.
        asks: Asks,
        /// Returns figures that should be the same in two documents.
        pairs: for<'a> fn(&Library<'a>) -> Vec<Pair<'a>>,
    },
}

/// How the findings of a rule are told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Shape {
    /// A column of a row should be the sum of other columns.
    Columns,
    /// A row should be the sum of other rows.
    Rows,
    /// A figure should be the same elsewhere, or the sum of figures elsewhere.
    Elsewhere,
    /// What the prose states should be what a table prints.
    Prose,
    /// What the prose states should be the sum of what it states.
    ProseParts,
    /// A figure should be no less than another.
    AtLeast,
    /// The finding tells itself.
    Own,
}

/// Everything that is known of a document when its accounts are checked.
#[derive(Clone, Copy, Debug)]
pub struct Books<'a> {
    /// The document.
    pub document: &'a Document,
    /// What it says of itself.
    pub identity: &'a Identity,
    /// Its statutory tables, with the figures in their places.
    pub tables: &'a [Table],
    /// What its prose states.
    pub statements: &'a [Statement],
    /// Where in the accounts statements belong, by their indices.
    pub placed: &'a [(usize, Place)],
    /// What its charts show.
    pub charted: &'a [Statement],
    /// Its performance indicators.
    pub indicators: &'a [Indicator],
    /// The figures of the cube.
    pub figures: &'a [Figure],
    /// The forms and the words of headers.
    pub forms: &'a Forms,
    /// The words of the prose.
    pub wording: &'a Wording,
    /// The standard classifications.
    pub classes: &'a Classifications,
    /// The identities between tables.
    pub between: &'a Between,
}

/// A finding that is no sum, as its rule makes it.
#[derive(Clone, Debug)]
pub(super) struct Noted {
    pub(super) rule: &'static Rule,
    pub(super) severity: Severity,
    pub(super) table: Option<TableKind>,
    pub(super) label: String,
    pub(super) expected: Option<String>,
    pub(super) actual: Option<String>,
    pub(super) message: Message,
    /// The first is the one that is named.
    pub(super) marks: Vec<Mark>,
}
