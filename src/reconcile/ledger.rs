//! Keeps every amount that a document prints at hand, and the identities between them.
//!
//! Amounts are whole thousandths of a yuan here: fine enough for half a fen, which is what
//! rounding is counted in, and exact in sums.

use std::{collections::BTreeMap, ops::Range};

use rust_decimal::Decimal;

use crate::{
    accounts::{
        check::Check,
        money::Unit,
        statement::Statement,
        table::{Cell, Reading, Table, Value},
        token::{Flow, Outcome, StatementKind, TableKind, Unchecked},
    },
    extract::words::Words,
    normalise::number::has_blank_thousands,
    reconcile::{
        place::{Outline, outlines, tables_by_kind},
        rule::Rule,
        rules::figures_disagree::Money,
    },
};

/// Thousandths of a yuan.
pub(super) type Mills = i64;

/// How many of them one yuan is.
const PER_YUAN: i64 = 1_000;

/// How many entries besides those of tables and prose most documents have.
const FEW: usize = 64;

/// The number of an entry of a ledger.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct EntryId(u32);

impl EntryId {
    /// Returns the number as an index.
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// What is printed in one place that can hold an amount.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// What it says.
    pub(super) state: State,
    /// The printed unit of money.
    pub(super) unit: Unit,
    /// The decimals that the table or the sentence prints.
    pub(super) places: u32,
    /// The line, counted from 1.
    pub(super) line: u32,
    /// The first character in the line, counted from 1; 0 for a cell that is not there.
    pub(super) column: u32,
    /// Where it stands.
    pub(super) of: Of,
}

/// What an entry says: blank, zero and unread are three things.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum State {
    /// Nothing is printed.
    Blank,
    /// Something is printed, and it is not known how much.
    Unread,
    /// An amount.
    Amount(Mills),
}

/// Where an entry stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Of {
    /// A cell of a statutory table.
    Cell(CellAt),
    /// A statement of the prose, by its index.
    Statement(u32),
    /// A number of a chart, by its index.
    Datum(u32),
    /// The money of a project in its performance form, by the index of the indicator.
    Project(u32),
    /// A cell of a form whose header has a formula, by its index.
    Form(u32),
}

/// A cell by the indices of its table, side, row and column.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct CellAt {
    pub(super) table: usize,
    pub(super) side: usize,
    pub(super) row: usize,
    pub(super) column: usize,
}

impl Entry {
    /// Returns the amount, where one is printed.
    pub(super) fn amount(&self) -> Option<Mills> {
        match self.state {
            State::Amount(amount) => Some(amount),
            State::Blank | State::Unread => None,
        }
    }

    /// Returns half a unit in the last printed place.
    pub(super) fn half(&self) -> Mills {
        in_yuan(self.unit) * PER_YUAN / 2 / 10_i64.saturating_pow(self.places)
    }
}

/// How the two sides of an identity compare.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Relation {
    /// They are equal.
    Equal,
    /// The left is at least the right (TQ).
    AtLeast,
}

/// An identity between entries: the left ones add up to what the right ones do.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) rule: &'static Rule,
    pub(super) left: Range<u32>,
    pub(super) right: Range<u32>,
    pub(super) relation: Relation,
    /// Whether it is known that the right side is all of the left.
    pub(super) certain: bool,
}

/// An identity that could not be put together.
#[derive(Clone, Debug)]
pub(super) struct Missing {
    pub(super) rule: &'static Rule,
    pub(super) table: Option<TableKind>,
    pub(super) line: u32,
    pub(super) label: String,
    pub(super) reason: Unchecked,
}

/// What an identity comes to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Sum {
    pub(super) outcome: Outcome,
    pub(super) reason: Option<Unchecked>,
    /// What the left side prints; nothing where it is blank.
    pub(super) actual: Option<Mills>,
    /// What the right side makes.
    pub(super) expected: Mills,
    pub(super) slack: Mills,
    /// How many amounts are printed.
    pub(super) terms: u32,
}

