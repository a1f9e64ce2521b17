#![doc = include_str!("figures_disagree.md")]

use std::collections::BTreeSet;

use crate::{
    accounts::{
        table::{Column, Row, Table},
        token::{Flow, Fund, Nature, Period, RowRole, Severity, TableKind, Unchecked},
    },
    reconcile::{
        between::{Kind, Pattern, RowPattern, Spec, When},
        ledger::{Entry, EntryId, Ledger, Relation, flow_of},
        place::{Columns, Part, RowKey, Wanted, columns, find_in, two_sided},
        rule::{Books, Looks, Noted, Rule, Shape},
    },
};

pub(in crate::reconcile) static RULE: Rule = Rule {
    name: "figures-disagree",
    summary: "a figure that is not the same in two tables",
    summary_chinese: "同一数字在两张表中不一致",
    ids: "BX-01 BX-02 BX-03 BX-04 BX-05 BX-06 BX-07 BX-08 BX-09 BX-10 BX-11 BX-12 BX-13 BX-22 FX-01 FX-02 FX-03 FX-04 FX-05 FX-06",
    doc: include_str!("figures_disagree.md"),
    severity: Severity::Error,
    shape: Shape::Elsewhere,
    looks: Looks::Document(check),
};

fn check(books: &Books<'_>, ledger: &mut Ledger, _: &mut Vec<Noted>) {
    owe(books, ledger, Kind::FiguresDisagree, &RULE);
}

/// Adds every identity between tables that belongs to one rule.
pub(super) fn owe(books: &Books<'_>, ledger: &mut Ledger, kind: Kind, rule: &'static Rule) {
    let money = match ledger.money.take() {
        Some(money) => money,
        None => Money::of(books, ledger),
    };
    for spec in books.between.identities.iter().filter(|spec| spec.rule == kind) {
        if spec.stage.is_some() && spec.stage != books.identity.stage {
            continue;
        }
        let owed = match spec.when {
            Some(When::OnlyFiscal) => money.only_fiscal,
            Some(When::OnlyGeneral) => money.only_general,
            None => true,
        };
        let mut last = match ledger.table(spec.left.table) {
            _ if !owed => Unchecked::NotApplicable,
            Err(reason) => reason,
            Ok(_) => Unchecked::NoSuchFigure,
        };
        let mut any = false;
        if owed {
            let bound: Vec<Bound<'_>> = bindings(books, ledger, spec, &money.named)
                .into_iter()
                .map(|binding| Bound::of(books, ledger, spec, binding))
                .collect();
            for code in codes(books, ledger, spec) {
                for bound in &bound {
                    match bound.owe(books, ledger, &money, rule, code) {
                        Ok(()) => any = true,
                        Err(reason) => last = reason,
                    }
                }
            }
        }
        if !any {
            let at = ledger.table(spec.left.table).ok().and_then(|at| books.tables.get(at));
            let (line, title) = at.map_or((0, ""), |table| (table.line, table.title.as_str()));
            ledger.miss(rule, Some(spec.left.table), line, title, last);
        }
    }
    ledger.money = Some(money);
}

/// What the variables of the columns of an identity stand for.
#[derive(Clone, Copy, Debug)]
struct Binding {
    fund: Fund,
    period: Period,
    nature: Nature,
}

/// Returns every binding of the columns of an identity that its tables can have.
fn bindings(
    books: &Books<'_>,
    ledger: &Ledger,
    spec: &Spec,
    named: &BTreeSet<Fund>,
) -> Vec<Binding> {
    let each_fund = spec.left.row == RowPattern::EachFund || spec.left.fund.is_none();
    // Only funds that the document has money of, or tables name.
    let funds: BTreeSet<Fund> = if each_fund { named.clone() } else { [Fund::All].into() };
    let heads = || {
        let table = ledger.table(spec.left.table).ok().and_then(|at| books.tables.get(at));
        let sides = table.into_iter().flat_map(|table| &table.sides);
        sides.flat_map(|side| &side.columns).filter_map(|column| column.meaning)
    };
    // Only what a head of the left table says can be bound.
    let periods: BTreeSet<Period> = match spec.left.period {
        None => heads().map(|meaning| meaning.period).collect(),
        Some(_) => [Period::All].into(),
    };
    let natures: BTreeSet<Nature> = match spec.left.nature {
        None => heads().map(|meaning| meaning.nature).collect(),
        Some(_) => [Nature::All].into(),
    };
    let mut bindings = Vec::with_capacity(funds.len() * periods.len() * natures.len());
    for fund in funds {
        for period in periods.iter().copied() {
            bindings.extend(natures.iter().map(|nature| Binding { fund, period, nature: *nature }));
        }
    }
    bindings
}

