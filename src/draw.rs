//! Draws what does not add up in the source, as a compiler does.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

pub use annotate_snippets::normalize_untrusted_str as harmless;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::{
    accounts::{
        finding::{Finding, Mark, Suggestion},
        token::{ChangeKind, Severity},
    },
    check::{Checked, Language, Options},
};

/// The most lines of the source that one cause is drawn with.
const MOST_LINES: usize = 10;

/// The most consequences that are told of one cause.
const MOST_CONSEQUENCES: usize = 8;

/// The most suggestions that are told of one cause.
const MOST_SUGGESTIONS: usize = 8;

/// The most lines between two that are drawn as one piece, with an ellipsis.
const MOST_FOLDED: u32 = 1_000;

/// How wide a drawing may be, in places of a terminal.
const WIDTH: usize = 120;

/// One cause and the document that it is found in.
#[derive(Clone, Copy, Debug)]
pub struct Drawing<'a> {
    /// The document.
    pub document: &'a Checked,
    /// The findings of the cause, the most telling first.
    pub findings: &'a [&'a Finding],
}

/// Draws a cause: its first finding in the source, what would mend it, and what follows from it.
pub fn cause(drawing: &Drawing<'_>, options: Options) -> String {
    let Some((lead, others)) = drawing.findings.split_first() else { return String::new() };
    let language = options.language;
    let title =
        level(lead.severity, language).primary_title(language.of(&lead.message)).id(lead.rule);
    let document = drawing.document;
    let (pieces, left_out) = pieces(&document.lines, lead);
    let mut group = Group::with_title(title)
        .elements(pieces.iter().map(|piece| snippet(piece, &document.path, language)));
    if let Some(text) = document.place(lead.line, language) {
        let text = match language {
            Language::English => format!("on {text}"),
            Language::Chinese => format!("在{text}"),
        };
        group = group.element(note(language).message(text));
    }
    if 0 < left_out {
        let text = match language {
            Language::English => format!("{left_out} more lines are part of it"),
            Language::Chinese => format!("另有{left_out}行相关"),
        };
        group = group.element(note(language).message(text));
    }
    for text in suggestions(drawing.findings, language) {
        group = group.element(help(language).message(harmless(&text)));
    }
    for text in consequences(document, lead, others, language) {
        group = group.element(consequence(language).message(harmless(&text)));
    }
    let renderer = if options.colour { Renderer::styled() } else { Renderer::plain() };
    renderer.term_width(WIDTH).render(&[group])
}

fn level(severity: Severity, language: Language) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR.with_name(language.pick("error", "错误")),
        Severity::Notice => Level::WARNING.with_name(language.pick("notice", "提示")),
        Severity::Rounding => Level::INFO.with_name(language.pick("rounding", "尾差")),
    }
}

fn note(language: Language) -> Level<'static> {
    Level::NOTE.with_name(language.pick("note", "注"))
}

fn help(language: Language) -> Level<'static> {
    Level::HELP.with_name(language.pick("help", "建议"))
}

fn consequence(language: Language) -> Level<'static> {
    Level::NOTE.with_name(language.pick("and so", "连带"))
}

/// Some lines of the source that stand near each other, with what is marked in them.
#[derive(Debug)]
struct Piece<'a> {
    first: u32,
    text: String,
    marks: Vec<Marked<'a>>,
}

/// A mark with the bytes it stands for in its piece, and what is said of it.
#[derive(Debug)]
struct Marked<'a> {
    span: Range<usize>,
    mark: &'a Mark,
    label: &'a str,
}

