//! Joins the rows of a table's header into columns and finds what each of them says.
//!
//! Merged cells are lost in text: a group's label stands over the first of its columns, over
//! a middle one, or, torn apart, over several. What belongs to which group is found from the
//! rule that no two columns of a table say the same, from the totals that begin a group, and
//! from the usual order of the form.

use std::borrow::Cow;

use crate::{
    accounts::{
        money::Unit,
        table::{Column, Meaning},
        token::{Flow, Fund, Item, Nature, Period, Stage},
    },
    extract::{
        group::{Leaf, groups},
        label::{Label, labels},
        periods,
        spec::{Form, Role, RowKind, without_brackets},
        words::{Word, Words},
        wrapped::unwrapped,
    },
};

/// What header words say of a column, folded over one label.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Said {
    pub(super) fund: Option<Fund>,
    pub(super) period: Option<Period>,
    pub(super) nature: Option<Nature>,
    pub(super) stage: Option<Stage>,
    pub(super) item: Option<Item>,
    pub(super) flow: Option<Flow>,
    pub(super) ledger: Option<Flow>,
    pub(super) role: Option<Role>,
    pub(super) within: Option<Fund>,
    pub(super) year: Option<i32>,
    pub(super) unit: Option<Unit>,
    pub(super) total: bool,
}

impl Said {
    /// Reads the words of a header text; `damaged` also takes what only resembles a word.
    pub(super) fn read(words: &Words, key: &str, damaged: bool) -> Said {
        let mut said = Said { year: year(key), unit: bracketed_unit(key), ..Said::default() };
        let mut found = words.said(key).peekable();
        if found.peek().is_none()
            && damaged
            && let Some((word, _)) = words.resembles(key, false)
        {
            said.add(word);
        }
        found.for_each(|word| said.add(word));
        // A column that is headed by a year alone holds the amounts of that year.
        let (bare, stage) = staged(without_brackets(key));
        let bare = bare.strip_suffix("年度").or_else(|| bare.strip_suffix('年'));
        if said.year.is_some() && bare.is_some_and(|bare| bare.len() == 4) {
            said.total = true;
            said.stage = said.stage.or(stage);
        }
        said
    }

    /// Returns what one word says.
    pub(super) fn of(word: &Word) -> Said {
        let mut said = Said::default();
        said.add(word);
        said
    }

    fn add(&mut self, word: &Word) {
        let said = self;
        {
            said.fund = word.fund.or(said.fund);
            said.period = word.period.or(said.period);
            said.nature = word.nature.or(said.nature);
            said.stage = word.stage.or(said.stage);
            said.item = word.item.or(said.item);
            said.flow = word.flow.or(said.flow);
            said.ledger = word.ledger.or(said.ledger);
            said.role = said.role.or(word.role);
            said.within = word.within.or(said.within);
            said.year = said.year.or(word.year);
            said.total |= word.total;
        }
    }

    /// Returns whether it says what the figures of a column are.
    pub(super) fn is_value(&self) -> bool {
        self.role.is_none()
            && (self.total
                || self.fund.is_some()
                || self.period.is_some()
                || self.nature.is_some()
                || self.stage.is_some()
                || self.item.is_some())
    }

    /// Returns whether anything was understood.
    pub(super) fn is_known(&self) -> bool {
        self.is_value() || self.role.is_some() || self.flow.is_some() || self.within.is_some()
    }

    /// Returns whether a column that says `part` can stand in a group that says this.
    pub(super) fn can_hold(&self, part: &Said) -> bool {
        let whole = Meaning {
            fund: self.fund.unwrap_or(Fund::All),
            period: self.period.unwrap_or(Period::All),
            nature: self.nature.unwrap_or(Nature::All),
            ..Meaning::ALL
        };
        let part_item = part.item;
        let part = Meaning {
            fund: part.fund.unwrap_or(whole.fund),
            period: part.period.unwrap_or(whole.period),
            nature: part.nature.unwrap_or(whole.nature),
            ..Meaning::ALL
        };
        let item = match (self.item, part_item) {
            (Some(whole), Some(part)) => part.whole() == Some(whole),
            (Some(whole), None) => whole == Item::Vehicles || whole == Item::Total,
            (None, _) => true,
        };
        item && whole.covers(&part)
    }

    /// Returns whether it is one of the “三公” items and not their sum.
    pub(super) fn is_of_item(&self) -> bool {
        self.item.is_some_and(|item| item != Item::Total)
    }

    /// Returns whether it is only a total.
    pub(super) fn is_bare_total(&self) -> bool {
        self.is_value() && self.fund.is_none() && self.nature.is_none() && self.item.is_none()
    }
}

