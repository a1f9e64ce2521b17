//! Tells how a number stands to the words before it: a value, a change, a share.

use crate::{extract::prose::wording::Wording, normalise::prose::subject::YEAR};

/// How a number stands to the words before it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Clause<'t> {
    /// The words that name what it is stated of; empty where the clause names nothing.
    pub(super) label: &'t str,
    /// What the number is.
    pub(super) relation: Relation<'t>,
}

/// What a number is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Relation<'t> {
    /// The value itself.
    Value,
    /// How much it changed, more or less.
    Change {
        /// Whether it grew.
        more: bool,
        /// The words that say against what, if the clause says so.
        base: Option<&'t str>,
    },
    /// The value that a change starts from: 比上年预算 76.82万元.
    Base(&'t str),
    /// A share of what the words name; empty where they name nothing.
    Share(&'t str),
    /// A share of the budget.
    BudgetShare,
}

/// Reads the words before a number; `percent` says whether it is one of per cent.
pub(super) fn read<'t>(text: &'t str, percent: bool, wording: &Wording) -> Clause<'t> {
    // 增加（减少）0万元: what stands in the bracket is the template's.
    let bare = match text.strip_suffix(')').and_then(|inner| inner.rfind('(')) {
        Some(at) => {
            let inner = text.get(at..).unwrap_or_default();
            if wording.changes.within(inner) { text.get(..at).unwrap_or(text) } else { text }
        }
        None => text,
    };
    if percent {
        if let Some(at) = wording.budget_shares.all(bare).last().map(|(start, _)| start) {
            return Clause {
                label: bare.get(..at).unwrap_or_default(),
                relation: Relation::BudgetShare,
            };
        }
        let share = wording.shares.first(bare);
        // 为本年支出合计的100%
        let part = || {
            let at = bare.strip_suffix('的')?.rfind('为')?;
            Some((at, at + '为'.len_utf8()))
        };
        if let Some((start, end)) = share.or_else(part) {
            let whole = bare.get(end..).unwrap_or_default();
            let label = bare.get(..start).unwrap_or_default();
            return Clause { label, relation: Relation::Share(whole) };
        }
    }
    if let Some((at, more)) = wording.change(bare) {
        let before = bare.get(..at).unwrap_or_default();
        let (label, base) = compared(before, wording);
        // 至少5万元 compares nothing.
        let short = bare.get(at..).is_some_and(|verb| verb.starts_with(['多', '少']));
        if short && base.is_none() {
            return Clause { label: text, relation: Relation::Value };
        }
        return Clause { label, relation: Relation::Change { more, base } };
    }
    if let (label, Some(base)) = compared(bare, wording)
        && base_alone(base, wording)
    {
        return Clause { label, relation: Relation::Base(base) };
    }
    Clause { label: text, relation: Relation::Value }
}

/// Parts words into a label and the phrase that a change is measured against:
/// 公务接待费 ‖ 比上年预算数.
pub(super) fn compared<'t>(text: &'t str, wording: &Wording) -> (&'t str, Option<&'t str>) {
    // 比例, 合同, 参与: such a word counts only where a year or an earlier figure follows soon.
    const NEAR: usize = 12;
    let soon = |end: usize| {
        let rest = text.get(end..).unwrap_or_default();
        let near = rest.char_indices().nth(NEAR).and_then(|(at, _)| rest.get(..at)).unwrap_or(rest);
        near.contains(YEAR) || wording.bases.within(near)
    };
    let begin = wording.comparisons.all(text).find(|(_, end)| soon(*end));
    // 比预算 32.0万元减少: the budget of the same item.
    let budget = || {
        let at = text.rfind(['比', '较'])?;
        let word = text.get(at..)?.chars().next()?;
        let rest = text.get(at + word.len_utf8()..)?;
        (rest.starts_with("预算") && wording.empty.covers(rest))
            .then_some((at, at + word.len_utf8()))
    };
    let begin = begin.or_else(budget);
    // 同比增长 says it in one word.
    let begin = begin.or_else(|| {
        wording
            .bases
            .all(text)
            .find(|(start, end)| text.get(*start..*end).is_some_and(|word| word.starts_with('同')))
    });
    match begin {
        Some((start, _)) => (text.get(..start).unwrap_or_default(), text.get(start..)),
        None => (text, None),
    }
}

/// Returns whether nothing but empty words follows the earlier figure that a phrase names.
fn base_alone(base: &str, wording: &Wording) -> bool {
    let year = base.rfind(YEAR).map(|at| at + YEAR.len_utf8());
    let word = wording.bases.all(base).last().map(|(_, end)| end);
    let budget = base.find("预算").map(|at| at + "预算".len());
    let end = year.max(word).or(budget);
    end.and_then(|end| base.get(end..)).is_some_and(|rest| wording.empty.covers(rest))
}