/// The amounts of a document with the identities that it owes.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    entries: Vec<Entry>,
    /// The first entry of each side of each table.
    sides: Vec<Vec<u32>>,
    /// The first entry of the statements.
    statements: u32,
    outlines: Vec<Vec<Outline>>,
    /// The table of each kind, or why none is meant.
    tables: BTreeMap<TableKind, Result<usize, Unchecked>>,
    terms: Vec<EntryId>,
    pub(super) identities: Vec<Identity>,
    pub(super) missing: Vec<Missing>,
    /// What is known of the sources of money, once a rule has asked.
    pub(super) money: Option<Money>,
    /// Checks that are no sums, as their rules made them.
    pub(super) checked: Vec<Check>,
}

impl Ledger {
    /// Enters the cells of tables and the statements of the prose.
    pub(super) fn new(
        tables: &[Table],
        stated: &[Statement],
        document: Option<Unit>,
        words: &Words,
    ) -> Ledger {
        let sides = tables.iter().flat_map(|table| &table.sides);
        let cells: usize = sides.map(|side| side.rows.len() * side.columns.len()).sum();
        let mut ledger = Ledger {
            entries: Vec::with_capacity(cells + stated.len() + FEW),
            outlines: outlines(tables, words),
            tables: tables_by_kind(tables),
            ..Ledger::default()
        };
        for (table_at, table) in tables.iter().enumerate() {
            let mut starts = Vec::with_capacity(table.sides.len());
            let places = usual_places(table);
            for (side_at, side) in table.sides.iter().enumerate() {
                starts.push(ledger.next());
                for (row_at, row) in side.rows.iter().enumerate() {
                    for (column_at, column) in side.columns.iter().enumerate() {
                        let cell = row.cells.get(column_at);
                        let unit = cell.and_then(|cell| cell.unit).or(column.unit);
                        let unit = unit.or(table.unit).or(document);
                        let state = cell.map_or(State::Blank, |cell| state(cell, unit));
                        ledger.entries.push(Entry {
                            state,
                            unit: unit.unwrap_or(Unit::Yuan),
                            places: places.max(cell.map_or(0, printed)),
                            line: row.line,
                            column: cell.map_or(0, |cell| cell.column),
                            of: Of::Cell(CellAt {
                                table: table_at,
                                side: side_at,
                                row: row_at,
                                column: column_at,
                            }),
                        });
                    }
                }
            }
            ledger.sides.push(starts);
        }
        ledger.statements = ledger.next();
        for (at, statement) in (0..).zip(stated) {
            let money =
                matches!(statement.kind, StatementKind::Amount | StatementKind::ChangeAmount);
            let unit = Unit::find(&statement.raw).or_else(|| spoken(&statement.raw));
            let unit = unit.unwrap_or(Unit::Yuan);
            ledger.entries.push(Entry {
                state: if money {
                    State::Amount(mills(statement.value, Unit::Yuan))
                } else {
                    State::Unread
                },
                unit,
                places: printed_places(&statement.raw),
                line: statement.line,
                column: statement.column,
                of: Of::Statement(at),
            });
        }
        ledger
    }

