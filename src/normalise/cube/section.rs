//! Reads what the heading above a statement says of it.

use crate::{
    accounts::{
        text,
        token::{Flow, Fund, Nature, Topic},
    },
    extract::{
        prose::wording::{Named, Wording},
        words::Words,
    },
};

/// What the heading above a statement says of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Section {
    title: Option<String>,
    /// Whose money its figures are; `None` for all.
    pub(super) fund: Option<Fund>,
    /// What it speaks of alone: “三公”, 政府采购.
    pub(super) own: Option<Topic>,
    /// Whether its sums are those of all that the fund has.
    pub(super) whole: bool,
    /// The sides of the ledger that it speaks of.
    pub(super) sides: Sides,
    /// The part of the expenditure that it speaks of alone.
    pub(super) nature: Option<Nature>,
    /// The fund whose spending was stated in it last, beside that of all money.
    pub(super) spent: Option<Fund>,
    /// Whether a sum was stated in it.
    begun: bool,
    /// Whether a heading was read at all.
    entered: bool,
    chapter: Chapter,
}

/// The sides of the ledger that a heading names.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sides {
    pub(super) income: bool,
    pub(super) expenditure: bool,
}

/// The headings of one chapter: 五、（一）, 五、（二）.
#[derive(Clone, Debug, Default)]
struct Chapter {
    mark: String,
    fund: Option<Fund>,
    /// Whether its headings name different funds.
    mixed: bool,
}

impl Section {
    /// Reads the heading of the next statement; nothing changes where it is that of the last.
    pub(super) fn enter(&mut self, title: Option<&str>, words: &Words, wording: &Wording) {
        if self.entered && self.title.as_deref() == title {
            return;
        }
        let printed = title.unwrap_or_default();
        let topics: Vec<Named> = wording.topics.found(printed).collect();
        let strong = topics.iter().filter(|named| named.name.strong);
        let own = strong.copied().max_by_key(Named::rank);
        let has = |topic: Topic| topics.iter().any(|named| named.name.topic == topic);
        let income = printed.contains('收');
        let expenditure = printed.contains('支');
        let general = printed.contains("预算") || printed.contains("决算");
        let of_all = title.is_none() || income || expenditure || general;
        let mut chapter = std::mem::take(&mut self.chapter);
        let fund = chapter.fund(printed, fund_of(printed, words));
        *self = Section {
            title: title.map(str::to_owned),
            fund,
            own: own.map(|named| named.name.topic),
            whole: of_all && own.is_none() && !wording.apart.within(printed),
            sides: Sides { income, expenditure },
            nature: match (has(Topic::Basic), has(Topic::Project)) {
                (true, false) => Some(Nature::Basic),
                (false, true) => Some(Nature::Project),
                _ => None,
            },
            spent: None,
            begun: false,
            entered: true,
            chapter,
        };
    }

    /// Lets the first sum say whose money its parts are, where the heading does not:
    /// 一般公共预算财政拨款支出 722.88 万元，主要用于 …
    pub(super) fn open(&mut self, topic: Topic, label: &str, fund: Option<Fund>) {
        let sum = matches!(
            topic,
            Topic::Total
                | Topic::IncomeTotal
                | Topic::ExpenditureTotal
                | Topic::Basic
                | Topic::Fund
        );
        if !sum || self.begun || self.title.is_none() {
            return;
        }
        self.begun = true;
        let spent = label.contains('支') && !label.contains('收');
        self.fund = self.fund.or(fund.filter(|_| spent && !self.sides.income));
    }

    /// Returns whether it speaks of a side, or of no side in particular.
    pub(super) fn may_state(&self, flow: Flow) -> bool {
        let (this, other) = match flow {
            Flow::Income => (self.sides.income, self.sides.expenditure),
            Flow::Expenditure => (self.sides.expenditure, self.sides.income),
        };
        this || !other
    }
}

impl Chapter {
    /// Returns the fund of a heading that names one or stands beside those that do.
    fn fund(&mut self, title: &str, named: Option<Fund>) -> Option<Fund> {
        let (mark, rest) = title.split_once('、').unwrap_or_default();
        if mark != self.mark || !rest.starts_with('(') {
            *self = Chapter { mark: mark.to_owned(), fund: named, mixed: false };
        } else if named.is_some() {
            self.mixed |= self.fund.is_some_and(|fund| Some(fund) != named);
            self.fund = named;
        }
        named.or(self.fund.filter(|_| !self.mixed))
    }
}

/// Returns the fund that a text names.
pub fn fund_of(printed: &str, words: &Words) -> Option<Fund> {
    words.said(&text::key(printed)).find_map(|word| word.fund)
}
