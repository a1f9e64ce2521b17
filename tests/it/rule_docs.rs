//! Puts the examples of the rules' pages through the program: what passes gives no finding of
//! the rule, what fails gives one.

use std::collections::BTreeSet;

use fisc::{
    accounts::{disclosure::Disclosure, excerpt::Excerpt, sources::Sources, token::Severity},
    reconcile::{self, rules::RULES},
    run::{self, Knowledge},
};

/// The headings of a page, in their order.
const HEADINGS: [&str; 4] =
    ["What it checks", "Why it must hold", "How close is equal", "Examples"];

/// Rules that prove and never accuse, so that no document fails them.
const ONLY_PROVE: &[&str] = &["project-amount-differs"];

#[test]
fn every_rule_has_a_name_and_a_page() {
    let mut names = BTreeSet::new();
    for rule in RULES {
        let kebab = rule.name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        assert!(kebab && !rule.name.starts_with('-'), "{}", rule.name);
        assert!(names.insert(rule.name), "two rules are called {}", rule.name);
        assert!(!rule.summary.is_empty() && !rule.summary_chinese.is_empty(), "{}", rule.name);
        let headings: Vec<&str> =
            rule.doc.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, HEADINGS, "the page of {}", rule.name);
        let first = rule.doc.lines().next().unwrap_or_default();
        assert!(first.ends_with('.'), "the page of {} begins with a sentence", rule.name);
        for section in rule.doc.split("\n## ").skip(1) {
            let said = section.lines().skip(1).any(|line| !line.trim().is_empty());
            assert!(
                said,
                "the page of {} says nothing under {:?}",
                rule.name,
                section.lines().next()
            );
        }
    }
}

#[test]
fn the_examples_pass_and_fail_as_the_pages_say() {
    let knowledge = Knowledge::read(&Sources::built_in()).unwrap();
    let mut wrong = Vec::new();
    for rule in RULES {
        let found = |document: &str| {
            let one = |text: &str| run::disclosure("example.txt", text.as_bytes(), &knowledge);
            // Rules across documents have several in one example.
            let read: Vec<Disclosure> =
                document.split("~~~\n").map(|text| one(text).unwrap()).collect();
            let excerpts: Vec<Excerpt> = read.iter().map(reconcile::excerpt).collect();
            let regions = &knowledge.classes.regions;
            let across = reconcile::across(&excerpts, &knowledge.units, regions);
            let owed = across.owed.into_iter().filter_map(|owed| owed.finding);
            let findings = read.into_iter().flat_map(|read| read.findings).chain(owed);
            let counts = |severity| matches!(severity, Severity::Error | Severity::Notice);
            let mut own = findings.filter(|finding| finding.rule == rule.name);
            own.find(|finding| counts(finding.severity)).map(|finding| finding.message.english)
        };
        let (passes, fails) = (examples(rule.doc, "passes"), examples(rule.doc, "fails"));
        if passes.is_empty() || fails.is_empty() != ONLY_PROVE.contains(&rule.name) {
            wrong.push(format!("{}: an example is missing", rule.name));
        }
        for document in passes {
            if let Some(message) = found(&document) {
                wrong.push(format!("{}: what should pass fails: {message}", rule.name));
            }
        }
        for document in fails {
            if found(&document).is_none() {
                wrong.push(format!("{}: what should fail passes:\n{document}", rule.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns the fenced documents of a kind.
fn examples(page: &str, kind: &str) -> Vec<String> {
    let open = format!("```{kind}\n");
    let blocks = page.split(open.as_str()).skip(1);
    blocks.map(|rest| rest.split("```").next().unwrap_or_default().to_owned()).collect()
}
