//! Checks what several documents owe each other: a department and its units, one year and the
//! next, a budget and its final account.
//!
//! Whose a document is, and which unit a name in it stands for, the registry of units says.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::{
    accounts::{
        check::Check,
        classification::Classification,
        disclosure::{Disclosure, Identity},
        excerpt::{Across, Excerpt, ExcerptFigure, Owed},
        finding::{Finding, Mark, Message},
        money::Unit,
        text,
        token::{
            Flow, Fund, NameRole, Outcome, Period, Scope, Severity, Stage, TableKind, Unchecked,
        },
        unit::Registry,
    },
    reconcile::{
        ledger::printed_places,
        registry::{self, UnitWords},
        rule::{Looks, Rule},
        rules::RULES,
    },
};

/// The documents of a run, by who published them.
pub(super) struct Library<'a> {
    pub(super) documents: &'a [Excerpt],
    /// The unit of each name that a document prints.
    ids: BTreeMap<Named<'a>, &'a str>,
    by_unit: BTreeMap<Published<'a>, Vec<usize>>,
}

/// The path and the hash of a document, and a name with what it says there.
type Named<'a> = (&'a str, &'a str, NameRole, &'a str);

/// A unit, and what it publishes a document for.
type Published<'a> = (&'a str, Scope, i32, Stage);

/// A figure in one document and what another document prints in its place.
pub(super) struct Pair<'a> {
    /// The document whose ledger it goes to.
    pub(super) document: usize,
    pub(super) figure: &'a ExcerptFigure,
    /// The other document and its figure; nothing where either is not there.
    pub(super) other: Option<(usize, &'a ExcerptFigure)>,
}

/// Whether a rule asks for a figure of a document's tables.
pub(super) type Asks = fn(&Identity, &ExcerptFigure) -> bool;

/// Takes out of a document what the rules ask of several.
pub fn excerpt(document: &Disclosure) -> Excerpt {
    let asks: Vec<Asks> = RULES
        .iter()
        .filter_map(|rule| match rule.looks {
            Looks::Across { asks, .. } => Some(asks),
            Looks::Document(_) => None,
        })
        .collect();
    let identity = &document.identity;
    let is_asked = |figure: &ExcerptFigure| asks.iter().any(|asks| asks(identity, figure));
    Excerpt::of(document, is_asked, registry::mentions(document))
}

/// Tells which units documents name, and what the documents owe each other, those of each rule
/// together.
pub fn across<'a>(
    documents: &'a [Excerpt],
    words: &UnitWords,
    regions: &Classification,
) -> Across<'a> {
    let registry = registry::registry(documents, words, regions);
    let owed = owed(documents, &registry);
    Across { owed, registry }
}

fn owed<'a>(documents: &'a [Excerpt], registry: &Registry<'a>) -> Vec<Owed<'a>> {
    let library = Library::of(documents, registry);
    let mut causes: Vec<u32> = documents.iter().map(|document| document.causes).collect();
    let mut owed = Vec::new();
    for rule in RULES {
        let Looks::Across { pairs, .. } = rule.looks else { continue };
        for pair in pairs(&library) {
            let Some((check, mut finding)) = library.compare(rule, &pair) else { continue };
            let Some(document) = documents.get(pair.document) else { continue };
            if let (Some(finding), Some(causes)) = (&mut finding, causes.get_mut(pair.document)) {
                *causes += 1;
                finding.cause = *causes;
            }
            owed.push(Owed { document, check, finding });
        }
    }
    owed
}

impl<'a> Library<'a> {
    fn of(documents: &'a [Excerpt], registry: &'a Registry<'a>) -> Library<'a> {
        let mut ids: BTreeMap<Named<'a>, &'a str> = BTreeMap::new();
        for name in &registry.names {
            if let Some(unit) = &name.unit_id {
                let key = (name.path, name.doc_id, name.role, name.name);
                ids.insert(key, unit);
            }
        }
        let mut by_unit: BTreeMap<Published<'a>, Vec<usize>> = BTreeMap::new();
        let mut library = Library { documents, ids, by_unit: BTreeMap::new() };
        for (at, document) in documents.iter().enumerate() {
            let identity = &document.identity;
            if let (Some(unit), Some(year), Some(stage)) =
                (library.publisher(at), identity.fiscal_year, identity.stage)
            {
                let scope = identity.scope.unwrap_or(Scope::Unit);
                by_unit.entry((unit, scope, year, stage)).or_default().push(at);
            }
        }
        library.by_unit = by_unit;
        library
    }

    /// Returns the id of the unit that publishes a document.
    pub(super) fn publisher(&self, at: usize) -> Option<&'a str> {
        let name = self.documents.get(at)?.identity.unit_name.as_deref()?;
        self.unit(at, NameRole::Publisher, &text::label(name))
    }

