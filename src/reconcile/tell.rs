//! Tells people what does not add up, with the arithmetic spelled out.

use rust_decimal::Decimal;

use crate::{
    accounts::{
        finding::{Mark, Message},
        statement::Statement,
        table::{Cell, Column},
        token::TableKind,
    },
    reconcile::{
        ledger::{Entry, EntryId, Identity, Ledger, Mills, Of, State, Sum, yuan},
        rule::{Books, Shape},
    },
};

/// The most terms of a sum that are spelled out.
const MOST_TERMS: usize = 9;

/// Returns the table that an entry stands in; nothing for the prose and its charts.
pub(super) fn table_of(books: &Books<'_>, entry: &Entry) -> Option<TableKind> {
    match entry.of {
        Of::Cell(at) => books.tables.get(at.table).map(|table| table.kind),
        Of::Project(_) | Of::Form(_) => Some(TableKind::Performance),
        Of::Statement(_) | Of::Datum(_) => None,
    }
}

/// Returns what an entry is the figure of.
pub(super) fn label(books: &Books<'_>, entry: &Entry) -> String {
    let stated = |statements: &[Statement], at: u32| {
        statements.get(at as usize).map(|statement| statement.label.clone())
    };
    match entry.of {
        Of::Cell(at) => {
            let table = books.tables.get(at.table);
            let side = table.and_then(|table| table.sides.get(at.side));
            let row = side.and_then(|side| side.rows.get(at.row));
            row.map(|row| row.label.clone())
        }
        Of::Statement(at) => stated(books.statements, at),
        Of::Datum(at) => stated(books.charted, at),
        Of::Project(at) => {
            let indicator = books.indicators.get(at as usize);
            indicator.and_then(|indicator| indicator.project.as_deref().map(str::to_owned))
        }
        Of::Form(_) => Some("合计".to_owned()),
    }
    .unwrap_or_default()
}

/// Returns what is printed; empty for a blank cell.
pub(super) fn raw(books: &Books<'_>, entry: &Entry) -> String {
    let stated = |statements: &[Statement], at: u32| {
        statements.get(at as usize).map(|statement| statement.raw.clone())
    };
    match entry.of {
        Of::Cell(_) => cell(books, entry).map(|cell| cell.raw.clone()),
        Of::Statement(at) => stated(books.statements, at),
        Of::Datum(at) => stated(books.charted, at),
        Of::Project(_) | Of::Form(_) => None,
    }
    .unwrap_or_else(|| entry.amount().map_or_else(String::new, |amount| printed(amount, entry)))
}

/// Returns the short name of the column that an entry stands in; empty where it is in none.
pub(super) fn column(books: &Books<'_>, entry: &Entry) -> String {
    let Of::Cell(at) = entry.of else { return String::new() };
    let side = books.tables.get(at.table).and_then(|table| table.sides.get(at.side));
    let Some((side, column)) = side.and_then(|side| Some((side, side.columns.get(at.column)?)))
    else {
        return String::new();
    };
    let last = column.path.last();
    let twice = side.columns.iter().filter(|other| other.path.last() == last).count() > 1;
    short(column, twice)
}

fn cell<'a>(books: &Books<'a>, entry: &Entry) -> Option<&'a Cell> {
    let Of::Cell(at) = entry.of else { return None };
    books.tables.get(at.table)?.sides.get(at.side)?.rows.get(at.row)?.cells.get(at.column)
}

/// Returns the last word of a header, with the one above it where it says little or others end
/// in it too.
fn short(column: &Column, twice: bool) -> String {
    let mut path = column.path.iter().rev().map(String::as_str);
    let last = path.next().unwrap_or_default();
    match path.next() {
        Some(above) if matches!(last, "小计" | "合计") => [above, last].concat(),
        Some(above) if twice && above != last => [above, last].concat(),
        _ => last.to_owned(),
    }
}