/// Returns the classes that the rows of an identity can be bound to: those that its tables
/// print figures for; an empty one where it is not of classes.
fn codes<'a>(books: &Books<'a>, ledger: &Ledger, spec: &Spec) -> Vec<&'a str> {
    let longest = match spec.left.row {
        RowPattern::EachClass => 3,
        RowPattern::EachCode => 7,
        _ => return vec![""],
    };
    let mut codes: Vec<&str> = Vec::new();
    let first = spec.ways.iter().flatten().take(1);
    for pattern in [&spec.left].into_iter().chain(first) {
        let table = ledger.table(pattern.table).ok().and_then(|at| books.tables.get(at));
        let sides = table.into_iter().flat_map(|table| &table.sides);
        for side in sides.filter(|side| side.flow == pattern.flow) {
            let rows = side.rows.iter().filter(|row| row.cells.iter().any(|c| !c.value.is_blank()));
            let found = rows.filter_map(|row| row.class_code.as_deref());
            codes.extend(found.filter(|code| code.len() <= longest));
        }
    }
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// A place of an identity whose columns are found.
struct Placed<'s> {
    pattern: &'s Pattern,
    columns: Result<Columns, Unchecked>,
}

/// An identity with the variables of its columns bound.
struct Bound<'s> {
    spec: &'s Spec,
    fund: Fund,
    left: Placed<'s>,
    ways: Vec<Vec<Placed<'s>>>,
}

impl<'s> Bound<'s> {
    fn of(books: &Books<'_>, ledger: &Ledger, spec: &'s Spec, binding: Binding) -> Bound<'s> {
        let placed = |pattern: &'s Pattern| Placed::of(books, ledger, pattern, binding);
        let way = |way: &'s Vec<Pattern>| way.iter().map(placed).collect();
        Bound {
            spec,
            fund: binding.fund,
            left: placed(&spec.left),
            ways: spec.ways.iter().map(way).collect(),
        }
    }

    /// Adds the identity with its rows bound to a class.
    fn owe(
        &self,
        books: &Books<'_>,
        ledger: &mut Ledger,
        money: &Money,
        rule: &'static Rule,
        code: &str,
    ) -> Result<(), Unchecked> {
        let left = self.left.find(books, ledger, self.fund, code)?;
        let first = self.ways.iter().flatten();
        if first
            .take(1)
            .any(|right| carries_otherwise(books, ledger, self.left.pattern, right.pattern))
        {
            return Err(Unchecked::Ambiguous);
        }
        let mut ways = Vec::with_capacity(self.ways.len());
        let mut last = Unchecked::NoSuchFigure;
        for way in &self.ways {
            let mut right = Vec::new();
            let mut whole = true;
            for placed in way {
                match placed.find(books, ledger, self.fund, code) {
                    Ok(found) => right.extend(found),
                    Err(_) if placed.pattern.optional && !money.has(placed.pattern.fund) => (),
                    Err(reason) => {
                        last = reason;
                        whole = false;
                    }
                }
            }
            if whole {
                ways.push(right);
            }
        }
        let relation = match self.spec.rule {
            Kind::PartExceedsWhole => Relation::AtLeast,
            Kind::FiguresDisagree | Kind::SidesDiffer => Relation::Equal,
        };
        let holds = |right: &Vec<EntryId>| {
            let sum = |ids: &[EntryId]| ids.iter().filter_map(|id| ledger.amount(*id)).sum::<i64>();
            let half: i64 =
                left.iter().chain(right).filter_map(|id| ledger.entry(*id)).map(Entry::half).sum();
            (sum(&left) - sum(right)).abs() <= half
        };
        // Of several ways, none fails unless all could be tried.
        let all = ways.len() == self.ways.len();
        let first = if all { ways.first() } else { None };
        let right = ways.iter().find(|way| holds(way)).or(first).ok_or(last)?;
        if left.is_empty() && right.is_empty() {
            return Err(Unchecked::NoSuchFigure);
        }
        // Money that was paid back is a negative part, and then the whole is less.
        let certain = relation == Relation::Equal || !money.negative;
        // What is printed in one place alone is named there.
        let blank = left.iter().all(|id| ledger.amount(*id).is_none());
        if blank && !right.is_empty() && relation == Relation::Equal {
            ledger.owe(rule, right, relation, &left, certain);
        } else {
            ledger.owe(rule, &left, relation, right, certain);
        }
        Ok(())
    }
}

