//! Defines `Disclosure`: everything that one document came to.

use serde::{Deserialize, Serialize};

use crate::accounts::{
    check::Check,
    figure::Figure,
    finding::Finding,
    gap::Gap,
    indicator::Indicator,
    money::Unit,
    statement::Statement,
    tally::Tally,
    token::{Scope, Stage, TableKind},
};

/// What a document says of itself: a row of the dataset `documents`.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Identity {
    /// The printed title.
    pub title: Option<String>,
    /// The unit or department that publishes.
    pub unit_name: Option<String>,
    /// The code of the unit, where its tables print one.
    pub unit_code: Option<String>,
    /// The department that the unit belongs to, where the document names it.
    pub parent_name: Option<String>,
    /// The code of that department.
    pub parent_code: Option<String>,
    /// Department or unit.
    pub scope: Option<Scope>,
    /// How many units a department consists of, itself included.
    pub unit_count: Option<u32>,
    /// The year of the budget or account.
    pub fiscal_year: Option<i32>,
    /// Budget or final account.
    pub stage: Option<Stage>,
    /// The printed date of publication, as `YYYY-MM-DD`.
    pub published: Option<String>,
    /// Province, city and county as far as the name shows them.
    pub region: Option<String>,
    /// The unit of money that most tables are printed in.
    pub money_unit: Option<Unit>,
}

/// One statutory table of a document, whether it holds figures or not.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TablePresence {
    /// Which table.
    pub table: TableKind,
    /// The line of its title or, without one, of its header.
    pub line: u32,
    /// How many figures it holds; an empty statutory table has none.
    pub figures: u32,
}

/// Everything that one document came to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Disclosure {
    /// BLAKE3 of the bytes, in hexadecimal.
    pub doc_id: String,
    /// The file as given.
    pub path: String,
    /// The number of bytes.
    pub bytes: u64,
    /// The character encoding.
    pub encoding: &'static str,
    /// The number of lines.
    pub lines: u32,
    /// The line that each page or sheet begins with; empty for what has none.
    pub pages: Vec<u32>,
    /// What the document says of itself.
    pub identity: Identity,
    /// The statutory tables in printed order.
    pub tables: Vec<TablePresence>,
    /// The figures: those of tables, of the prose and of charts, each in printed order.
    pub figures: Vec<Figure>,
    /// The figures that the prose states, in printed order.
    pub statements: Vec<Statement>,
    /// The performance indicators in printed order.
    pub indicators: Vec<Indicator>,
    /// Every identity that its accounts owe, and what became of it.
    pub checks: Vec<Check>,
    /// What does not add up.
    pub findings: Vec<Finding>,
    /// What was printed and became no data.
    pub gaps: Vec<Gap>,
    /// What became of every printed number.
    pub tally: Tally,
}

impl Disclosure {
    /// Returns the page that a line is on, counted from 1; nothing where there are none.
    pub fn page_of(&self, line: u32) -> Option<u32> {
        page_of(&self.pages, line)
    }
}

/// Returns the page that a line is on, counted from 1, where the pages begin with some lines.
pub fn page_of(pages: &[u32], line: u32) -> Option<u32> {
    let page = pages.partition_point(|first| *first <= line);
    u32::try_from(page).ok().filter(|page| 0 < *page)
}
