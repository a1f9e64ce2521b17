//! Collects the names of units that one document prints.

use std::collections::BTreeSet;

use crate::accounts::{
    disclosure::Disclosure,
    excerpt::Mention,
    text,
    token::{NameRole, RowRole, Source, TableKind},
};

/// Collects the names of a document: its publisher, the department that this belongs to, and
/// the units that its tables list.
pub fn mentions(disclosure: &Disclosure) -> Vec<Mention> {
    let identity = &disclosure.identity;
    let mut mentions = Vec::new();
    let named = [
        (NameRole::Publisher, &identity.unit_name, &identity.unit_code),
        (NameRole::Parent, &identity.parent_name, &identity.parent_code),
    ];
    for (role, name, code) in named {
        if let Some(name) = name {
            let name = text::label(name).into_owned();
            mentions.push(Mention { role, name, code: code.clone(), line: None });
        }
    }
    let mut seen: BTreeSet<(NameRole, &str)> = BTreeSet::new();
    for figure in disclosure.figures.iter().filter(|f| f.source == Source::Table) {
        let listing = matches!(figure.table, TableKind::Income | TableKind::Expenditure)
            && matches!(figure.role, RowRole::Leaf | RowRole::Subtotal)
            && figure.class_code.is_none()
            && !figure.label.is_empty();
        if listing && seen.insert((NameRole::Listed, &figure.label)) {
            mentions.push(Mention {
                role: NameRole::Listed,
                name: figure.label.clone(),
                code: figure.code.clone().filter(|code| is_code(code)),
                line: Some(figure.line),
            });
        }
        if let Some(unit) = figure.row_unit.as_deref().filter(|unit| !unit.is_empty())
            && seen.insert((NameRole::Project, unit))
        {
            mentions.push(Mention {
                role: NameRole::Project,
                name: unit.to_owned(),
                code: code_before(unit).map(str::to_owned),
                line: Some(figure.line),
            });
        }
    }
    mentions
}

/// Returns the code that some print before the name: 207001-某某局.
pub(super) fn code_before(name: &str) -> Option<&str> {
    name.split_once('-').map(|(code, _)| code).filter(|code| is_code(code))
}

/// Returns whether a text has the form of a unit's code.
fn is_code(text: &str) -> bool {
    (3..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}
