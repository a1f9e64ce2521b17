//! Adds every identity up and turns what fails into findings, grouped by their causes.

use std::collections::BTreeMap;

use crate::{
    accounts::{
        check::Check,
        figure::Figure,
        finding::{Finding, Suggestion},
        statement::Statement,
        token::{ChangeKind, Outcome, Severity, Source},
    },
    reconcile::{
        ledger::{CellAt, EntryId, Identity, Ledger, Relation, State, Sum, yuan},
        rule::{Books, Noted, Shape},
        suggest::{self, Accepted},
        tell,
    },
};

/// What the accounts of a document come to.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Reconciliation {
    /// Every identity that it owes.
    pub checks: Vec<Check>,
    /// What does not add up.
    pub findings: Vec<Finding>,
    /// How many identities prove each figure, in the order of the figures.
    pub verified_by: Vec<u32>,
}

/// Adds up, and tells what fails. `cells` are the places of the figures of tables.
pub(super) fn reconcile(
    books: &Books<'_>,
    ledger: &Ledger,
    noted: Vec<Noted>,
    cells: &[CellAt],
) -> Reconciliation {
    let sums: Vec<Option<Sum>> =
        ledger.identities.iter().map(|identity| ledger.sum(identity)).collect();
    let with = |wanted: Outcome| {
        let of = move |sum: &Option<Sum>| sum.is_some_and(|sum| sum.outcome == wanted);
        sums.iter().enumerate().filter(move |(_, sum)| of(sum)).map(|(at, _)| at)
    };
    let failing: Vec<usize> = with(Outcome::Fails).collect();
    let changes = suggest::changes(books, ledger, &failing);
    let causes = causes(ledger, &failing, &changes);
    let mut findings = Vec::new();
    for at in failing.iter().copied().chain(with(Outcome::Rounding)) {
        let (Some(identity), Some(Some(sum))) = (ledger.identities.get(at), sums.get(at)) else {
            continue;
        };
        let change = changes.iter().find(|change| change.closes.contains(&at));
        let cause = causes.get(&at).copied().unwrap_or(0);
        findings.extend(finding(books, ledger, identity, sum, change, cause));
    }
    for noted in noted {
        findings.extend(told(noted));
    }
    number(&mut findings);
    // Both sides of a table can contradict a sentence in the same words.
    findings.dedup_by(|a, b| (a.rule, a.line, &a.message) == (b.rule, b.line, &b.message));
    Reconciliation {
        checks: checks(books, ledger, &sums),
        verified_by: verified(books, ledger, &sums, cells),
        findings,
    }
}

/// Gives each failing identity the number of its cause: those that one change closes, and else
/// those that share a figure.
fn causes(ledger: &Ledger, failing: &[usize], changes: &[Accepted]) -> BTreeMap<usize, u32> {
    let mut causes = BTreeMap::new();
    let mut next = 0;
    for change in changes {
        next += 1;
        causes.extend(change.closes.iter().map(|at| (*at, next)));
    }
    let mut owners: BTreeMap<EntryId, u32> = BTreeMap::new();
    for at in failing {
        if causes.contains_key(at) {
            continue;
        }
        let Some(identity) = ledger.identities.get(*at) else { continue };
        let terms = ledger.all_terms(identity).iter();
        let printed: Vec<EntryId> =
            terms.filter(|id| ledger.amount(**id).is_some_and(|a| a != 0)).copied().collect();
        let known = printed.iter().find_map(|id| owners.get(id)).copied();
        let cause = known.unwrap_or_else(|| {
            next += 1;
            next
        });
        owners.extend(printed.into_iter().map(|id| (id, cause)));
        causes.insert(*at, cause);
    }
    causes
}