/// Takes the stage off the end of a header: 2016年预算.
fn staged(key: &str) -> (&str, Option<Stage>) {
    let budget = key.strip_suffix("预算").map(|rest| (rest, Some(Stage::Budget)));
    let account = || key.strip_suffix("决算").map(|rest| (rest, Some(Stage::Final)));
    budget.or_else(account).unwrap_or((key, None))
}

/// Reads a four-digit year that 年 follows.
fn year(key: &str) -> Option<i32> {
    let (before, _) = key.split_once('年')?;
    let digits = before.get(before.len().checked_sub(4)?..)?;
    digits.parse().ok().filter(|year| (1990..2100).contains(year))
}

/// Reads the unit of money that a header names in brackets or after a colon.
fn bracketed_unit(key: &str) -> Option<Unit> {
    let (_, after) = key.rsplit_once(['(', ':'])?;
    Unit::find(after)
}

/// A cell of a header: its text in comparable form and what that says.
#[derive(Clone, Debug)]
pub(super) struct Heading<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) said: Said,
}

impl<'a> Heading<'a> {
    pub(super) fn read(words: &Words, text: Cow<'a, str>) -> Heading<'a> {
        let said = if text.is_empty() { Said::default() } else { Said::read(words, &text, false) };
        Heading { text, said }
    }
}

/// What the body of a table shows of a column.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Content {
    pub(super) money: usize,
    pub(super) codes: usize,
    pub(super) texts: usize,
    /// How many of the amounts are two digits and nothing else, as the 款 of a code is.
    pub(super) pieces: usize,
}

/// A column of a table: figures, or text in some role.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum HeaderColumn {
    /// A column of figures, with the side of the ledger where the header names it.
    Value(Column, Option<Flow>),
    /// A column of text.
    Text(Role, Option<Flow>),
}

