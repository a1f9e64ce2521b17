//! Finds the single change that would make the accounts agree.
//!
//! What is tried is what goes wrong when tables are made: one figure is another, is missing
//! or stands where none belongs; a figure is copied through a chain of rows; the figures of a
//! row stand in the next row, or in the next column; the row of totals is that of another year.
//! A change is suggested if it closes two failing identities at least, breaks none, and no other
//! change closes as many of the same ones.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    accounts::{
        table::Table,
        token::{ChangeKind, Outcome},
    },
    reconcile::{
        ledger::{CellAt, Entry, EntryId, Identity, Ledger, Mills, Of, Relation, State},
        rule::{Books, Shape},
        within::Within,
    },
};

/// The most failing identities of one document that changes are looked for in: a document that
/// has more was misread, or is not one document.
const MOST_FAILING: usize = 400;

/// The most changes that are suggested in one document.
const MOST_CHANGES: usize = 64;

/// How far, in rows, the figures of a row are looked for.
const NEAR_ROWS: usize = 3;

/// Some entries, and what they should say.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Change {
    /// The entries in their order, each with its amount; nothing for blank.
    pub(super) entries: BTreeMap<EntryId, Option<Mills>>,
}

/// A change that is suggested.
#[derive(Clone, Debug)]
pub(super) struct Accepted {
    pub(super) change: Change,
    pub(super) kind: ChangeKind,
    /// The failing identities that it closes, by index, ascending.
    pub(super) closes: Vec<usize>,
}

/// Looks for changes; those found first close most.
pub(super) fn changes(books: &Books<'_>, ledger: &Ledger, failing: &[usize]) -> Vec<Accepted> {
    let mut accepted: Vec<Accepted> = Vec::new();
    if failing.is_empty() || MOST_FAILING < failing.len() {
        return accepted;
    }
    let mut search = Search::new(books, ledger, failing);
    while accepted.len() < MOST_CHANGES {
        let Some(next) = search.best() else { break };
        search.apply(&next);
        accepted.push(next);
    }
    accepted
}

/// The entries of failing identities, each with the amounts that would close one and those that
/// it would close.
type Wanted = BTreeMap<EntryId, BTreeMap<Option<Mills>, Vec<usize>>>;

struct Search<'s> {
    tables: &'s [Table],
    ledger: &'s Ledger,
    /// The identities that each entry is in, as far as a change can touch them.
    within: Within,
    /// The identities that still fail.
    open: BTreeSet<usize>,
    /// What was changed so far.
    changed: BTreeMap<EntryId, State>,
}

