//! Gives changes the reasons that are printed behind them.

use crate::{
    accounts::{statement::Statement, token::Topic},
    extract::prose::Glyph,
};

/// The longest reason that is kept, in characters.
const LONGEST_REASON: usize = 300;

/// The changes of a passage that have no reason yet, and the reason that is being read.
#[derive(Clone, Debug, Default)]
pub(super) struct Reasons {
    owed: Vec<usize>,
    open: Option<(usize, Option<Topic>)>,
}

/// A reason and the statements that it explains.
#[derive(Debug)]
pub(super) struct Reason {
    text: String,
    of: Option<Topic>,
    owed: Vec<usize>,
}

impl Reasons {
    /// Notes a change, by its place among the statements.
    pub(super) fn owe(&mut self, statement: usize) {
        if self.open.is_none() {
            self.owed.push(statement);
        }
    }

    /// Begins the reason at a place; `of` is the topic that it explains, if it says so.
    pub(super) fn begin(&mut self, at: usize, of: Option<Topic>) {
        self.open.get_or_insert((at, of));
    }

    /// Returns whether a reason is being read.
    pub(super) fn open(&self) -> bool {
        self.open.is_some()
    }

    /// Ends the reason before a place; nothing where none was begun or it is empty.
    pub(super) fn end(&mut self, glyphs: &[Glyph], at: usize) -> Option<Reason> {
        let (start, of) = self.open.take()?;
        let mut text = String::new();
        for glyph in glyphs.get(start..at).unwrap_or_default().iter().take(LONGEST_REASON) {
            text.push(glyph.printed);
        }
        let text = text.trim_start_matches([':', '：', ',', '，', '是', '为']).to_owned();
        (!text.is_empty()).then(|| Reason { text, of, owed: self.owed.clone() })
    }
}

impl Reason {
    /// Gives it to the changes before it that have none.
    pub(super) fn give(self, statements: &mut [Statement]) {
        for at in self.owed {
            if let Some(statement) = statements.get_mut(at)
                && statement.reason.is_none()
                && self.of.is_none_or(|topic| topic == statement.topic)
            {
                statement.reason = Some(self.text.clone());
            }
        }
    }
}
