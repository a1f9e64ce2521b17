//! Brings figures under the columns that the accounts themselves prove (placement), and tells
//! whether the accounts agree (outcomes).
//!
//! Digits are never touched here: placement decides only which column a figure stands under, and
//! which of its possible readings is the printed one. What a figure should have been goes into
//! a [finding](crate::accounts::finding::Finding).
//!
//! Rules put identities between printed amounts into a ledger; what they come to, which single
//! change would mend what fails, and how that is told, is the same for all of them.

pub mod across;
mod arrangement;
pub mod between;
pub mod identity;
mod ledger;
pub mod outcome;
mod packed;
mod place;
pub mod placement;
pub mod registry;
pub mod rule;
pub mod rules;
mod suggest;
mod tell;
mod within;

pub use across::{across, excerpt};
pub use placement::place;

use crate::reconcile::{
    ledger::{CellAt, Ledger},
    outcome::Reconciliation,
    rule::{Books, Looks},
};

/// The table, side, row and column of a figure.
pub type Cell = (usize, usize, usize, usize);

/// Checks everything that the accounts of a document owe.
///
/// `cells` are those of each figure of `books` that comes from a table, in their order.
pub fn check(books: &Books<'_>, cells: &[Cell]) -> Reconciliation {
    let unit = books.identity.money_unit;
    let mut ledger = Ledger::new(books.tables, books.statements, unit, &books.forms.words);
    let mut noted = Vec::new();
    for rule in rules::RULES {
        if let Looks::Document(check) = rule.looks {
            check(books, &mut ledger, &mut noted);
        }
    }
    let at = |(table, side, row, column): &Cell| CellAt {
        table: *table,
        side: *side,
        row: *row,
        column: *column,
    };
    let cells: Vec<CellAt> = cells.iter().map(at).collect();
    outcome::reconcile(books, &ledger, noted, &cells)
}
