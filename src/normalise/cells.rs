//! Parts cells that hold two things and fills in the blanks that a row lost.

use crate::{
    accounts::{classification::Classifications, table::Value, token::Repair},
    decode,
    extract::{RawRow, RawTable, looks_like_amount, spec::Role},
    normalise::{label, number},
};

/// A row with its cells in their columns, after glued cells were parted.
pub(super) struct Printed<'r, 'a> {
    pub(super) row: &'r RawRow<'a>,
    pub(super) cells: Vec<(decode::Cell<'a>, Option<Repair>)>,
}

impl<'a> Printed<'_, 'a> {
    pub(super) fn text(&self, at: usize) -> &'a str {
        self.cells.get(at).map_or("", |(cell, _)| cell.text)
    }

    /// Returns the label of a column, joined with the rows that it goes on in.
    pub(super) fn label(&self, at: usize) -> &str {
        let joined = self.row.labels.iter().find(|(column, _)| *column == at);
        joined.map_or_else(|| self.text(at), |(_, label)| label.as_str())
    }
}

/// Parts cells that hold two things where the row has room for both.
pub(super) fn printed<'r, 'a>(
    raw: &RawTable<'a>,
    row: &'r RawRow<'a>,
    classes: &Classifications,
) -> Printed<'r, 'a> {
    let mut cells: Vec<(decode::Cell<'a>, Option<Repair>)> =
        row.cells.iter().map(|cell| (*cell, None)).collect();
    let mut at = 0;
    while at < cells.len() && (cells.len() < raw.width || at + 1 < cells.len()) {
        let Some((cell, None)) = cells.get(at).copied() else {
            at += 1;
            continue;
        };
        let room = cells.len() < raw.width;
        let next_is_blank = cells.get(at + 1).is_some_and(|(next, _)| next.text.is_empty());
        let free = (room || next_is_blank).then_some(cell.text);
        if let Some((left, right)) = free.and_then(|text| parts(text, classes)) {
            let offset = cell.text.find(right).unwrap_or(0);
            let skipped = cell.text.get(..offset).map_or(0, |text| text.chars().count());
            let skipped = u32::try_from(skipped).unwrap_or(0);
            let second = decode::Cell { text: right, column: cell.column + skipped, ..cell };
            let first = decode::Cell { text: left, ..cell };
            if !room {
                cells.remove(at + 1);
            }
            let repair = Some(Repair::SplitCell);
            cells.splice(at..=at, [(first, repair), (second, repair)]);
            at += 1;
        }
        at += 1;
    }
    realign(raw, &mut cells);
    Printed { row, cells }
}

/// What can stand in a column.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Holds {
    Amounts,
    Texts,
    /// A column that is not read, as 其中：教育收费 or 增减情况.
    Either,
}

impl Holds {
    /// Returns whether a text can stand in such a column.
    fn fits(self, text: &str) -> bool {
        match self {
            Holds::Amounts => {
                !text.contains(|c| matches!(c, '\u{4E00}'..='\u{9FFF}'))
                    || number::value(text).0 != Value::Unread
            }
            Holds::Either => true,
            Holds::Texts => !(text.contains('.') && looks_like_amount(text)),
        }
    }
}

/// How many ways of filling a row in are followed at a time, the likeliest first.
const MOST_WAYS: usize = 64;

/// A way to place the cells that hold something: how many runs of blanks must have been lost,
/// how far cells move, and the columns.
type Way = (usize, usize, Vec<usize>);

/// Puts the cells of a row that lost some back under columns of their kind, where texts and
/// amounts stand under each other's columns and one way of filling in blanks is likeliest.
fn realign(raw: &RawTable<'_>, cells: &mut Vec<(decode::Cell<'_>, Option<Repair>)>) {
    let is_filled = |(cell, _): &(decode::Cell<'_>, Option<Repair>)| !cell.text.is_empty();
    let length = cells.iter().rposition(is_filled).map_or(0, |last| last + 1);
    if raw.width <= length {
        return;
    }
    let mut holds = vec![Holds::Texts; raw.width];
    for panel in &raw.panels {
        let values = panel.values.iter().map(|(at, _)| (*at, Holds::Amounts));
        let memos = panel.texts.iter().filter(|(_, role)| *role == Role::Memo);
        for (at, holds_what) in values.chain(memos.map(|(at, _)| (*at, Holds::Either))) {
            if let Some(kind) = holds.get_mut(at) {
                *kind = holds_what;
            }
        }
    }
    let fits = |text: &str, at: usize| holds.get(at).is_some_and(|kind| kind.fits(text));
    if cells.iter().enumerate().all(|(at, (cell, _))| cell.text.is_empty() || fits(cell.text, at)) {
        return;
    }
    let filled: Vec<usize> =
        cells.iter().enumerate().filter(|(_, cell)| is_filled(cell)).map(|(at, _)| at).collect();
    let mut ways: Vec<Way> = vec![(0, 0, Vec::new())];
    for (done, from) in filled.iter().copied().enumerate() {
        let Some((cell, _)) = cells.get(from) else { return };
        let last = raw.width - (filled.len() - done - 1);
        let mut next: Vec<Way> = Vec::new();
        for (lost, moved, way) in &ways {
            // Cells were lost, so the others stand too far left and never too far right.
            let shift = way.last().zip(done.checked_sub(1).and_then(|at| filled.get(at)));
            let shift = shift.map_or(0, |(to, from)| to - from);
            for to in (from + shift..last).filter(|to| fits(cell.text, *to)) {
                let more = usize::from(to != from + shift);
                let mut way = way.clone();
                way.push(to);
                next.push((lost + more, moved + (to - from), way));
            }
        }
        next.sort();
        next.truncate(MOST_WAYS);
        ways = next;
    }
    let [(lost, moved, way), rest @ ..] = ways.as_slice() else { return };
    if rest.first().is_some_and(|(l, m, _)| (l, m) == (lost, moved)) {
        return;
    }
    let Some((first, _)) = cells.first().copied() else { return };
    let mut placed = vec![(decode::Cell { text: "", ..first }, None); raw.width];
    for (to, from) in way.iter().zip(&filled) {
        if let (Some(place), Some((cell, repair))) = (placed.get_mut(*to), cells.get(*from)) {
            *place = (*cell, repair.or((to != from).then_some(Repair::Moved)));
        }
    }
    *cells = placed;
}

/// Returns the two things that a cell holds: two amounts, or an amount and the name of a row.
fn parts<'a>(text: &'a str, classes: &Classifications) -> Option<(&'a str, &'a str)> {
    // Nearly all cells are one amount or hold none.
    let one = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if one || !text.contains(['.', '．']) {
        return None;
    }
    if let Some(pair) = number::pair(text) {
        return Some(pair);
    }
    let (left, right, amount_first) = number::split(text)?;
    let label = label::read(if amount_first { right } else { left });
    let named = label::is_total(&label.text) || classes.knows(&label.text) || label.level.is_some();
    named.then_some((left, right))
}