impl<'s> Placed<'s> {
    fn of(
        books: &Books<'_>,
        ledger: &Ledger,
        pattern: &'s Pattern,
        binding: Binding,
    ) -> Placed<'s> {
        let wanted = Wanted {
            table: pattern.table,
            flow: pattern.flow,
            row: row(pattern, binding.fund, ""),
            fund: pattern.fund.unwrap_or(binding.fund),
            period: pattern.period.unwrap_or(binding.period),
            nature: pattern.nature.unwrap_or(binding.nature),
            stage: books.identity.stage,
        };
        Placed { pattern, columns: columns(books, ledger, &wanted) }
    }

    /// Finds the entries; a class that a table of classes does not list is blank there.
    fn find(
        &self,
        books: &Books<'_>,
        ledger: &Ledger,
        fund: Fund,
        code: &str,
    ) -> Result<Vec<EntryId>, Unchecked> {
        let columns = self.columns.as_ref().map_err(|reason| *reason)?;
        let each = matches!(self.pattern.row, RowPattern::EachClass | RowPattern::EachCode);
        match find_in(books, ledger, columns, row(self.pattern, fund, code)) {
            Err(Unchecked::NoSuchFigure) if each => {
                // Only a table that has the column, and whose rows are all classes, is complete.
                find_in(books, ledger, columns, RowKey::Total)?;
                let table = books.tables.get(columns.table);
                let complete = table.is_some_and(|table| lists_classes(table, code));
                if complete { Ok(Vec::new()) } else { Err(Unchecked::NoSuchFigure) }
            }
            found => found,
        }
    }
}

/// Returns whether the rows of a fund hold what came over in one of two tables and not in the
/// other: one prints 上年结转 as a column, the other as a row of its own.
fn carries_otherwise(books: &Books<'_>, ledger: &Ledger, left: &Pattern, right: &Pattern) -> bool {
    let of_fund = |pattern: &Pattern| {
        matches!(pattern.row, RowPattern::EachFund | RowPattern::Fund(_))
            && two_sided(pattern.table)
    };
    if !of_fund(left) || !of_fund(right) {
        return false;
    }
    let (as_column, as_row) = carries(books, ledger, left);
    let (other_column, other_row) = carries(books, ledger, right);
    as_column && !other_column && other_row || other_column && !as_column && as_row
}

/// Returns whether a table has columns of what came over, and whether it prints rows of that.
fn carries(books: &Books<'_>, ledger: &Ledger, pattern: &Pattern) -> (bool, bool) {
    let Ok(at) = ledger.table(pattern.table) else { return (false, false) };
    let sides = books.tables.get(at).into_iter().flat_map(|table| &table.sides).enumerate();
    let (mut as_column, mut as_row) = (false, false);
    for (side_at, side) in sides.filter(|(_, side)| side.flow == pattern.flow) {
        let of = |column: &Column| column.meaning.map(|meaning| meaning.period);
        as_column |= side.columns.iter().any(|column| of(column) == Some(Period::Carryover));
        let rows = side.rows.iter().zip(&ledger.outline(at, side_at).parts);
        as_row |= rows.filter(|(_, part)| **part == Part::Carried).any(|(row, _)| {
            let amounts = row.cells.iter().filter_map(|cell| cell.value.amount());
            amounts.into_iter().any(|amount| !amount.is_zero())
        });
    }
    (as_column, as_row)
}

