//! Makes small disclosures for the tests of `store` and `tabulate`.

use std::{env, fs, path::Path, process};

use rust_decimal::Decimal;

use crate::accounts::{
    check::Check,
    disclosure::{Disclosure, Identity, TablePresence},
    excerpt::Across,
    figure::Figure,
    finding::{Finding, Mark, Message, Suggestion},
    gap::{Gap, GapKind},
    indicator::Indicator,
    statement::{Statement, Whole},
    tally::Tally,
    token::{
        ChangeKind, Comparator, Flow, Fund, Level, Matched, NameRole, Nature, Outcome, Period,
        Repair, RowRole, Scope, Severity, Source, Stage, StatementKind, TableKind, Topic,
    },
    unit::{Registry, Unit, UnitName},
};

/// Runs a test in a warehouse of its own, and removes it.
pub(crate) fn in_a_warehouse(name: &str, test: impl FnOnce(&Path)) {
    let warehouse = env::temp_dir().join(format!("fisc-{}-{name}", process::id()));
    test(&warehouse);
    fs::remove_dir_all(&warehouse).expect("the test made it");
}

/// Returns a department, one of its units, and a document that says little of itself.
pub(crate) fn disclosures() -> Vec<Disclosure> {
    let mut department = disclosure("c3", "省卫生健康委员会", Scope::Department);
    department.identity.unit_count = Some(2);
    let mut unit = disclosure("a1", "省卫生健康信息中心", Scope::Unit);
    unit.identity.parent_name = Some("省卫生健康委员会".to_owned());
    unit.identity.parent_code = Some("361".to_owned());
    let mut nameless = disclosure("b2", "", Scope::Unit);
    nameless.identity = Identity::default();
    for figure in &mut nameless.figures {
        figure.fiscal_year = None;
    }
    vec![department, unit, nameless]
}

/// Returns what [`disclosures`] come to together: their units and the names of these.
pub(crate) fn across() -> Across<'static> {
    Across { owed: Vec::new(), registry: registry() }
}

fn registry() -> Registry<'static> {
    let unit = |name: &str, parent: Option<&str>| Unit {
        id: format!("000000-{name}").into(),
        other_ids: Vec::new(),
        name: name.to_owned(),
        aliases: vec![format!("{name}(本级)"), "\"又名\"".to_owned()],
        codes: vec!["361".to_owned()],
        region_code: None,
        region: None,
        level: Some(Level::Province),
        parent_id: parent.map(|parent| format!("000000-{parent}")),
        parent_name: parent.map(str::to_owned),
        documents: 1,
        first_year: Some(2024),
        last_year: Some(2024),
    };
    let name = |(doc_id, path), role: NameRole, name| UnitName {
        doc_id,
        path,
        line: None,
        role,
        name,
        code: None,
        unit_id: Some(format!("000000-{name}").into()),
        matched: Matched::Name,
        candidates: Vec::new(),
    };
    let (department, centre) = ("省卫生健康委员会", "省卫生健康信息中心");
    Registry {
        units: vec![unit(centre, Some(department)), unit(department, None)],
        names: vec![
            name(("a1", "a1.txt"), NameRole::Publisher, centre),
            name(("a1", "a1.txt"), NameRole::Parent, department),
            name(("c3", "c3.txt"), NameRole::Publisher, department),
        ],
    }
}

