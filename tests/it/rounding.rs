//! Asks that rounding is never an error, and that an error never hides as rounding.
//!
//! Budgets are made up in fen and printed in ten thousands with two decimals: every figure is
//! rounded by itself, as the people who publish do.

use std::fmt::Write;

use fisc::{
    accounts::token::{Outcome, Severity},
    run,
};
use proptest::prelude::*;

use crate::{metamorphic::check::KNOWLEDGE, robustness::config};

/// One class: its basic and its project expenditure in yuan. None is so small that it would be
/// printed as nothing.
type Class = (i64, i64);

/// Prints yuan in ten thousands with two decimals.
fn printed(yuan: i64) -> i64 {
    (yuan + 50).div_euclid(100)
}

fn shown(hundreds: i64) -> String {
    format!("{}.{:02}", hundreds / 100, hundreds % 100)
}

/// Prints a table of expenditure; `error` is added to one printed figure, counted through.
fn table(classes: &[Class], error: Option<(usize, i64)>) -> String {
    let mut count = 0;
    let mut cell = |yuan: i64| {
        let wrong = error.filter(|(at, _)| *at == count).map_or(0, |(_, by)| by);
        count += 1;
        shown(printed(yuan) + wrong)
    };
    let mut text = String::from(
        "某某局2024年部门预算\n\n支出总表\n\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n",
    );
    for (code, (basic, project)) in (201..).zip(classes) {
        let total = cell(basic + project);
        writeln!(text, "{code}\t第{code}类支出\t{total}\t{}\t{}", cell(*basic), cell(*project))
            .unwrap();
    }
    let sum = |one: fn(&Class) -> i64| classes.iter().map(one).sum::<i64>();
    let (basic, project) = (sum(|c| c.0), sum(|c| c.1));
    let total = cell(basic + project);
    writeln!(text, "合计\t\t{total}\t{}\t{}", cell(basic), cell(project)).unwrap();
    text
}

fn classes() -> impl Strategy<Value = Vec<Class>> {
    prop::collection::vec((100_i64..1_000_000_000, 100_i64..1_000_000_000), 2..20)
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn rounding_is_never_an_error(classes in classes()) {
        let text = table(&classes, None);
        let read = run::disclosure("rounded.txt", text.as_bytes(), &KNOWLEDGE).unwrap();
        prop_assert_eq!(read.figures.len(), 3 * (classes.len() + 1));
        let worse: Vec<_> = read.findings.iter().filter(|f| f.severity != Severity::Rounding).collect();
        prop_assert!(worse.is_empty(), "{text}\n{worse:?}");
        let held = |outcome| matches!(outcome, Outcome::Exact | Outcome::Rounding);
        let row = |name: &str| read.checks.iter().filter(|c| c.rule == name && held(c.outcome)).count();
        prop_assert_eq!(row("row-differs-from-columns"), classes.len() + 1);
        prop_assert_eq!(row("total-differs-from-items"), 3);
    }

    #[test]
    fn an_error_never_hides_as_rounding(classes in classes(), at in any::<prop::sample::Index>(), minus in any::<bool>()) {
        // More than rounding explains in the longest sum, with all its own rounding against it.
        let terms = i64::try_from(classes.len()).unwrap() + 1;
        let by = if minus { -(terms + 1) } else { terms + 1 };
        let at = at.index(3 * (classes.len() + 1));
        let text = table(&classes, Some((at, by)));
        prop_assume!(!text.contains('-'));
        let read = run::disclosure("wrong.txt", text.as_bytes(), &KNOWLEDGE).unwrap();
        let found = read.findings.iter().any(|finding| finding.severity == Severity::Error);
        prop_assert!(found, "{text}\n{:?}", read.findings);
    }
}
