//! Defines `Finding`: something that does not add up, with the figures that show it.

use rust_decimal::Decimal;

use crate::accounts::token::{ChangeKind, Severity, TableKind};

/// One violated identity or contradiction: a row of the dataset `findings` (`contract.md`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// The name of the rule.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The table of the figure that is named; nothing for one of the prose.
    pub table: Option<TableKind>,
    /// The line of that figure, counted from 1.
    pub line: u32,
    /// Its first character in that line, counted from 1.
    pub column: u32,
    /// Its label.
    pub label: String,
    /// What it should be, as far as the other figures say: yuan, per cent, or a name.
    pub expected: Option<String>,
    /// What it is; nothing where it is blank.
    pub actual: Option<String>,
    /// The actual less the expected value; nothing where these are names.
    pub difference: Option<Decimal>,
    /// What to tell people.
    pub message: Message,
    /// The figures that show it, that of `line` among them, in printed order.
    pub marks: Vec<Mark>,
    /// The one change that would make the accounts agree, if there is exactly one.
    pub suggestion: Option<Suggestion>,
    /// The findings of one document that have one cause have one number, counted from 1.
    pub cause: u32,
}

impl Finding {
    /// Returns the lines of every figure involved, ascending.
    pub fn evidence(&self) -> Vec<u32> {
        let mut lines: Vec<u32> = self.marks.iter().map(|mark| mark.line).collect();
        lines.push(self.line);
        lines.sort_unstable();
        lines.dedup();
        lines
    }
}

/// A text for people in the languages that the program speaks.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Message {
    /// In English.
    pub english: String,
    /// In Chinese.
    pub chinese: String,
}

/// A place in the document that a finding points at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mark {
    /// The line, counted from 1.
    pub line: u32,
    /// The first character in the line, counted from 1; 0 where only the line is known.
    pub column: u32,
    /// What is printed there; empty for a blank cell.
    pub raw: String,
    /// What it is the figure of: its row and, where that matters, its column.
    pub label: String,
    /// Whether it is the figure that the finding names.
    pub named: bool,
}

/// The single change that closes at least two identities and breaks none (`contract.md`).
///
/// It is shown and never applied.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Suggestion {
    /// The line of the figure to change, counted from 1.
    pub line: u32,
    /// Its first character in that line; 0 where nothing is printed.
    pub column: u32,
    /// Its label.
    pub label: String,
    /// What is printed there; empty for a blank cell.
    pub printed: String,
    /// What should be printed there, in the unit of its table; empty for a blank cell.
    pub figure: String,
    /// The same in yuan; nothing for a blank cell or a name.
    pub amount_yuan: Option<Decimal>,
    /// What kind of slip it would mend.
    pub kind: ChangeKind,
    /// How many failing identities it closes.
    pub closes: u32,
}
