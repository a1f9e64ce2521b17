//! Defines `Excerpt`: what other documents may ask of a document, and nothing else of it.
//!
//! What needs several documents is decided on their excerpts: they are small, so that those of
//! all documents fit into memory, and they can be stored, so that a document that did not
//! change is not read again because another did.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::accounts::{
    check::Check,
    disclosure::{Disclosure, Identity},
    figure::Figure,
    finding::Finding,
    token::{Flow, Fund, NameRole, Period, RowRole, Source, Stage, TableKind},
    unit::Registry,
};

/// What other documents may ask of a document.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Excerpt {
    /// BLAKE3 of its bytes, in hexadecimal.
    pub doc_id: String,
    /// The file as given.
    pub path: String,
    /// What it says of itself.
    pub identity: Identity,
    /// How many causes the findings of the document itself have.
    pub causes: u32,
    /// The figures of its tables that are asked for, in printed order.
    pub figures: Vec<ExcerptFigure>,
    /// The units that it names, its publisher first.
    pub mentions: Vec<Mention>,
}

/// A name of a unit that a document prints.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Mention {
    /// What is said with it.
    pub role: NameRole,
    /// The name, without blanks.
    pub name: String,
    /// The code beside it.
    pub code: Option<String>,
    /// The line that it stands on first; nothing where it was pieced together.
    pub line: Option<u32>,
}

/// A figure as other documents see it; the fields are those of [`Figure`].
#[expect(missing_docs, reason = "the fields are those of `Figure`")]
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ExcerptFigure {
    pub table: TableKind,
    pub line: u32,
    pub column: u32,
    pub flow: Flow,
    pub code: Option<String>,
    pub class_code: Option<String>,
    pub label: String,
    pub fund: Fund,
    pub period: Period,
    pub stage: Stage,
    pub fiscal_year: Option<i32>,
    pub amount_yuan: Decimal,
    pub raw: String,
    pub role: RowRole,
}

/// What several documents came to together.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Across<'a> {
    /// What they owe each other.
    pub owed: Vec<Owed<'a>>,
    /// The units that they name.
    pub registry: Registry<'a>,
}

/// Something that a document owes another, and what became of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Owed<'a> {
    /// The document that owes it.
    pub document: &'a Excerpt,
    /// What became of it.
    pub check: Check,
    /// What does not add up; nothing where the two agree, or one is not there.
    pub finding: Option<Finding>,
}

impl Excerpt {
    /// Takes the figures that `is_asked` of a document, and the units that it `mentions`.
    pub fn of(
        document: &Disclosure,
        is_asked: impl Fn(&ExcerptFigure) -> bool,
        mentions: Vec<Mention>,
    ) -> Excerpt {
        Excerpt {
            doc_id: document.doc_id.clone(),
            path: document.path.clone(),
            identity: document.identity.clone(),
            causes: document.findings.iter().map(|finding| finding.cause).max().unwrap_or(0),
            figures: document
                .figures
                .iter()
                .filter(|figure| figure.source == Source::Table)
                .map(ExcerptFigure::of)
                .filter(is_asked)
                .collect(),
            mentions,
        }
    }
}

impl ExcerptFigure {
    fn of(figure: &Figure) -> ExcerptFigure {
        ExcerptFigure {
            table: figure.table,
            line: figure.line,
            column: figure.column,
            flow: figure.flow,
            code: figure.code.clone(),
            class_code: figure.class_code.clone(),
            label: figure.label.clone(),
            fund: figure.fund,
            period: figure.period,
            stage: figure.stage,
            fiscal_year: figure.fiscal_year,
            amount_yuan: figure.amount_yuan,
            raw: figure.raw.clone(),
            role: figure.role,
        }
    }
}