/// Returns what is drawn of the source, and how many lines are left out.
fn pieces<'a>(lines: &BTreeMap<u32, String>, finding: &'a Finding) -> (Vec<Piece<'a>>, usize) {
    let mut marks: Vec<&Mark> = finding.marks.iter().collect();
    marks.sort_by_key(|mark| (mark.line, mark.column));
    marks.dedup_by_key(|mark| (mark.line, mark.column, mark.raw.as_str(), mark.label.as_str()));
    // The named figure is always drawn.
    let named = marks.iter().filter(|mark| mark.named).map(|mark| mark.line);
    let all: BTreeSet<u32> = marks.iter().map(|mark| mark.line).collect();
    let others = all.iter().copied();
    let mut drawn: BTreeSet<u32> = named.take(1).collect();
    for line in others {
        if drawn.len() < MOST_LINES {
            drawn.insert(line);
        }
    }
    let left_out = all.len() - drawn.len();
    let mut pieces: Vec<Piece<'a>> = Vec::new();
    let mut last = 0;
    for line in drawn {
        let Some(printed) = lines.get(&line) else { continue };
        let far = last == 0 || MOST_FOLDED < line - last;
        if far {
            pieces.push(Piece { first: line, text: String::new(), marks: Vec::new() });
        }
        let Some(piece) = pieces.last_mut() else { continue };
        if !far {
            // Lines that are not near a marked one are folded away: their texts do not matter.
            for between in last + 1..line {
                piece.text.push('\n');
                piece.text.push_str(lines.get(&between).map_or("", String::as_str));
            }
            piece.text.push('\n');
        }
        let start = piece.text.len();
        piece.text.push_str(printed);
        for mark in marks.iter().filter(|mark| mark.line == line) {
            let span = span(printed, mark);
            let span = start + span.start..start + span.end;
            piece.marks.push(Marked { span, mark, label: label(mark, finding) });
        }
        last = line;
    }
    (pieces, left_out)
}

/// Returns what is said of a mark: in the row that the message names, its column is enough.
fn label<'a>(mark: &'a Mark, finding: &Finding) -> &'a str {
    let column = || mark.label.strip_prefix(finding.label.as_str())?.strip_prefix(" · ");
    column().filter(|_| mark.line == finding.line).unwrap_or(&mark.label)
}

/// Returns the bytes of a line that a mark stands for.
///
/// Of a line that was rewritten, or that is known by its number alone, what is printed is looked
/// for; where it is not found, or found twice, the first cell stands for it.
fn span(line: &str, mark: &Mark) -> Range<usize> {
    let offset = |characters: usize| {
        line.char_indices().nth(characters).map_or(line.len(), |(offset, _)| offset)
    };
    let known = mark.column == 1 && line.starts_with(&mark.raw);
    if 1 < mark.column || known {
        let before = mark.column as usize - 1;
        return offset(before)..offset(before.saturating_add(mark.raw.chars().count()));
    }
    let mut found = line.match_indices(&mark.raw).filter(|(_, text)| !text.is_empty());
    if let (Some((at, text)), None) = (found.next(), found.next()) {
        return at..at + text.len();
    }
    let start = line.len() - line.trim_start().len();
    let rest = line.get(start..).unwrap_or_default();
    let cell = rest.split(['\t', '|']).next().unwrap_or_default().trim_end();
    start..start + cell.len()
}

fn snippet<'a>(
    piece: &'a Piece<'a>,
    path: &'a str,
    language: Language,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let annotations = piece.marks.iter().map(|Marked { span, mark, label }| {
        let kind = if mark.named { AnnotationKind::Primary } else { AnnotationKind::Context };
        let blank = match (mark.raw.is_empty(), language) {
            (false, _) => "",
            (true, Language::English) => " (blank)",
            (true, Language::Chinese) => "（空白）",
        };
        let label = harmless(&format!("{label}{blank}"));
        kind.span(span.clone()).label((!label.is_empty()).then_some(label))
    });
    Snippet::source(piece.text.as_str())
        .line_start(piece.first as usize)
        .path(path)
        .annotations(annotations)
}

/// Tells every change that would mend the cause.
fn suggestions(findings: &[&Finding], language: Language) -> Vec<String> {
    let mut told = Vec::new();
    for one in findings.iter().filter_map(|finding| finding.suggestion.as_ref()) {
        // Seen from the row that figures belong in, a shift says nothing.
        let aside = one.kind == ChangeKind::RowShift && one.label == one.figure;
        let text = suggestion(one, language);
        if !aside && !told.contains(&text) && told.len() < MOST_SUGGESTIONS {
            told.push(text);
        }
    }
    told
}

