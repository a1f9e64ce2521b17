//! Analyses over several documents: a department and its units, one unit through the years.

use std::fs;

use crate::program::{Folder, repository};

/// The unit that the samples hold a document of its own of, and its department's.
const UNIT: &str = "data/disclosures/2026-budget-jilin-medical-insurance-service-centre.txt";
const DEPARTMENT: &str = "data/disclosures/2024-budget-jilin-medical-insurance-department.txt";

/// Publishes documents; each is a path in the repository and what is replaced in it.
fn published(name: &str, documents: &[(&str, &[(&str, &str)])]) -> Folder {
    let folder = Folder::new(name);
    fs::create_dir(folder.path("in")).unwrap();
    for (at, (path, replaced)) in documents.iter().enumerate() {
        let mut text = fs::read_to_string(repository().join(path)).unwrap();
        for (from, to) in *replaced {
            assert!(text.contains(from), "{path} says nothing of {from}");
            text = text.replace(from, to);
        }
        fs::write(folder.path(&format!("in/{at}.txt")), text).unwrap();
    }
    folder.fisc(&["run", "--input", "in"]).ended(0);
    folder
}

fn answer(folder: &Folder, sql: &str) -> String {
    let output = folder.fisc(&["query", sql, "--format", "csv"]);
    output.ended(0);
    output.out
}

/// As if the unit had published in the year of its department's document.
const SAME_YEAR: &[(&str, &[(&str, &str)])] =
    &[(DEPARTMENT, &[]), (UNIT, &[("2025", "2023"), ("2026", "2024")])];

#[test]
fn a_department_with_a_unit_of_its_own_document_is_counted_once() {
    let folder = published("once", SAME_YEAR);
    assert_eq!(
        answer(
            &folder,
            "SELECT unit_name, scope, part, expenditure, printed_expenditure FROM unit_year_overview"
        ),
        "unit_name,scope,part,expenditure,printed_expenditure\n\
         吉林省医疗保障事业管理中心,unit,unit,8608300.00,8608300.00\n\
         吉林省医疗保障局,department,rest,137938600.00,146546900.00\n"
    );
    // Whatever is summed comes to what the department's document says, as without the unit's.
    let alone = published("alone", &[(DEPARTMENT, &[])]);
    for sql in [
        "SELECT SUM(income) AS a, SUM(expenditure) AS b, SUM(basic) AS c, SUM(project) AS d, \
         SUM(personnel) AS e, SUM(public) AS f, SUM(carryover) AS g FROM unit_year_overview",
        "SELECT class_code, SUM(amount) AS amount FROM function_class_by_unit_year \
         GROUP BY class_code HAVING SUM(amount) <> 0 ORDER BY class_code",
        "SELECT class_code, SUM(amount) AS amount FROM economic_class_by_unit_year \
         GROUP BY class_code ORDER BY class_code",
        "SELECT SUM(amount) AS amount, SUM(carryover) AS carryover FROM project_register",
        "SELECT SUM(amount) AS amount FROM consolidation",
        "SELECT SUM(counted_total) AS total FROM three_public_by_unit_year",
        "SELECT SUM(counted_carryover) AS carryover FROM carryover_by_unit_year",
    ] {
        assert_eq!(answer(&folder, sql), answer(&alone, sql), "{sql}");
    }
}

#[test]
fn a_department_and_its_unit_are_set_against_each_other() {
    let folder = published("against", SAME_YEAR);
    assert_eq!(
        answer(
            &folder,
            "SELECT unit_name, status, listed_amount, own_amount, difference, amount \
             FROM consolidation ORDER BY unit_id"
        ),
        "unit_name,status,listed_amount,own_amount,difference,amount\n\
         吉林省医疗保障事业管理中心,differs,12770100.00,8608300.00,-4161800.00,12770100.00\n\
         吉林省医疗保障局,no_own_document,42070500.00,,,42070500.00\n\
         吉林省医药价格指导中心,no_own_document,4623800.00,,,4623800.00\n\
         吉林省社会医疗保险管理局,no_own_document,87082600.00,,,87082600.00\n\
         ,residual,,,,-100.00\n"
    );
    // The rule says the same, of the same two figures.
    let findings = answer(
        &folder,
        "SELECT line, expected, actual FROM findings WHERE rule = 'unit-differs-from-department'",
    );
    assert_eq!(findings, "line,expected,actual\n80,8608300.00,12770100.00\n");
}

#[test]
fn a_unit_goes_through_the_years_from_several_documents() {
    let folder = published("years", &[(DEPARTMENT, &[]), (UNIT, &[])]);
    assert_eq!(
        answer(
            &folder,
            "SELECT fiscal_year, amount, source, stated_amount, stated_change FROM unit_series \
             WHERE unit_name = '吉林省医疗保障事业管理中心' AND measure = 'current'"
        ),
        "fiscal_year,amount,source,stated_amount,stated_change\n\
         2024,9942400.00,department_document,,\n\
         2025,12803000.00,derived,7065300.00,-5737700.00\n\
         2026,7065300.00,own_document,,\n"
    );
}

#[test]
fn of_two_issues_the_newest_counts_and_both_are_kept() {
    let folder = published(
        "issues",
        &[
            (UNIT, &[]),
            (UNIT, &[("二〇二六年二月二十八日", "二〇二六年三月十五日"), ("860.83", "870.83")]),
        ],
    );
    assert_eq!(
        answer(&folder, "SELECT path, is_latest, counted FROM filings ORDER BY path"),
        "path,is_latest,counted\nin/0.txt,false,false\nin/1.txt,true,true\n"
    );
    assert_eq!(
        answer(&folder, "SELECT income, path FROM unit_year_overview"),
        "income,path\n8708300.00,in/1.txt\n"
    );
}

#[test]
fn documents_of_nobody_known_are_no_units_of_a_region() {
    let folder = Folder::new("nobody");
    fs::create_dir(folder.path("in")).unwrap();
    for (file, amount) in [("a", "10.00"), ("b", "20.00"), ("c", "30.00")] {
        let text = format!(
            "2024年预算\n部门收支总表\n单位：万元\n收入\t\t支出\t\n项目\t预算数\t项目\t预算数\n\
             一般公共预算拨款收入\t{amount}\t社会保障和就业支出\t{amount}\n\
             收入总计\t{amount}\t支出总计\t{amount}\n"
        );
        fs::write(folder.path(&format!("in/{file}.txt")), text).unwrap();
    }
    folder.fisc(&["run", "--input", "in"]).ended(0);
    assert_eq!(
        answer(
            &folder,
            "SELECT region, documents, units, units_named_without_document \
             FROM coverage_by_region_and_year"
        ),
        "region,documents,units,units_named_without_document\n,3,3,0\n"
    );
}
