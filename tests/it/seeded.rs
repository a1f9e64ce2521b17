//! Plants one error in a document that adds up, and asks whether it is found and mended.
//!
//! The documents are the transcriptions in `data/` and the made-up ones of other provinces.
//! Errors are planted only in figures that identities prove in the document as it is; what is
//! reported there already is no matter. A change within rounding violates no identity and is not
//! planted.

use std::{collections::BTreeMap, fmt::Write, fs, path::Path};

use fisc::{
    accounts::{
        disclosure::Disclosure,
        figure::Figure,
        finding::Finding,
        token::{Outcome, Severity, Source, StatementKind},
    },
    run,
};

use crate::metamorphic::check::{KNOWLEDGE, transcriptions};

/// How many errors of a kind are planted in one document at most.
const PLANTS: usize = 6;

/// What goes wrong when a table is made.
const KINDS: [&str; 9] = [
    "digit",
    "transposition",
    "dropped",
    "factor",
    "sign",
    "row shift",
    "prose digit",
    "prose unit",
    "stale year",
];

/// What became of the errors of one kind.
#[derive(Clone, Copy, Debug, Default)]
struct Score {
    planted: usize,
    found: usize,
    /// Of those that two identities prove.
    provable: usize,
    suggested: usize,
    false_errors: usize,
}

/// A fixed sequence of numbers that look random: the same plants in every run.
struct Sequence(u64);

impl Sequence {
    fn next(&mut self, below: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below.max(1)
    }
}

/// A document with one planted error.
struct Plant {
    text: String,
    line: u32,
    /// The amount that was there, in yuan.
    amount: String,
    /// How many identities prove it.
    proofs: u32,
}

fn documents() -> Vec<(String, String)> {
    let mut documents = transcriptions();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    for path in paths.into_iter().map(|path| path.join("source.txt")).filter(|path| path.exists()) {
        let name = path.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        documents.push((name, fs::read_to_string(path).unwrap()));
    }
    documents
}

fn read(text: &str) -> Disclosure {
    run::disclosure("planted.txt", text.as_bytes(), &KNOWLEDGE).unwrap()
}