/// Returns an amount as the table or sentence of an entry would print it, without its unit.
pub(super) fn printed(amount: Mills, entry: &Entry) -> String {
    let amount = yuan(amount) / entry.unit.yuan();
    if matches!(entry.of, Of::Form(_)) {
        // A count, or an amount in a unit that the form does not repeat.
        return amount.normalize().to_string();
    }
    let rounded = amount.round_dp(entry.places.max(2));
    let mut rounded = if rounded == amount { rounded } else { amount };
    if rounded.scale() < entry.places {
        rounded.rescale(entry.places);
    }
    let least = rounded.normalize();
    if least.scale() <= entry.places {
        let mut shown = least;
        shown.rescale(entry.places);
        return shown.to_string();
    }
    least.to_string()
}

/// Returns the places that an identity points at, those of its left side first.
pub(super) fn marks(books: &Books<'_>, ledger: &Ledger, identity: &Identity) -> Vec<Mark> {
    let mut marks = Vec::new();
    let terms = ledger.all_terms(identity);
    let named = terms.first();
    for id in terms {
        let Some(entry) = ledger.entry(*id) else { continue };
        let is_named = named == Some(id);
        let beside = matches!(identity.rule.shape, Shape::Elsewhere | Shape::Prose);
        if entry.state == State::Blank && !is_named && !beside {
            continue;
        }
        marks.push(mark(books, entry, is_named));
    }
    marks
}

/// Returns the place of an entry.
pub(super) fn mark(books: &Books<'_>, entry: &Entry, named: bool) -> Mark {
    let column = column(books, entry);
    let label = label(books, entry);
    Mark {
        line: entry.line,
        column: entry.column,
        raw: raw(books, entry),
        label: if column.is_empty() { label } else { [&label, " · ", &column].concat() },
        named,
    }
}

/// Tells what is wrong with an identity.
pub(super) fn message(
    books: &Books<'_>,
    ledger: &Ledger,
    identity: &Identity,
    sum: &Sum,
) -> Message {
    let left = ledger.terms(&identity.left);
    let right: Vec<EntryId> = ledger
        .terms(&identity.right)
        .iter()
        .filter(|id| ledger.amount(**id).is_some())
        .copied()
        .collect();
    let Some(first) = left.first().or(right.first()).and_then(|id| ledger.entry(*id)) else {
        return Message::default();
    };
    let Teller { label, what, column, table, line, .. } = Teller::of(books, first);
    let made = printed(sum.expected, first);
    let beside = ledger.terms(&identity.right).first();
    let other = right.first().or(beside).and_then(|id| ledger.entry(*id));
    let (english_what, chinese_what) = if what.is_empty() || sum.actual.is_none() {
        ("blank".to_owned(), "空白".to_owned())
    } else {
        (what.clone(), what.clone())
    };
    let terms = spelled(books, ledger, &right);
    let single = (right.len() == 1).then_some(other).flatten();
    let (english, chinese) = match identity.rule.shape {
        Shape::Columns => (
            match single {
                Some(_) => format!(
                    "Row {label} prints {english_what} as {column}, but its only part is {terms}."
                ),
                None => format!(
                    "Row {label} prints {english_what} as {column}, but its parts {terms} make {made}."
                ),
            },
            format!("“{label}”行{column}为{chinese_what}，而各栏 {terms} = {made}。"),
        ),
        Shape::Rows => {
            let count = right.len();
            match single {
                _ if count == 0 => (
                    format!(
                        "{label} prints {english_what} in {column}, but none of its rows prints a figure there."
                    ),
                    format!("“{label}”的{column}为{chinese_what}，而其下级该栏均为空白。"),
                ),
                Some(part) => (
                    format!(
                        "{label} prints {english_what} in {column}, but its only part, line {}, is {terms}.",
                        part.line
                    ),
                    format!(
                        "“{label}”的{column}为{chinese_what}，而其唯一下级（第{}行）为{terms}。",
                        part.line
                    ),
                ),
                None => (
                    format!(
                        "{label} prints {english_what} in {column}, but its {count} rows add up to {made}: {terms}."
                    ),
                    format!(
                        "“{label}”的{column}为{chinese_what}，而下列{count}项之和为{made}：{terms}。"
                    ),
                ),
            }
        }
        Shape::Elsewhere | Shape::AtLeast | Shape::Own => {
            let there = other.map(|entry| Teller::of(books, entry)).unwrap_or_default();
            let there_what = if there.what.is_empty() { "blank" } else { &there.what };
            let there_chinese = if there.what.is_empty() { "空白" } else { &there.what };
            match (identity.rule.shape, right.len().max(usize::from(beside.is_some()))) {
                (Shape::AtLeast, _) => (
                    format!(
                        "{label} is {english_what} in {table}, line {line}, less than the {there_what} of {} in {}, line {}, which is a part of it.",
                        there.label, there.table, there.line
                    ),
                    format!(
                        "{table}第{line}行“{label}”为{chinese_what}，小于{}第{}行“{}”的{there_chinese}，而后者是其一部分。",
                        there.table, there.line, there.label
                    ),
                ),
                (_, 0) => (
                    format!(
                        "{label} is {english_what} ({column}) in {table}, line {line}, but the other table has no such row."
                    ),
                    format!(
                        "{table}第{line}行“{label}”（{column}）为{chinese_what}，而另一张表无此行。"
                    ),
                ),
                (_, 1) => (
                    format!(
                        "{label} is {english_what} ({column}) in {table}, line {line}, but {there_what} in {}, line {}.",
                        there.table, there.line
                    ),
                    format!(
                        "{table}第{line}行“{label}”（{column}）为{chinese_what}，而{}第{}行为{there_chinese}。",
                        there.table, there.line
                    ),
                ),
                (_, count) => (
                    format!(
                        "{label} is {english_what} ({column}) in {table}, line {line}, but the {count} figures of {} it should equal add up to {made}: {terms}.",
                        there.table
                    ),
                    format!(
                        "{table}第{line}行“{label}”（{column}）为{chinese_what}，而{}中应与之相等的{count}个数之和为{made}：{terms}。",
                        there.table
                    ),
                ),
            }
        }
        Shape::Prose => {
            let there = other.map(|entry| Teller::of(books, entry)).unwrap_or_default();
            let (english_there, chinese_there) = if there.what.is_empty() {
                ("nothing".to_owned(), "空白".to_owned())
            } else {
                (there.what.clone(), there.what.clone())
            };
            (
                format!(
                    "The prose states {english_what} for {label}, table {} prints {english_there} on line {}.",
                    there.table, there.line
                ),
                format!(
                    "文字部分“{label}”为{chinese_what}，而{}第{}行为{chinese_there}。",
                    there.table, there.line
                ),
            )
        }
        Shape::ProseParts => (
            format!(
                "The prose states {english_what} for {label}, but its parts {terms} make {made}."
            ),
            format!("文字部分“{label}”为{chinese_what}，而其组成 {terms} = {made}。"),
        ),
    };
    Message { english, chinese }
}