/// Makes the finding of an identity that fails or is rounded.
fn finding(
    books: &Books<'_>,
    ledger: &Ledger,
    identity: &Identity,
    sum: &Sum,
    change: Option<&Accepted>,
    cause: u32,
) -> Option<Finding> {
    let named = ledger.entry(*ledger.all_terms(identity).first()?)?;
    let parts = ledger.terms(&identity.right).iter().any(|id| ledger.amount(*id).is_some());
    let severity = match (sum.outcome, sum.actual) {
        (Outcome::Rounding, _) => Severity::Rounding,
        // A sum that is not printed is not wrong.
        (_, None) if identity.rule.shape != Shape::Elsewhere => Severity::Notice,
        // Nor is one whose parts are not.
        _ if identity.rule.shape == Shape::Rows && !parts => Severity::Notice,
        _ => identity.rule.severity,
    };
    Some(Finding {
        rule: identity.rule.name,
        severity,
        table: tell::table_of(books, named),
        line: named.line,
        column: named.column,
        label: tell::label(books, named),
        expected: Some(yuan(sum.expected).to_string()),
        actual: sum.actual.map(|amount| yuan(amount).to_string()),
        difference: sum.actual.map(|actual| yuan(actual.saturating_sub(sum.expected))),
        message: tell::message(books, ledger, identity, sum),
        marks: tell::marks(books, ledger, identity),
        suggestion: change.and_then(|change| suggestion(books, ledger, identity, change)),
        cause,
    })
}

/// Returns what a change suggests for an identity: the figure of it that is changed.
fn suggestion(
    books: &Books<'_>,
    ledger: &Ledger,
    identity: &Identity,
    accepted: &Accepted,
) -> Option<Suggestion> {
    let terms = ledger.all_terms(identity);
    let entries = &accepted.change.entries;
    let shifted = accepted.kind == ChangeKind::RowShift;
    // Of a row that stands elsewhere, the figure as it is printed.
    let printed = |id: &&EntryId| !shifted || ledger.amount(**id).is_some();
    let own = terms.iter().filter(printed).find(|id| entries.contains_key(id));
    let here = own.or_else(|| entries.keys().find(printed))?;
    let amount = entries.get(here).copied().flatten();
    let entry = ledger.entry(*here)?;
    let figure = amount.map_or_else(String::new, |amount| tell::printed(amount, entry));
    let figure = if shifted {
        let other = |id: &EntryId| ledger.entry(*id).is_some_and(|to| to.line != entry.line);
        let to = entries.iter().find(|(id, amount)| amount.is_some() && other(id));
        let row = to.and_then(|(id, _)| ledger.entry(*id));
        row.map_or(figure, |row| tell::label(books, row))
    } else {
        figure
    };
    Some(Suggestion {
        line: entry.line,
        column: entry.column,
        label: tell::label(books, entry),
        printed: tell::raw(books, entry),
        figure,
        amount_yuan: amount.filter(|_| !shifted).map(yuan),
        kind: accepted.kind,
        closes: u32::try_from(accepted.closes.len()).unwrap_or(u32::MAX),
    })
}

/// Makes the finding of a rule that tells its own.
fn told(noted: Noted) -> Option<Finding> {
    let named = noted.marks.first()?;
    Some(Finding {
        rule: noted.rule.name,
        severity: noted.severity,
        table: noted.table,
        line: named.line,
        column: named.column,
        label: noted.label,
        expected: noted.expected,
        actual: noted.actual,
        difference: None,
        message: noted.message,
        marks: noted.marks,
        suggestion: None,
        cause: 0,
    })
}

/// Puts findings in the order of the document and numbers their causes from the top.
fn number(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        (a.line, a.rule, &a.expected, &a.actual, a.column).cmp(&(
            b.line,
            b.rule,
            &b.expected,
            &b.actual,
            b.column,
        ))
    });
    let mut numbers: BTreeMap<u32, u32> = BTreeMap::new();
    let mut next = 0;
    for finding in findings {
        // What shares its cause with nothing has one of its own.
        let known = if finding.cause == 0 { None } else { numbers.get(&finding.cause).copied() };
        let number = known.unwrap_or_else(|| {
            next += 1;
            next
        });
        if finding.cause != 0 {
            numbers.insert(finding.cause, number);
        }
        finding.cause = number;
    }
}

