#![doc = include_str!("prose_differs_from_its_parts.md")]

use crate::{
    accounts::{
        statement::Statement,
        token::{Severity, StatementKind, Topic},
    },
    reconcile::{
        ledger::{EntryId, Ledger, Relation},
        rule::{Books, Looks, Noted, Rule, Shape},
    },
};

pub(in crate::reconcile) static RULE: Rule = Rule {
    name: "prose-differs-from-its-parts",
    summary: "a stated total that is not the sum of the parts stated after it",
    summary_chinese: "文字说明中的合计不等于其各组成部分之和",
    ids: "TX-09 TX-12",
    doc: include_str!("prose_differs_from_its_parts.md"),
    severity: Severity::Error,
    shape: Shape::ProseParts,
    looks: Looks::Document(check),
};

/// How many statements behind a total its parts are looked for in.
const MOST_AFTER: usize = 60;

/// How a total is parted in prose.
struct Composition {
    whole: &'static [Topic],
    parts: &'static [Topic],
}

const TOTALS: &[Topic] = &[Topic::Total, Topic::IncomeTotal, Topic::ExpenditureTotal, Topic::Fund];

/// The ways in which prose parts a total; what stands in one of them excludes each other.
static COMPOSITIONS: &[Composition] = &[
    Composition { whole: TOTALS, parts: &[Topic::Current, Topic::Carryover] },
    Composition { whole: TOTALS, parts: &[Topic::Basic, Topic::Project] },
    Composition { whole: &[Topic::Basic], parts: &[Topic::Personnel, Topic::Public] },
    Composition {
        whole: &[Topic::ThreePublic],
        parts: &[Topic::Abroad, Topic::Reception, Topic::Vehicles],
    },
    Composition {
        whole: &[Topic::ThreePublic],
        parts: &[Topic::Abroad, Topic::Reception, Topic::VehiclePurchase, Topic::VehicleOperation],
    },
    Composition {
        whole: &[Topic::Vehicles],
        parts: &[Topic::VehiclePurchase, Topic::VehicleOperation],
    },
    Composition {
        whole: &[Topic::Procurement],
        parts: &[Topic::ProcurementGoods, Topic::ProcurementWorks, Topic::ProcurementServices],
    },
];

fn check(books: &Books<'_>, ledger: &mut Ledger, _: &mut Vec<Noted>) {
    for kind in [StatementKind::Amount, StatementKind::ChangeAmount] {
        let of_kind: Vec<(usize, &Statement)> = books
            .statements
            .iter()
            .enumerate()
            .filter(|(_, statement)| {
                statement.kind == kind && statement.fiscal_year == books.identity.fiscal_year
            })
            .collect();
        for (at, (whole_at, whole)) in of_kind.iter().enumerate() {
            let after = of_kind.get(at + 1..).unwrap_or_default();
            let near = after.iter().take(MOST_AFTER);
            let count = near.take_while(|(_, part)| part.is_in_section_of(whole)).count();
            let after = after.get(..count).unwrap_or_default();
            for composition in COMPOSITIONS.iter().filter(|c| c.whole.contains(&whole.topic)) {
                if let Some(parts) = composed(composition, whole, after) {
                    let left = [ledger.statement(*whole_at)];
                    let right: Vec<EntryId> =
                        parts.iter().map(|at| ledger.statement(*at)).collect();
                    ledger.owe(&RULE, &left, Relation::Equal, &right, true);
                }
            }
            listed(ledger, (*whole_at, whole), after);
        }
    }
}

/// Returns the parts of a composition, which stand right behind their whole and are complete.
fn composed(
    composition: &Composition,
    whole: &Statement,
    after: &[(usize, &Statement)],
) -> Option<Vec<usize>> {
    let mut parts: Vec<(Topic, usize)> = Vec::new();
    for (at, statement) in after {
        // Parts of a part may stand between: 购置 and 运行 behind 公务用车.
        if parts.len() < composition.parts.len()
            && composition.parts.contains(&statement.topic)
            && parts.iter().all(|(topic, _)| *topic != statement.topic)
        {
            parts.push((statement.topic, *at));
        } else if parts.len() == composition.parts.len() || !is_within(composition, statement.topic)
        {
            break;
        }
    }
    // A change of everything is parted in its own sentence.
    let close = whole.kind == StatementKind::Amount
        || after.iter().take(parts.len()).all(|(_, part)| part.line == whole.line);
    (parts.len() == composition.parts.len() && close)
        .then(|| parts.into_iter().map(|(_, at)| at).collect())
}

/// Returns whether a topic lies within one of the parts of a composition.
fn is_within(composition: &Composition, topic: Topic) -> bool {
    let whole = match topic {
        Topic::VehiclePurchase | Topic::VehicleOperation => Topic::Vehicles,
        _ => return false,
    };
    composition.parts.contains(&whole)
}

/// Adds the identity of a list of classes behind their whole: 人员经费 and its 款, 支出 and its 类.
///
/// A list may leave small items out, so that it only proves.
fn listed(
    ledger: &mut Ledger,
    (whole_at, whole): (usize, &Statement),
    after: &[(usize, &Statement)],
) {
    let of = match whole.topic {
        Topic::Personnel | Topic::Public | Topic::Economic => Topic::Economic,
        Topic::Total
        | Topic::IncomeTotal
        | Topic::ExpenditureTotal
        | Topic::Fund
        | Topic::Functional => Topic::Functional,
        _ => return,
    };
    let outer = whole.class_code.as_deref().filter(|_| whole.topic == of);
    let deeper = |part: &Statement, length: usize| {
        let Some(code) = &part.class_code else { return false };
        code.len() == length
            && outer.is_none_or(|outer| outer.len() < length && code.starts_with(outer))
    };
    let first = after.iter().find(|(_, part)| part.topic == of);
    let Some(length) = first.and_then(|(_, part)| part.class_code.as_ref()).map(String::len) else {
        return;
    };
    let parts: Vec<EntryId> = after
        .iter()
        .skip_while(|(_, part)| part.topic != of && part.line == whole.line)
        .take_while(|(_, part)| part.topic == of && (outer.is_none() || deeper(part, length)))
        .filter(|(_, part)| deeper(part, length))
        .map(|(at, _)| ledger.statement(*at))
        .collect();
    if 1 < parts.len() {
        let left = [ledger.statement(whole_at)];
        ledger.owe(&RULE, &left, Relation::Equal, &parts, false);
    }
}