/// What is said of an entry.
#[derive(Clone, Debug, Default)]
struct Teller {
    label: String,
    what: String,
    column: String,
    table: String,
    line: u32,
}

impl Teller {
    fn of(books: &Books<'_>, entry: &Entry) -> Teller {
        let kind = table_of(books, entry);
        let name = kind.map_or_else(
            || "prose".to_owned(),
            |kind| {
                let form = books.forms.forms.iter().find(|form| form.table == kind);
                form.map_or_else(|| kind.as_str().to_owned(), |form| form.name.clone())
            },
        );
        let column = column(books, entry);
        Teller {
            label: label(books, entry),
            what: if entry.state == State::Blank {
                String::new()
            } else {
                shown(&raw(books, entry))
            },
            column: if column.is_empty() { "合计".to_owned() } else { column },
            table: name,
            line: entry.line,
        }
    }
}

/// Returns a printed number without the white space inside it.
fn shown(raw: &str) -> String {
    raw.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Spells a sum out: 790.42 + 280.36.
fn spelled(books: &Books<'_>, ledger: &Ledger, ids: &[EntryId]) -> String {
    let mut terms: Vec<String> = ids
        .iter()
        .take(MOST_TERMS)
        .filter_map(|id| ledger.entry(*id))
        .map(|entry| shown(&raw(books, entry)))
        .collect();
    if terms.is_empty() {
        return Decimal::ZERO.to_string();
    }
    if MOST_TERMS < ids.len() {
        terms.push("…".to_owned());
    }
    terms.join(" + ")
}
