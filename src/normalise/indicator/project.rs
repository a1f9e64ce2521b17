//! Collects what a performance form says of one project.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::{accounts::text, extract::performance::words::PerformanceWords};

/// A project as far as it has been read. Texts are in the pieces that they are printed in.
#[derive(Debug, Default)]
pub(super) struct Project {
    name: Pieces,
    unit: Pieces,
    goal: Pieces,
    /// How good the word beside the unit is; the lowest counts.
    unit_rank: usize,
    /// The amount in yuan, and how good its word is.
    amount: Option<(usize, Decimal)>,
    /// Whether it is all that its unit spends.
    pub(super) overall: bool,
    /// Whether its name stands in the row of its first indicator, as in lists; then a name in
    /// a row without a first level goes on with the one above.
    pub(super) in_list: bool,
}

/// A project as its indicators name it.
#[derive(Debug, Default)]
pub(super) struct Named {
    pub(super) name: Option<Arc<str>>,
    pub(super) unit: Option<Arc<str>>,
    pub(super) goal: Option<Arc<str>>,
    pub(super) amount_yuan: Option<Decimal>,
}

/// A text and what goes on with it after a page break.
#[derive(Debug, Default)]
struct Pieces(Vec<String>);

/// The most pieces and bytes of a text. Every indicator repeats them in the output: what is
/// longer is no goal but a document that was misread.
const MOST_PIECES: usize = 64;
const LONGEST_TEXT: usize = 16_000;

impl Pieces {
    fn whole(&self) -> Option<Arc<str>> {
        (!self.0.is_empty()).then(|| self.0.concat().into())
    }

    /// Returns whether a text repeats this one or its last piece, as merged cells that a
    /// converter copied into each row do.
    fn is_repeated(&self, text: &str) -> bool {
        if self.0.iter().any(|piece| piece == text) {
            return true;
        }
        let mut rest = text;
        for piece in &self.0 {
            let Some(after) = rest.strip_prefix(piece.as_str()) else { return false };
            rest = after;
        }
        rest.is_empty() && !self.0.is_empty()
    }

    fn add(&mut self, text: String) {
        let length: usize = self.0.iter().map(String::len).sum();
        let fits = self.0.len() < MOST_PIECES && length + text.len() <= LONGEST_TEXT;
        if fits && !text.is_empty() && !self.is_repeated(&text) {
            self.0.push(text);
        }
    }
}

impl Project {
    /// Begins a project whose name stands in the row of its first indicator, or not.
    pub(super) fn of_list(in_list: bool) -> Project {
        Project { in_list, ..Project::default() }
    }

    /// Begins a project of a form of its own.
    pub(super) fn of_form(overall: bool) -> Project {
        Project { overall, ..Project::default() }
    }

    /// Returns whether nothing names it yet.
    pub(super) fn is_nameless(&self) -> bool {
        self.name.0.is_empty()
    }

    /// Returns whether a printed name is this one again.
    pub(super) fn is_named(&self, printed: &str) -> bool {
        self.name.is_repeated(&text::label(printed))
    }

    /// Adds to its name.
    pub(super) fn add_name(&mut self, printed: &str) {
        self.name.add(text::label(printed).into_owned());
    }

    /// Adds to its unit.
    pub(super) fn add_unit(&mut self, printed: &str) {
        self.unit.add(text::label(printed).into_owned());
    }

    /// Adds to its goal.
    pub(super) fn add_goal(&mut self, printed: &str) {
        self.goal.add(text::label(printed).into_owned());
    }

    /// Names its unit by a word of some rank; returns whether it was taken.
    pub(super) fn say_unit(&mut self, printed: &str, rank: usize) -> bool {
        let label = text::label(printed).into_owned();
        let is_name = 1 < label.chars().filter(|c| ('\u{4E00}'..='\u{9FFF}').contains(c)).count();
        let better = self.unit.0.is_empty() || rank < self.unit_rank;
        if is_name && better {
            self.unit = Pieces(vec![label]);
            self.unit_rank = rank;
        }
        is_name && better
    }

    /// Gives it an amount by a word of some rank.
    pub(super) fn say_amount(&mut self, yuan: Decimal, rank: usize) {
        if self.amount.is_none_or(|(known, _)| rank < known) {
            self.amount = Some((rank, yuan));
        }
    }

    /// Returns whether it has an amount.
    pub(super) fn has_amount(&self) -> bool {
        self.amount.is_some()
    }

    /// Returns whether it has a goal.
    pub(super) fn has_goal(&self) -> bool {
        !self.goal.0.is_empty()
    }

    /// Takes over the unit of the project above it in a list, or that project as its unit where
    /// it is nothing but a name: units and their projects can stand in one column.
    pub(super) fn inherit_unit(&mut self, above: &Project, empty: bool) {
        let bare = empty && above.goal.0.is_empty() && above.amount.is_none();
        let is_unit = bare && !above.in_list && !above.overall && above.unit.0.is_empty();
        self.unit = Pieces(if is_unit { above.name.0.clone() } else { above.unit.0.clone() });
        self.unit_rank = above.unit_rank;
    }

    /// Returns what its indicators say of it. All spending goes by one name everywhere, and is
    /// the publisher's.
    pub(super) fn named(&self, words: &PerformanceWords, publisher: Option<&str>) -> Named {
        let publisher = publisher.filter(|_| self.overall);
        Named {
            name: if self.overall {
                Some(words.overall_project.as_str().into())
            } else {
                self.name.whole()
            },
            unit: self.unit.whole().or_else(|| publisher.map(Into::into)),
            goal: self.goal.whole(),
            amount_yuan: self.amount.map(|(_, yuan)| yuan),
        }
    }
}
