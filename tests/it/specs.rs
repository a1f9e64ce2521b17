//! A file that says what the program does not know is refused with file, line and key; one
//! that says something new works without a change of the program.

use std::{fmt::Write as _, fs};

use fisc::{
    accounts::sources::Sources,
    run::{self, Knowledge, job::Job},
};

use crate::program::{files, repository};

#[test]
fn the_built_in_files_are_read() {
    Knowledge::read(&Sources::built_in()).unwrap();
    let job = Job::read(None).unwrap();
    assert_eq!(job.warehouse.to_str(), Some("warehouse"));
}

/// The first word of a file's name says what it is, its first line what the message must name
/// besides the file.
#[test]
fn what_is_not_known_is_refused_with_file_line_and_key() {
    let mut wrong = String::new();
    let invalid = files(&repository().join("tests/specs/invalid"));
    assert!(!invalid.is_empty(), "there is nothing to refuse");
    for path in invalid {
        let name = path.file_name().unwrap().to_str().unwrap();
        let spec = fs::read_to_string(&path).unwrap();
        let first = spec.lines().next().and_then(|line| line.strip_prefix("# refused for: "));
        let said = first.unwrap_or_else(|| panic!("{name} does not say what it is refused for"));
        let (file, outcome) = match name.split(['-', '.']).next() {
            Some("job") => (name, Job::read(Some(&path)).map(drop)),
            Some("form") => (name, with(&format!("forms/{name}"), &spec).map(drop)),
            Some("words") => ("forms/words.toml", with("forms/words.toml", &spec).map(drop)),
            Some("performance") => ("performance.toml", with("performance.toml", &spec).map(drop)),
            _ => panic!("{name}: neither a job, a form, words nor performance words"),
        };
        match outcome {
            Ok(()) => writeln!(wrong, "{name} is accepted").unwrap(),
            Err(error) => {
                let message = error.to_string();
                let named = said.split('"').skip(1).step_by(2).chain([file]);
                for missing in named.filter(|part| !message.contains(part)) {
                    writeln!(wrong, "{name} is refused without naming {missing}: {message}")
                        .unwrap();
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_new_form_is_a_file_and_no_code() {
    let folder = repository().join("tests/specs/valid");
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let knowledge = with("forms/form-new-title.toml", &read("form-new-title.toml")).unwrap();
    let printed = read("form-new-title.txt");
    let figures = |knowledge: &Knowledge| {
        let read = run::disclosure("new-title.txt", printed.as_bytes(), knowledge).unwrap();
        let shown = |figure: &fisc::accounts::figure::Figure| {
            let (table, nature) = (figure.table.as_str(), figure.nature.as_str());
            format!("{table} {} {nature} {}", figure.label, figure.amount_yuan)
        };
        read.figures.iter().map(shown).collect::<Vec<_>>()
    };
    assert_eq!(figures(&Knowledge::read(&Sources::built_in()).unwrap()), [""; 0]);
    insta::assert_snapshot!(figures(&knowledge).join("\n"), @"
    expenditure 一般公共服务支出 all 300000.00
    expenditure 一般公共服务支出 basic 200000.00
    expenditure 一般公共服务支出 project 100000.00
    expenditure 档案事务 all 300000.00
    expenditure 档案事务 basic 200000.00
    expenditure 档案事务 project 100000.00
    expenditure 档案馆 all 300000.00
    expenditure 档案馆 basic 200000.00
    expenditure 档案馆 project 100000.00
    expenditure 合计 all 300000.00
    expenditure 合计 basic 200000.00
    expenditure 合计 project 100000.00
    ");
}

fn with(path: &str, text: &str) -> fisc::Result<Knowledge> {
    let mut sources = Sources::built_in();
    sources.overlay(path.to_owned(), text.to_owned());
    Knowledge::read(&sources)
}
