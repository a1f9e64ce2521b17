//! Finds the labels of a header that stand over several columns, and how far each reaches.

use std::borrow::Cow;

use crate::{
    accounts::{
        table::Meaning,
        token::{Fund, Nature, Period},
    },
    extract::{
        header::{Heading, Said},
        label::Label,
        spec::Role,
        words::Words,
    },
};

/// The lowest label of a column.
#[derive(Debug)]
pub(super) struct Leaf<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) said: Said,
    pub(super) row: Option<usize>,
}

impl<'a> Leaf<'a> {
    /// Finds the label that stands lowest in a column, joined with the pieces above it where
    /// only the whole is a word.
    pub(super) fn find(
        words: &Words,
        rows: &[&[Heading<'_>]],
        labels: &[Vec<Label<'a>>],
        at: usize,
    ) -> Leaf<'a> {
        let lowest = labels.iter().enumerate().rev().find_map(|(row, labels)| {
            let label = labels.iter().find(|label| label.from <= at && at <= label.to)?;
            Some((row, label))
        });
        let Some((row, label)) = lowest else {
            return Leaf { text: Cow::default(), said: Said::default(), row: None };
        };
        let mut text = label.text.clone();
        let mut said = label.said;
        if label.from != label.to && at != label.from {
            // The rest of a label that was torn over several columns.
            return Leaf { text: Cow::default(), said: Said::default(), row: Some(row) };
        }
        // The pieces of a label that wraps, from the top: all cells of the column.
        let pieces: Vec<&str> = rows
            .iter()
            .take(row + 1)
            .filter_map(|cells| cells.get(at).map(|cell| cell.text.as_ref()))
            .filter(|cell| !cell.is_empty())
            .collect();
        let joined = |count: usize| pieces.get(pieces.len() - count..).unwrap_or_default().concat();
        if !words.is_word(&text) {
            let whole = (2..=pieces.len()).map(joined).find(|whole| words.is_word(whole));
            if let Some(whole) = whole {
                said = Said::read(words, &whole, false);
                text = whole.into();
            }
        }
        if !said.is_known() {
            said = Said::read(words, &text, true);
        }
        if !said.is_known() && 1 < pieces.len() {
            let whole = joined(pieces.len());
            let all = Said::read(words, &whole, false);
            if all.is_known() && 80 <= words.covered(&whole) {
                said = all;
                text = whole.into();
            }
        }
        Leaf { text, said, row: Some(row) }
    }
}

/// A label over several columns.
#[derive(Debug)]
pub(super) struct Group<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) said: Said,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// Finds the labels that stand over several columns, from the top row to the bottom row, and
/// how far each of them reaches.
pub(super) fn groups<'a>(labels: &[Vec<Label<'a>>], leaves: &[Leaf<'_>]) -> Vec<Group<'a>> {
    let mut groups = Vec::new();
    for (row, labels) in labels.iter().enumerate() {
        let below = |at: usize| leaves.get(at).and_then(|leaf| leaf.row).is_some_and(|r| row < r);
        let free =
            |at: usize| below(at) && !labels.iter().any(|label| label.from <= at && at <= label.to);
        let mut open: Vec<Group<'_>> = Vec::new();
        for (index, label) in labels.iter().enumerate() {
            let next = labels.get(index + 1).map_or(leaves.len(), |next| next.from);
            // A column without a label of its own, as the last one of a damaged header.
            let over =
                |at: usize| below(at) || leaves.get(at).is_some_and(|leaf| leaf.row.is_none());
            // The items of one group are parts of its own: 会议费 is none of 公务用车.
            let holds = |at: usize| {
                leaves
                    .get(at)
                    .is_none_or(|leaf| !label.said.is_of_item() || label.said.can_hold(&leaf.said))
            };
            let mut to = label.to;
            while to + 1 < next && over(to + 1) && holds(to + 1) {
                to += 1;
            }
            // A label over a column of text is the upper half of that column's own, and one
            // over nothing is a column's whole label.
            let text = leaves.get(label.from).is_some_and(|leaf| leaf.said.role.is_some());
            let lone = !(label.from..=label.to).any(below);
            let memo = label.said.role == Some(Role::Memo);
            if label.said.flow.is_none() && !memo && (lone || (text && !label.said.is_value())) {
                continue;
            }
            let from = label.from;
            open.push(Group { text: label.text.clone(), said: label.said, from, to });
        }
        if !one_repeat_each(&mut open, leaves, &below) {
            settle(&mut open, labels, leaves, &free);
        }
        groups.extend(open);
    }
    groups
}

/// Gives each of a row's labels one repeat of the columns, where all columns of figures are so
/// many repeats of the same ones and each label stands over one of its own.
fn one_repeat_each(groups: &mut [Group], leaves: &[Leaf], below: &dyn Fn(usize) -> bool) -> bool {
    let value = |at: &usize| leaves.get(*at).is_some_and(|leaf| leaf.said.is_value());
    let values: Vec<usize> = (0..leaves.len()).filter(value).collect();
    let (Some(first), Some(last)) = (values.first().copied(), values.last().copied()) else {
        return false;
    };
    let period = values.len() / groups.len().max(1);
    let whole = 2 <= groups.len() && 2 <= period && period * groups.len() == values.len();
    if !whole || last - first + 1 != values.len() || !values.iter().all(|at| below(*at)) {
        return false;
    }
    // A group of items stands over its own alone: 公务用车 over 购置费 and 运行费.
    if groups.iter().any(|group| group.said.is_of_item()) {
        return false;
    }
    let said = |at: usize| leaves.get(at).map(|leaf| &leaf.said);
    let repeats = (first..=last - period).all(|at| said(at) == said(at + period));
    let own = |(index, group): (usize, &Group)| {
        let from = first + index * period;
        (from..from + period).contains(&group.from)
    };
    if !repeats || !groups.iter().enumerate().all(own) {
        return false;
    }
    for (index, group) in groups.iter_mut().enumerate() {
        group.from = first + index * period;
        group.to = group.from + period - 1;
    }
    true
}

/// Moves the borders of a row's groups to where the columns themselves put them.
fn settle(
    groups: &mut [Group<'_>],
    labels: &[Label<'_>],
    leaves: &[Leaf<'_>],
    free: &dyn Fn(usize) -> bool,
) {
    let said = |at: usize| leaves.get(at).map(|leaf| &leaf.said);
    let row = |at: usize| leaves.get(at).and_then(|leaf| leaf.row);
    let total = |at: usize| said(at).is_some_and(Said::is_bare_total);
    // Columns that stand left of a label and under no other belong to its group, but the grand
    // total.
    let mut begin = 0;
    for group in groups.iter_mut() {
        let mut from = group.from;
        while let Some(at) = from.checked_sub(1).filter(|at| begin <= *at && free(*at)) {
            let holds =
                said(at).is_none_or(|said| !group.said.is_of_item() || group.said.can_hold(said));
            let stands = holds
                && (said(at).is_some_and(Said::is_value)
                    || leaves.get(at).is_some_and(|l| l.row.is_none()));
            // The sum of all items is the first of them: 小计 after 因公出国 is that of 公务用车.
            let later = |at: usize| group.said.is_of_item() && said(at).is_some_and(Said::is_value);
            let grand = total(at) && !(0..at).any(|at| total(at) || later(at));
            let again = (from..=group.to).any(|other| said(other) == said(at) && total(at));
            if !stands || grand || again {
                break;
            }
            from = at;
            if total(at) {
                break;
            }
        }
        group.from = from;
        begin = group.to + 1;
    }
    for index in 1..groups.len() {
        let Some([left, right]) = groups.get_mut(index - 1..=index) else { continue };
        // 支出 is centred over its columns: they begin with those that name its rows.
        if left.said.flow.is_some() && right.said.flow.is_some() && left.to + 1 == right.from {
            let name = |at: &usize| {
                let role = leaves.get(*at).and_then(|leaf| leaf.said.role);
                matches!(role, Some(Role::Label | Role::Code))
            };
            let printed = labels.iter().find(|label| label.text == left.text);
            let lowest = printed.map_or(left.from, |label| label.to) + 1;
            if let Some(last) = (lowest..=right.from).rev().find(name) {
                let first = (lowest..=last).rev().take_while(name).last().unwrap_or(last);
                left.to = first - 1;
                right.from = first;
            }
        }
        let explicit =
            |group: &Group<'_>| labels.iter().any(|l| l.repeated && l.from == group.from);
        let fixed = left.said.flow.is_some() || explicit(left) || explicit(right);
        if left.to + 1 != right.from || fixed {
            continue;
        }
        let printed = |group: &Group<'_>| {
            labels.iter().find(|label| label.text == group.text && label.from <= group.to)
        };
        let lowest = printed(left).map_or(left.from, |label| label.to) + 1;
        let highest = printed(right).map_or(right.from, |label| label.to + 1).min(right.to);
        let begins_with_total = (lowest..=highest).any(&total);
        let cost = |border: usize| {
            // A total in a lower row is that of an inner group: 合计, and below it 小计.
            let inner = |a: usize, b: usize| total(a) && row(a) != row(b);
            let twice = |from: usize, to: usize| {
                (from..=to)
                    .flat_map(|a| (from..a).map(move |b| (a, b)))
                    .filter(|(a, b)| said(*a).is_some_and(Said::is_value) && said(*a) == said(*b))
                    .filter(|(a, b)| !inner(*a, *b))
                    .count()
            };
            let against = |from: usize, to: usize, period: Option<Period>| {
                (from..=to)
                    .filter_map(|at| said(at)?.period)
                    .filter(|own| period.is_some_and(|period| period != *own))
                    .count()
            };
            border.abs_diff(right.from)
                + 3 * usize::from(begins_with_total && !total(border))
                + 5 * against(left.from, border - 1, left.said.period)
                + 5 * against(border, right.to, right.said.period)
                + 10 * (twice(left.from, border - 1) + twice(border, right.to))
        };
        if let Some(border) = (lowest.max(1)..=highest)
            .min_by_key(|border| (cost(*border), border.abs_diff(right.from)))
        {
            left.to = border - 1;
            right.from = border;
        }
    }
    for group in groups {
        // A label that contradicts its own columns was printed over others.
        let nature = |nature: Nature| Meaning { nature, ..Meaning::ALL };
        let strange = group.said.nature.is_some_and(|whole| {
            (group.from..=group.to)
                .filter_map(|at| said(at)?.nature)
                .any(|part| !nature(whole).covers(&nature(part)))
        });
        if strange {
            group.said = Said { flow: group.said.flow, ..Said::default() };
        }
        // A group of appropriations ends where the other funds begin.
        if group.said.within == Some(Fund::Fiscal) {
            let fiscal = |at: &usize| {
                let fund = said(*at).and_then(|said| said.fund);
                fund.is_none_or(|fund| fund == Fund::Fiscal || fund.whole() == Some(Fund::Fiscal))
            };
            // Unless the columns that follow print the same other funds again, for what came over.
            let again = |at: &usize| {
                let value = |at: usize| said(at).filter(|said| said.is_value());
                value(*at).is_some()
                    && (group.to + 1..leaves.len()).any(|other| value(other) == value(*at))
            };
            let of_group = |at: &usize| fiscal(at) || again(at);
            group.to = (group.from..=group.to).take_while(of_group).last().unwrap_or(group.from);
        }
    }
}
