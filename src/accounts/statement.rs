//! Defines `Statement`: a figure that the prose states, a row of the dataset `statements`.

use rust_decimal::Decimal;

use crate::accounts::token::{Stage, StatementKind, Topic};

/// One figure stated in the prose: a row of the dataset `statements` (`contract.md`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Statement {
    /// The line that the number begins on, counted from 1.
    pub line: u32,
    /// The first character of the number in its line, counted from 1.
    pub column: u32,
    /// The heading of the section; nothing before the first heading.
    pub section: Option<String>,
    /// What the sentence speaks of.
    pub topic: Topic,
    /// What exactly is counted, as printed; the classified item where the topic is
    /// `functional`, `economic` or `fund`.
    pub label: String,
    /// What kind of number it is.
    pub kind: StatementKind,
    /// The value: yuan for amounts and their changes, per cent for shares and changes in per
    /// cent (points where `unit` says so), else a count. A decrease is negative.
    pub value: Decimal,
    /// The unit of `value`: 元, %, or the unit of a count as printed.
    pub unit: String,
    /// Budget or final account; nothing where the document does not say.
    pub stage: Option<Stage>,
    /// The year that the figure is for.
    pub fiscal_year: Option<i32>,
    /// The year that a change starts from; nothing for what is no change.
    pub base_year: Option<i32>,
    /// What a share is a share of; nothing for what is no share or says no whole.
    pub of: Option<Whole>,
    /// The printed reason of a change.
    pub reason: Option<String>,
    /// The number and its unit as printed.
    pub raw: String,
    /// The standard classification code that the label resolves to.
    pub class_code: Option<String>,
    /// The names of the institutions that are counted, as the sentence lists them.
    pub names: Option<String>,
}

impl Statement {
    /// Returns whether it stands in the section of another statement, or in a part of that:
    /// 七、（二） is one of 七、.
    pub fn is_in_section_of(&self, other: &Statement) -> bool {
        let marked = |section: &str| {
            let (mark, rest) = section.split_once('、')?;
            Some((mark.to_owned(), rest.starts_with('(')))
        };
        let marks = || {
            let own = self.section.as_deref().and_then(marked)?;
            Some((own, other.section.as_deref().and_then(marked)?))
        };
        self.section == other.section
            || marks().is_some_and(|(own, other)| own.0 == other.0 && own.1 && !other.1)
    }
}

/// What a share is a share of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Whole {
    /// The figure of a topic: 占支出合计的 …
    Topic(Topic),
    /// The budget of the same item: 完成预算的 …
    Budget,
}

impl Whole {
    /// Returns the token as it stands in the output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Whole::Topic(topic) => topic.as_str(),
            Whole::Budget => "budget",
        }
    }
}