impl<'s> Search<'s> {
    fn new(books: &Books<'s>, ledger: &'s Ledger, failing: &[usize]) -> Search<'s> {
        Search {
            tables: books.tables,
            ledger,
            within: Within::of(ledger),
            open: failing.iter().copied().collect(),
            changed: BTreeMap::new(),
        }
    }

    /// Returns the change that closes most, if no other closes as many of the same identities.
    fn best(&self) -> Option<Accepted> {
        let wanted = self.wanted();
        // The simplest kind of change that helps: one figure, several, one that stands elsewhere.
        self.best_of(self.single(&wanted))
            .or_else(|| self.best_of(self.together(&wanted)))
            .or_else(|| self.best_of(self.moved(&wanted)))
    }

    /// Returns the best of some changes, if none rivals it.
    fn best_of(&self, changes: Vec<(Change, ChangeKind)>) -> Option<Accepted> {
        let mut found: Vec<(usize, Accepted)> = Vec::new();
        for (change, kind) in changes {
            if let Some((exact, closes)) = self.weigh(&change) {
                found.push((exact, Accepted { change, kind, closes }));
            }
        }
        // Of several amounts for the same entries the one that closes more, exactly.
        let rank = |(exact, accepted): &(usize, Accepted)| (accepted.closes.len(), *exact);
        found.sort_by(|a, b| rank(b).cmp(&rank(a)).then_with(|| a.1.change.cmp(&b.1.change)));
        // The same change can be come upon in several ways.
        found.dedup_by(|next, first| next.1.change == first.1.change);
        for (at, (exact, candidate)) in found.iter().enumerate() {
            let rival = found.iter().enumerate().any(|(other_at, (other_exact, other))| {
                other_at != at
                    && !candidate.change.entries.keys().eq(other.change.entries.keys())
                    && candidate.closes.len() <= other.closes.len()
                    && (candidate.closes.len() < other.closes.len() || exact <= other_exact)
                    && other.closes.iter().any(|open| candidate.closes.contains(open))
            });
            if !rival {
                return Some(candidate.clone());
            }
        }
        None
    }

    fn apply(&mut self, accepted: &Accepted) {
        for (id, amount) in &accepted.change.entries {
            self.changed.insert(*id, amount.map_or(State::Blank, State::Amount));
        }
        self.open.retain(|at| !accepted.closes.contains(at));
    }

    fn state(&self, id: EntryId) -> State {
        let printed = self.ledger.entry(id).map_or(State::Unread, |entry| entry.state);
        self.changed.get(&id).copied().unwrap_or(printed)
    }

    fn identity(&self, at: usize) -> Option<&'s Identity> {
        self.ledger.identities.get(at)
    }

    fn outcome(&self, at: usize, change: &Change) -> Option<Outcome> {
        let state = |id: EntryId, printed: State| match change.entries.get(&id) {
            Some(amount) => amount.map_or(State::Blank, State::Amount),
            None => self.changed.get(&id).copied().unwrap_or(printed),
        };
        self.ledger.sum_with(self.identity(at)?, state).map(|sum| sum.outcome)
    }

    /// Returns how many identities a change makes exact, and which failing ones it closes;
    /// nothing where it closes less than two or breaks any.
    fn weigh(&self, change: &Change) -> Option<(usize, Vec<usize>)> {
        let mut touched: BTreeSet<usize> = BTreeSet::new();
        for id in change.entries.keys() {
            touched.extend(self.within.get(*id));
        }
        let mut closes = Vec::new();
        let mut exact = 0;
        for at in touched {
            let outcome = self.outcome(at, change);
            if outcome == Some(Outcome::Exact) {
                exact += self.identity(at).map_or(0, |identity| self.weight(identity));
            }
            match (self.open.contains(&at), outcome) {
                (true, None | Some(Outcome::Exact | Outcome::Rounding)) => closes.push(at),
                (false, Some(Outcome::Fails)) => return None,
                _ => (),
            }
        }
        // Prose repeats itself: what it says against a table is one witness, however often.
        let prose = |at: &usize| {
            self.identity(*at).is_some_and(|identity| identity.rule.shape == Shape::Prose)
        };
        let stated = change.entries.keys().any(|id| {
            self.ledger.entry(*id).is_some_and(|entry| matches!(entry.of, Of::Statement(_)))
        });
        let witnesses = closes.iter().filter(|at| !prose(at)).count();
        let enough = 2 <= closes.len() && (stated || 0 < witnesses);
        enough.then_some((exact, closes))
    }

    /// Returns how much an identity says of the last place of its amounts: the same figure in
    /// another table most, for both are rounded once; a sum the less, the more terms it has;
    /// the prose least.
    fn weight(&self, identity: &Identity) -> usize {
        let terms = self.ledger.all_terms(identity).iter();
        let printed = terms.filter(|id| matches!(self.state(**id), State::Amount(a) if a != 0));
        match identity.rule.shape {
            Shape::Elsewhere => 40,
            Shape::Prose => 5,
            _ => 64 / printed.count().max(1),
        }
    }

    /// Returns by how much the left side of a failing identity is more than the right; nothing
    /// where no amount of one entry helps.
    fn off(&self, identity: &Identity) -> Option<Mills> {
        if identity.relation == Relation::AtLeast {
            return None;
        }
        let sum = |ids: &[EntryId]| -> Option<Mills> {
            ids.iter().try_fold(0_i64, |sum, id| match self.state(*id) {
                State::Amount(amount) => Some(sum.saturating_add(amount)),
                State::Blank => Some(sum),
                State::Unread => None,
            })
        };
        let left = sum(self.ledger.terms(&identity.left))?;
        Some(left.saturating_sub(sum(self.ledger.terms(&identity.right))?))
    }

    /// Returns what would close the failing identities, one by one.
    fn wanted(&self) -> Wanted {
        let mut wanted = Wanted::new();
        for at in &self.open {
            let Some(identity) = self.identity(*at) else { continue };
            let Some(off) = self.off(identity) else { continue };
            let left = self.ledger.terms(&identity.left);
            for id in self.ledger.all_terms(identity) {
                let now = match self.state(*id) {
                    State::Amount(amount) => amount,
                    State::Blank => 0,
                    State::Unread => continue,
                };
                let off = if left.contains(id) { off.saturating_neg() } else { off };
                let amount = now.saturating_add(off);
                // No figure says what zero says.
                let amount = (amount != 0).then_some(amount);
                wanted.entry(*id).or_default().entry(amount).or_default().push(*at);
            }
        }
        wanted
    }

    /// Returns the changes of one figure.
    fn single(&self, wanted: &Wanted) -> Vec<(Change, ChangeKind)> {
        let mut changes = Vec::new();
        for (id, amounts) in wanted {
            let id = *id;
            // One identity never suffices.
            if self.within.get(id).iter().filter(|at| self.open.contains(at)).count() < 2 {
                continue;
            }
            for amount in amounts.keys().copied() {
                let kind = kind(self.ledger.entry(id), self.state(id), amount);
                // Budgets are not negative: only a sign that was lost makes a figure so.
                let negative = amount.is_some_and(|amount| amount < 0);
                let was = matches!(self.state(id), State::Amount(amount) if amount < 0);
                if negative && !was && kind != ChangeKind::Sign {
                    continue;
                }
                changes.push((Change { entries: [(id, amount)].into() }, kind));
            }
        }
        changes
    }

    /// Returns the changes of figures that belong together: one that is copied through a chain of
    /// rows, and a row of totals.
    fn together(&self, wanted: &Wanted) -> Vec<(Change, ChangeKind)> {
        let mut changes = Vec::new();
        for (id, amounts) in wanted {
            let chain = self.chain(*id);
            if chain.len() < 2 {
                continue;
            }
            for amount in amounts.keys() {
                let entries = chain.iter().map(|id| (*id, *amount)).collect();
                let kind = kind(self.ledger.entry(*id), self.state(*id), *amount);
                changes.push((Change { entries }, kind));
            }
        }
        let mut lines: BTreeMap<(usize, u32), Vec<EntryId>> = BTreeMap::new();
        for id in wanted.keys() {
            if let Some(Entry { of: Of::Cell(at), line, .. }) = self.ledger.entry(*id) {
                lines.entry((at.table, *line)).or_default().push(*id);
            }
        }
        for ((table, line), ids) in lines {
            // What the identities within the line say is what changes with it.
            let within = |id: &EntryId| {
                self.ledger.entry(*id).is_some_and(|entry| {
                    entry.line == line && matches!(entry.of, Of::Cell(at) if at.table == table)
                })
            };
            let outer = |at: &usize| {
                self.identity(*at)
                    .is_some_and(|identity| !self.ledger.all_terms(identity).iter().all(within))
            };
            let mut entries = BTreeMap::new();
            for id in ids.iter().filter(|id| matches!(self.state(**id), State::Amount(_))) {
                let Some(amounts) = wanted.get(id) else { continue };
                let mut said = amounts.iter().filter(|(_, from)| from.iter().any(outer));
                if let (Some((amount, _)), None) = (said.next(), said.next()) {
                    entries.insert(*id, *amount);
                }
            }
            let negative = entries.values().flatten().any(|amount| *amount < 0);
            if 1 < entries.len() && !negative {
                changes.push((Change { entries }, ChangeKind::StaleRow));
            }
        }
        changes
    }

    /// Returns an entry with those of its column that it equals through sums of one part.
    fn chain(&self, id: EntryId) -> BTreeSet<EntryId> {
        let column = |id: EntryId| match self.ledger.entry(id)?.of {
            Of::Cell(at) => Some((at.table, at.side, at.column)),
            _ => None,
        };
        let mut chain = BTreeSet::from([id]);
        let mut rest = vec![id];
        while let Some(next) = rest.pop() {
            for at in self.within.get(next) {
                let Some(identity) = self.identity(*at).filter(|_| !self.open.contains(at)) else {
                    continue;
                };
                let printed = |range| {
                    let terms: &[EntryId] = self.ledger.terms(range);
                    let full = terms
                        .iter()
                        .filter(|id| matches!(self.state(**id), State::Amount(a) if a != 0));
                    full.copied().collect::<Vec<EntryId>>()
                };
                if let ([a], [b]) =
                    (printed(&identity.left).as_slice(), printed(&identity.right).as_slice())
                {
                    for other in [*a, *b] {
                        if column(other) == column(id)
                            && column(id).is_some()
                            && chain.insert(other)
                        {
                            rest.push(other);
                        }
                    }
                }
            }
        }
        chain
    }

    /// Returns the changes that move figures to a row or a column nearby that is blank there.
    fn moved(&self, wanted: &Wanted) -> Vec<(Change, ChangeKind)> {
        let mut changes = Vec::new();
        let mut rows: BTreeSet<(usize, usize, usize)> = BTreeSet::new();
        for id in wanted.keys().copied() {
            let Some(Of::Cell(at)) = self.ledger.entry(id).map(|entry| entry.of) else { continue };
            if let State::Amount(amount) = self.state(id) {
                rows.insert((at.table, at.side, at.row));
                let width = self.side(at).map_or(0, |side| side.columns.len());
                for column in (0..width).filter(|column| *column != at.column) {
                    let to = self.ledger.cell(self.tables, CellAt { column, ..at });
                    let fits = |to: &EntryId| self.state(*to) == State::Blank && self.is_open(*to);
                    let Some(to) = to.filter(fits) else {
                        continue;
                    };
                    let entries = [(id, None), (to, Some(amount))].into();
                    changes.push((Change { entries }, ChangeKind::ColumnShift));
                }
            }
        }
        for (table, side, row) in rows.iter().copied() {
            let at = CellAt { table, side, row, column: 0 };
            let Some((width, height)) =
                self.side(at).map(|side| (side.columns.len(), side.rows.len()))
            else {
                continue;
            };
            let near = row.saturating_sub(NEAR_ROWS)..(row + NEAR_ROWS + 1).min(height);
            for to in near.filter(|to| *to != row) {
                let mut entries = BTreeMap::new();
                let mut blank = true;
                for column in 0..width {
                    let cell = |row| self.ledger.cell(self.tables, CellAt { row, column, ..at });
                    let (Some(from), Some(to)) = (cell(row), cell(to)) else { continue };
                    blank &= self.state(to) == State::Blank;
                    if let State::Amount(amount) = self.state(from) {
                        entries.insert(from, None);
                        entries.insert(to, Some(amount));
                    }
                }
                if blank && !entries.is_empty() {
                    changes.push((Change { entries }, ChangeKind::RowShift));
                } else if to == row + 1 || rows.contains(&(table, side, to)) {
                    changes.extend(self.swapped(at, to, width));
                }
            }
        }
        changes
    }

    /// Returns the change that lets two rows exchange their figures.
    fn swapped(&self, at: CellAt, to: usize, width: usize) -> Option<(Change, ChangeKind)> {
        let mut entries = BTreeMap::new();
        for column in 0..width {
            let cell = |row| self.ledger.cell(self.tables, CellAt { row, column, ..at });
            let (a, b) = (cell(at.row)?, cell(to)?);
            for (from, to) in [(a, b), (b, a)] {
                match self.state(from) {
                    State::Amount(amount) => entries.insert(to, Some(amount)),
                    State::Blank => entries.insert(to, None),
                    State::Unread => return None,
                };
            }
        }
        Some((Change { entries }, ChangeKind::RowShift))
    }

    /// Returns whether a failing identity has an entry.
    fn is_open(&self, id: EntryId) -> bool {
        self.within.get(id).iter().any(|at| self.open.contains(at))
    }

    fn side(&self, at: CellAt) -> Option<&'s crate::accounts::table::Side> {
        self.tables.get(at.table)?.sides.get(at.side)
    }
}

