#![doc = include_str!("project_amount_differs.md")]

use crate::{
    accounts::{
        indicator::Indicator,
        money::Unit,
        token::{Severity, TableKind},
    },
    reconcile::{
        ledger::{CellAt, Entry, EntryId, Ledger, Of, Relation, State, mills},
        rule::{Books, Looks, Noted, Rule, Shape},
    },
};

pub(in crate::reconcile) static RULE: Rule = Rule {
    name: "project-amount-differs",
    summary: "a project whose performance form names other money than the table of projects",
    summary_chinese: "绩效目标表与项目支出表的项目金额不一致",
    ids: "BX-19 TX-10",
    doc: include_str!("project_amount_differs.md"),
    severity: Severity::Error,
    shape: Shape::Elsewhere,
    looks: Looks::Document(check),
};

fn check(books: &Books<'_>, ledger: &mut Ledger, _: &mut Vec<Noted>) {
    let mut last: Option<&Indicator> = None;
    for (at, indicator) in (0..).zip(books.indicators) {
        let same = last.is_some_and(|last| {
            last.project == indicator.project
                && last.row_unit == indicator.row_unit
                && last.project_amount_yuan == indicator.project_amount_yuan
        });
        last = Some(indicator);
        let (Some(project), Some(amount)) = (&indicator.project, indicator.project_amount_yuan)
        else {
            continue;
        };
        if same {
            continue;
        }
        let rows = rows(books, ledger, project);
        if rows.is_empty() {
            continue;
        }
        let unit = books.identity.money_unit.unwrap_or(Unit::Yuan);
        let stated = ledger.enter(Entry {
            state: State::Amount(mills(amount, Unit::Yuan)),
            unit,
            // The form's own places are those of the amount in the unit of the document.
            places: (amount / unit.yuan()).normalize().scale(),
            line: indicator.line,
            column: 0,
            of: Of::Project(at),
        });
        let half = ledger.entry(stated).map_or(0, Entry::half);
        let off = |id: &EntryId| {
            let there = ledger.amount(*id).unwrap_or(0);
            (there - ledger.amount(stated).unwrap_or(0)).abs()
        };
        // The form may name the money of the year, or all of it, of one unit or of all.
        if let Some(nearest) = rows.iter().min_by_key(|id| off(id)).copied() {
            let near = off(&nearest) <= half * 2;
            ledger.owe(&RULE, &[stated], Relation::Equal, &[nearest], near);
        }
    }
}

/// Returns the amounts that the table of projects prints for a project.
fn rows(books: &Books<'_>, ledger: &Ledger, project: &str) -> Vec<EntryId> {
    let mut found = Vec::new();
    for (table_at, table) in books.tables.iter().enumerate() {
        if table.kind != TableKind::Projects {
            continue;
        }
        for (side_at, side) in table.sides.iter().enumerate() {
            for (row_at, row) in side.rows.iter().enumerate() {
                // 项目-单位: some forms put the unit behind the project.
                let named = row.label == *project
                    || project.strip_prefix(row.label.as_str()).is_some_and(|r| r.starts_with('-'));
                if row.label.is_empty() || !named {
                    continue;
                }
                for column in 0..side.columns.len() {
                    let at = CellAt { table: table_at, side: side_at, row: row_at, column };
                    found.extend(
                        ledger.cell(books.tables, at).filter(|id| ledger.amount(*id).is_some()),
                    );
                }
            }
        }
    }
    found
}