fn disclosure(doc_id: &str, unit_name: &str, scope: Scope) -> Disclosure {
    let figures = vec![
        figure(TableKind::Income, 1, None, "合计", "10707900.00", Nature::All),
        figure(TableKind::Expenditure, 1, None, "合计", "10707900.00", Nature::All),
        figure(TableKind::Expenditure, 2, Some("208"), "社会保障和就业支出", "0.01", Nature::All),
        figure(TableKind::Expenditure, 3, Some("2080505"), "养老支出", "0.01", Nature::All),
        figure(TableKind::Expenditure, 4, Some("2109999"), "其他", "10707899.99", Nature::All),
        figure(TableKind::ThreePublic, 1, Some("total"), "合计", "8200.00", Nature::All),
    ];
    Disclosure {
        doc_id: doc_id.to_owned(),
        path: format!("{doc_id}.txt"),
        bytes: 25_000,
        encoding: "UTF-8",
        lines: 400,
        pages: Vec::new(),
        identity: Identity {
            title: Some(format!("{unit_name}2024年预算")),
            unit_name: Some(unit_name.to_owned()),
            scope: Some(scope),
            fiscal_year: Some(2024),
            stage: Some(Stage::Budget),
            published: Some("2024-03-14".to_owned()),
            ..Identity::default()
        },
        tables: vec![
            TablePresence { table: TableKind::Income, line: 1, figures: 1 },
            TablePresence { table: TableKind::GovernmentFund, line: 90, figures: 0 },
        ],
        figures,
        statements: vec![Statement {
            line: 307,
            column: 21,
            section: Some("收入预算情况".to_owned()),
            topic: Topic::Current,
            label: "本年收入".to_owned(),
            kind: StatementKind::Share,
            value: Decimal::new(7_380, 2),
            unit: "%".to_owned(),
            stage: Some(Stage::Budget),
            fiscal_year: Some(2024),
            base_year: None,
            of: Some(Whole::Topic(Topic::IncomeTotal)),
            reason: None,
            raw: "73.80%".to_owned(),
            class_code: None,
            names: None,
        }],
        indicators: vec![Indicator {
            line: 276,
            column: 90,
            project: Some("数据统计管理".into()),
            project_amount_yuan: Some(Decimal::new(45_000_000, 2)),
            level3: Some("业务培训次数".to_owned()),
            comparator: Some(Comparator::AtLeast),
            target: Some(">=1 次".to_owned()),
            target_value: Some(Decimal::ONE),
            target_unit: Some("次".to_owned()),
            weight: Some(Decimal::from(20)),
            ..Indicator::default()
        }],
        checks: vec![Check {
            rule: "row-differs-from-columns",
            table: Some(TableKind::Expenditure),
            line: 108,
            label: "社会保障和就业支出".to_owned(),
            outcome: Outcome::Fails,
            expected: Some(Decimal::new(299_900_000, 2)),
            actual: Some(Decimal::new(299_390_000, 2)),
            tolerance: Some(Decimal::ONE_HUNDRED),
            terms: 2,
            evidence: vec![108],
            reason: None,
        }],
        findings: vec![Finding {
            rule: "row-differs-from-columns",
            severity: Severity::Error,
            table: Some(TableKind::Expenditure),
            line: 108,
            column: 14,
            label: "社会保障和就业支出".to_owned(),
            expected: Some("2999000".to_owned()),
            actual: Some("2993900".to_owned()),
            difference: Some(Decimal::from(-5_100)),
            message: Message { english: "…".to_owned(), chinese: "…".to_owned() },
            marks: vec![Mark {
                line: 108,
                column: 14,
                raw: "299.39".to_owned(),
                label: "合计".to_owned(),
                named: true,
            }],
            suggestion: Some(Suggestion {
                line: 108,
                column: 21,
                label: "社会保障和就业支出".to_owned(),
                printed: "299.9".to_owned(),
                figure: "299.39".to_owned(),
                amount_yuan: Some(Decimal::from(2_993_900)),
                kind: ChangeKind::Other,
                closes: 3,
            }),
            cause: 1,
        }],
        gaps: vec![Gap {
            line: 7,
            column: 3,
            token: "见附件".to_owned(),
            kind: GapKind::NotAnAmount,
            table: Some(TableKind::Income),
        }],
        tally: Tally { numbers: 9, facts: 7, named: 1, told: 0, unread: 1 },
    }
}

/// Makes one figure of a budget of 2024; rows without a code or with a short one are sums.
pub(crate) fn figure(
    table: TableKind,
    row: u32,
    code: Option<&str>,
    label: &str,
    amount: &str,
    nature: Nature,
) -> Figure {
    let role = match code {
        None | Some("total") => RowRole::Total,
        Some(code) if code.len() < 5 => RowRole::Subtotal,
        Some(_) => RowRole::Leaf,
    };
    let standard = code.filter(|code| code.starts_with(|first: char| first.is_ascii_digit()));
    Figure {
        table,
        line: 100 + row,
        column: 8,
        row,
        flow: if table == TableKind::Income { Flow::Income } else { Flow::Expenditure },
        code: code.map(str::to_owned),
        class_code: standard.map(str::to_owned),
        label: label.to_owned(),
        label_raw: format!(" {label}"),
        row_unit: None,
        fund: if table == TableKind::ThreePublic { Fund::General } else { Fund::All },
        period: Period::All,
        nature,
        stage: Stage::Budget,
        fiscal_year: Some(2024),
        amount_yuan: amount.parse::<Decimal>().expect("a decimal"),
        raw: amount.to_owned(),
        source: Source::Table,
        repairs: vec![Repair::Moved, Repair::SplitNumber],
        role,
        parent_row: None,
        is_leaf: role == RowRole::Leaf,
        verified_by: 2,
    }
}