#[test]
fn planted_errors_are_found_and_mended() {
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    let mut misses = String::new();
    // Where blanks left no trace a wrong figure leaves its row undecided, and nothing accuses it.
    let placed = documents().into_iter().filter(|(name, _)| !name.ends_with("blanks-left-out"));
    for (name, text) in placed {
        let sound = read(&text);
        for kind in KINDS {
            let mut sequence = Sequence(0x5eed ^ u64::try_from(name.len() + kind.len()).unwrap());
            for plant in plants(kind, &text, &sound, &mut sequence) {
                let score = scores.entry(kind).or_default();
                score.planted += 1;
                let read = read(&plant.text);
                let new = new_findings(&sound, &read);
                // Rows that exchange their figures are two lines.
                let lines = plant.line..=plant.line + u32::from(kind == "row shift");
                // What is wrong with an identity that the figure is part of is the planted error.
                let part = |finding: &Finding| {
                    sound.checks.iter().any(|check| {
                        check.rule == finding.rule
                            && check.line == finding.line
                            && lines.clone().any(|line| check.evidence.contains(&line))
                    })
                };
                let at = |finding: &&&Finding| {
                    lines.clone().any(|line| finding.evidence().contains(&line))
                        || finding.suggestion.as_ref().is_some_and(|s| s.line == plant.line)
                        || part(finding)
                };
                let found = new.iter().any(|finding| at(&finding));
                score.found += usize::from(found);
                let other = new.iter().filter(|f| f.severity == Severity::Error && !at(f));
                let false_errors = other.count();
                score.false_errors += false_errors;
                let right = new.iter().filter(|finding| at(finding)).any(|finding| {
                    finding.suggestion.as_ref().is_some_and(|suggestion| {
                        (suggestion.line == plant.line
                            || kind == "row shift" && suggestion.line == plant.line + 1)
                            && (kind == "row shift"
                                || suggestion.amount_yuan.map(|a| a.normalize().to_string())
                                    == Some(plant.amount.clone()))
                    })
                });
                if 2 <= plant.proofs {
                    score.provable += 1;
                    score.suggested += usize::from(right);
                }
                if !found || (2 <= plant.proofs && !right) || 0 < false_errors {
                    let why = match (found, 0 < false_errors) {
                        (false, _) => "not found",
                        (_, true) => "false error",
                        _ => "not mended",
                    };
                    let planted =
                        plant.text.lines().nth(plant.line as usize - 1).unwrap_or_default();
                    writeln!(
                        misses,
                        "{why}: {kind} in {name}:{} ({} proofs): {planted}",
                        plant.line, plant.proofs
                    )
                    .unwrap();
                    for finding in &new {
                        writeln!(
                            misses,
                            "    {} {} {} => {:?}",
                            finding.rule,
                            finding.line,
                            finding.message.english,
                            finding.suggestion.as_ref().map(|s| (s.line, &s.figure))
                        )
                        .unwrap();
                    }
                }
            }
        }
    }
    let mut table = String::new();
    for kind in KINDS {
        let Score { planted, found, provable, suggested, false_errors } = scores[kind];
        writeln!(table, "{kind:14} planted {planted:4}  found {found:4}  provable {provable:4}  mended {suggested:4}  false errors {false_errors}").unwrap();
    }
    if let Ok(path) = std::env::var("FISC_SEEDED_MISSES") {
        fs::write(path, format!("{table}\n{misses}")).unwrap();
    }
    let sum = |one: fn(&Score) -> usize| scores.values().map(one).sum::<usize>();
    assert_eq!(sum(|s| s.false_errors), 0, "{table}\n{misses}");
    assert!(99 * sum(|s| s.planted) <= 100 * sum(|s| s.found), "{table}\n{misses}");
    assert!(90 * sum(|s| s.provable) <= 100 * sum(|s| s.suggested), "{table}\n{misses}");
}

/// Returns the findings that a document has beyond those of another, rounding left out.
fn new_findings<'a>(before: &Disclosure, after: &'a Disclosure) -> Vec<&'a Finding> {
    // Messages name the heads of columns, which can be what was changed.
    let key = |finding: &Finding| {
        (finding.rule, finding.line, finding.expected.clone(), finding.actual.clone())
    };
    let known: Vec<_> = before.findings.iter().map(key).collect();
    let moved = "figure-under-other-column";
    after
        .findings
        .iter()
        .filter(|finding| finding.severity != Severity::Rounding && finding.rule != moved)
        .filter(|finding| !known.contains(&key(finding)))
        .collect()
}

