#![doc = include_str!("opening_differs_from_closing.md")]

use crate::{
    accounts::{
        figure::Figure,
        token::{Flow, Fund, Severity, Stage, TableKind},
    },
    reconcile::{
        across::{Library, Pair},
        rule::{Looks, Rule, Shape},
    },
};

pub(in crate::reconcile) static RULE: Rule = Rule {
    name: "opening-differs-from-closing",
    summary: "a year that does not begin with what the year before ended with",
    summary_chinese: "年初结转和结余与上年年末不一致",
    ids: "YY-02",
    doc: include_str!("opening_differs_from_closing.md"),
    severity: Severity::Notice,
    shape: Shape::Own,
    looks: Looks::Across(pairs),
};

fn pairs<'a>(library: &Library<'a>) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    for (at, document) in library.documents.iter().enumerate() {
        let identity = &document.identity;
        let (Some(name), Some(year), Some(Stage::Final)) =
            (&identity.unit_name, identity.fiscal_year, identity.stage)
        else {
            continue;
        };
        let carried = |figure: &&Figure, flow: Flow, word: &str| {
            matches!(figure.table, TableKind::Summary | TableKind::Appropriation)
                && figure.flow == flow
                && matches!(figure.fund, Fund::All | Fund::Fiscal)
                && figure.label.starts_with(word)
        };
        let before = library.one(name, year - 1, Stage::Final);
        for figure in library.figures(at).filter(|f| carried(f, Flow::Income, "年初")) {
            let closing = before.and_then(|before| {
                let same = |other: &&Figure| {
                    other.table == figure.table && carried(other, Flow::Expenditure, "年末")
                };
                Some((before, library.figures(before).find(same)?))
            });
            pairs.push(Pair { document: at, figure, other: closing });
        }
    }
    pairs
}
