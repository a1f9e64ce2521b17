#![doc = include_str!("form_differs_from_its_formula.md")]

use std::{collections::BTreeSet, ops::Range};

use crate::{
    accounts::{money::Unit, table::Value, token::Severity},
    decode::{Cell, Line},
    normalise::number,
    reconcile::{
        ledger::{Entry, EntryId, Ledger, Of, Relation, State, mills},
        rule::{Books, Looks, Noted, Rule, Shape},
    },
};

pub(in crate::reconcile) static RULE: Rule = Rule {
    name: "form-differs-from-its-formula",
    summary: "a cell that is not what the formula in its head says",
    summary_chinese: "单元格与表头所列公式不符",
    ids: "BI-32 DQ-15",
    doc: include_str!("form_differs_from_its_formula.md"),
    severity: Severity::Error,
    shape: Shape::Columns,
    looks: Looks::Document(check),
};

/// The rows below a head of formulas that it is taken to be of.
const MOST_ROWS: usize = 12;

/// Decimals enough for no rounding to matter.
const EXACT: u32 = 3;

/// A column that a head gives a letter or a formula.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Lettered {
    column: usize,
    /// The letters with their signs: `(A+B)` is `+A +B`.
    terms: Vec<(char, bool)>,
}

fn check(books: &Books<'_>, ledger: &mut Ledger, _: &mut Vec<Noted>) {
    let lettered_cells = books.document.first_cells_with(&ends_in_letter(books.document.text()));
    if lettered_cells.is_empty() {
        return;
    }
    let heads: BTreeSet<u32> = lettered_cells.iter().map(|(cell, ())| cell.line).collect();
    let lines: Vec<Line<'_>> = books.document.lines().collect();
    let may_be_head = |line: &Line<'_>| line.is_row() && heads.contains(&line.number());
    let mut next = 0;
    for (at, head) in lines.iter().enumerate().filter(|(_, line)| may_be_head(line)) {
        let columns = lettered(*head);
        let formulas: Vec<&Lettered> = columns.iter().filter(|c| 1 < c.terms.len()).collect();
        if formulas.is_empty() {
            continue;
        }
        let below = lines.iter().skip(at + 1).take(MOST_ROWS);
        for row in below.take_while(|row| row.cells().count() > 1 && lettered(**row).is_empty()) {
            for formula in &formulas {
                owe(ledger, *row, formula, &columns, &mut next);
            }
        }
    }
}

/// Adds the identity of one formula in one row.
fn owe(
    ledger: &mut Ledger,
    row: Line<'_>,
    formula: &Lettered,
    columns: &[Lettered],
    next: &mut u32,
) {
    let cells: Vec<_> = row.cells().collect();
    let entry = |ledger: &mut Ledger, column: usize, next: &mut u32| -> EntryId {
        // A row ends with its last filled cell.
        let blank = Cell { text: "", line: row.number(), column: 0 };
        let cell = cells.get(column).copied().unwrap_or(blank);
        let (value, _) = number::value(cell.text);
        let state = match &value {
            Value::Number(reading) => State::Amount(mills(reading.amount, Unit::Yuan)),
            Value::Blank | Value::Dash => State::Blank,
            Value::Choice(_) | Value::Unread => State::Unread,
        };
        let places = match &value {
            // Whole numbers are counts, and exact.
            Value::Number(reading) if 0 < reading.places => reading.places,
            _ => EXACT,
        };
        let at = *next;
        *next += 1;
        let (line, column) = (cell.line, cell.column);
        ledger.enter(Entry { state, unit: Unit::Yuan, places, line, column, of: Of::Form(at) })
    };
    let column =
        |letter: char| columns.iter().find(|c| c.terms == [(letter, true)]).map(|c| c.column);
    let total = entry(ledger, formula.column, next);
    let mut left = vec![total];
    let mut right = Vec::new();
    for (letter, plus) in &formula.terms {
        let Some(column) = column(*letter) else { return };
        let id = entry(ledger, column, next);
        if *plus { right.push(id) } else { left.push(id) }
    }
    ledger.owe(&RULE, &left, Relation::Equal, &right, true);
}

/// Returns where brackets are closed behind a letter: few texts have any.
fn ends_in_letter(text: &str) -> Vec<(Range<usize>, ())> {
    let closes = text.match_indices(')').chain(text.match_indices('）'));
    let lettered = closes.filter(|(at, _)| {
        let before = text.get(..*at).unwrap_or_default().trim_end();
        before.ends_with(|c: char| c.is_ascii_uppercase())
    });
    let mut found: Vec<_> = lettered.map(|(at, mark)| (at..at + mark.len(), ())).collect();
    found.sort_by_key(|(at, ())| at.start);
    found
}

/// Returns the columns of a head that end in letters: 合计 (A+B), 在编人员 (A).
fn lettered(line: Line<'_>) -> Vec<Lettered> {
    let of = |(column, cell): (usize, Cell<'_>)| {
        if !cell.text.ends_with([')', '）']) {
            return None;
        }
        let plain: String = cell.text.chars().filter(|c| !c.is_whitespace()).collect();
        let inner = plain.strip_suffix([')', '）'])?;
        let inner =
            inner.rsplit(['(', '（']).next().filter(|inner| inner.len() < plain.len() - 1)?;
        let mut terms = Vec::new();
        let mut plus = true;
        let mut expected = true;
        for c in inner.chars() {
            match c {
                'A'..='Z' if expected => {
                    terms.push((c, plus));
                    expected = false;
                }
                '+' | '＋' if !expected => (plus, expected) = (true, true),
                '-' | '－' | '—' if !expected => (plus, expected) = (false, true),
                _ => return None,
            }
        }
        (!expected).then_some(Lettered { column, terms })
    };
    line.cells().enumerate().filter_map(of).collect()
}
