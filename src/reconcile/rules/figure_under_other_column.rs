#![doc = include_str!("figure_under_other_column.md")]

use crate::{
    accounts::{
        finding::{Mark, Message},
        table::Table,
        token::{Repair, Severity},
    },
    reconcile::{
        ledger::Ledger,
        rule::{Books, Looks, Noted, Rule, Shape},
    },
};

pub(in crate::reconcile) static RULE: Rule = Rule {
    name: "figure-under-other-column",
    summary: "figures that are printed under another column than the one they belong to",
    summary_chinese: "数字错栏",
    ids: "DQ-15 DQ-16",
    doc: include_str!("figure_under_other_column.md"),
    severity: Severity::Notice,
    shape: Shape::Own,
    looks: Looks::Document(check),
};

fn check(books: &Books<'_>, _: &mut Ledger, noted: &mut Vec<Noted>) {
    for table in books.tables {
        let marks = moved(table);
        let Some(first) = marks.first() else { continue };
        let count = marks.len();
        let shown: Vec<&str> = marks.iter().take(6).map(|mark| mark.raw.as_str()).collect();
        let shown = shown.join(", ");
        noted.push(Noted {
            rule: &RULE,
            severity: RULE.severity,
            table: Some(table.kind),
            label: first.label.clone(),
            expected: None,
            actual: None,
            message: Message {
                english: format!(
                    "{count} figures stand under a column where only another one fits ({shown}); the amounts carry them as moved."
                ),
                chinese: format!("{count}个数字所在栏次有误（{shown}），数据集中已按应属栏次记录。"),
            },
            marks,
        });
    }
}

fn moved(table: &Table) -> Vec<Mark> {
    let mut marks = Vec::new();
    for side in &table.sides {
        for row in &side.rows {
            for (cell, column) in row.cells.iter().zip(&side.columns) {
                if !cell.repairs.contains(&Repair::Moved) {
                    continue;
                }
                let to = column.path.last().map(String::as_str).unwrap_or_default();
                marks.push(Mark {
                    line: row.line,
                    column: cell.column,
                    raw: cell.raw.clone(),
                    label: format!("{} · {to}", row.label),
                    named: marks.is_empty(),
                });
            }
        }
    }
    marks.sort_by_key(|mark| (mark.line, mark.column));
    marks
}
