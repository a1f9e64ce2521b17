#![doc = include_str!("share_differs_from_amounts.md")]

use rust_decimal::Decimal;

use crate::{
    accounts::{
        check::Check,
        finding::{Mark, Message},
        statement::{Statement, Whole},
        token::{Outcome, Severity, StatementKind, Topic},
    },
    reconcile::{
        ledger::{Ledger, printed_places},
        rule::{Books, Looks, Noted, Rule, Shape},
    },
};

pub(in crate::reconcile) static RULE: Rule = Rule {
    name: "share-differs-from-amounts",
    summary: "a stated share or growth that its amounts do not make",
    summary_chinese: "占比或增减幅度与所列金额不符",
    ids: "TX-11 TX-13",
    doc: include_str!("share_differs_from_amounts.md"),
    severity: Severity::Error,
    shape: Shape::Own,
    looks: Looks::Document(check),
};

/// How many statements before a share its whole is looked for in.
const MOST_BEFORE: usize = 100;

fn check(books: &Books<'_>, ledger: &mut Ledger, noted: &mut Vec<Noted>) {
    for (at, share) in books.statements.iter().enumerate() {
        let before = books.statements.get(at.saturating_sub(MOST_BEFORE)..at).unwrap_or_default();
        let ratio = match share.kind {
            StatementKind::Share => of_whole(share, before),
            StatementKind::ChangePercent => growth(share, before),
            _ => None,
        };
        if let Some((part, wholes)) = ratio {
            judge(share, part, &wholes, ledger, noted);
        }
    }
}

/// An amount and what it is a share of; of several wholes one must fit.
type Ratio<'s> = (&'s Statement, Vec<(Decimal, Option<&'s Statement>)>);

/// Finds the amount that a share is of, right before it, and the whole that it names.
fn of_whole<'s>(share: &Statement, before: &'s [Statement]) -> Option<Ratio<'s>> {
    let part = amount_of(share, before)?;
    let Some(Whole::Topic(topic)) = share.of else { return None };
    let is_whole = |statement: &&Statement| {
        statement.kind == StatementKind::Amount
            && share.is_in_section_of(statement)
            && statement.fiscal_year == share.fiscal_year
            && !std::ptr::eq(*statement, part)
    };
    // Any sum that the section states before may be meant.
    let sum = |statement: &&Statement| {
        statement.topic == topic
            || matches!(
                statement.topic,
                Topic::Total | Topic::IncomeTotal | Topic::ExpenditureTotal | Topic::Fund
            )
    };
    let wholes: Vec<(Decimal, Option<&Statement>)> = before
        .iter()
        .rev()
        .filter(is_whole)
        .filter(sum)
        .map(|whole| (whole.value, Some(whole)))
        .collect();
    let named = wholes.iter().any(|(_, whole)| whole.is_some_and(|whole| whole.topic == topic));
    named.then_some((part, wholes))
}

/// Finds the change that a percentage is of and the amount that it starts from.
fn growth<'s>(percent: &Statement, before: &'s [Statement]) -> Option<Ratio<'s>> {
    let same = |statement: &&Statement| {
        statement.line == percent.line
            && statement.topic == percent.topic
            && statement.label == percent.label
    };
    let change =
        before.last().filter(|last| last.kind == StatementKind::ChangeAmount && same(last))?;
    let amounts = before.iter().rev().filter(same).filter(|s| s.kind == StatementKind::Amount);
    let mut bases = Vec::new();
    for amount in amounts {
        if amount.fiscal_year == percent.base_year {
            bases.push((amount.value, Some(amount)));
        } else if amount.fiscal_year == percent.fiscal_year {
            bases.push((amount.value - change.value, Some(amount)));
        }
    }
    (!bases.is_empty()).then_some((change, bases))
}

/// Returns the amount that a share is printed behind.
fn amount_of<'s>(share: &Statement, before: &'s [Statement]) -> Option<&'s Statement> {
    before.last().filter(|amount| {
        amount.kind == StatementKind::Amount
            && (amount.line, amount.topic, &amount.label) == (share.line, share.topic, &share.label)
            && amount.fiscal_year == share.fiscal_year
    })
}

/// Compares a percentage with what its amounts make.
fn judge(
    share: &Statement,
    part: &Statement,
    wholes: &[(Decimal, Option<&Statement>)],
    ledger: &mut Ledger,
    noted: &mut Vec<Noted>,
) {
    // A whole unit in the last printed place: some authors cut, and some round one share up
    // or down so that all come to a hundred.
    let places = printed_places(&share.raw);
    let tolerance = Decimal::new(1, places);
    let exact = Decimal::new(5, places + 1);
    let made: Vec<(Decimal, Option<&Statement>)> = wholes
        .iter()
        .filter(|(whole, _)| !whole.is_zero())
        .filter_map(|(whole, from)| {
            let ratio = part.value.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(*whole)?;
            Some((ratio.round_dp(6), *from))
        })
        .collect();
    let off = |made: Decimal| (share.value.abs() - made.abs()).abs();
    let Some((best, from)) = made.iter().min_by_key(|(made, _)| off(*made)).copied() else {
        return;
    };
    let outcome = if off(best) <= exact {
        Outcome::Exact
    } else if off(best) <= tolerance {
        Outcome::Rounding
    } else {
        Outcome::Fails
    };
    let mut evidence = vec![share.line, part.line];
    evidence.extend(from.map(|whole| whole.line));
    evidence.sort_unstable();
    evidence.dedup();
    ledger.checked.push(Check {
        rule: RULE.name,
        table: None,
        line: share.line,
        label: share.label.clone(),
        outcome,
        expected: Some(best),
        actual: Some(share.value),
        tolerance: Some(tolerance),
        terms: 3,
        evidence,
        reason: None,
    });
    if outcome == Outcome::Exact {
        return;
    }
    let mark = |statement: &Statement, named: bool| Mark {
        line: statement.line,
        column: statement.column,
        raw: statement.raw.clone(),
        label: statement.label.clone(),
        named,
    };
    let mut marks = vec![mark(share, true), mark(part, false)];
    marks.extend(from.map(|whole| mark(whole, false)));
    let whole = from.map_or_else(String::new, |whole| whole.raw.clone());
    let shown = best.round_dp(places + 2).normalize();
    noted.push(Noted {
        rule: &RULE,
        severity: if outcome == Outcome::Fails { RULE.severity } else { Severity::Rounding },
        table: None,
        label: share.label.clone(),
        expected: Some(best.normalize().to_string()),
        actual: Some(share.value.normalize().to_string()),
        message: Message {
            english: format!(
                "{} is stated as {}, but {} against {whole} makes {shown}%.",
                share.label, share.raw, part.raw
            ),
            chinese: format!(
                "“{}”所列比例为{}，而{}与{whole}之比为{shown}%。",
                share.label, share.raw, part.raw
            ),
        },
        marks,
    });
}
