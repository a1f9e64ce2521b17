#![doc = include_str!("unit_slips.md")]

use crate::{
    accounts::{
        finding::{Mark, Message},
        statement::Statement,
        token::{Severity, StatementKind, Topic},
    },
    reconcile::{
        ledger::Ledger,
        rule::{Books, Looks, Noted, Rule, Shape},
    },
};

pub(in crate::reconcile) static RULE: Rule = Rule {
    name: "unit-slips",
    summary: "an amount in yuan among amounts in ten thousands",
    summary_chinese: "以万元表述的语句中出现以元为单位的金额",
    ids: "TX-20",
    doc: include_str!("unit_slips.md"),
    severity: Severity::Notice,
    shape: Shape::Own,
    looks: Looks::Document(check),
};

fn check(books: &Books<'_>, _: &mut Ledger, noted: &mut Vec<Noted>) {
    for sentence in books.statements.chunk_by(|a, b| a.line == b.line) {
        let money = || sentence.iter().filter(|statement| statement.kind == StatementKind::Amount);
        let large = money().filter(|statement| statement.raw.ends_with("万元")).count();
        for slip in money().filter(|statement| is_slip(statement, large)) {
            noted.push(Noted {
                rule: &RULE,
                severity: RULE.severity,
                table: None,
                label: slip.label.clone(),
                expected: Some("万元".to_owned()),
                actual: Some("元".to_owned()),
                message: Message {
                    english: format!(
                        "{} is {} in a sentence whose other amounts are in ten thousands.",
                        slip.label, slip.raw
                    ),
                    chinese: format!(
                        "“{}”为{}，而同一语句中其他金额以万元为单位。",
                        slip.label, slip.raw
                    ),
                },
                marks: vec![Mark {
                    line: slip.line,
                    column: slip.column,
                    raw: slip.raw.clone(),
                    label: slip.label.clone(),
                    named: true,
                }],
            });
        }
    }
}

/// Returns whether an amount would be one of ten thousands like the `large` ones beside it: a
/// standard as 每人 800 元 is meant in yuan.
fn is_slip(statement: &Statement, large: usize) -> bool {
    let raw = statement.raw.as_str();
    let yuan = raw.ends_with('元') && !raw.ends_with("万元") && !raw.ends_with("亿元");
    yuan && 2 <= large && statement.topic != Topic::Other
}
