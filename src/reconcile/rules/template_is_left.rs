#![doc = include_str!("template_is_left.md")]

use crate::{
    accounts::{
        finding::{Mark, Message},
        token::Severity,
    },
    reconcile::{
        ledger::Ledger,
        rule::{Books, Looks, Noted, Rule, Shape},
    },
};

pub(in crate::reconcile) static RULE: Rule = Rule {
    name: "template-is-left",
    summary: "words of the template that nobody filled in",
    summary_chinese: "模板内容未替换",
    ids: "DQ-07",
    doc: include_str!("template_is_left.md"),
    severity: Severity::Notice,
    shape: Shape::Own,
    looks: Looks::Document(check),
};

fn check(books: &Books<'_>, _: &mut Ledger, noted: &mut Vec<Noted>) {
    // Most documents have no such word, and the others few.
    let words: Vec<_> = books.between.template.found(books.document.text()).collect();
    // One of a line is enough.
    for (cell, word) in books.document.first_cells_with(&words) {
        noted.push(Noted {
            rule: &RULE,
            severity: RULE.severity,
            table: None,
            label: word.to_owned(),
            expected: None,
            actual: Some(word.to_owned()),
            message: Message {
                english: format!("“{word}” is left from the template."),
                chinese: format!("“{word}”为模板遗留内容。"),
            },
            marks: vec![Mark {
                line: cell.line,
                column: cell.column,
                raw: cell.text.to_owned(),
                label: String::new(),
                named: true,
            }],
        });
    }
}
