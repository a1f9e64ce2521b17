#![doc = include_str!("opening_differs_from_closing.md")]

use crate::{
    accounts::{
        disclosure::Identity,
        excerpt::ExcerptFigure,
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
    looks: Looks::Across { asks, pairs },
};

fn asks(_: &Identity, figure: &ExcerptFigure) -> bool {
    is_opening(figure) || is_closing(figure)
}

fn is_opening(figure: &ExcerptFigure) -> bool {
    is_carried(figure) && figure.flow == Flow::Income && figure.label.starts_with("年初")
}

fn is_closing(figure: &ExcerptFigure) -> bool {
    is_carried(figure) && figure.flow == Flow::Expenditure && figure.label.starts_with("年末")
}

fn is_carried(figure: &ExcerptFigure) -> bool {
    matches!(figure.table, TableKind::Summary | TableKind::Appropriation)
        && matches!(figure.fund, Fund::All | Fund::Fiscal)
}

fn pairs<'a>(library: &Library<'a>) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    for (at, document) in library.documents.iter().enumerate() {
        let identity = &document.identity;
        let (Some(year), Some(Stage::Final)) = (identity.fiscal_year, identity.stage) else {
            continue;
        };
        let before = library.other(at, year - 1, Stage::Final);
        for figure in library.figures(at).filter(|figure| is_opening(figure)) {
            let closing = before.and_then(|before| {
                let same =
                    |other: &&ExcerptFigure| other.table == figure.table && is_closing(other);
                Some((before, library.figures(before).find(same)?))
            });
            pairs.push(Pair { document: at, figure, other: closing });
        }
    }
    pairs
}
