//! Accounts for every number that a document prints.
//!
//! Whoever reads a number claims its place. What nobody claims becomes a gap, so that nothing
//! printed is lost in silence.

use std::cell::LazyCell;

use crate::{
    accounts::{
        figure::Figure,
        gap::{Gap, GapKind},
        tally::{Fate, Tally},
        token::TableKind,
    },
    decode::{Cell, Document, Line},
    extract::{RawTable, looks_like_amount},
};

/// The most digits of a number that only counts the columns or rows of a grid.
const ORDINAL_DIGITS: usize = 2;

/// The place of a number and what became of it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Claim {
    /// The line, counted from 1.
    pub line: u32,
    /// The first character, counted from 1.
    pub from: u32,
    /// The last character.
    pub to: u32,
    /// What became of it.
    pub fate: Fate,
}

/// Returns the claims of a table's cells: figures are facts, what is read as text is a name.
///
/// A cell of an amount column that is neither a figure nor a gap is not claimed.
pub fn table_claims(raw: &RawTable<'_>, figures: &[Figure], gaps: &[Gap], claims: &mut Vec<Claim>) {
    let facts = Places::of(figures.iter().map(|figure| (figure.line, figure.column)));
    let unread = Places::of(gaps.iter().map(|gap| (gap.line, gap.column)));
    let mut values = vec![false; raw.width];
    for (at, _) in raw.panels.iter().flat_map(|panel| &panel.values) {
        if let Some(value) = values.get_mut(*at) {
            *value = true;
        }
    }
    for line in &raw.header {
        claims.extend(line.cells().map(|cell| claim(cell, Fate::Named)));
    }
    if raw.form.table == TableKind::Performance {
        // `indicator` claims what it reads.
        return;
    }
    for row in &raw.rows {
        for (at, cell) in row.cells.iter().enumerate() {
            let named = claim(*cell, Fate::Named);
            let within = |places: &Places| {
                places.within(cell.line, named.from, named.to)
                    || row.line != cell.line && places.within(row.line, named.from, named.to)
            };
            let amount = row.cells.len() == raw.width && values.get(at) == Some(&true);
            let fate = if within(&facts) {
                Fate::Fact
            } else if within(&unread) {
                Fate::Unread
            } else if looks_like_amount(cell.text) && (amount || cell.text.contains('.')) {
                continue;
            } else {
                Fate::Named
            };
            claims.push(Claim { fate, ..named });
        }
    }
}

/// Places of numbers, in order.
struct Places(Vec<Place>);

/// A line and a column.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Place {
    line: u32,
    column: u32,
}

impl Places {
    fn of(places: impl Iterator<Item = (u32, u32)>) -> Places {
        let mut places: Vec<Place> = places.map(|(line, column)| Place { line, column }).collect();
        // They come nearly in order.
        places.sort();
        Places(places)
    }

    /// Returns whether one of them lies between two columns of a line.
    fn within(&self, line: u32, from: u32, to: u32) -> bool {
        let first = self.0.partition_point(|place| *place < Place { line, column: from });
        self.0.get(first).is_some_and(|place| place.line == line && place.column <= to)
    }
}

/// Returns the claim of a whole cell.
pub fn claim(cell: Cell<'_>, fate: Fate) -> Claim {
    let length = u32::try_from(cell.text.chars().count()).unwrap_or(u32::MAX);
    let to = cell.column.saturating_add(length.saturating_sub(1));
    Claim { line: cell.line, from: cell.column, to, fate }
}