    /// Returns the id of the unit that a document names.
    pub(super) fn unit(&self, at: usize, role: NameRole, name: &str) -> Option<&'a str> {
        let document = self.documents.get(at)?;
        let (path, doc_id) = (document.path.as_str(), document.doc_id.as_str());
        self.ids.get(&(path, doc_id, role, name)).copied()
    }

    /// Returns the one document of a unit, a year and a stage; nothing where there are several.
    pub(super) fn one(&self, unit: &str, scope: Scope, year: i32, stage: Stage) -> Option<usize> {
        match self.by_unit.get(&(unit, scope, year, stage))?.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// Returns the one other document of the publisher of a document.
    pub(super) fn other(&self, at: usize, year: i32, stage: Stage) -> Option<usize> {
        let scope = self.documents.get(at)?.identity.scope.unwrap_or(Scope::Unit);
        self.one(self.publisher(at)?, scope, year, stage)
    }

    /// Returns the figures of a document's tables that are asked for.
    pub(super) fn figures(&self, at: usize) -> impl Iterator<Item = &'a ExcerptFigure> {
        let figures = self.documents.get(at).map(|document| document.figures.as_slice());
        figures.unwrap_or_default().iter()
    }

    fn compare(&self, rule: &Rule, pair: &Pair<'_>) -> Option<(Check, Option<Finding>)> {
        let figure = pair.figure;
        let check = Check {
            rule: rule.name,
            table: Some(figure.table),
            line: figure.line,
            label: figure.label.clone(),
            outcome: Outcome::Unchecked,
            expected: None,
            actual: None,
            tolerance: None,
            terms: 1,
            evidence: vec![figure.line],
            reason: Some(Unchecked::NoSuchDocument),
        };
        let Some((other_at, other)) = pair.other else {
            return Some((check, None));
        };
        let here = self.documents.get(pair.document)?;
        let there = self.documents.get(other_at)?;
        let slack = half(here, figure) + half(there, other);
        let off = figure.amount_yuan - other.amount_yuan;
        let outcome = match off.abs() {
            off if off.is_zero() => Outcome::Exact,
            off if off <= slack => Outcome::Rounding,
            _ => Outcome::Fails,
        };
        let check = Check {
            outcome,
            expected: Some(other.amount_yuan),
            actual: Some(figure.amount_yuan),
            tolerance: Some(slack),
            terms: 2,
            reason: None,
            ..check
        };
        let severity = match outcome {
            Outcome::Fails => rule.severity,
            _ => Severity::Rounding,
        };
        let finding = Finding {
            rule: rule.name,
            severity,
            table: Some(figure.table),
            line: figure.line,
            column: figure.column,
            label: figure.label.clone(),
            expected: Some(other.amount_yuan.to_string()),
            actual: Some(figure.amount_yuan.to_string()),
            difference: Some(off),
            message: Message {
                english: format!(
                    "{} is {} here, but {} in {}, line {}.",
                    figure.label, figure.raw, other.raw, there.path, other.line
                ),
                chinese: format!(
                    "“{}”此处为{}，而{}第{}行为{}。",
                    figure.label, figure.raw, there.path, other.line, other.raw
                ),
            },
            marks: vec![Mark {
                line: figure.line,
                column: figure.column,
                raw: figure.raw.clone(),
                label: figure.label.clone(),
                named: true,
            }],
            suggestion: None,
            cause: 0,
        };
        Some((check, (outcome != Outcome::Exact).then_some(finding)))
    }
}

/// Returns half a unit in the last printed place of a figure, in yuan.
fn half(document: &Excerpt, figure: &ExcerptFigure) -> Decimal {
    let unit = document.identity.money_unit.unwrap_or(Unit::Yuan).yuan();
    unit * Decimal::new(5, printed_places(&figure.raw).min(6) + 1)
}

/// Returns whether a figure is the total income of a document: that of its summary.
pub(super) fn is_total(figure: &ExcerptFigure) -> bool {
    figure.table == TableKind::Summary
        && figure.flow == Flow::Income
        && figure.fund == Fund::All
        && figure.period == Period::All
        && matches!(figure.label.as_str(), "收入总计" | "合计")
}