/// Finds what each column of a table says.
///
/// `rows` are the header's texts in comparable form, `contents` what the body shows of each
/// column: it decides where the header says nothing.
pub(super) fn columns(
    form: &Form,
    words: &Words,
    title: &str,
    rows: &[&[Heading<'_>]],
    contents: &[Content],
) -> Vec<HeaderColumn> {
    let count = contents.len();
    let unwrapped = unwrapped(words, rows);
    let whole: Vec<&[Heading<'_>]> = unwrapped.iter().flatten().map(Vec::as_slice).collect();
    let rows = if unwrapped.is_some() { whole.as_slice() } else { rows };
    let labels: Vec<Vec<Label<'_>>> =
        rows.iter().enumerate().map(|(at, row)| labels(words, row, at + 1 < rows.len())).collect();
    let leaves: Vec<Leaf<'_>> = (0..count).map(|at| Leaf::find(words, rows, &labels, at)).collect();
    let groups = groups(&labels, &leaves);
    let mut columns: Vec<HeaderColumn> = Vec::with_capacity(count);
    let mut group_funds: Vec<Option<Fund>> = Vec::with_capacity(count);
    for (at, (leaf, content)) in leaves.iter().zip(contents).enumerate() {
        let above = || groups.iter().filter(move |group| group.from <= at && at <= group.to);
        let flow = leaf.said.flow.or_else(|| above().find_map(|group| group.said.flow));
        let memo = above().any(|group| group.said.role == Some(Role::Memo));
        // 208 | 05 | 05 under one head: a code goes on in columns that have none of their own.
        let goes_on = leaf.text.is_empty()
            && 0 < content.pieces
            && content.pieces == content.money + content.codes
            && matches!(columns.last(), Some(HeaderColumn::Text(Role::Code, _)));
        if goes_on {
            columns.push(HeaderColumn::Text(Role::Code, flow));
            group_funds.push(None);
            continue;
        }
        let role = if memo { Some(Role::Memo) } else { leaf.said.role };
        let is_value = (role.is_none() && leaf.said.is_value())
            || (role.is_none()
                && content.money > 0
                && content.money >= content.texts + content.codes);
        if !is_value {
            let by_content = if content.codes > content.texts { Role::Code } else { Role::Text };
            let role = role.unwrap_or(by_content);
            columns.push(HeaderColumn::Text(role, flow));
            group_funds.push(None);
            continue;
        }
        let mut meaning =
            Meaning { fund: form.default_fund(title), nature: form.nature, ..Meaning::ALL };
        let items = form.rows == RowKind::ThreePublic;
        let mut group_fund = None;
        let mut path = Vec::new();
        let mut unit = None;
        for said in above().map(|group| &group.said).chain([&leaf.said]) {
            meaning.period = said.period.unwrap_or(meaning.period);
            meaning.nature = said.nature.unwrap_or(meaning.nature);
            meaning.item = said.item.filter(|_| items).or(meaning.item);
            meaning.stage = said.stage.or(meaning.stage);
            meaning.year = said.year.or(meaning.year);
            meaning.ledger = said.ledger.or(meaning.ledger);
            unit = said.unit.or(unit);
            // 财政拨款 over the columns of a table of one fund tells nothing new.
            let narrower = |fund: &Fund| *fund != meaning.fund && within(*fund, meaning.fund);
            group_fund = said.fund.filter(narrower).or(group_fund);
        }
        // 当年财政拨款安排 in a table of 一般公共预算 is of that.
        let of_table = |fund: &Fund| {
            leaf.said.period.is_some()
                && ![Fund::All, *fund].contains(&meaning.fund)
                && within(meaning.fund, *fund)
        };
        if let Some(fund) = leaf.said.fund.filter(|fund| !of_table(fund)) {
            meaning.fund = fund;
        } else if !leaf.said.total && leaf.said.is_value() {
            meaning.fund = group_fund.unwrap_or(meaning.fund);
        }
        path.extend(above().map(|group| group.text.to_string()));
        path.push(leaf.text.to_string());
        // A leaf under a group that says something is understood even where it is damaged
        // beyond recognition only if nothing else could stand there: see `fill_by_order`.
        let meaning = leaf.said.is_value().then_some(meaning);
        columns.push(HeaderColumn::Value(Column { path, meaning, unit }, flow));
        group_funds.push(group_fund);
    }
    one_ledger(&mut columns);
    total_of_items(form, &leaves, &mut columns);
    lone_columns(form, title, &mut columns);
    part_by_group(&mut columns, &group_funds);
    fill_by_order(form, title, &mut columns);
    periods::settle(&mut columns);
    columns
}

/// Returns whether money of one fund is money of another.
fn within(part: Fund, whole: Fund) -> bool {
    let of = |fund: Fund| Meaning { fund, ..Meaning::ALL };
    of(whole).covers(&of(part))
}

/// Takes the side of the ledger from columns unless the table has both sides in one row.
fn one_ledger(columns: &mut [HeaderColumn]) {
    let says = |columns: &[HeaderColumn], flow: Flow| {
        columns.iter().any(|column| {
            matches!(column, HeaderColumn::Value(Column { meaning: Some(m), .. }, _) if m.ledger == Some(flow))
        })
    };
    let both = says(columns, Flow::Income) && says(columns, Flow::Expenditure);
    let sides = columns.iter().any(|column| match column {
        HeaderColumn::Value(_, flow) | HeaderColumn::Text(_, flow) => flow.is_some(),
    });
    if both && !sides {
        return;
    }
    for column in columns {
        if let HeaderColumn::Value(Column { meaning: Some(meaning), .. }, _) = column {
            meaning.ledger = None;
        }
    }
}

/// Makes a bare total among columns of “三公” items their total.
fn total_of_items(form: &Form, leaves: &[Leaf<'_>], columns: &mut [HeaderColumn]) {
    let has_items = columns.iter().any(|column| {
        matches!(column, HeaderColumn::Value(Column { meaning: Some(m), .. }, _) if m.item.is_some())
    });
    if form.rows != RowKind::ThreePublic || !has_items {
        return;
    }
    for (column, leaf) in columns.iter_mut().zip(leaves) {
        if let HeaderColumn::Value(Column { meaning: Some(meaning), .. }, _) = column
            && meaning.item.is_none()
            && leaf.said.is_bare_total()
        {
            meaning.item = Some(Item::Total);
        }
    }
    // Of two totals that say the same, that of the inner group is the items'; the other one
    // adds something else to it.
    let total = |column: &HeaderColumn| match column {
        HeaderColumn::Value(Column { meaning: Some(meaning), path, .. }, _)
            if meaning.item == Some(Item::Total) =>
        {
            Some((*meaning, path.len()))
        }
        _ => None,
    };
    let totals: Vec<(Meaning, usize)> = columns.iter().filter_map(total).collect();
    for column in columns {
        let inner = total(column).is_some_and(|(own, depth)| {
            totals.iter().any(|(other, deeper)| *other == own && depth < *deeper)
        });
        if let HeaderColumn::Value(column, _) = column
            && inner
        {
            column.meaning = None;
        }
    }
}

/// Gives the only column of figures on its side the form's own meaning, whatever is left of
/// its header.
fn lone_columns(form: &Form, title: &str, columns: &mut [HeaderColumn]) {
    for at in 0..columns.len() {
        let value = |at: usize| matches!(columns.get(at), Some(HeaderColumn::Value(..)));
        let lone = value(at)
            && (0..columns.len())
                .all(|other| other == at || !value(other) || !same_side(columns, at, other));
        if lone
            && let Some(HeaderColumn::Value(column, _)) = columns.get_mut(at)
            && column.meaning.is_none()
        {
            let fund = form.default_fund(title);
            column.meaning = Some(Meaning { fund, nature: form.nature, ..Meaning::ALL });
        }
    }
}

/// Tells columns apart that say the same by the fund of the group that each stands in.
fn part_by_group(columns: &mut [HeaderColumn], group_funds: &[Option<Fund>]) {
    for at in 0..columns.len() {
        let Some(Some(fund)) = group_funds.get(at).copied() else { continue };
        let meaning = |at: usize| match columns.get(at) {
            Some(HeaderColumn::Value(column, flow)) => column.meaning.map(|m| (m, *flow)),
            _ => None,
        };
        let Some((own, flow)) = meaning(at) else { continue };
        let renamed = Meaning { fund, ..own };
        let side = |other: usize| same_side(columns, at, other);
        // 小计 of 本年财政拨款 is no part of the year that 合计 is not.
        let wider = |other: usize| {
            meaning(other).is_some_and(|(wider, of)| {
                of == flow && Meaning { period: own.period, ..wider } == own && wider.covers(&own)
            })
        };
        let earlier = (0..at).any(|other| side(other) && wider(other));
        let taken = (0..columns.len())
            .any(|other| other != at && side(other) && meaning(other) == Some((renamed, flow)));
        if earlier
            && !taken
            && let Some(HeaderColumn::Value(column, _)) = columns.get_mut(at)
        {
            column.meaning = Some(renamed);
        }
    }
}

/// Returns whether no column of labels or codes lies between two columns.
pub(super) fn same_side(columns: &[HeaderColumn], a: usize, b: usize) -> bool {
    let between = columns.get(a.min(b)..a.max(b)).unwrap_or_default();
    !between.iter().any(|column| {
        matches!(
            column,
            HeaderColumn::Text(
                Role::Label | Role::Code | Role::Unit | Role::UnitCode | Role::Text,
                _
            )
        )
    })
}

/// Gives columns without a meaning, or with that of another column, the one that the form's
/// usual order leaves between their neighbours, if it leaves only one.
fn fill_by_order(form: &Form, title: &str, columns: &mut [HeaderColumn]) {
    let Ok(order) = form.order(form.default_fund(title)) else { return };
    let place = |column: Option<&HeaderColumn>| match column {
        Some(HeaderColumn::Value(column, _)) => {
            let meaning = column.meaning?;
            order.iter().position(|usual| {
                (usual.item, usual.fund, usual.period, usual.nature)
                    == (meaning.item, meaning.fund, meaning.period, meaning.nature)
            })
        }
        _ => None,
    };
    for at in 0..columns.len() {
        let Some(HeaderColumn::Value(column, _)) = columns.get(at) else { continue };
        let own = place(columns.get(at));
        let meaning = column.meaning;
        if meaning.is_some_and(|meaning| meaning.ledger.is_some()) {
            continue;
        }
        let earlier = |other: usize| {
            same_side(columns, at, other)
                && matches!(columns.get(other), Some(HeaderColumn::Value(c, _)) if c.meaning == meaning)
        };
        let repeats = meaning.is_some() && own.is_some() && (0..at).any(earlier);
        if meaning.is_some() && !repeats {
            continue;
        }
        let neighbour =
            |other: usize| place(columns.get(other)).filter(|_| same_side(columns, at, other));
        let left = (0..at).rev().find_map(neighbour);
        let right = (at + 1..columns.len()).find_map(|other| {
            neighbour(other).filter(|place| left.is_none_or(|left| left < *place))
        });
        let from = left.map_or(0, |left| left + 1);
        let to = right.unwrap_or(order.len());
        let used: Vec<usize> = (0..columns.len()).filter_map(neighbour).collect();
        let mut free = (from..to).filter(|usual| !used.contains(usual));
        if let (Some(only), None) = (free.next(), free.next())
            && let Some(usual) = order.get(only).copied()
            && let Some(HeaderColumn::Value(column, _)) = columns.get_mut(at)
        {
            let kept = column.meaning.unwrap_or(Meaning::ALL);
            column.meaning =
                Some(Meaning { stage: kept.stage, year: kept.year, ledger: kept.ledger, ..usual });
        }
    }
}
