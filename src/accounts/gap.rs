//! Defines gaps: what was printed and became no data.

use crate::accounts::token;

/// Why something printed became no data.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum GapKind {
    /// A cell of an amount column holds something that is no amount.
    NotAnAmount,
    /// A number can be read in several ways and nothing decides between them.
    Ambiguous,
    /// A figure stands under a column whose meaning was not understood.
    UnknownColumn,
    /// A table's figures have no unit of money.
    NoUnit,
    /// A row of figures belongs to no recognised table.
    UnknownTable,
    /// An amount larger than any budget: a misread.
    TooLarge,
    /// An amount with parts of a fen.
    TooPrecise,
    /// A number that no reader knows anything of.
    Unclaimed,
    /// A figure of a table that is recognised and not read into any dataset yet.
    NotYetRead,
    /// A page that is a picture, without a layer of text.
    ScannedPage,
}

impl GapKind {
    /// Returns the token as it stands in the output.
    pub const fn as_str(self) -> &'static str {
        match self {
            GapKind::NotAnAmount => "not_an_amount",
            GapKind::Ambiguous => "ambiguous",
            GapKind::UnknownColumn => "unknown_column",
            GapKind::NoUnit => "no_unit",
            GapKind::UnknownTable => "unknown_table",
            GapKind::TooLarge => "too_large",
            GapKind::TooPrecise => "too_precise",
            GapKind::Unclaimed => "unclaimed",
            GapKind::NotYetRead => "not_yet_read",
            GapKind::ScannedPage => "scanned_page",
        }
    }
}

/// Something printed that became no data, with its place.
///
/// Every stage that interprets a document returns its gaps beside its result: a missing
/// amount must not look like an amount of zero.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Gap {
    /// The line, counted from 1.
    pub line: u32,
    /// The first character in the line, counted from 1.
    pub column: u32,
    /// The text as printed; empty for a whole page.
    pub token: String,
    /// Why it became no data.
    pub kind: GapKind,
    /// The table it stands in, where one was recognised.
    pub table: Option<token::TableKind>,
}
