//! Defines `Figure`: one row of the `amounts` cube.

use rust_decimal::Decimal;

use crate::accounts::token::{
    Flow, Fund, Nature, Period, Repair, RowRole, Source, Stage, TableKind,
};

/// One printed figure in its place: a row of the dataset `amounts` (`contract.md`).
///
/// The document's own columns (`doc_id`, `path`) are kept once, in
/// [`Disclosure`](crate::accounts::disclosure::Disclosure).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Figure {
    /// The statutory table.
    pub table: TableKind,
    /// The line of the row's first line in the source text, counted from 1.
    pub line: u32,
    /// The first character of the cell in its line, counted from 1.
    pub column: u32,
    /// The order of the row in its table, counted from 1.
    pub row: u32,
    /// The side of the ledger.
    pub flow: Flow,
    /// The code as printed, split codes joined; in `three_public` the item's token.
    pub code: Option<String>,
    /// The standard classification code that the row resolves to.
    pub class_code: Option<String>,
    /// The label without white space and enumerator; total rows are 合计.
    pub label: String,
    /// The label as printed.
    pub label_raw: String,
    /// The unit that the row names, in tables of projects.
    pub row_unit: Option<String>,
    /// Where the money comes from.
    pub fund: Fund,
    /// Whether it is this year's.
    pub period: Period,
    /// What kind of spending it is.
    pub nature: Nature,
    /// Budget or final account.
    pub stage: Stage,
    /// The year that the figure is for; nothing where the document names none.
    pub fiscal_year: Option<i32>,
    /// The amount in yuan.
    pub amount_yuan: Decimal,
    /// The cell as printed.
    pub raw: String,
    /// Where in the document it stands.
    pub source: Source,
    /// What was mended to read it, in order.
    pub repairs: Vec<Repair>,
    /// The part that its row plays in the table.
    pub role: RowRole,
    /// The row that this row is part of.
    pub parent_row: Option<u32>,
    /// Whether summing over one table, flow, fund, period and nature counts it once.
    pub is_leaf: bool,
    /// How many identities hold that it is part of.
    pub verified_by: u32,
}
