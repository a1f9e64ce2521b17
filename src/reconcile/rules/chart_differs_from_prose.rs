#![doc = include_str!("chart_differs_from_prose.md")]

use crate::{
    accounts::{
        money::Unit,
        statement::Statement,
        token::{Severity, StatementKind, Topic},
    },
    normalise::cube::fund_of,
    reconcile::{
        ledger::{Entry, EntryId, Ledger, Of, Relation, State, mills, printed_places},
        rule::{Books, Looks, Noted, Rule, Shape},
    },
};

pub(in crate::reconcile) static RULE: Rule = Rule {
    name: "chart-differs-from-prose",
    summary: "a number of a chart that is not what the prose states",
    summary_chinese: "图表数据与文字说明不一致",
    ids: "TX-01 TX-13",
    doc: include_str!("chart_differs_from_prose.md"),
    severity: Severity::Error,
    shape: Shape::Elsewhere,
    looks: Looks::Document(check),
};

/// The most numbers of charts that are compared; an account draws a few dozen.
const MOST_DATA: usize = 300;

/// The most statements that they are compared with.
const MOST_STATED: usize = 3_000;

fn check(books: &Books<'_>, ledger: &mut Ledger, _: &mut Vec<Noted>) {
    for (at, datum) in (0..).zip(books.charted).take(MOST_DATA) {
        let unit = books.identity.money_unit.unwrap_or(Unit::Yuan);
        let shown = ledger.enter(Entry {
            state: State::Amount(mills(datum.value, Unit::Yuan)),
            unit,
            places: printed_places(&datum.raw).max(2),
            line: datum.line,
            column: datum.column,
            of: Of::Datum(at),
        });
        let mut stated: Vec<EntryId> = Vec::new();
        for (now_at, now) in books
            .statements
            .iter()
            .enumerate()
            .take(MOST_STATED)
            .filter(|(_, s)| same(books, datum, s))
        {
            if now.kind != StatementKind::Amount {
                continue;
            }
            if now.fiscal_year == datum.fiscal_year {
                stated.push(ledger.statement(now_at));
            } else if now.fiscal_year == books.identity.fiscal_year {
                // The year before is this one less its change.
                let rest = books.statements.iter().enumerate().skip(now_at + 1);
                let change = rest.take_while(|(_, s)| s.line == now.line).find(|(_, s)| {
                    s.kind == StatementKind::ChangeAmount
                        && s.base_year == datum.fiscal_year
                        && same(books, now, s)
                });
                if let Some((change_at, _)) = change {
                    let left = [ledger.statement(now_at)];
                    let right = [shown, ledger.statement(change_at)];
                    ledger.owe(&RULE, &left, Relation::Equal, &right, true);
                }
            }
        }
        for stated in stated {
            // Prose states some figures several times, of parts as well.
            ledger.owe(&RULE, &[shown], Relation::Equal, &[stated], false);
        }
    }
}

/// Returns whether two statements are of one thing.
fn same(books: &Books<'_>, a: &Statement, b: &Statement) -> bool {
    let fund = |statement: &Statement| fund_of(&statement.label, &books.forms.words);
    let topic = a.topic == b.topic && a.class_code == b.class_code;
    let sides =
        |statement: &Statement| (statement.label.contains('收'), statement.label.contains('支'));
    topic && (a.topic != Topic::Fund || fund(a) == fund(b) && sides(a) == sides(b))
}
