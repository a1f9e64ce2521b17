//! Writes the report: pages that need no network, no program but a browser, and no JavaScript.
//!
//! Whatever the warehouse holds, the report stays small: each section shows the first of its
//! rows and says how many more there are and which query gets them. A section that cannot be
//! made says why and stops no other.

pub mod analyses;
pub mod crossed;
pub mod drawing;
pub mod grid;
pub mod links;
pub mod quality;
pub mod quantity;
pub mod sections;
pub mod table;
pub mod units;

use std::path::Path;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::{
    accounts::sources::Sources,
    error::Result,
    store::layout,
    tabulate::{
        analysis::Analysis,
        engine::Engine,
        report::{
            links::Links,
            units::{PAGES, Units},
        },
    },
};

/// The look of every page; what is written inside is not escaped.
const STYLE: &str = include_str!("style.css");

/// Sorts tables by a click on their heads; the pages are whole without it.
const SCRIPT: &str = include_str!("script.js");

/// A page of the report.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Page {
    /// Its file, relative to the snapshot.
    pub file: String,
    /// Its text.
    pub html: String,
}

type Section = fn(&mut Engine, &Links) -> Result<Markup>;

/// The sections before the units: anchor, name in both languages, and what makes them.
const BEFORE: [(&str, &str, &str, Section); 5] = [
    ("overview", "Overview", "总览", sections::overview),
    ("coverage", "Coverage", "覆盖", sections::coverage),
    ("rankings", "Rankings", "排名", sections::rankings),
    ("trends", "Trends", "趋势", sections::trends),
    ("structure", "Structure", "结构", sections::structure),
];

/// The sections after the units.
const AFTER: [(&str, &str, &str, Section); 2] = [
    ("findings", "Findings", "问题", quality::findings),
    ("quality", "Disclosure quality", "公开质量", quality::quality),
];

/// Makes every page of the report over the tables in a snapshot's folder.
///
/// `warehouse` is where readers will open it, which its links to documents depend on.
pub fn pages(snapshot: &Path, warehouse: &Path, sources: &Sources) -> Result<Vec<Page>> {
    let mut engine = Engine::open(snapshot)?;
    let folder = layout::current(warehouse).join(layout::REPORT);
    let units = units::collect(&mut engine);
    let mut links = Links::from(&folder);
    let mut within = Links::from(&folder.join("units"));
    let mut pages = Vec::new();
    if let Ok(units) = &units {
        for unit in &units.paged {
            for name in [&unit.name, &unit.key] {
                links.units.insert(name.clone(), format!("units/{}", unit.address()));
                within.units.insert(name.clone(), unit.address());
            }
        }
        for unit in &units.paged {
            let main = html! {
                p { a href="../index.html" { "← Report" } }
                section class="card unit" { (units::body(unit, &within)) }
            };
            let html = page(&unit.name, &[], &main);
            pages.push(Page { file: format!("{}/units/{}", layout::REPORT, unit.file()), html });
        }
    }
    let html = index(&mut engine, units, &links, sources)?;
    pages.insert(0, Page { file: format!("{}/index.html", layout::REPORT), html });
    Ok(pages)
}

/// Makes the report of the current snapshot as one page, to be opened from a folder.
pub fn single(warehouse: &Path, folder: &Path, sources: &Sources) -> Result<String> {
    let mut engine = Engine::open(&layout::current_snapshot(warehouse)?)?;
    let units = units::collect(&mut engine);
    index(&mut engine, units, &Links::from(folder), sources)
}

