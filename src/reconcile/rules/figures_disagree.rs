#![doc = include_str!("figures_disagree.md")]

use std::collections::BTreeSet;

use crate::{
    accounts::{
        table::{Row, Table},
        token::{Flow, Fund, Nature, Period, RowRole, Severity, TableKind, Unchecked},
    },
    reconcile::{
        between::{Kind, Pattern, RowPattern, Spec, When},
        ledger::{CellAt, Entry, EntryId, Ledger, Relation, flow_of},
        place::{RowKey, Wanted, find, table},
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
        let mut last = match table(books, spec.left.table) {
            _ if !owed => Unchecked::NotApplicable,
            Err(reason) => reason,
            Ok(_) => Unchecked::NoSuchFigure,
        };
        let mut any = false;
        if owed {
            for binding in bindings(books, spec, &money.named) {
                match bound(books, ledger, &money, spec, rule, &binding) {
                    Ok(()) => any = true,
                    Err(reason) => last = reason,
                }
            }
        }
        if !any {
            let at = table(books, spec.left.table).ok().and_then(|at| books.tables.get(at));
            let (line, title) = at.map_or((0, ""), |table| (table.line, table.title.as_str()));
            ledger.miss(rule, Some(spec.left.table), line, title, last);
        }
    }
    ledger.money = Some(money);
}

/// What the variables of an identity stand for.
#[derive(Clone, Copy, Debug)]
struct Binding<'a> {
    fund: Fund,
    period: Period,
    nature: Nature,
    code: &'a str,
}

/// Returns every binding of the variables of an identity that its tables can have.
fn bindings<'a>(books: &Books<'a>, spec: &Spec, named: &BTreeSet<Fund>) -> Vec<Binding<'a>> {
    let each_fund = spec.left.row == RowPattern::EachFund || spec.left.fund.is_none();
    // Only funds that the document has money of, or tables name.
    let funds: BTreeSet<Fund> = if each_fund { named.clone() } else { [Fund::All].into() };
    let heads = || {
        let table = table(books, spec.left.table).ok().and_then(|at| books.tables.get(at));
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
    let codes = match spec.left.row {
        RowPattern::EachClass => codes(books, spec, 3),
        RowPattern::EachCode => codes(books, spec, 7),
        _ => vec![""],
    };
    let mut bindings = Vec::with_capacity(codes.len() * periods.len());
    for code in codes {
        for fund in &funds {
            for period in &periods {
                for nature in &natures {
                    let (fund, period, nature) = (*fund, *period, *nature);
                    bindings.push(Binding { fund, period, nature, code });
                }
            }
        }
    }
    bindings
}

/// Returns the classes, up to a length, that the tables of an identity print figures for.
fn codes<'a>(books: &Books<'a>, spec: &Spec, longest: usize) -> Vec<&'a str> {
    let mut codes: BTreeSet<&str> = BTreeSet::new();
    let first = spec.ways.iter().flatten().take(1);
    for pattern in [&spec.left].into_iter().chain(first) {
        let Some(table) = table(books, pattern.table).ok().and_then(|at| books.tables.get(at))
        else {
            continue;
        };
        for side in table.sides.iter().filter(|side| side.flow == pattern.flow) {
            let rows = side.rows.iter().filter(|row| row.cells.iter().any(|c| !c.value.is_blank()));
            let found = rows.filter_map(|row| row.class_code.as_deref());
            codes.extend(found.filter(|code| code.len() <= longest));
        }
    }
    codes.into_iter().collect()
}