/// Returns the row of a place, its variables bound.
fn row<'a>(pattern: &'a Pattern, fund: Fund, code: &'a str) -> RowKey<'a> {
    match &pattern.row {
        RowPattern::Total => RowKey::Total,
        RowPattern::Year => RowKey::Year,
        RowPattern::EachClass | RowPattern::EachCode => RowKey::Class(code),
        RowPattern::EachFund => RowKey::Fund(fund),
        RowPattern::Code(code) => RowKey::Class(code),
        RowPattern::Item(item) => RowKey::Item(*item),
        RowPattern::Fund(fund) => RowKey::Fund(*fund),
    }
}

/// Returns whether all rows of the expenditure side of a table resolve to classes, and it has
/// rows of the level of a code.
fn lists_classes(table: &Table, code: &str) -> bool {
    let rows =
        || table.sides.iter().filter(|s| s.flow == Flow::Expenditure).flat_map(|side| &side.rows);
    let printed = |row: &&Row| row.cells.iter().any(|cell| !cell.value.is_blank());
    let items = || rows().filter(printed).filter(|row| row.role != RowRole::Total);
    // 本年支出, 结转下年 stand among the classes of summaries.
    let summed = matches!(table.kind, TableKind::Summary | TableKind::Appropriation);
    let resolved = items().filter(|row| {
        !summed || row.parent.is_some() || row.label.ends_with("支出") && row.label != "本年支出"
    });
    resolved.clone().all(|row| row.class_code.is_some())
        && resolved
            .into_iter()
            .any(|row| row.class_code.as_ref().is_some_and(|c| c.len() == code.len()))
}

/// What is known of the sources of a document's money.
#[derive(Clone, Debug)]
pub(in crate::reconcile) struct Money {
    only_fiscal: bool,
    only_general: bool,
    /// Whether any figure of expenditure is negative.
    negative: bool,
    /// The funds that it has any of.
    funds: BTreeSet<Fund>,
    /// The funds that rows of its tables of items name.
    named: BTreeSet<Fund>,
}

impl Money {
    /// Looks through the sources of income; where none is printed nothing is known.
    fn of(books: &Books<'_>, ledger: &Ledger) -> Money {
        let mut known = false;
        let mut named: BTreeSet<Fund> = BTreeSet::new();
        let mut negative = false;
        let mut funds: BTreeSet<Fund> = BTreeSet::new();
        for (table_at, table) in books.tables.iter().enumerate() {
            for side_at in 0..table.sides.len() {
                named.extend(ledger.outline(table_at, side_at).funds.iter().flatten());
            }
        }
        for (at, amount) in ledger.printed_cells().filter(|(_, amount)| *amount != 0) {
            negative |= amount < 0;
            let Some(table) = books.tables.get(at.table) else { continue };
            let Some(side) = table.sides.get(at.side) else { continue };
            let of_row = ledger.outline(at.table, at.side).funds.get(at.row).copied().flatten();
            let meaning = side.columns.get(at.column).and_then(|column| column.meaning);
            let of_column = meaning.map(|meaning| meaning.fund);
            match table.kind {
                TableKind::Summary if flow_of(table, at.side, at.column) == Some(Flow::Income) => {
                    known |= of_row.is_some();
                    funds.extend(of_row);
                }
                TableKind::Income
                    if side.rows.get(at.row).is_some_and(|row| row.role == RowRole::Total) =>
                {
                    known |= of_column.is_some_and(|fund| fund != Fund::All);
                    funds.extend(of_column);
                }
                TableKind::GovernmentFund | TableKind::StateCapital => funds.extend(of_column),
                TableKind::Appropriation => funds.extend(of_row.or(of_column)),
                _ => (),
            }
        }
        let fiscal = |fund: &Fund| {
            matches!(
                fund,
                Fund::All
                    | Fund::Fiscal
                    | Fund::General
                    | Fund::GovernmentFund
                    | Fund::StateCapital
            )
        };
        let general = |fund: &Fund| matches!(fund, Fund::All | Fund::Fiscal | Fund::General);
        Money {
            only_fiscal: known && funds.iter().all(fiscal),
            only_general: known && funds.iter().all(general),
            negative,
            funds,
            named,
        }
    }

    /// Returns whether the document has money of a fund.
    fn has(&self, fund: Option<Fund>) -> bool {
        fund.is_some_and(|fund| self.funds.contains(&fund))
    }
}
