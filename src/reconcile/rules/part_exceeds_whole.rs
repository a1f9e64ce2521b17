#![doc = include_str!("part_exceeds_whole.md")]

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
    name: "part-exceeds-whole",
    summary: "a part that is more than the whole it lies in",
    summary_chinese: "部分大于整体",
    ids: "BX-10 BX-15 FX-07 FX-08",
    doc: include_str!("part_exceeds_whole.md"),
    severity: Severity::Error,
    shape: Shape::AtLeast,
    looks: Looks::Document(check),
};

fn check(books: &Books<'_>, ledger: &mut Ledger, _: &mut Vec<Noted>) {
    owe(books, ledger, Kind::PartExceedsWhole, &RULE);
}