    /// Returns the number of entries.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    fn next(&self) -> u32 {
        u32::try_from(self.entries.len()).unwrap_or(u32::MAX)
    }

    /// Returns what the rows of a side are.
    pub(super) fn outline(&self, table: usize, side: usize) -> &Outline {
        static NONE: Outline = Outline::NONE;
        self.outlines.get(table).and_then(|sides| sides.get(side)).unwrap_or(&NONE)
    }

    /// Returns the index of the table of a kind.
    pub(super) fn table(&self, kind: TableKind) -> Result<usize, Unchecked> {
        self.tables.get(&kind).copied().unwrap_or(Err(Unchecked::NoSuchTable))
    }

    /// Adds an entry that stands in no table.
    pub(super) fn enter(&mut self, entry: Entry) -> EntryId {
        let id = EntryId(self.next());
        self.entries.push(entry);
        id
    }

    /// Returns an entry.
    pub(super) fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.entries.get(id.0 as usize)
    }

    /// Returns the amount of an entry, where one is printed.
    pub(super) fn amount(&self, id: EntryId) -> Option<Mills> {
        self.entry(id).and_then(Entry::amount)
    }

    /// Returns the amounts that are printed in tables, with their cells.
    pub(super) fn printed_cells(&self) -> impl Iterator<Item = (CellAt, Mills)> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry { of: Of::Cell(at), state: State::Amount(amount), .. } => Some((*at, *amount)),
            _ => None,
        })
    }

    /// Returns the entry of a cell.
    pub(super) fn cell(&self, tables: &[Table], at: CellAt) -> Option<EntryId> {
        let start = *self.sides.get(at.table)?.get(at.side)?;
        let width = tables.get(at.table)?.sides.get(at.side)?.columns.len();
        let offset = u32::try_from(at.row * width + at.column).ok()?;
        (at.column < width).then_some(EntryId(start.saturating_add(offset)))
    }

    /// Returns the entry of a statement.
    pub(super) fn statement(&self, at: usize) -> EntryId {
        EntryId(self.statements.saturating_add(u32::try_from(at).unwrap_or(u32::MAX)))
    }

    /// Adds an identity: the sum of `left` should be that of `right`.
    pub(super) fn owe(
        &mut self,
        rule: &'static Rule,
        left: &[EntryId],
        relation: Relation,
        right: &[EntryId],
        certain: bool,
    ) {
        let start = self.terms.len();
        self.terms.extend_from_slice(left);
        let middle = self.terms.len();
        self.terms.extend_from_slice(right);
        let at = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
        let (left, right) = (at(start)..at(middle), at(middle)..at(self.terms.len()));
        self.identities.push(Identity { rule, left, right, relation, certain });
    }

    /// Notes that an identity cannot be put together.
    pub(super) fn miss(
        &mut self,
        rule: &'static Rule,
        table: Option<TableKind>,
        line: u32,
        label: &str,
        reason: Unchecked,
    ) {
        self.missing.push(Missing { rule, table, line, label: label.to_owned(), reason });
    }

    /// Returns the entries of one side of an identity.
    pub(super) fn terms(&self, range: &Range<u32>) -> &[EntryId] {
        self.terms.get(range.start as usize..range.end as usize).unwrap_or_default()
    }

    /// Returns the entries of both sides of an identity, those of the left first.
    pub(super) fn all_terms(&self, identity: &Identity) -> &[EntryId] {
        // The right side is added behind the left one.
        self.terms(&(identity.left.start..identity.right.end))
    }

    /// Adds an identity up; nothing where no figure of it is printed.
    pub(super) fn sum(&self, identity: &Identity) -> Option<Sum> {
        self.sum_with(identity, |_, state| state)
    }

    /// Adds an identity up with some entries changed.
    pub(super) fn sum_with(
        &self,
        identity: &Identity,
        changed: impl Fn(EntryId, State) -> State,
    ) -> Option<Sum> {
        let (left, right) = (self.terms(&identity.left), self.terms(&identity.right));
        let alone = left.len() == 1 && right.len() == 1;
        let mut unread = false;
        let mut slack: Mills = 0;
        let mut terms = 0;
        let mut add = |ids: &[EntryId]| {
            let mut sum: Option<Mills> = None;
            for id in ids {
                let Some(entry) = self.entry(*id) else { continue };
                match changed(*id, entry.state) {
                    State::Amount(amount) => {
                        sum = Some(sum.unwrap_or(0).saturating_add(amount));
                        terms += 1;
                        // A printed zero of a sum stands for an item that is not there, and
                        // is exact.
                        if amount != 0 || alone {
                            slack = slack.saturating_add(entry.half());
                        }
                    }
                    State::Blank => (),
                    State::Unread => unread = true,
                }
            }
            sum
        };
        let (actual, parts) = (add(left), add(right));
        if actual.is_none() && parts.is_none_or(|sum| sum == 0)
            || parts.is_none() && actual == Some(0)
        {
            return None;
        }
        let expected = parts.unwrap_or(0);
        let off = actual.unwrap_or(0).saturating_sub(expected);
        let outcome = match (identity.relation, unread) {
            (_, true) => Outcome::Unchecked,
            (_, false) if off == 0 && actual.is_some() => Outcome::Exact,
            (Relation::AtLeast, false) if 0 < off => Outcome::Exact,
            (_, false) if off.saturating_abs() <= slack && actual.is_some() => Outcome::Rounding,
            (_, false) if !identity.certain => Outcome::Unchecked,
            (_, false) => Outcome::Fails,
        };
        let reason = (outcome == Outcome::Unchecked).then_some(if unread {
            Unchecked::UnreadFigure
        } else {
            Unchecked::Ambiguous
        });
        Some(Sum { outcome, reason, actual, expected, slack, terms })
    }
}

