#![doc = include_str!("account_differs_from_budget.md")]

use crate::{
    accounts::{
        disclosure::Identity,
        excerpt::ExcerptFigure,
        token::{Severity, Stage, TableKind},
    },
    reconcile::{
        across::{Library, Pair},
        rule::{Looks, Rule, Shape},
    },
};

pub(in crate::reconcile) static RULE: Rule = Rule {
    name: "account-differs-from-budget",
    summary: "a budget figure in a final account that the budget did not print",
    summary_chinese: "决算中所列预算数与预算不一致",
    ids: "YY-04",
    doc: include_str!("account_differs_from_budget.md"),
    // The budget may have been adjusted during the year.
    severity: Severity::Notice,
    shape: Shape::Own,
    looks: Looks::Across { asks, pairs },
};

fn asks(identity: &Identity, figure: &ExcerptFigure) -> bool {
    figure.table == TableKind::ThreePublic
        && figure.stage == Stage::Budget
        && figure.fiscal_year == identity.fiscal_year
}

fn pairs<'a>(library: &Library<'a>) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    for (at, document) in library.documents.iter().enumerate() {
        let identity = &document.identity;
        let (Some(year), Some(Stage::Final)) = (identity.fiscal_year, identity.stage) else {
            continue;
        };
        let budget = library.other(at, year, Stage::Budget);
        for figure in library.figures(at).filter(|figure| asks(identity, figure)) {
            let printed = budget.and_then(|budget| {
                let same = |other: &&ExcerptFigure| {
                    // The two documents are of one year.
                    asks(identity, other) && other.code == figure.code
                };
                Some((budget, library.figures(budget).find(same)?))
            });
            pairs.push(Pair { document: at, figure, other: printed });
        }
    }
    pairs
}
