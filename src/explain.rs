//! Explains a rule, or every figure of a line with what proves it.

use crate::{
    accounts::{
        check::Check,
        disclosure::Disclosure,
        figure::Figure,
        finding::Finding,
        statement::Statement,
        token::{Outcome, Severity},
    },
    check::Language,
    decode, draw,
    error::{Error, ErrorKind, Result},
    reconcile::{rule::Rule, rules::RULES},
    run::{Knowledge, disclosure},
};

/// What is to be explained.
#[derive(Clone, Debug)]
pub enum Subject {
    /// Which rules there are.
    Rules,
    /// One rule.
    Rule(&'static Rule),
    /// A line of a document.
    Line {
        /// The document.
        path: String,
        /// The line, counted from 1.
        line: u32,
    },
}

impl Subject {
    /// Tells what is asked for: nothing, the name of a rule, or `FILE:LINE`.
    pub fn of(asked: Option<&str>) -> Result<Subject> {
        let Some(asked) = asked else { return Ok(Subject::Rules) };
        if let Some(rule) = RULES.iter().find(|rule| rule.name == asked) {
            return Ok(Subject::Rule(rule));
        }
        let place = asked.rsplit_once(':').and_then(|(path, line)| {
            Some(Subject::Line { path: path.to_owned(), line: line.parse().ok()? })
        });
        match place {
            Some(place) => Ok(place),
            None if asked.contains(['.', '/', ':']) => {
                let problem = "which line? `fisc explain FILE:LINE`".to_owned();
                Err(ErrorKind::NoSuchLine { place: asked.to_owned(), problem }.into())
            }
            None => Err(unknown(asked)),
        }
    }
}

/// Makes the error of a name that no rule has.
fn unknown(name: &str) -> Error {
    let distance = |rule: &&&Rule| strsim::osa_distance(name, rule.name);
    let begun = RULES.iter().find(|rule| 3 < name.len() && rule.name.contains(name));
    // More than a third of the letters is another word.
    let slip = || RULES.iter().min_by_key(distance).filter(|r| distance(r) * 3 <= r.name.len());
    let nearest = begun.or_else(slip);
    ErrorKind::UnknownRule {
        name: name.to_owned(),
        nearest: nearest.map(|rule| rule.name),
        rules: RULES.iter().map(|rule| rule.name).collect(),
    }
    .into()
}

/// Lists the rules.
pub fn rules() -> String {
    let longest = RULES.iter().map(|rule| rule.name.len()).max().unwrap_or_default();
    let mut out = String::new();
    for Rule { name, severity, summary, summary_chinese, .. } in RULES {
        line(&mut out, &format!("{name:<longest$}  {severity:<6}  {summary}"));
        line(&mut out, &format!("{:<longest$}          {summary_chinese}", ""));
    }
    line(&mut out, "\n`fisc explain RULE` prints the page of one.");
    out
}

/// Returns the page of a rule.
pub fn page(rule: &Rule) -> String {
    let Rule { name, severity, summary_chinese, ids, doc, .. } = rule;
    format!("# {name} ({severity})\n\n{summary_chinese} · {ids}\n\n{}\n", doc.trim_end())
}

/// Tells everything about a line of a document: its figures with their places in the cube, what
/// proves them, and what does not add up.
pub fn place(path: &str, number: u32, bytes: &[u8], knowledge: &Knowledge) -> Result<String> {
    let document = decode::document(path, bytes)?;
    let printed = (1_u32..).zip(document.source_lines()).find(|(at, _)| *at == number);
    let Some((_, printed)) = printed else {
        let problem = format!("the document has lines 1 to {}", document.line_count);
        return Err(ErrorKind::NoSuchLine { place: format!("{path}:{number}"), problem }.into());
    };
    let disclosure = disclosure(path, bytes, knowledge)?;
    let mut out = String::new();
    line(&mut out, &format!("{path}:{number}"));
    line(&mut out, &format!("  {}", harmless(printed)));
    figures(&mut out, number, &disclosure);
    statements(&mut out, number, &disclosure);
    checks(&mut out, number, &disclosure);
    findings(&mut out, number, &disclosure);
    for gap in disclosure.gaps.iter().filter(|gap| gap.line == number) {
        let text = format!("\nNot understood: {} ({})", harmless(&gap.token), gap.kind.as_str());
        line(&mut out, &text);
    }
    Ok(out)
}

fn figures(out: &mut String, number: u32, disclosure: &Disclosure) {
    let own = || disclosure.figures.iter().filter(|figure| figure.line == number);
    if own().next().is_none() {
        line(out, "\nNo figure of a table stands here.");
        return;
    }
    line(out, "\nFigures");
    for figure in own() {
        let Figure { table, flow, label, fund, period, nature, stage, verified_by, .. } = figure;
        let code = figure.class_code.as_ref().or(figure.code.as_ref());
        let code = code.map_or_else(String::new, |code| format!(" ({code})"));
        let year = figure.fiscal_year.map_or_else(String::new, |year| format!(" {year}"));
        let proved = match verified_by {
            0 => "proved by no identity".to_owned(),
            1 => "proved by 1 identity".to_owned(),
            count => format!("proved by {count} identities"),
        };
        let mended: Vec<&str> = figure.repairs.iter().map(|repair| repair.as_str()).collect();
        let mended = if mended.is_empty() {
            String::new()
        } else {
            format!(", mended: {}", mended.join(", "))
        };
        let text = format!(
            "  column {}: `{}` is {} yuan, {proved}{mended}\n    {table} {flow}, {}{code}, \
             {fund}/{period}/{nature}, {stage}{year}",
            figure.column,
            harmless(&figure.raw),
            figure.amount_yuan,
            harmless(label),
        );
        line(out, &text);
    }
}

fn statements(out: &mut String, number: u32, disclosure: &Disclosure) {
    let own = || disclosure.statements.iter().filter(|statement| statement.line == number);
    if own().next().is_some() {
        line(out, "\nStated in the prose");
    }
    for Statement { column, raw, topic, label, kind, value, unit, fiscal_year, .. } in own() {
        let year = fiscal_year.map_or_else(String::new, |year| format!(" in {year}"));
        let value = value.normalize();
        let (raw, label) = (harmless(raw), harmless(label));
        let text = format!(
            "  column {column}: `{raw}` is {kind} {value} {unit}{year}\n    {topic}: {label}"
        );
        line(out, &text);
    }
}

fn checks(out: &mut String, number: u32, disclosure: &Disclosure) {
    let here = |check: &&Check| check.line == number;
    let among = |check: &&Check| check.line != number && check.evidence.contains(&number);
    let checks = &disclosure.checks;
    let mine: Vec<&Check> = checks.iter().filter(here).chain(checks.iter().filter(among)).collect();
    if mine.is_empty() {
        line(out, "\nNo check has a part of this line.");
        return;
    }
    line(out, "\nChecks");
    let longest = mine.iter().map(|check| check.rule.len()).max().unwrap_or_default();
    for check in mine {
        let Check { rule, label, outcome, terms, .. } = check;
        let place = match check.table {
            Some(table) => format!("{table} line {}", check.line),
            None => format!("line {}", check.line),
        };
        let text = format!(
            "  {outcome:<9}  {rule:<longest$}  {place}, {}: {}",
            harmless(label),
            arithmetic(check),
        );
        line(out, &text);
        if 0 < *terms {
            let lines: Vec<String> = check.evidence.iter().map(ToString::to_string).collect();
            let figures = if *terms == 1 { "figure" } else { "figures" };
            let on = if lines.len() == 1 { "line" } else { "lines" };
            line(out, &format!("  {:<9}  {terms} {figures} on {on} {}", "", lines.join(", ")));
        }
    }
}

/// Spells out what a check compares, in yuan.
fn arithmetic(check: &Check) -> String {
    let reason = check.reason.map_or("not checked", |reason| reason.as_str());
    let Some(expected) = check.expected else { return reason.to_owned() };
    let actual = check.actual.map_or_else(|| "blank".to_owned(), |actual| actual.to_string());
    let sign = match check.outcome {
        Outcome::Exact if check.actual == check.expected => "=",
        Outcome::Exact => "≥",
        Outcome::Rounding => "≈",
        Outcome::Fails | Outcome::Unchecked => "≠",
    };
    let off = match (check.outcome, check.difference(), check.tolerance) {
        (Outcome::Rounding | Outcome::Fails, Some(off), Some(slack)) => {
            format!(", off by {off}, rounding explains {slack}")
        }
        _ => String::new(),
    };
    format!("{actual} {sign} {expected} yuan{off}")
}

fn findings(out: &mut String, number: u32, disclosure: &Disclosure) {
    let own = |finding: &&Finding| {
        finding.severity != Severity::Rounding && finding.evidence().contains(&number)
    };
    let mut own = disclosure.findings.iter().filter(own).peekable();
    if own.peek().is_none() {
        return;
    }
    line(out, "\nFindings");
    for finding in own {
        let message = harmless(&finding.message.english);
        line(
            out,
            &format!("  {}[{}] line {}: {message}", finding.severity, finding.rule, finding.line),
        );
        if let Some(suggestion) = &finding.suggestion {
            let text = draw::suggestion(suggestion, Language::English);
            line(out, &format!("    help: {}", harmless(&text)));
        }
    }
}

/// Returns a text without the characters that would move the terminal's cursor.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\t' { ' ' } else { c }).collect()
}

/// Adds a line.
fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}