/// Adds an identity with its variables bound.
fn bound(
    books: &Books<'_>,
    ledger: &mut Ledger,
    money: &Money,
    spec: &Spec,
    rule: &'static Rule,
    binding: &Binding<'_>,
) -> Result<(), Unchecked> {
    let left = place(books, ledger, &spec.left, binding)?;
    let mut ways = Vec::new();
    let mut last = Unchecked::NoSuchFigure;
    for way in &spec.ways {
        let mut right = Vec::new();
        let mut whole = true;
        for pattern in way {
            match place(books, ledger, pattern, binding) {
                Ok(found) => right.extend(found),
                Err(_) if pattern.optional && !money.has(pattern.fund) => (),
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
    let relation = match spec.rule {
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
    let all = ways.len() == spec.ways.len();
    let first = if all { ways.first() } else { None };
    let right = ways.iter().find(|way| holds(way)).or(first).ok_or(last)?.clone();
    if left.is_empty() && right.is_empty() {
        return Err(Unchecked::NoSuchFigure);
    }
    // Money that was paid back is a negative part, and then the whole is less.
    let certain = relation == Relation::Equal || !money.negative;
    // What is printed in one place alone is named there.
    let blank = left.iter().all(|id| ledger.amount(*id).is_none());
    if blank && !right.is_empty() && relation == Relation::Equal {
        ledger.owe(rule, &right, relation, &left, certain);
    } else {
        ledger.owe(rule, &left, relation, &right, certain);
    }
    Ok(())
}

/// Finds a place; a class that a table of classes does not list is blank there.
fn place(
    books: &Books<'_>,
    ledger: &Ledger,
    pattern: &Pattern,
    binding: &Binding<'_>,
) -> Result<Vec<EntryId>, Unchecked> {
    let row = match &pattern.row {
        RowPattern::Total => RowKey::Total,
        RowPattern::Year => RowKey::Year,
        RowPattern::EachClass | RowPattern::EachCode => RowKey::Class(binding.code),
        RowPattern::EachFund => RowKey::Fund(binding.fund),
        RowPattern::Code(code) => RowKey::Class(code),
        RowPattern::Item(item) => RowKey::Item(*item),
        RowPattern::Fund(fund) => RowKey::Fund(*fund),
    };
    let wanted = Wanted {
        table: pattern.table,
        flow: pattern.flow,
        row,
        fund: pattern.fund.unwrap_or(binding.fund),
        period: pattern.period.unwrap_or(binding.period),
        nature: pattern.nature.unwrap_or(binding.nature),
        stage: books.identity.stage,
    };
    let each = matches!(pattern.row, RowPattern::EachClass | RowPattern::EachCode);
    match find(books, ledger, &wanted) {
        Err(Unchecked::NoSuchFigure) if each => {
            // Only a table that has the column, and whose rows are all classes, is complete.
            let total = Wanted { row: RowKey::Total, ..wanted };
            find(books, ledger, &total)?;
            let at = table(books, pattern.table)?;
            let complete = books.tables.get(at).is_some_and(|t| lists_classes(t, binding.code));
            if complete { Ok(Vec::new()) } else { Err(Unchecked::NoSuchFigure) }
        }
        found => found,
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
            for (side_at, side) in table.sides.iter().enumerate() {
                let outline = ledger.outline(table_at, side_at);
                named.extend(outline.funds.iter().flatten());
                for (row_at, row) in side.rows.iter().enumerate() {
                    for (column, header) in side.columns.iter().enumerate() {
                        let at = CellAt { table: table_at, side: side_at, row: row_at, column };
                        let amount = ledger.cell(books.tables, at).and_then(|id| ledger.amount(id));
                        if amount.is_none_or(|amount| amount == 0) {
                            continue;
                        }
                        negative |= amount.is_some_and(|amount| amount < 0);
                        let of_row = outline.funds.get(row_at).copied().flatten();
                        let of_column = header.meaning.map(|meaning| meaning.fund);
                        match table.kind {
                            TableKind::Summary
                                if flow_of(table, side_at, column) == Some(Flow::Income) =>
                            {
                                known |= of_row.is_some();
                                funds.extend(of_row);
                            }
                            TableKind::Income if row.role == RowRole::Total => {
                                known |= of_column.is_some_and(|fund| fund != Fund::All);
                                funds.extend(of_column);
                            }
                            TableKind::GovernmentFund | TableKind::StateCapital => {
                                funds.extend(of_column);
                            }
                            TableKind::Appropriation => {
                                funds.extend(of_row.or(of_column));
                            }
                            _ => (),
                        }
                    }
                }
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
