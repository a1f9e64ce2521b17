//! Runs the commands of README.md and compares its printed results and tables with the program.
//!
//! A block that begins with ```` ```sh test ```` is run; a ```` ```text printed ```` after it
//! is what it prints to standard output. One that begins with ```` ```sh test exits 1 ```` ends
//! with that code.

use std::{fs, process::Command};

use arrow::datatypes::{DataType, Field};
use fisc::{
    accounts::{columns, schema::Dataset, sources::Sources},
    reconcile::{rule::Rule, rules::RULES},
    tabulate::analysis::Analysis,
};

use crate::program::{Folder, repository};

/// `fisc` and `cargo run --` are the program under test; nothing else may be run.
const SHELL: &str = r#"
fisc() { "$FISC" "$@"; }
cargo() { test "$1 $2" = "run --" && shift 2 && "$FISC" "$@"; }
"#;

#[test]
fn the_commands_work_and_print_what_is_shown() {
    let folder = Folder::with_data("readme");
    folder.fisc(&["run"]).ended(0);
    // A page of it is drawn.
    let drawn =
        "tests/rendered/2024-budget-jilin-medical-insurance-department.typst-ruled-portrait.pdf";
    folder.write(drawn, &fs::read(repository().join(drawn)).unwrap());
    let blocks = blocks(&readme());
    let mut shown = 0;
    for (at, (info, script)) in blocks.iter().enumerate() {
        let Some(end) = info.strip_prefix("sh test") else {
            let untested = info == "sh" && script.trim() != "cargo test";
            assert!(!untested, "a block of commands that no test runs:\n{script}");
            continue;
        };
        let code = end.strip_prefix(" exits ").map_or(0, |code| code.parse().unwrap());
        let script = format!("set -eu\n{SHELL}\n{script}");
        let run = folder
            .run(Command::new("sh").args(["-c", &script]).env("FISC", env!("CARGO_BIN_EXE_fisc")));
        run.ended(code);
        if let Some((info, expected)) = blocks.get(at + 1)
            && info == "text printed"
        {
            let ends = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
            assert_eq!(ends(&run.out), ends(expected), "{script}");
            shown += 1;
        }
    }
    let printed = blocks.iter().filter(|(info, _)| info == "text printed").count();
    assert_eq!(shown, printed, "a printed result follows its command");
    assert!(0 < shown, "no command was run");
}

#[test]
fn the_tables_of_columns_are_those_of_the_schema() {
    let readme = readme();
    for dataset in Dataset::ALL {
        let schema = dataset.schema();
        let expected: Vec<[String; 2]> =
            schema.fields().iter().map(|field| [field.name().clone(), kind(field)]).collect();
        let rows = table(&readme, &format!("columns: {}", dataset.as_str()));
        let written: Vec<[String; 2]> =
            rows.iter().map(|row| [row[0].clone(), row[1].clone()]).collect();
        assert_eq!(written, expected, "the columns of {}", dataset.as_str());
        for row in &rows {
            // The cells of a table come without the backticks at their ends.
            let said = columns::description(dataset.as_str(), &row[0]);
            let said = said.map(|text| text.trim_matches('`'));
            assert_eq!(row.get(2).map(String::as_str), said, "{}.{}", dataset.as_str(), row[0]);
        }
        let title = columns::title(dataset.as_str()).unwrap();
        let heading = format!("### `{}`: {title}\n", dataset.as_str());
        assert!(readme.contains(&heading), "{heading}");
    }
}

#[test]
fn the_table_of_analyses_is_that_of_the_files() {
    let mut expected: Vec<Vec<String>> = Analysis::all(&Sources::built_in())
        .unwrap()
        .into_iter()
        .map(|analysis| vec![analysis.name, analysis.title])
        .collect();
    expected.sort();
    assert_eq!(table(&readme(), "analyses"), expected);
}

#[test]
fn the_table_of_rules_is_that_of_the_program() {
    let row = |rule: &&Rule| {
        vec![rule.name.to_owned(), rule.severity.to_string(), rule.summary.to_owned()]
    };
    let expected: Vec<Vec<String>> = RULES.iter().map(row).collect();
    assert_eq!(table(&readme(), "rules"), expected);
}

/// Returns the words for a column's type.
fn kind(field: &Field) -> String {
    let kind = match field.data_type() {
        DataType::Boolean => "true or false".to_owned(),
        DataType::Date32 => "date".to_owned(),
        DataType::Decimal128(precision, scale) => format!("decimal({precision}, {scale})"),
        DataType::Int32 => "integer".to_owned(),
        DataType::Int64 => "long integer".to_owned(),
        DataType::List(item) if item.data_type() == &DataType::Utf8 => "list of texts".to_owned(),
        DataType::List(_) => "list of integers".to_owned(),
        DataType::Utf8 => "text".to_owned(),
        other => panic!("{other} has no word in README.md"),
    };
    if field.is_nullable() { format!("{kind}, null") } else { kind }
}

fn readme() -> String {
    fs::read_to_string(repository().join("README.md")).unwrap()
}

/// Returns the fenced blocks: what stands after the fence, and the text.
fn blocks(readme: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in readme.lines() {
        match (line.strip_prefix("```"), open.as_mut()) {
            (Some(info), None) => open = Some((info.to_owned(), String::new())),
            (Some(_), Some(_)) => found.extend(open.take()),
            (None, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => (),
        }
    }
    assert!(open.is_none(), "a block is not closed");
    found
}

/// Returns the rows of the table after a comment, as cells without backticks.
fn table(readme: &str, name: &str) -> Vec<Vec<String>> {
    let (_, rest) = readme
        .split_once(&format!("<!-- {name} -->\n"))
        .unwrap_or_else(|| panic!("README.md has no table `{name}`"));
    let cell = |cell: &str| cell.trim().trim_matches('`').to_owned();
    rest.trim_start()
        .lines()
        .take_while(|line| line.starts_with('|'))
        .skip(2)
        .map(|line| line.trim_matches('|').split('|').map(cell).collect())
        .collect()
}