/// Plants errors of one kind.
fn plants(kind: &str, text: &str, sound: &Disclosure, sequence: &mut Sequence) -> Vec<Plant> {
    let lines: Vec<&str> = text.split('\n').collect();
    let mut plants = Vec::new();
    if kind == "stale year" {
        return stale_years(&lines, sound);
    }
    if kind.starts_with("prose") {
        let proved: Vec<_> = sound
            .statements
            .iter()
            .filter(|s| s.kind == StatementKind::Amount && !s.value.is_zero())
            .filter(|s| {
                sound.checks.iter().any(|check| {
                    check.rule == "prose-differs-from-table"
                        && check.line == s.line
                        && check.label == s.label
                        && check.actual == Some(s.value)
                        && check.difference().is_some_and(|d| d.is_zero())
                })
            })
            .collect();
        for _ in 0..PLANTS.min(proved.len()) {
            let statement = proved[sequence.next(proved.len())];
            let wrong = match kind {
                "prose unit" => statement.raw.strip_suffix("万元").map(|raw| format!("{raw}元")),
                _ => changed("digit", &statement.raw, sequence),
            };
            let Some(changed) = wrong else { continue };
            let line = lines[statement.line as usize - 1];
            let planted = replaced(line, statement.column, &statement.raw, &changed);
            let Some(planted) = planted else { continue };
            plants.push(Plant {
                text: with_line(&lines, statement.line, &planted),
                line: statement.line,
                amount: statement.value.normalize().to_string(),
                proofs: 1,
            });
        }
        return plants;
    }
    let whole = |figure: &&Figure| {
        figure.source == Source::Table
            && 0 < figure.verified_by
            && figure.repairs.is_empty()
            && !figure.amount_yuan.is_zero()
    };
    let figures: Vec<&Figure> = sound.figures.iter().filter(whole).collect();
    for _ in 0..4 * PLANTS {
        if figures.is_empty() || plants.len() == PLANTS {
            break;
        }
        let figure = figures[sequence.next(figures.len())];
        let Some(line) = lines.get(figure.line as usize - 1) else { continue };
        if kind == "row shift" {
            plants.extend(exchanged(&lines, sound, figure));
            continue;
        }
        // Where cells are told by their columns, nothing else may move.
        let aligned = !line.contains(['\t', '|', '<']);
        if kind == "dropped" && aligned && !line.contains("   ") {
            continue;
        }
        let Some(changed) = changed(kind, &figure.raw, sequence) else { continue };
        let Some(planted) = replaced(line, figure.column, &figure.raw, &changed) else { continue };
        plants.push(Plant {
            text: with_line(&lines, figure.line, &planted),
            line: figure.line,
            amount: figure.amount_yuan.normalize().to_string(),
            proofs: figure.verified_by,
        });
    }
    plants
}

/// Lets the heads of one table name the year before.
fn stale_years(lines: &[&str], sound: &Disclosure) -> Vec<Plant> {
    let Some(year) = sound.identity.fiscal_year else { return Vec::new() };
    let (now, before) = (format!("{year}"), format!("{}", year - 1));
    let mut plants = Vec::new();
    for table in &sound.tables {
        let first = sound.figures.iter().filter(|f| f.table == table.table && table.line <= f.line);
        let Some(first) = first.map(|figure| figure.line).min() else { continue };
        // A head below the title; a table that names the year before compares the two.
        let heads = table.line + 1..first;
        let named = |line: &u32| {
            let plain: String =
                lines[*line as usize - 1].chars().filter(|c| !c.is_whitespace()).collect();
            plain.contains(&format!("{now}年"))
        };
        let compares = heads.clone().any(|line| lines[line as usize - 1].contains(&before));
        let Some(head) = heads.clone().find(named).filter(|_| !compares) else { continue };
        plants.push(Plant {
            text: with_line(lines, head, &lines[head as usize - 1].replace(&now, &before)),
            line: head,
            amount: String::new(),
            proofs: 0,
        });
    }
    plants
}

/// Lets a row and the one below it exchange their figures, labels aside.
fn exchanged(lines: &[&str], sound: &Disclosure, figure: &Figure) -> Option<Plant> {
    let of = |line: u32| -> Vec<&Figure> {
        sound.figures.iter().filter(|f| f.table == figure.table && f.line == line).collect()
    };
    let (here, below) = (of(figure.line), of(figure.line + 1));
    let cells = |line: u32| -> Vec<String> {
        lines[line as usize - 1].split('\t').map(str::to_owned).collect()
    };
    let (mut a, mut b) = (cells(figure.line), cells(figure.line + 1));
    let plain = |cells: &[String]| {
        cells.iter().skip(1).all(|cell| {
            cell.trim().is_empty() || cell.trim().parse::<rust_decimal::Decimal>().is_ok()
        })
    };
    let same = here.iter().map(|f| f.amount_yuan).eq(below.iter().map(|f| f.amount_yuan));
    // Rows that only add up to the same sum may change places unnoticed.
    let told = |line: u32| {
        sound.checks.iter().any(|check| {
            check.rule == "figures-disagree"
                && check.outcome == Outcome::Exact
                && check.terms == 2
                && check.evidence.contains(&line)
        })
    };
    if below.is_empty()
        || same
        || !told(figure.line)
        || !told(figure.line + 1)
        || a.len() < 3
        || a.len() != b.len()
        || !plain(&a)
        || !plain(&b)
    {
        return None;
    }
    let width = a.len();
    a[1..width].swap_with_slice(&mut b[1..width]);
    let mut text: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    text[figure.line as usize - 1] = a.join("\t");
    text[figure.line as usize] = b.join("\t");
    Some(Plant {
        text: text.join("\n"),
        line: figure.line,
        amount: String::new(),
        proofs: here.iter().map(|f| f.verified_by).min().unwrap_or(0),
    })
}

