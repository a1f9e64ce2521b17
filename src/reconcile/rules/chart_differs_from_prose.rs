#![doc = include_str!("chart_differs_from_prose.md")]

use crate::{
    accounts::{
        money::Unit,
        statement::Statement,
        token::{Fund, Severity, StatementKind, Topic},
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
    if books.charted.is_empty() {
        return;
    }
    let stated: Vec<Subject<'_>> =
        books.statements.iter().take(MOST_STATED).map(|s| Subject::of(books, s)).collect();
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
        let drawn = Subject::of(books, datum);
        let mut same: Vec<EntryId> = Vec::new();
        for (now_at, (now, subject)) in books.statements.iter().zip(&stated).enumerate() {
            if *subject != drawn || now.kind != StatementKind::Amount {
                continue;
            }
            if now.fiscal_year == datum.fiscal_year {
                same.push(ledger.statement(now_at));
            } else if now.fiscal_year == books.identity.fiscal_year {
                // The year before is this one less its change.
                let rest = books.statements.iter().enumerate().skip(now_at + 1);
                let change = rest.take_while(|(_, s)| s.line == now.line).find(|(_, s)| {
                    s.kind == StatementKind::ChangeAmount
                        && s.base_year == datum.fiscal_year
                        && Subject::of(books, s) == *subject
                });
                if let Some((change_at, _)) = change {
                    let left = [ledger.statement(now_at)];
                    let right = [shown, ledger.statement(change_at)];
                    ledger.owe(&RULE, &left, Relation::Equal, &right, true);
                }
            }
        }
        for same in same {
            // Prose states some figures several times, of parts as well.
            ledger.owe(&RULE, &[shown], Relation::Equal, &[same], false);
        }
    }
}

/// What a statement is of.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Subject<'s> {
    topic: Topic,
    class: Option<&'s str>,
    money: Option<Money>,
}

/// Whose money a statement of a fund is of, and whether it comes in or goes out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Money {
    fund: Option<Fund>,
    income: bool,
    expenditure: bool,
}

impl<'s> Subject<'s> {
    fn of(books: &Books<'_>, statement: &'s Statement) -> Subject<'s> {
        let money = || Money {
            fund: fund_of(&statement.label, &books.forms.words),
            income: statement.label.contains('收'),
            expenditure: statement.label.contains('支'),
        };
        Subject {
            topic: statement.topic,
            class: statement.class_code.as_deref(),
            money: (statement.topic == Topic::Fund).then(money),
        }
    }
}
