//! Defines `Check`: what became of one identity that a document owes.

use rust_decimal::Decimal;

use crate::accounts::token::{Outcome, TableKind, Unchecked};

/// One accounting identity at one place: a row of the dataset `checks` (`contract.md`).
///
/// Nothing that a document owes is left out, so that “nothing failed” is never confused with
/// “nothing was checked”.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Check {
    /// The name of the rule.
    pub rule: &'static str,
    /// The table of the figure that should be the sum; nothing for one of the prose.
    pub table: Option<TableKind>,
    /// The line of that figure, or of its row where it is blank, counted from 1.
    pub line: u32,
    /// The label of that figure.
    pub label: String,
    /// What became of it.
    pub outcome: Outcome,
    /// What the other figures make, in yuan; per cent where a share is checked.
    pub expected: Option<Decimal>,
    /// What is printed, in the same unit; nothing where the figure is blank.
    pub actual: Option<Decimal>,
    /// How far rounding lets the two be apart.
    pub tolerance: Option<Decimal>,
    /// How many printed figures it holds.
    pub terms: u32,
    /// The lines of every figure involved, ascending.
    pub evidence: Vec<u32>,
    /// Why it was not checked.
    pub reason: Option<Unchecked>,
}

impl Check {
    /// Returns what is printed less what the others make.
    pub fn difference(&self) -> Option<Decimal> {
        Some(self.actual? - self.expected?)
    }
}