/// Tells a change.
pub fn suggestion(suggestion: &Suggestion, language: Language) -> String {
    let Suggestion { line, label, printed, figure, kind, closes, .. } = suggestion;
    match language {
        Language::English => {
            let what = match kind {
                ChangeKind::RowShift => {
                    format!("the figures of line {line}, {label}, belong in the row {figure}")
                }
                ChangeKind::ColumnShift if figure.is_empty() => {
                    format!("`{printed}` on line {line}, {label}, belongs in another column")
                }
                _ if figure.is_empty() => {
                    format!("`{printed}` on line {line}, {label}, should not be there")
                }
                _ if printed.is_empty() => {
                    format!("line {line}, {label}, should print `{figure}`")
                }
                _ => {
                    format!("`{printed}` on line {line}, {label}, should be `{figure}`")
                }
            };
            let slip = match kind {
                ChangeKind::Digit => " (one digit is another)",
                ChangeKind::Transposition => " (two digits changed places)",
                ChangeKind::Factor => " (a power of ten)",
                ChangeKind::Sign => " (the sign)",
                ChangeKind::StaleRow => " (the row is of another year or draft)",
                ChangeKind::Missing
                | ChangeKind::Surplus
                | ChangeKind::RowShift
                | ChangeKind::ColumnShift
                | ChangeKind::Other => "",
            };
            format!("{what}{slip}: then {closes} identities that fail would hold")
        }
        Language::Chinese => {
            let what = match kind {
                ChangeKind::RowShift => {
                    format!("第{line}行“{label}”的数字应列在“{figure}”行")
                }
                ChangeKind::ColumnShift if figure.is_empty() => {
                    format!("第{line}行“{label}”的 {printed} 应列在另一栏")
                }
                _ if figure.is_empty() => format!("第{line}行“{label}”不应有 {printed}"),
                _ if printed.is_empty() => format!("第{line}行“{label}”应填 {figure}"),
                _ => format!("第{line}行“{label}”的 {printed} 应为 {figure}"),
            };
            let slip = match kind {
                ChangeKind::Digit => "（一位数字有误）",
                ChangeKind::Transposition => "（相邻数字颠倒）",
                ChangeKind::Factor => "（单位或小数点有误）",
                ChangeKind::Sign => "（正负号有误）",
                ChangeKind::StaleRow => "（该行为其他年度或稿次的数字）",
                ChangeKind::Missing
                | ChangeKind::Surplus
                | ChangeKind::RowShift
                | ChangeKind::ColumnShift
                | ChangeKind::Other => "",
            };
            format!("{what}{slip}，如此{closes}项不成立的勾稽关系即可成立")
        }
    }
}

/// Tells what else does not add up for the same cause.
fn consequences(
    document: &Checked,
    lead: &Finding,
    others: &[&Finding],
    language: Language,
) -> Vec<String> {
    let tell = |finding: &&Finding| {
        let message = language.of(&finding.message);
        let here = document.page_of(finding.line) == document.page_of(lead.line);
        let place = document.place(finding.line, language).filter(|_| !here);
        match (language, place) {
            (Language::English, None) => format!("line {}: {message}", finding.line),
            (Language::English, Some(place)) => {
                format!("line {} on {place}: {message}", finding.line)
            }
            (Language::Chinese, None) => format!("第{}行：{message}", finding.line),
            (Language::Chinese, Some(place)) => format!("{place}第{}行：{message}", finding.line),
        }
    };
    let mut told: Vec<String> = others.iter().take(MOST_CONSEQUENCES).map(tell).collect();
    let rest = others.len().saturating_sub(MOST_CONSEQUENCES);
    if 0 < rest {
        told.push(match language {
            Language::English => format!("{rest} more findings; --format json lists them"),
            Language::Chinese => format!("另有{rest}处，可用 --format json 列出"),
        });
    }
    told
}