/// Makes the ledger of checks.
fn checks(books: &Books<'_>, ledger: &Ledger, sums: &[Option<Sum>]) -> Vec<Check> {
    let mut checks = Vec::with_capacity(sums.len() + ledger.missing.len());
    for (identity, sum) in ledger.identities.iter().zip(sums) {
        let Some(sum) = sum else { continue };
        let terms = ledger.all_terms(identity);
        let Some(named) = terms.first().and_then(|id| ledger.entry(*id)) else { continue };
        let printed = terms.iter().filter_map(|id| ledger.entry(*id));
        let mut evidence = Vec::with_capacity(usize::try_from(sum.terms).unwrap_or(0) + 1);
        evidence.push(named.line);
        for entry in printed.filter(|entry| entry.state != State::Blank) {
            // Most identities are of one row.
            if evidence.last() != Some(&entry.line) {
                evidence.push(entry.line);
            }
        }
        if 1 < evidence.len() {
            evidence.sort_unstable();
            evidence.dedup();
        }
        let known = sum.outcome != Outcome::Unchecked;
        checks.push(Check {
            rule: identity.rule.name,
            table: tell::table_of(books, named),
            line: named.line,
            label: tell::label(books, named),
            outcome: sum.outcome,
            expected: known.then(|| yuan(sum.expected)),
            actual: sum.actual.filter(|_| known).map(yuan),
            tolerance: known.then(|| yuan(sum.slack)),
            terms: sum.terms,
            evidence,
            reason: sum.reason,
        });
    }
    let missing = ledger.missing.iter().map(|missing| Check {
        rule: missing.rule.name,
        table: missing.table,
        line: missing.line,
        label: missing.label.clone(),
        outcome: Outcome::Unchecked,
        expected: None,
        actual: None,
        tolerance: None,
        terms: 0,
        evidence: Vec::new(),
        reason: Some(missing.reason),
    });
    checks.extend(missing);
    checks.extend(ledger.checked.iter().cloned());
    checks
}

/// Counts, for every figure, the identities that hold and have it among two printed amounts or
/// more.
fn verified(
    books: &Books<'_>,
    ledger: &Ledger,
    sums: &[Option<Sum>],
    cells: &[CellAt],
) -> Vec<u32> {
    let mut counts: Vec<u32> = vec![0; ledger.len()];
    for (identity, sum) in ledger.identities.iter().zip(sums) {
        let proved = sum.is_some_and(|sum| {
            matches!(sum.outcome, Outcome::Exact | Outcome::Rounding) && 1 < sum.terms
        });
        // An inequality leaves a figure free.
        if !proved || identity.relation == Relation::AtLeast {
            continue;
        }
        for id in ledger.all_terms(identity) {
            if ledger.amount(*id).is_some()
                && let Some(count) = counts.get_mut(id.index())
            {
                *count += 1;
            }
        }
    }
    let mut cells = cells.iter();
    let untabled = books.figures.iter().any(|figure| figure.source == Source::Text);
    let places: BTreeMap<(u32, u32), usize> = if untabled {
        let at = |(at, statement): (usize, &Statement)| ((statement.line, statement.column), at);
        books.statements.iter().enumerate().map(at).collect()
    } else {
        BTreeMap::new()
    };
    let stated =
        |figure: &Figure| places.get(&(figure.line, figure.column)).map(|at| ledger.statement(*at));
    let entry = |figure: &Figure| match figure.source {
        Source::Table => cells.next().and_then(|at| ledger.cell(books.tables, *at)),
        Source::Text => stated(figure),
        Source::Chart => None,
    };
    let of = |id: Option<EntryId>| id.and_then(|id| counts.get(id.index())).copied().unwrap_or(0);
    books.figures.iter().map(entry).map(of).collect()
}