/// Returns a printed number with an error in it; nothing where it has no room for one.
fn changed(kind: &str, raw: &str, sequence: &mut Sequence) -> Option<String> {
    let mut chars: Vec<char> = raw.chars().collect();
    // Digits before the last two: what follows could be rounding.
    let places: Vec<usize> = (0..chars.len()).filter(|at| chars[*at].is_ascii_digit()).collect();
    let high = &places[..places.len().saturating_sub(2)];
    match kind {
        "digit" => {
            let at = *high.get(sequence.next(high.len()))?;
            let digit = chars[at].to_digit(10)?;
            let other = (digit + 1 + u32::try_from(sequence.next(8)).ok()?) % 10;
            chars[at] = char::from_digit(other, 10)?;
        }
        "transposition" => {
            let pairs: Vec<usize> = high
                .windows(2)
                .filter(|pair| pair[0] + 1 == pair[1] && chars[pair[0]] != chars[pair[1]])
                .map(|pair| pair[0])
                .collect();
            let at = *pairs.get(sequence.next(pairs.len()))?;
            chars.swap(at, at + 1);
        }
        "dropped" => return Some(" ".repeat(raw.chars().count())),
        "factor" => {
            let point = chars.iter().position(|c| *c == '.')?;
            if point == 0 || !chars[..point].iter().all(char::is_ascii_digit) {
                return None;
            }
            chars.swap(point - 1, point);
            if point == 1 {
                chars.insert(0, '0');
            }
        }
        "sign" => chars.insert(0, '-'),
        _ => return None,
    }
    let changed: String = chars.into_iter().collect();
    (changed != raw).then_some(changed)
}

/// Replaces what is printed at a character of a line.
fn replaced(line: &str, column: u32, raw: &str, by: &str) -> Option<String> {
    let start = line.char_indices().nth(column.checked_sub(1)? as usize)?.0;
    let rest = line[start..].strip_prefix(raw)?;
    Some(format!("{}{by}{rest}", &line[..start]))
}

fn with_line(lines: &[&str], line: u32, by: &str) -> String {
    let mut lines = lines.to_vec();
    lines[line as usize - 1] = by;
    lines.join("\n")
}

/// Errors that the made-up documents do have: a class of 一般公共预算 that is more than all of it.
const KNOWN: &[(&str, &str)] = &[("2021-final-inner-mongolia-negatives", "part-exceeds-whole")];

#[test]
fn documents_that_add_up_are_not_accused() {
    let transcribed: Vec<String> = transcriptions().into_iter().map(|(name, _)| name).collect();
    let mut accused = Vec::new();
    for (name, text) in documents().into_iter().filter(|(name, _)| !transcribed.contains(name)) {
        let errors = read(&text).findings.into_iter().filter(|f| f.severity == Severity::Error);
        for error in errors.filter(|error| !KNOWN.contains(&(name.as_str(), error.rule))) {
            accused.push(format!("{name}:{} {}", error.line, error.message.english));
        }
    }
    assert!(accused.is_empty(), "{}", accused.join("\n"));
}