fn index(
    engine: &mut Engine,
    units: Result<Units>,
    links: &Links,
    sources: &Sources,
) -> Result<String> {
    let mut parts: Vec<(&str, &str, &str, Markup)> = Vec::new();
    let made = |result: Result<Markup>| {
        result.unwrap_or_else(|error| {
            html! { p class="broken" { "This section could not be made. " (error.to_string()) } }
        })
    };
    for (anchor, name, chinese, section) in BEFORE {
        parts.push((anchor, name, chinese, made(section(engine, links))));
    }
    let units = made(units.map(|units| units::section(&units, links)));
    parts.push(("units", "Units", "单位", units));
    for (anchor, name, chinese, section) in AFTER {
        parts.push((anchor, name, chinese, made(section(engine, links))));
    }
    let mut analyses = Analysis::all(sources)?;
    // What each document comes to alone is what the others are made of.
    analyses.retain(|analysis| !analysis.by_document);
    let shown: Vec<Markup> =
        analyses.iter().map(|analysis| made(analyses::section(engine, analysis, links))).collect();
    let analyses = html! {
        p {
            "Each is a table for " code { "fisc query" } " and a file in " code { "marts/" }
            ", made by the SQL of the same name; add a file and it stands here."
        }
        ul class="names" {
            @for analysis in &analyses {
                li { a href={ "#analysis-" (analysis.name) } { (analysis.title) } }
            }
        }
        @for section in shown { (section) }
    };
    parts.push(("analyses", "Analyses", "分析", analyses));
    let main = html! {
        @for (anchor, name, chinese, body) in &parts {
            section class="part" id=(anchor) {
                h2 { (name) " " span { (chinese) } }
                (body)
            }
        }
    };
    let contents: Vec<(String, &str)> =
        parts.iter().map(|(anchor, name, ..)| (format!("#{anchor}"), *name)).collect();
    Ok(page("Budgets and final accounts 预算与决算", &contents, &main))
}

fn page(title: &str, contents: &[(String, &str)], main: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="generator" content={ "fisc " (env!("CARGO_PKG_VERSION")) };
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (title) }
                    @if !contents.is_empty() {
                        nav { @for (address, name) in contents { a href=(address) { (name) } } }
                    }
                }
                main { (main) }
                footer {
                    p {
                        "Amounts are exact in the tables; here they are rounded, and the exact "
                        "yuan are in the title of each. Links lead to the documents as they were "
                        "read. At most " (PAGES) " units have pages. For an official figure, go "
                        "to the unit’s own publication."
                    }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
    .into_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        store::{
            files::Files,
            samples,
            snapshot::{KEEP, Warehouse},
        },
        tabulate::marts,
    };

    #[test]
    fn every_section_is_made_and_the_same_every_time() {
        samples::in_a_warehouse("report", |warehouse| {
            let sources = Sources::built_in();
            let open = Warehouse::open(warehouse, Files::default()).expect("a warehouse");
            let mut writer = open.begin().expect("a writer");
            writer.write(&samples::disclosures()).expect("written");
            writer.write_across(&samples::across()).expect("written");
            marts(&mut writer, &sources);
            let made = pages(writer.folder(), warehouse, &sources).expect("pages");
            let again = pages(writer.folder(), warehouse, &sources).expect("pages");
            assert_eq!(made, again);
            writer.publish(KEEP).expect("published");
            let index = made.first().map(|page| page.html.as_str()).unwrap_or_default();
            assert!(!index.contains("class=\"broken\""), "{index}");
            for (anchor, ..) in BEFORE.iter().chain(&AFTER) {
                assert!(index.contains(&format!("id=\"{anchor}\"")), "{anchor}");
            }
            for analysis in Analysis::all(&sources).expect("analyses") {
                assert!(
                    analysis.by_document
                        || index.contains(&format!("id=\"analysis-{}\"", analysis.name))
                );
            }
            assert!(
                index.contains("title=\"10,707,900.00 元\"") && index.contains("1,070.79 万元")
            );
            assert!(1 < made.len() && made.iter().all(|page| page.file.starts_with("report/")));
            let alone = single(warehouse, Path::new("."), &sources).expect("one page");
            assert!(!alone.contains("href=\"units/") && !alone.contains("class=\"broken\""));
        });
    }

    #[test]
    fn nothing_is_fetched_and_colours_are_those_of_the_drawings() {
        for text in [STYLE, SCRIPT] {
            let fetches = ["http", "url(", "@import", "fetch", "import("];
            assert!(fetches.iter().all(|word| !text.contains(word)));
        }
        for colour in drawing::colour_names() {
            assert!(STYLE.contains(&format!("\"{colour}\" i]")), "{colour}");
        }
    }
}
