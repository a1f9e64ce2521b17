#![doc = include_str!("unit_differs_from_department.md")]

use crate::{
    accounts::{
        disclosure::Identity,
        excerpt::ExcerptFigure,
        text,
        token::{Fund, NameRole, Period, RowRole, Scope, Severity, TableKind},
    },
    reconcile::{
        across::{Library, Pair, is_total},
        rule::{Looks, Rule, Shape},
    },
};

pub(in crate::reconcile) static RULE: Rule = Rule {
    name: "unit-differs-from-department",
    summary: "a unit whose total is not what its department prints for it",
    summary_chinese: "单位预算总额与主管部门所列不一致",
    ids: "BX-21 CD-02",
    doc: include_str!("unit_differs_from_department.md"),
    severity: Severity::Error,
    shape: Shape::Own,
    looks: Looks::Across { asks, pairs },
};

fn asks(identity: &Identity, figure: &ExcerptFigure) -> bool {
    is_total(figure) || (identity.scope == Some(Scope::Department) && is_unit(figure))
}

/// Returns whether a figure is what a department prints for one of its units.
fn is_unit(figure: &ExcerptFigure) -> bool {
    figure.table == TableKind::Income
        && figure.role == RowRole::Leaf
        && (figure.fund, figure.period) == (Fund::All, Period::All)
        && figure.class_code.is_none()
}

fn pairs<'a>(library: &Library<'a>) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    for (at, document) in library.documents.iter().enumerate() {
        let identity = &document.identity;
        let (Some(year), Some(stage)) = (identity.fiscal_year, identity.stage) else { continue };
        if identity.scope != Some(Scope::Department) {
            continue;
        }
        let own = identity.unit_name.as_deref().map(text::label).unwrap_or_default();
        for figure in library.figures(at) {
            if !is_unit(figure) || figure.label == own {
                continue;
            }
            let unit = library.unit(at, NameRole::Listed, &figure.label);
            let other = unit.and_then(|unit| library.one(unit, Scope::Unit, year, stage));
            let total = |other| library.figures(other).find(|figure| is_total(figure));
            let other = other.and_then(|other| Some((other, total(other)?)));
            pairs.push(Pair { document: at, figure, other });
        }
    }
    pairs
}