/// Counts the numbers of a document; those that nobody claims become gaps.
///
/// `names` says of a text in a grid that nobody read whether its numbers only name something.
pub fn tally(
    document: &Document,
    mut claims: Vec<Claim>,
    gaps: &mut Vec<Gap>,
    names: impl Fn(Cell<'_>) -> bool,
) -> Tally {
    // They come in runs that are in order.
    claims.sort();
    let known = Places::of(gaps.iter().map(|gap| (gap.line, gap.column)));
    let mut tally = Tally::default();
    // Lines and columns ascend, so that claims are gone through once; `open` are those that
    // begin before a number and end behind its first digit.
    let mut coming = claims.iter().peekable();
    let mut open: Vec<&Claim> = Vec::new();
    for line in document.lines() {
        let ordinals = LazyCell::new(|| line.is_row() && counts_columns(line));
        for cell in line.cells().filter(|cell| has_digit(cell.text)) {
            let place = LazyCell::new(|| claim(cell, Fate::Unread));
            let mut named = None;
            for (column, number) in numbers(cell) {
                let begun = |claim: &&Claim| (claim.line, claim.from) <= (cell.line, column);
                while let Some(next) = coming.next_if(begun) {
                    open.push(next);
                }
                open.retain(|claim| claim.line == cell.line && column <= claim.to);
                let claimed = open.iter().map(|claim| claim.fate).max();
                let fate = claimed.unwrap_or_else(|| {
                    let named = *named.get_or_insert_with(|| *ordinals || names(cell));
                    if named { Fate::Named } else { Fate::Unread }
                });
                tally.add(fate);
                if fate == Fate::Unread && !known.within(cell.line, place.from, place.to) {
                    gaps.push(Gap {
                        line: cell.line,
                        column,
                        token: number.to_owned(),
                        kind: GapKind::Unclaimed,
                        table: None,
                    });
                }
            }
        }
    }
    tally
}

/// Returns whether a row of a grid only numbers its columns: 1, 2, 3.
fn counts_columns(line: Line<'_>) -> bool {
    let mut filled = line.cells().filter(|cell| !cell.text.is_empty()).peekable();
    filled.peek().is_some()
        && filled.all(|cell| {
            let digits = cell.text.chars().filter(|c| is_digit(*c)).count();
            let other = cell.text.contains(|c: char| c.is_alphanumeric() && !is_digit(c));
            digits <= ORDINAL_DIGITS && !cell.text.contains('.') && (!other || digits == 0)
        })
}

/// Returns the numbers of a cell with their columns: runs of digits, points and commas inside.
fn numbers(cell: Cell<'_>) -> impl Iterator<Item = (u32, &str)> {
    let characters = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    let mut rest = cell.text;
    let mut column = cell.column;
    std::iter::from_fn(move || {
        let (before, from) = rest.split_at_checked(first_digit(rest)?)?;
        let (number, behind) = from.split_at_checked(length_of_number(from))?;
        let at = column.saturating_add(characters(before));
        column = at.saturating_add(characters(number));
        rest = behind;
        Some((at, number))
    })
}

/// Returns the length of the number that a text begins with.
fn length_of_number(text: &str) -> usize {
    let mut rest = text.chars();
    loop {
        let length = text.len() - rest.as_str().len();
        match rest.next() {
            Some(c) if is_digit(c) => (),
            Some('.' | ',' | '．' | '，') if rest.clone().next().is_some_and(is_digit) => (),
            _ => return length,
        }
    }
}

/// Returns whether a text holds a digit.
fn has_digit(text: &str) -> bool {
    first_digit(text).is_some()
}

/// Returns the place of the first digit of a text. Most texts have none, and their bytes show it.
fn first_digit(text: &str) -> Option<usize> {
    // The first byte of digits of full width.
    const WIDE: u8 = 0xEF;
    let may = text.bytes().position(|byte| matches!(byte, b'0'..=b'9' | WIDE))?;
    Some(may + text.get(may..)?.find(is_digit)?)
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_runs_of_digits() {
        let cell = Cell { text: "收入１，２３４.５万元，占 95%", line: 1, column: 3 };
        let found: Vec<(u32, &str)> = numbers(cell).collect();
        assert_eq!(found, [(5, "１，２３４.５"), (17, "95")]);
    }
}
