//! The sample documents, from their bytes to who published them and what they print.

use std::{collections::BTreeMap, fmt::Write as _, fs};

use fisc::{
    accounts::{
        disclosure::Disclosure,
        figure::Figure,
        indicator::Indicator,
        sources::Sources,
        token::{Comparator, Fund, Nature, RowRole, Source, TableKind},
    },
    acquire,
    run::{self, Knowledge},
};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::program::{disclosures, repository};

#[test]
fn documents_say_who_published_them() {
    let mut text = String::new();
    for disclosure in read() {
        let identity = &disclosure.identity;
        let shown = [
            ("unit", identity.unit_name.clone()),
            ("code", identity.unit_code.clone()),
            ("scope", identity.scope.map(|scope| scope.as_str().to_owned())),
            ("units", identity.unit_count.map(|count| count.to_string())),
            ("under", identity.parent_name.clone()),
            ("its code", identity.parent_code.clone()),
            ("year", identity.fiscal_year.map(|year| year.to_string())),
            ("stage", identity.stage.map(|stage| stage.as_str().to_owned())),
            ("region", identity.region.clone()),
            ("money", identity.money_unit.map(|unit| unit.name().to_owned())),
            ("published", identity.published.clone()),
        ];
        writeln!(text, "{}", disclosure.path).unwrap();
        for (name, value) in shown {
            if let Some(value) = value {
                writeln!(text, "  {name}: {value}").unwrap();
            }
        }
    }
    insta::assert_snapshot!(text, @"
    2021-final-panzhihua-health-big-data-centre.txt
      unit: 攀枝花市健康促进和卫生大数据中心
      scope: unit
      under: 攀枝花市卫生健康委员会
      year: 2021
      stage: final
      region: 四川省攀枝花市
      money: 万元
    2023-budget-zengdu-medical-insurance-information-centre.txt
      unit: 曾都区医疗保障信息中心
      code: 032004
      scope: unit
      under: 曾都区医疗保障局
      its code: 032
      year: 2023
      stage: budget
      region: 湖北省随州市曾都区
      money: 万元
    2024-budget-jilin-health-information-centre.txt
      unit: 吉林省卫生健康信息中心
      scope: unit
      year: 2024
      stage: budget
      region: 吉林省
      money: 万元
      published: 2024-03-14
    2024-budget-jilin-medical-insurance-department.txt
      unit: 吉林省医疗保障局
      scope: department
      units: 4
      year: 2024
      stage: budget
      region: 吉林省
      money: 万元
      published: 2024-02-23
    2026-budget-jilin-medical-insurance-service-centre.txt
      unit: 吉林省医疗保障事业管理中心
      scope: unit
      under: 吉林省医疗保障局
      year: 2026
      stage: budget
      region: 吉林省
      money: 万元
      published: 2026-02-28
    ");
}

/// Each line is a table: where it begins, how many figures it has, their sum, and a digest of
/// side, key, fund, period, nature and amount of each figure. Where a sum holds and a digest
/// does not, a figure stands in another place.
#[test]
fn every_figure_is_in_its_place() {
    let mut text = String::new();
    for disclosure in read() {
        let mut by_table: BTreeMap<_, Vec<&Figure>> = BTreeMap::new();
        let printed = disclosure.figures.iter().filter(|f| f.source == Source::Table);
        for figure in printed {
            by_table.entry(figure.table).or_default().push(figure);
        }
        writeln!(text, "{}", disclosure.path).unwrap();
        for table in &disclosure.tables {
            let figures = by_table.remove(&table.table).unwrap_or_default();
            assert_eq!(figures.len(), table.figures as usize, "{table:?}");
            let sum: Decimal = figures.iter().map(|figure| figure.amount_yuan).sum();
            let mut places: Vec<String> = figures.iter().map(|figure| place(figure)).collect();
            places.sort();
            let digest = acquire::identity(places.join("\n").as_bytes());
            let digest = digest.get(..8).unwrap_or(&digest);
            let (name, count) = (table.table.as_str(), figures.len());
            writeln!(text, "  {:>3} {name:20} {count:3} {sum:>17} {digest}", table.line).unwrap();
        }
        assert_eq!(by_table, BTreeMap::new(), "figures of a table that is not there");
    }
    insta::assert_snapshot!(text, @"
    2021-final-panzhihua-health-big-data-centre.txt
      121 performance            0                 0 af1349b9
    2023-budget-zengdu-medical-insurance-information-centre.txt
      117 summary               39        3244200.00 c80ee633
      156 income                50        4325600.00 a8d32b0c
      166 expenditure           42        4326000.00 b542e04c
      187 appropriation          8        3244200.00 c02a1c81
      227 general_expenditure   70        6488800.00 14722889
      249 general_basic         63        3244400.00 68fcace2
      278 three_public           6           2400.00 6ceac427
      290 government_fund        0                 0 af1349b9
      299 projects             279        5407400.00 918476cc
      340 procurement            0                 0 af1349b9
      363 performance            0                 0 af1349b9
    2024-budget-jilin-health-information-centre.txt
       58 summary               25      149908600.00 13a27e4b
       80 income                10       64247400.00 3a41bb1e
       90 expenditure           37       87262400.00 3ecceb89
      113 appropriation         22      128494800.00 b3af92b4
      134 general_expenditure   51      117279600.00 b85c4582
      157 general_basic         69       47425800.00 91156ca8
      198 three_public           2          16400.00 2c399e0b
      217 government_fund        0                 0 af1349b9
      225 state_capital          0                 0 af1349b9
      231 projects              15       11214800.00 587dcbe9
      249 commissioned_services   8        1760000.00 209e1bb3
      259 performance            0                 0 af1349b9
    2024-budget-jilin-medical-insurance-department.txt
       47 summary               27     2051656600.00 aa9ecaa1
       69 income                30     1318922400.00 ff2f44f9
       83 expenditure           44     1172380100.00 93be2672
      108 appropriation         24     1758562800.00 91e2d736
      123 general_expenditure   65     1291556100.00 65ac20f5
      149 general_basic         72      119181000.00 b7154430
      192 three_public           4         486200.00 73c10b68
      204 government_fund        0                 0 af1349b9
      211 state_capital          0                 0 af1349b9
      218 projects              78      928013400.00 16da6c6e
      259 commissioned_services  28       14158800.00 f5f2d2ce
      281 performance            0                 0 af1349b9
      311 performance            0                 0 af1349b9
      325 performance            0                 0 af1349b9
      335 performance            0                 0 af1349b9
    2026-budget-jilin-medical-insurance-service-centre.txt
       46 summary               28      120516200.00 7fc29802
       70 income                15       77474700.00 83f87914
       83 expenditure           40       68866400.00 dcf459eb
      110 appropriation         24      126250400.00 d29b4173
      126 general_expenditure   58       83484800.00 b72e30eb
      154 general_basic         61       21927600.00 67170ab6
      193 three_public           0                 0 af1349b9
      207 government_fund        0                 0 af1349b9
      216 state_capital          0                 0 af1349b9
      225 projects              34       39486900.00 446388d9
      251 commissioned_services   0                 0 af1349b9
      268 performance            0                 0 af1349b9
    ");
}

/// `tests/golden/indicators.jsonl` is truth made by hand, every column but the place.
#[test]
fn every_indicator_is_as_printed() {
    let path = repository().join("tests/golden/indicators.jsonl");
    let mut owed: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in fs::read_to_string(path).unwrap().lines() {
        let mut row: Value = serde_json::from_str(line).unwrap();
        let document = row.as_object_mut().unwrap().remove("path").unwrap();
        owed.entry(document.as_str().unwrap().to_owned()).or_default().push(row);
    }
    for disclosure in read() {
        let owed = owed.remove(&disclosure.path).unwrap_or_default();
        let found: Vec<Value> = disclosure.indicators.iter().map(indicator).collect();
        for (found, owed) in found.iter().zip(&owed) {
            assert_eq!(found, owed, "{}", disclosure.path);
        }
        assert_eq!(found.len(), owed.len(), "{}", disclosure.path);
    }
    assert!(owed.is_empty(), "{owed:?}");
}

fn indicator(indicator: &Indicator) -> Value {
    let number = |number: Option<Decimal>| number.map(|number| format!("{number:.2}"));
    let plain = |number: Option<Decimal>| number.map(|number| number.normalize().to_string());
    json!({
        "project": indicator.project.as_deref(),
        "row_unit": indicator.row_unit.as_deref(),
        "project_amount": number(indicator.project_amount_yuan),
        "level1": indicator.level1,
        "level2": indicator.level2,
        "level3": indicator.level3,
        "explanation": indicator.explanation,
        "comparator": indicator.comparator.map(Comparator::as_str),
        "target": indicator.target,
        "target_value": plain(indicator.target_value),
        "target_unit": indicator.target_unit,
        "actual": indicator.actual,
        "weight": plain(indicator.weight),
    })
}

/// The final account has no tables: its figures are those that its sentences and charts state.
#[test]
fn what_no_table_prints_is_taken_from_the_text() {
    let mut documents = read();
    documents.retain(|document| document.path.starts_with("2021-"));
    let [document] = documents.as_slice() else { panic!("one final account") };
    let mut text = String::new();
    for figure in &document.figures {
        assert_ne!(figure.source, Source::Table, "{figure:?}");
        writeln!(text, "{}", shown(figure)).unwrap();
    }
    insta::assert_snapshot!(text, @"
     21 text summary 1  income 收入总计 all all all 7228800 total
     21 text summary 2  expenditure 支出总计 all all all 7228800 total
     25 text income 1  income 合计 all all all 7058700 total
     25 text income 1  income 合计 general all all 7058700 total
     25 text income 1  income 合计 government_fund all all 0 total
     25 text income 1  income 合计 superior all all 0 total
     25 text income 1  income 合计 business all all 0 total
     25 text income 1  income 合计 operating all all 0 total
     25 text income 1  income 合计 subsidiary all all 0 total
     25 text income 1  income 合计 other all all 0 total
     29 text expenditure 1  expenditure 合计 all all all 7228800 total
     29 text expenditure 1  expenditure 合计 all all basic 2654900 total
     29 text expenditure 1  expenditure 合计 all all project 4573900 total
     29 text expenditure 1  expenditure 合计 all all remit_superior 0 total
     29 text expenditure 1  expenditure 合计 all all operating 0 total
     29 text expenditure 1  expenditure 合计 all all subsidise_subsidiary 0 total
     37 text appropriation 1  income 收入总计 fiscal all all 7228800 total
     37 text appropriation 2  expenditure 支出总计 fiscal all all 7228800 total
     48 text general_expenditure 1  expenditure 合计 general all all 7228800 total
     59 text general_expenditure 2 210 expenditure 卫生健康支出 general all all 6875900 subtotal
     59 text general_expenditure 3 221 expenditure 住房保障支出 general all all 150400 subtotal
     59 text general_expenditure 4 208 expenditure 社会保障和就业支出 general all all 202500 subtotal
     72 text general_expenditure 5 2080502 expenditure 事业单位离退休 general all all 43200 leaf of 4
     73 text general_expenditure 6 2080505 expenditure 机关事业单位基本养老保险缴费支出 general all all 159300 leaf of 4
     75 text general_expenditure 7 2100408 expenditure 基本公共卫生服务 general all all 20000 leaf of 2
     76 text general_expenditure 8 2109999 expenditure 其他卫生健康支出 general all all 6855900 leaf of 2
     77 text general_expenditure 9 2210201 expenditure 住房公积金 general all all 150400 leaf of 3
     79 text general_basic 1  expenditure 合计 general all basic 2654900 total
     80 text general_basic 1  expenditure 合计 general all personnel 2189000 total
     80 text general_basic 2 30101 expenditure 基本工资 general all basic 467700 leaf
     80 text general_basic 3 30102 expenditure 津贴补贴 general all basic 105100 leaf
     80 text general_basic 4 30107 expenditure 绩效工资 general all basic 923300 leaf
     80 text general_basic 5 30108 expenditure 机关事业单位基本养老保险缴费 general all basic 159300 leaf
     80 text general_basic 6 30110 expenditure 职工基本医疗保险缴费 general all basic 90900 leaf
     80 text general_basic 7 30111 expenditure 公务员医疗补助 general all basic 18500 leaf
     80 text general_basic 8 30112 expenditure 其他社会保障缴费 general all basic 16600 leaf
     80 text general_basic 9 30199 expenditure 其他工资福利支出 general all basic 85300 leaf
     80 text general_basic 10 30302 expenditure 退休费 general all basic 0 leaf
     80 text general_basic 11 30305 expenditure 生活补助 general all basic 172000 leaf
     80 text general_basic 12 30307 expenditure 医疗费补助 general all basic 0 leaf
     80 text general_basic 13 30309 expenditure 奖励金 general all basic 0 leaf
     80 text general_basic 14 30113 expenditure 住房公积金 general all basic 150400 leaf
     80 text general_basic 15 30399 expenditure 其他对个人和家庭的补助支出 general all basic 0 leaf
     81 text general_basic 1  expenditure 合计 general all public 465900 total
     81 text general_basic 16 30201 expenditure 办公费 general all basic 34600 leaf
     81 text general_basic 17 30202 expenditure 印刷费 general all basic 4000 leaf
     81 text general_basic 18 30203 expenditure 咨询费 general all basic 0 leaf
     81 text general_basic 19 30204 expenditure 手续费 general all basic 400 leaf
     81 text general_basic 20 30205 expenditure 水费 general all basic 3300 leaf
     81 text general_basic 21 30206 expenditure 电费 general all basic 17000 leaf
     81 text general_basic 22 30207 expenditure 邮电费 general all basic 0 leaf
     81 text general_basic 23 30208 expenditure 取暖费 general all basic 0 leaf
     81 text general_basic 24 30209 expenditure 物业管理费 general all basic 0 leaf
     81 text general_basic 25 30211 expenditure 差旅费 general all basic 35600 leaf
     81 text general_basic 26 30213 expenditure 维修(护)费 general all basic 6900 leaf
     81 text general_basic 27 30214 expenditure 租赁费 general all basic 0 leaf
     81 text general_basic 28 30215 expenditure 会议费 general all basic 0 leaf
     81 text general_basic 29 30216 expenditure 培训费 general all basic 7700 leaf
     81 text general_basic 30 30217 expenditure 公务接待费 general all basic 0 leaf
     81 text general_basic 31 30226 expenditure 劳务费 general all basic 246600 leaf
     81 text general_basic 32 30227 expenditure 委托业务费 general all basic 12000 leaf
     81 text general_basic 33 30228 expenditure 工会经费 general all basic 24600 leaf
     81 text general_basic 34 30229 expenditure 福利费 general all basic 57200 leaf
     81 text general_basic 35 30231 expenditure 公务用车运行维护费 general all basic 15800 leaf
     81 text general_basic 36 30299 expenditure 其他商品和服务支出 general all basic 0 leaf
     81 text general_basic 37 31007 expenditure 信息网络及软件购置 general all basic 0 leaf
     83 text three_public 1  expenditure total fiscal all all 15800 total
     85 text three_public 2  expenditure abroad fiscal all all 0 leaf
     85 text three_public 3  expenditure vehicles fiscal all all 15800 subtotal
     85 text three_public 4  expenditure reception fiscal all all 0 leaf
     96 text three_public 5  expenditure vehicle_purchase fiscal all all 0 leaf of 3
     97 text three_public 6  expenditure vehicle_operation fiscal all all 15800 leaf of 3
    102 text government_fund 1  expenditure 合计 government_fund all all 0 total
    104 text state_capital 1  expenditure 合计 state_capital all all 0 total
    107 text operating_costs 1  expenditure 合计 general all public 0 total
    109 text procurement 1  expenditure 合计 all all all 5000 total
    109 text procurement 2  expenditure 政府采购货物支出 all all all 5000 leaf
    109 text procurement 3  expenditure 政府采购工程支出 all all all 0 leaf
    109 text procurement 4  expenditure 政府采购服务支出 all all all 0 leaf
    296 chart appropriation 1  income 收入总计 fiscal all all 4303700 total
    296 chart appropriation 2  expenditure 支出总计 fiscal all all 4303700 total
    302 chart general_expenditure 1  expenditure 合计 general all all 4303700 total
    ");

    let leaves = |table: TableKind, codes: &[&str]| -> Decimal {
        let own = |figure: &&Figure| {
            let code = figure.class_code.as_deref().unwrap_or_default();
            figure.table == table
                && figure.is_leaf
                && figure.source == Source::Text
                && codes.iter().any(|begin| code.starts_with(begin))
        };
        document.figures.iter().filter(own).map(|figure| figure.amount_yuan).sum()
    };
    let total = |table: TableKind, fund: Fund, nature: Nature| {
        let own = |figure: &&Figure| {
            figure.table == table
                && figure.role == RowRole::Total
                && figure.source == Source::Text
                && (figure.fund, figure.nature) == (fund, nature)
        };
        document.figures.iter().find(own).unwrap().amount_yuan
    };
    let general = |nature: Nature| total(TableKind::GeneralBasic, Fund::General, nature);
    // A figure of the list is rounded by up to 50 yuan.
    let close = |sum: Decimal, total: Decimal, parts: i64| {
        (sum - total).abs() <= Decimal::from(50 * (parts + 1))
    };
    let personnel = leaves(TableKind::GeneralBasic, &["301", "303"]);
    let public = leaves(TableKind::GeneralBasic, &["302", "310"]);
    assert!(close(personnel, general(Nature::Personnel), 14), "{personnel}");
    assert!(close(public, general(Nature::Public), 22), "{public}");
    assert!(close(personnel + public, general(Nature::Basic), 36), "{personnel} and {public}");
    let spent = total(TableKind::GeneralExpenditure, Fund::General, Nature::All);
    assert_eq!(leaves(TableKind::GeneralExpenditure, &["2"]), spent);
    assert_eq!(total(TableKind::Expenditure, Fund::All, Nature::All), spent);
}

/// Returns a figure of the text in a line.
fn shown(figure: &Figure) -> String {
    let parent = figure.parent_row.map_or(String::new(), |row| format!(" of {row}"));
    format!(
        "{:>3} {} {} {} {} {} {}{parent}",
        figure.line,
        figure.source.as_str(),
        figure.table.as_str(),
        figure.row,
        figure.class_code.as_deref().unwrap_or_default(),
        place(figure),
        figure.role.as_str(),
    )
}

fn place(figure: &Figure) -> String {
    let key = figure.code.as_deref().unwrap_or(&figure.label);
    let amount = figure.amount_yuan.normalize();
    let (flow, fund) = (figure.flow.as_str(), figure.fund.as_str());
    let (period, nature) = (figure.period.as_str(), figure.nature.as_str());
    format!("{flow} {key} {fund} {period} {nature} {amount}")
}

pub(crate) fn read() -> Vec<Disclosure> {
    let knowledge = Knowledge::read(&Sources::built_in()).unwrap();
    let one = |path: &std::path::PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        run::disclosure(name, &fs::read(path).unwrap(), &knowledge).unwrap()
    };
    disclosures().iter().map(one).collect()
}
