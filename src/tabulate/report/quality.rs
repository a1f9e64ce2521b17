//! Makes the sections about errors: what does not add up, and how well was read.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::{
    error::Result,
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
    let sql = "SELECT rule, severity, COUNT(*) AS n FROM findings GROUP BY rule, severity \
               ORDER BY rule, severity";
    let rules = Grid::ask(engine, "findings", sql)?;
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
    let all = rules.rows().filter_map(|row| row.number("n")).fold(Quantity::ZERO, Quantity::plus);
    Ok(html! {
        p {
            "What " code { "fisc check" } " draws in the source; " code { "fisc explain RULE" }
            " tells what a rule checks."
        }
        (crossed(&rules, "severity", &SEVERITIES))
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
    let sql = "SELECT rule, outcome, COUNT(*) AS n FROM checks GROUP BY rule, outcome \
               ORDER BY rule, outcome";
    let checks = Grid::ask(engine, "checks", sql)?;
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
                (crossed(&checks, "outcome", &OUTCOMES))
            }
            section class="card" {
                h3 { "Documents with the most findings and unread numbers" }
                (table(&worst, links, &[], &[], DOCUMENTS))
            }
        }
    })
}

/// Writes a row a rule, with a column for each of some tokens.
fn crossed(grid: &Grid, column: &str, tokens: &[&str]) -> Markup {
    let mut rules: BTreeMap<String, BTreeMap<String, Quantity>> = BTreeMap::new();
    for row in grid.rows() {
        let n = row.number("n").unwrap_or_default();
        rules.entry(row.text("rule")).or_default().insert(row.text(column), n);
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
