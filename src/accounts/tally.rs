//! Defines `Tally`: what became of every number that a document prints.

/// What became of a printed number.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Fate {
    /// Nobody read it, or whoever read it did not understand it: it is a gap.
    Unread,
    /// It is part of a story: 职责, 重点工作, 名词解释.
    Told,
    /// It names something: a date, an ordinal, a code, a regulation, a part of a label.
    Named,
    /// It is a fact: a figure, a statement, an indicator.
    Fact,
}

/// How many numbers a document prints, and what became of them.
///
/// Every number is counted once: `numbers` is the sum of the others (promise 1 of the design).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    /// All of them: runs of digits with the points and commas inside.
    pub numbers: u32,
    /// Those that are facts.
    pub facts: u32,
    /// Those that name something.
    pub named: u32,
    /// Those that are part of a story.
    pub told: u32,
    /// Those that are gaps.
    pub unread: u32,
}

impl Tally {
    /// Counts one number.
    pub fn add(&mut self, fate: Fate) {
        self.numbers += 1;
        match fate {
            Fate::Fact => self.facts += 1,
            Fate::Named => self.named += 1,
            Fate::Told => self.told += 1,
            Fate::Unread => self.unread += 1,
        }
    }
}