/// Says what kind of slip makes one amount of another.
fn kind(entry: Option<&Entry>, printed: State, wanted: Option<Mills>) -> ChangeKind {
    let (State::Amount(old), Some(new)) = (printed, wanted) else {
        return if wanted.is_some() { ChangeKind::Missing } else { ChangeKind::Surplus };
    };
    if old == -new {
        return ChangeKind::Sign;
    }
    let place = entry.map_or(1, |entry| entry.half() * 2).max(1);
    let digits = |amount: Mills| (amount / place).unsigned_abs().to_string();
    let (printed, right) = (digits(old), digits(new));
    let bare = |digits: &str| digits.trim_end_matches('0').to_owned();
    if bare(&printed) == bare(&right) && old.signum() == new.signum() {
        return ChangeKind::Factor;
    }
    if printed.len() == right.len() {
        let pairs = printed.bytes().zip(right.bytes()).enumerate();
        let apart: Vec<(usize, (u8, u8))> = pairs.filter(|(_, (was, is))| was != is).collect();
        match apart.as_slice() {
            [_] => return ChangeKind::Digit,
            [(at, first), (next, second)]
                if at + 1 == *next && (first.0, first.1) == (second.1, second.0) =>
            {
                return ChangeKind::Transposition;
            }
            _ => (),
        }
    }
    ChangeKind::Other
}