/// Returns the decimals that most figures of a table print; one that prints more is alone.
fn usual_places(table: &Table) -> u32 {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    let rows = table.sides.iter().flat_map(|side| &side.rows);
    for places in rows.flat_map(|row| &row.cells).map(printed).filter(|places| 0 < *places) {
        *counts.entry(places).or_default() += 1;
    }
    // 299.9 is printed for 299.90: the more precise of two is the usual one.
    let most = counts.values().copied().max().unwrap_or(0);
    counts.into_iter().rev().find(|(_, count)| most <= 4 * count).map_or(0, |(places, _)| places)
}

/// Returns the decimals of the figure in a cell; none for what is no figure.
fn printed(cell: &Cell) -> u32 {
    match &cell.value {
        Value::Number(reading) => reading.places,
        Value::Choice(readings) => readings.first().map_or(0, |reading| reading.places),
        Value::Blank | Value::Dash | Value::Unread => 0,
    }
}

/// Returns what a cell says, in thousandths of a yuan.
fn state(cell: &Cell, unit: Option<Unit>) -> State {
    let amount = |reading: &Reading| match unit {
        Some(unit) => State::Amount(mills(reading.amount, unit)),
        None => State::Unread,
    };
    match &cell.value {
        Value::Blank | Value::Dash => State::Blank,
        Value::Number(reading) => amount(reading),
        Value::Choice(readings) if has_blank_thousands(&cell.raw) => {
            readings.first().map_or(State::Unread, amount)
        }
        Value::Choice(_) | Value::Unread => State::Unread,
    }
}

/// What a unit in the last place is in thousandths, by the number of decimals.
const PLACES: [i64; 4] = [1_000, 100, 10, 1];

/// Turns an amount into thousandths of a yuan.
pub(super) fn mills(amount: Decimal, unit: Unit) -> Mills {
    let yuan = in_yuan(unit);
    // Nearly every amount is small and has few decimals.
    if let (Ok(mantissa), Some(place)) =
        (i64::try_from(amount.mantissa()), PLACES.get(amount.scale() as usize))
        && let Some(fine) = mantissa.checked_mul(yuan).and_then(|yuan| yuan.checked_mul(*place))
    {
        return fine;
    }
    let per_unit = i128::from(yuan * PER_YUAN);
    let fine = amount.mantissa().saturating_mul(per_unit);
    let amount = fine / 10_i128.saturating_pow(amount.scale());
    Mills::try_from(amount).unwrap_or(if amount < 0 { Mills::MIN / 4 } else { Mills::MAX / 4 })
}

/// Returns how many yuan a unit of money is.
const fn in_yuan(unit: Unit) -> i64 {
    match unit {
        Unit::Yuan => 1,
        Unit::Thousand => 1_000,
        Unit::TenThousand => 10_000,
        Unit::Million => 1_000_000,
        Unit::HundredMillion => 100_000_000,
    }
}

/// Turns thousandths of a yuan back into yuan.
pub(super) fn yuan(amount: Mills) -> Decimal {
    if amount % 10 == 0 { Decimal::new(amount / 10, 2) } else { Decimal::new(amount, 3) }
}

/// Returns the unit that a spoken amount names without 元: 0. 12 万.
fn spoken(raw: &str) -> Option<Unit> {
    let last = raw.trim_end().chars().last()?;
    match last {
        '万' => Some(Unit::TenThousand),
        '亿' => Some(Unit::HundredMillion),
        _ => None,
    }
}

/// Returns the decimals of a number as it is printed: 2 for 14.60 万元.
pub(super) fn printed_places(raw: &str) -> u32 {
    let Some((_, after)) = raw.split_once(['.', '．']) else { return 0 };
    let digits = after.chars().skip_while(|c| c.is_whitespace());
    u32::try_from(digits.take_while(|c| c.is_ascii_digit() || ('０'..='９').contains(c)).count())
        .unwrap_or(0)
}

/// Returns the side of the ledger of a column of a side.
pub(super) fn flow_of(table: &Table, side: usize, column: usize) -> Option<Flow> {
    let side = table.sides.get(side)?;
    let own = side.columns.get(column)?.meaning.and_then(|meaning| meaning.ledger);
    Some(own.unwrap_or(side.flow))
}
