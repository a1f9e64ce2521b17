//! Tests where statements come to stand in the cube.

use super::*;
use crate::accounts::sources::Sources;

const GENERAL: &str = "五、(二)一般公共预算财政拨款支出决算结构情况";

fn stated(section: &str, topic: Topic, label: &str, code: &str, yuan: i64) -> Statement {
    Statement {
        line: 1,
        column: 1,
        section: Some(section.to_owned()),
        topic,
        label: label.to_owned(),
        kind: StatementKind::Amount,
        value: Decimal::from(yuan),
        unit: "元".to_owned(),
        stage: Some(Stage::Final),
        fiscal_year: Some(2021),
        base_year: None,
        of: None,
        reason: None,
        names: None,
        raw: yuan.to_string(),
        class_code: Some(code.to_owned()).filter(|code| !code.is_empty()),
    }
}

fn cube(stated: &[Statement], charted: &[Statement], tables: &[TablePresence]) -> Vec<String> {
    let sources = Sources::built_in();
    let forms = Forms::read(&sources).expect("the built-in forms");
    let wording = Wording::read(&sources).expect("the built-in words");
    let identity = Identity {
        fiscal_year: Some(2021),
        stage: Some(Stage::Final),
        money_unit: Some(Unit::TenThousand),
        ..Identity::default()
    };
    let made = untabled(stated, charted, tables, &identity, &forms, &wording);
    let shown = |figure: &Figure| {
        let (table, row, flow) = (figure.table, figure.row, figure.flow);
        let (fund, nature, role) = (figure.fund, figure.nature, figure.role.as_str());
        let (label, amount) = (&figure.label, figure.amount_yuan);
        format!("{table} {row} {flow} {label} {fund} {nature} {amount} {role}")
    };
    made.figures.iter().map(shown).collect()
}

#[test]
fn the_heading_says_whose_money_it_is() {
    let basic = |section: &str| stated(section, Topic::Basic, "基本支出", "", 100);
    let check = |section: &str, expected: &str| {
        assert_eq!(cube(&[basic(section)], &[], &[]), [expected], "{section}");
    };
    check("三、支出决算情况说明", "expenditure 1 expenditure 合计 all basic 100 total");
    check(GENERAL, "general_expenditure 1 expenditure 合计 general basic 100 total");
    check(
        "六、一般公共预算财政拨款基本支出决算情况说明",
        "general_basic 1 expenditure 合计 general basic 100 total",
    );
    let none = |section: &str| assert_eq!(cube(&[basic(section)], &[], &[]), [""; 0]);
    none("二、收入决算情况说明");
    none("十、(四)项目支出绩效情况");
    none("七、“三公”经费支出决算情况说明");
}

#[test]
fn a_table_that_prints_figures_speaks_for_itself() {
    let sum = stated("一、收入支出决算总体情况", Topic::Total, "收、支总计", "", 100);
    let both = [
        "summary 1 income 收入总计 all all 100 total",
        "summary 2 expenditure 支出总计 all all 100 total",
    ];
    let summary = |figures| TablePresence { table: TableKind::Summary, line: 9, figures };
    assert_eq!(cube(std::slice::from_ref(&sum), &[], &[summary(0)]), both);
    assert_eq!(cube(&[sum], &[], &[summary(1)]), [""; 0]);
}

#[test]
fn parts_count_where_they_come_to_their_whole() {
    let item = |code: &str, yuan| stated(GENERAL, Topic::Functional, code, code, yuan);
    let roles = |statements: &[Statement]| -> Vec<String> {
        let role = |line: &String| line.rsplit(' ').next().unwrap_or_default().to_owned();
        cube(statements, &[], &[]).iter().map(role).collect()
    };
    let whole = [item("208", 600), item("2080502", 200), item("2080505", 400)];
    assert_eq!(roles(&whole), ["subtotal", "leaf", "leaf"]);
    let some = [item("208", 600_000), item("2080502", 200), item("210", 5)];
    assert_eq!(roles(&some), ["leaf", "memo", "leaf"]);
}

#[test]
fn the_first_of_several_figures_counts_and_charts_come_last() {
    let spent = |yuan| stated(GENERAL, Topic::Fund, "一般公共预算财政拨款支出", "", yuan);
    let before = Statement { fiscal_year: Some(2020), ..spent(70) };
    let older = Statement { fiscal_year: Some(2019), ..spent(60) };
    assert_eq!(
        cube(&[spent(100), spent(101), before.clone()], &[spent(102), before, older], &[]),
        [
            "general_expenditure 1 expenditure 合计 general all 100 total",
            "general_expenditure 1 expenditure 合计 general all 70 total",
        ]
    );
}
