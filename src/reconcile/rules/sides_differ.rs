#![doc = include_str!("sides_differ.md")]

use crate::{
    accounts::token::Severity,
    reconcile::{
        between::Kind,
        ledger::Ledger,
        rule::{Books, Looks, Noted, Rule, Shape},
        rules::figures_disagree::owe,
    },
};

pub(in crate::reconcile) static RULE: Rule = Rule {
    name: "sides-differ",
    summary: "an income total that is not the expenditure total",
    summary_chinese: "收入总计不等于支出总计",
    ids: "BI-01 BI-16 FI-01 FI-08",
    doc: include_str!("sides_differ.md"),
    severity: Severity::Error,
    shape: Shape::Elsewhere,
    looks: Looks::Document(check),
};

fn check(books: &Books<'_>, ledger: &mut Ledger, _: &mut Vec<Noted>) {
    owe(books, ledger, Kind::SidesDiffer, &RULE);
}
