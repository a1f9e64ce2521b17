//! Writes findings for other programs: as JSON, and as SARIF 2.1.0.

use std::{fmt::Write as _, io::Write};

use serde_json::{Map, Value, json};

use crate::{
    accounts::{
        finding::{Finding, Mark, Suggestion},
        token::{Severity, TableKind},
    },
    check::{Checked, Language, Options},
    draw,
    error::Result,
    reconcile::{rule::Rule, rules::RULES},
    store::render::unwritten,
};

/// Writes an array with one object a finding, one a line.
pub fn json(checked: &[Checked], options: Options, out: &mut dyn Write) -> Result<()> {
    let mut before = "[";
    for document in checked {
        for finding in document.shown(options) {
            let value = object(document, finding, options.language);
            write!(out, "{before}\n{value}").map_err(unwritten)?;
            before = ",";
        }
    }
    let end = if before == "[" { "[]" } else { "\n]" };
    writeln!(out, "{end}").map_err(unwritten)
}

fn object(document: &Checked, finding: &Finding, language: Language) -> Value {
    json!({
        "doc_id": document.doc_id,
        "path": document.path,
        "rule": finding.rule,
        "severity": finding.severity.as_str(),
        "table": finding.table.map(TableKind::as_str),
        "page": document.page_of(finding.line),
        "line": finding.line,
        "column": finding.column,
        "label": finding.label,
        "expected": finding.expected,
        "actual": finding.actual,
        "difference": finding.difference.map(|difference| difference.to_string()),
        "message": language.of(&finding.message),
        "evidence": finding.evidence(),
        "marks": finding.marks.iter().map(|one| mark(document, one)).collect::<Vec<_>>(),
        "suggestion": finding.suggestion.as_ref().map(|one| suggestion(one, language)),
        "cause": finding.cause,
    })
}

fn mark(document: &Checked, mark: &Mark) -> Value {
    json!({
        "page": document.page_of(mark.line),
        "line": mark.line,
        "column": mark.column,
        "raw": mark.raw,
        "label": mark.label,
        "named": mark.named,
    })
}

fn suggestion(suggestion: &Suggestion, language: Language) -> Value {
    json!({
        "line": suggestion.line,
        "column": suggestion.column,
        "label": suggestion.label,
        "printed": suggestion.printed,
        "figure": suggestion.figure,
        "amount": suggestion.amount_yuan.map(|amount| amount.to_string()),
        "kind": suggestion.kind.as_str(),
        "closes": suggestion.closes,
        "message": draw::suggestion(suggestion, language),
    })
}

/// Writes one run in the Static Analysis Results Interchange Format, version 2.1.0.
///
/// A suggestion is a property and no `fix`: it is shown, and nothing should apply it.
pub fn sarif(checked: &[Checked], options: Options, out: &mut dyn Write) -> Result<()> {
    let language = options.language;
    let rules: Vec<Value> = RULES.iter().map(|rule| descriptor(rule, language)).collect();
    let results: Vec<Value> = checked
        .iter()
        .flat_map(|document| {
            document.shown(options).map(move |finding| result(document, finding, language))
        })
        .collect();
    let notices: Vec<Value> = checked.iter().filter_map(|one| unread(one, language)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notices,
            }],
            "language": language.pick("en", "zh-CN"),
            // As our columns count.
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    writeln!(out, "{log:#}").map_err(unwritten)
}

/// Says which pages of a document were not read.
fn unread(document: &Checked, language: Language) -> Option<Value> {
    let text = document.unread(language)?;
    let place = json!({"artifactLocation": {"uri": uri(&document.path)}});
    Some(json!({
        "level": "warning",
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
    }))
}

fn descriptor(rule: &Rule, language: Language) -> Value {
    let summary = language.pick(rule.summary, rule.summary_chinese);
    json!({
        "id": rule.name,
        "shortDescription": {"text": summary},
        "help": {"text": rule.doc, "markdown": rule.doc},
        "defaultConfiguration": {"level": level(rule.severity)},
        "properties": {"identities": rule.ids},
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Notice => "warning",
        Severity::Rounding => "note",
    }
}

fn result(document: &Checked, finding: &Finding, language: Language) -> Value {
    let named = finding.marks.iter().find(|mark| mark.named);
    let here = Mark {
        line: finding.line,
        column: finding.column,
        raw: named.map(|mark| mark.raw.clone()).unwrap_or_default(),
        label: String::new(),
        named: true,
    };
    let related = finding.marks.iter().filter(|mark| !mark.named).enumerate();
    let related: Vec<Value> = related
        .map(|(at, mark)| {
            let mut place = location(&document.path, mark);
            place.insert("id".to_owned(), json!(at + 1));
            place.insert("message".to_owned(), json!({"text": mark.label}));
            Value::Object(place)
        })
        .collect();
    let mut properties = Map::new();
    properties.insert("cause".to_owned(), json!(finding.cause));
    if let Some(page) = document.page_of(finding.line) {
        properties.insert("page".to_owned(), json!(page));
    }
    properties.insert("severity".to_owned(), json!(finding.severity.as_str()));
    properties.insert("expected".to_owned(), json!(finding.expected));
    properties.insert("actual".to_owned(), json!(finding.actual));
    let mut message = language.of(&finding.message).to_owned();
    if let Some(one) = &finding.suggestion {
        properties.insert("suggestion".to_owned(), suggestion(one, language));
        message.extend(["\n", draw::suggestion(one, language).as_str()]);
    }
    json!({
        "ruleId": finding.rule,
        "ruleIndex": RULES.iter().position(|rule| rule.name == finding.rule),
        "level": level(finding.severity),
        "message": {"text": message},
        "locations": [location(&document.path, &here)],
        "relatedLocations": related,
        "properties": properties,
    })
}

/// Returns a place; where its column is not known, it is its line.
fn location(path: &str, mark: &Mark) -> Map<String, Value> {
    let mut region = Map::new();
    region.insert("startLine".to_owned(), json!(mark.line.max(1)));
    if 0 < mark.column {
        let width = u32::try_from(mark.raw.chars().count()).unwrap_or(u32::MAX);
        region.insert("startColumn".to_owned(), json!(mark.column));
        region.insert("endColumn".to_owned(), json!(mark.column.saturating_add(width)));
    }
    let place = json!({"artifactLocation": {"uri": uri(path)}, "region": region});
    Map::from_iter([("physicalLocation".to_owned(), place)])
}

/// Returns a path as a URI reference: names in Chinese are percent-encoded.
fn uri(path: &str) -> String {
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let written = write!(uri, "%{byte:02X}");
            debug_assert!(written.is_ok(), "a string takes any text");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_uri() {
        assert_eq!(uri("预算/a b.txt"), "%E9%A2%84%E7%AE%97/a%20b.txt");
        assert_eq!(uri("/d/a.txt"), "file:///d/a.txt");
    }
}
