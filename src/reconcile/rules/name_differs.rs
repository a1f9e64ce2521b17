#![doc = include_str!("name_differs.md")]

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    accounts::{
        finding::{Mark, Message},
        text,
        token::{Severity, TableKind},
    },
    reconcile::{
        ledger::Ledger,
        rule::{Books, Looks, Noted, Rule, Shape},
    },
};

pub(in crate::reconcile) static RULE: Rule = Rule {
    name: "name-differs",
    summary: "a unit that a performance form calls otherwise than the rest of the document",
    summary_chinese: "绩效目标表中的单位名称与文件其他部分不一致",
    ids: "DQ-03",
    doc: include_str!("name_differs.md"),
    severity: Severity::Notice,
    shape: Shape::Own,
    looks: Looks::Document(check),
};

/// How many characters in ten a name must share with another to be a slip of it.
const ALIKE: usize = 6;

fn check(books: &Books<'_>, _: &mut Ledger, noted: &mut Vec<Noted>) {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for indicator in books.indicators {
        let Some(unit) = &indicator.row_unit else { continue };
        seen.entry(plain(unit)).or_insert(indicator.line);
    }
    if seen.is_empty() {
        return;
    }
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut know = |name: &str| {
        let name = plain(name);
        if 3 < name.chars().count() {
            known.insert(name);
        }
    };
    know(books.identity.unit_name.as_deref().unwrap_or_default());
    know(books.identity.parent_name.as_deref().unwrap_or_default());
    for table in books.tables {
        for row in table.sides.iter().flat_map(|side| &side.rows) {
            if table.kind == TableKind::Income {
                know(&row.label);
            }
            know(row.row_unit.as_deref().unwrap_or_default());
        }
    }
    for (name, line) in seen {
        if known.contains(&name) || name.is_empty() {
            continue;
        }
        let shared = |other: &&String| {
            let chars: Vec<char> = other.chars().collect();
            name.chars().filter(|c| chars.contains(c)).count()
        };
        let Some(other) = known.iter().max_by_key(shared) else { continue };
        if 10 * shared(&other) < ALIKE * name.chars().count() {
            continue;
        }
        noted.push(Noted {
            rule: &RULE,
            severity: RULE.severity,
            table: Some(TableKind::Performance),
            label: name.clone(),
            expected: Some(other.clone()),
            actual: Some(name.clone()),
            message: Message {
                english: format!("The unit is called {name} here, and {other} elsewhere."),
                chinese: format!("此处单位名称为“{name}”，其他部分为“{other}”。"),
            },
            marks: vec![Mark { line, column: 0, raw: name, label: String::new(), named: true }],
        });
    }
}

/// Returns a name without its code and without what stands in brackets behind it.
fn plain(name: &str) -> String {
    let name = text::key(name);
    let name = name.trim_start_matches(|c: char| c.is_ascii_digit() || "-_[]".contains(c));
    // Few names have it.
    if name.contains('本') {
        name.replace("(本级)", "").replace("本级", "")
    } else {
        name.to_owned()
    }
}
