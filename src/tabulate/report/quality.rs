//! Makes the sections about errors: what does not add up, and how well was read.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::{
    error::Result,
    store::counts::Counted,
    tabulate::{
        engine::Engine,
        report::{
            drawing::shortened,
            grid::{Grid, literal},
            links::Links,
            quantity::Quantity,
            table::{source, table, unit},
        },
    },
};

/// The most findings of the list.
const FINDINGS: usize = 100;
/// The most documents whose quality is shown.
const DOCUMENTS: usize = 30;
/// The most places of a message.
const MESSAGE: usize = 240;

/// What can become of an identity.
const OUTCOMES: [&str; 4] = ["exact", "rounding", "fails", "unchecked"];

/// The severities, the worst first.
const SEVERITIES: [&str; 3] = ["error", "notice", "rounding"];

/// What does not add up.
pub fn findings(engine: &mut Engine, links: &Links) -> Result<Markup> {
    let rules = crossed(engine.findings()?, &SEVERITIES);
    let all = engine.findings()?.values().map(|n| Quantity::of(*n));
    let all = all.fold(Quantity::ZERO, Quantity::plus);
    // The documents of the first, by the few columns that order them; then all of these.
    let first = format!(
        "SELECT severity, path, line FROM findings ORDER BY severity, path, line LIMIT {FINDINGS}"
    );
    let first = Grid::ask(engine, "findings", &first)?;
    let mut paths: Vec<String> = first.rows().map(|row| literal(&row.text("path"))).collect();
    paths.sort();
    paths.dedup();
    let within = if paths.is_empty() { "''".to_owned() } else { paths.join(", ") };
    let sql = format!(
        "SELECT d.unit_name, f.severity, f.rule, f.message, f.message_chinese, f.doc_id, f.path, \
         f.line FROM findings f JOIN documents d ON f.doc_id = d.doc_id AND f.path = d.path \
         WHERE f.path IN ({within}) AND d.path IN ({within}) \
         ORDER BY f.severity, f.path, f.line, f.rule, f.message LIMIT {FINDINGS}"
    );
    let list = Grid::ask(engine, "findings", &sql)?;
    Ok(html! {
        p {
            "What " code { "fisc check" } " draws in the source; " code { "fisc explain RULE" }
            " tells what a rule checks."
        }
        (rules)
        h3 { "The worst " (list.rows().len()) " of " (all.plain()) }
        div class="box tall" {
            table class="findings" {
                thead { tr {
                    th { "severity" } th { "unit" } th { "message" } th { "source" }
                } }
                tbody {
                    @for row in list.rows() {
                        @let (name, severity) = (row.text("unit_name"), row.text("severity"));
                        tr {
                            td { span class={ "tag " (severity) } { (severity) } }
                            td { (unit(&name, &name, links)) }
                            td class="text" {
                                span title=(row.text("message_chinese")) {
                                    (shortened(&row.text("message"), MESSAGE))
                                }
                                br;
                                code { (row.text("rule")) }
                            }
                            td { (source(&row, links)) }
                        }
                    }
                }
            }
        }
        p class="more" { "All: " code { "fisc query \"SELECT * FROM findings\"" } }
    })
}

/// How well documents disclose, and how well they were read.
pub fn quality(engine: &mut Engine, links: &Links) -> Result<Markup> {
    let checks = crossed(engine.checks()?, &OUTCOMES);
    let sql = format!(
        "SELECT unit_name, fiscal_year, stage, tables, amounts, statements, indicators, \
         findings, gaps, numbers, numbers_unread, doc_id, path FROM documents \
         ORDER BY findings DESC, numbers_unread DESC, path, doc_id LIMIT {DOCUMENTS}"
    );
    let worst = Grid::ask(engine, "documents", &sql)?;
    Ok(html! {
        div class="cards" {
            section class="card" {
                h3 { "Identities by rule" }
                p { "Every identity that a document owes, and what became of it." }
                (checks)
            }
            section class="card" {
                h3 { "Documents with the most findings and unread numbers" }
                (table(&worst, links, &[], &[], DOCUMENTS))
            }
        }
    })
}

/// Writes a row a rule, with a column for each of some tokens.
fn crossed(counted: &Counted, tokens: &[&str]) -> Markup {
    let mut rules: BTreeMap<&str, BTreeMap<&str, Quantity>> = BTreeMap::new();
    for ((rule, token), count) in counted {
        rules.entry(rule).or_default().insert(token, Quantity::of(*count));
    }
    html! {
        div class="box" {
            table {
                thead { tr {
                    th { "rule" }
                    @for token in tokens { th class="n" { (token) } }
                } }
                tbody {
                    @for (rule, counts) in &rules {
                        tr {
                            td { (rule) }
                            @for token in tokens {
                                td class="n" {
                                    @if let Some(n) = counts.get(*token) { (n.plain()) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
