//! Reads performance forms in the layouts of several provinces, and asks that a list gives the
//! same indicators however it is printed. Units, projects and figures are invented.

use std::{fmt::Write as _, sync::Arc};

use fisc::{accounts::indicator::Indicator, run};

use crate::{metamorphic::check::KNOWLEDGE, program::disclosures};

/// Reads the indicators of a document.
fn read(text: &str) -> Vec<Indicator> {
    run::disclosure("form.txt", text.as_bytes(), &KNOWLEDGE).unwrap().indicators
}

/// Shows indicators: project, unit, amount, goal; levels; target and what it says; actual, weight.
fn shown(indicators: &[Indicator]) -> String {
    let mut shown = String::new();
    let mut last = String::new();
    for i in indicators {
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "·".into());
        let once = |text: &Option<Arc<str>>| text.as_deref().unwrap_or("·").to_owned();
        let number = |number: Option<rust_decimal::Decimal>| {
            number.map_or_else(|| "·".into(), |number| number.normalize().to_string())
        };
        let (project, unit, goal) = (once(&i.project), once(&i.row_unit), once(&i.goal));
        let head = format!("{project} / {unit} / {} / {goal}", number(i.project_amount_yuan));
        if head != last {
            writeln!(shown, "{head}").unwrap();
            last = head;
        }
        let levels = [&i.level1, &i.level2, &i.level3, &i.explanation].map(text).join(" / ");
        let comparator = i.comparator.map_or("·", |comparator| comparator.as_str());
        let (target, actual) = (text(&i.target), text(&i.actual));
        let (value, unit) = (number(i.target_value), text(&i.target_unit));
        let weight = number(i.weight);
        writeln!(shown, "  {levels}: {target} = {comparator} {value} {unit}; {actual}; {weight}")
            .unwrap();
    }
    shown
}

/// A self-evaluation, of which there are two in the document.
const EVALUATION: &str = "\
某市测试局2023年部门决算

项目支出绩效自评表

（2023年度）

| 项目名称 | 设备维护 | | | | | | |
|---|---|---|---|---|---|---|---|
| 主管部门 | 某市测试局 | | | 实施单位 | 某市测试中心 | | |
| 项目资金（万元） | | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分 |
| | 年度资金总额 | 100.00 | 110.00 | 90.00 | 10 | 81.82% | 8.18 |
| | 其中：当年财政拨款 | 100.00 | 110.00 | 90.00 | — | | — |
| 年度总体目标 | 预期目标 | | | | 实际完成情况 | | |
| | 保障设备运行。 | | | | 已完成。 | | |
| 绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 |
| | 产出指标 | 数量指标 | 维护设备数量 | ≥120台 | 118台 | 20 | 19.5 |
| | | 质量指标 | 设备完好率 | ≥98% | 98.5% | 20 | 20 |
| | 效益指标 | 社会效益指标 | 服务群众人次 | 1,200人次 | 1300人次 | 30 | 30 |
| | 满意度指标 | 服务对象满意度指标 | 群众满意度 | 95%以上 | 97% | 10 | 10 |
| 总分 | | | | | | 100 | 97.68 |

项目支出绩效自评表

（2023年度）

| 项目名称 | 宣传经费 | | | | | | |
|---|---|---|---|---|---|---|---|
| 主管部门 | 某市测试局 | | | 实施单位 | 某市测试局本级 | | |
| 项目资金（万元） | | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分 |
| | 年度资金总额 | 5.00 | 5.00 | 4.00 | 10 | 80% | 8 |
| 年度总体目标 | 预期目标 | | | | 实际完成情况 | | |
| | 做好宣传。 | | | | 已完成。 | | |
| 绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 |
| | 产出指标 | 数量指标 | 印制手册 | 不少于500册 | 500册 | 50 | 50 |
";

/// Prints a form of pipes as a converter prints one of a word processor: a cell a line.
fn one_cell_a_line(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines().filter(|line| !line.starts_with("|---")) {
        match line.strip_prefix('|').and_then(|line| line.strip_suffix('|')) {
            Some(row) => {
                for cell in row.split('|') {
                    writeln!(out, "\t{}", cell.trim()).unwrap();
                }
                out.push('\n');
            }
            None => writeln!(out, "{line}").unwrap(),
        }
    }
    out
}

#[test]
fn self_evaluations_are_read_as_rows_and_one_cell_a_line() {
    let rows = shown(&read(EVALUATION));
    insta::assert_snapshot!(rows, @"
    设备维护 / 某市测试中心 / 1100000 / 保障设备运行。
      产出指标 / 数量指标 / 维护设备数量 / ·: ≥120台 = >= 120 台; 118台; 20
      产出指标 / 质量指标 / 设备完好率 / ·: ≥98% = >= 98 %; 98.5%; 20
      效益指标 / 社会效益指标 / 服务群众人次 / ·: 1,200人次 = · 1200 人次; 1300人次; 30
      满意度指标 / 服务对象满意度指标 / 群众满意度 / ·: 95%以上 = >= 95 %; 97%; 10
    宣传经费 / 某市测试局本级 / 50000 / 做好宣传。
      产出指标 / 数量指标 / 印制手册 / ·: 不少于500册 = >= 500 册; 500册; 50
    ");
    assert_eq!(shown(&read(&one_cell_a_line(EVALUATION))), rows);
}

#[test]
fn a_number_that_is_no_indicator_is_a_gap() {
    let read = run::disclosure("form.txt", EVALUATION.as_bytes(), &KNOWLEDGE).unwrap();
    let mut gaps = String::new();
    for gap in &read.gaps {
        writeln!(gaps, "{}: {} {}", gap.line, gap.token, gap.kind.as_str()).unwrap();
    }
    insta::assert_snapshot!(gaps, @"
    11: 90.00 not_yet_read
    11: 10 not_yet_read
    11: 81.82 unclaimed
    11: 8.18 not_yet_read
    12: 100.00 not_yet_read
    12: 110.00 not_yet_read
    12: 90.00 not_yet_read
    16: 19.5 not_yet_read
    17: 20 not_yet_read
    18: 30 not_yet_read
    19: 10 not_yet_read
    20: 100 not_yet_read
    20: 97.68 not_yet_read
    30: 4.00 not_yet_read
    30: 10 not_yet_read
    30: 80 unclaimed
    30: 8 not_yet_read
    34: 50 not_yet_read
    ");
}

#[test]
fn units_and_projects_may_share_a_column_and_signs_have_their_own() {
    let text = "\
云南省测试厅2024年部门预算

项目支出绩效目标表（本次下达）

单位：万元

单位名称、项目名称\t项目年度绩效目标\t一级指标\t二级指标\t三级指标\t指标性质\t指标值\t度量单位\t指标属性\t指标内容
1\t2\t3\t4\t5\t6\t7\t8\t9\t10
云南省测试厅\t\t\t\t\t\t\t\t\t
  网络运维经费\t保障网络运行\t\t\t\t\t\t\t\t
\t\t产出指标\t\t\t\t\t\t\t
\t\t\t数量指标\t\t\t\t\t\t
\t\t\t\t维护次数\t>=\t12\t次\t定量指标\t反映维护次数
\t\t\t质量指标\t\t\t\t\t\t
\t\t\t\t故障率\t<=\t5\t%\t定量指标\t反映故障率
  培训经费\t完成培训\t\t\t\t\t\t\t\t
\t\t产出指标\t\t\t\t\t\t\t
\t\t\t数量指标\t\t\t\t\t\t
\t\t\t\t培训人次\t>=\t200\t人次\t定量指标\t反映培训人次
";
    insta::assert_snapshot!(shown(&read(text)), @"
    网络运维经费 / 云南省测试厅 / · / 保障网络运行
      产出指标 / 数量指标 / 维护次数 / 反映维护次数: 12 = >= 12 次; ·; ·
      产出指标 / 质量指标 / 故障率 / 反映故障率: 5 = <= 5 %; ·; ·
    培训经费 / 云南省测试厅 / · / 完成培训
      产出指标 / 数量指标 / 培训人次 / 反映培训人次: 200 = >= 200 人次; ·; ·
    ");
}

#[test]
fn a_form_may_have_indicators_without_levels() {
    let text = "\
重庆市测试中心2024年单位预算

项目绩效目标表

编制单位：重庆市测试中心\t项目名称\t信息化建设\t业务主管部门\t重庆市测试局
预算执行率权重\t10\t项目分类\t一般性项目
当年预算(万元)\t335.60\t本级安排(万元)\t335.60
当年绩效目标\t完成建设
绩效指标
指标名称\t指标权重\t计量单位\t指标性质\t指标值\t是否核心指标
系统数量\t20\t套\t＝\t1\t是
可用率\t30\t%\t≥\t99.5\t否
";
    insta::assert_snapshot!(shown(&read(text)), @"
    信息化建设 / 重庆市测试中心 / 3356000 / 完成建设
      · / · / 系统数量 / ·: 1 = = 1 套; ·; 20
      · / · / 可用率 / ·: 99.5 = >= 99.5 %; ·; 30
    ");
}

#[test]
fn forms_of_all_spending_take_their_total() {
    let text = "\
某县测试局2024年部门预算

部门整体支出绩效目标表

（2024年度）

部门（单位）名称\t某县测试局
年度主要任务\t任务名称\t主要内容\t预算金额（万元）
\t\t\t总额\t财政拨款\t其他资金
\t任务1\t基本保障\t50.00\t50.00\t
\t金额合计\t\t150.00\t140.00\t10.00
年度总体目标\t目标1：做好工作。
年度绩效指标\t一级指标\t二级指标\t三级指标\t指标值
\t产出指标\t数量指标\t开会次数\t≥10次
\t\t质量指标\t完成率\t100%
\t满意度指标\t服务对象满意度指标\t满意度\t≥90%
";
    insta::assert_snapshot!(shown(&read(text)), @"
    部门整体支出 / 某县测试局 / 1500000 / 目标1:做好工作。
      产出指标 / 数量指标 / 开会次数 / ·: ≥10次 = >= 10 次; ·; ·
      产出指标 / 质量指标 / 完成率 / ·: 100% = · 100 %; ·; ·
      满意度指标 / 服务对象满意度指标 / 满意度 / ·: ≥90% = >= 90 %; ·; ·
    ");
}

// One list, printed in many ways

const TITLE: &str = "项目支出绩效目标表";

const HEADER: &[&str] = &[
    "单位名称",
    "项目名称",
    "年度资金总额（万元）",
    "年度绩效目标",
    "一级指标",
    "二级指标",
    "三级指标",
    "指标解释",
    "指标值",
    "权重",
];

/// The rows of a list; merged cells are blank.
fn list() -> Vec<Vec<String>> {
    const ROWS: &[&str] = &[
        "某省测试中心,设备维护,65.00,保障运行,成本指标,经济成本指标,维护费,维护费用,<=40 万,20",
        ",,,,产出指标,数量指标,巡检次数,巡检的次数,>=240 次,10",
        ",,,,,,扫描次数,扫描的次数,>=6 次,10",
        ",,,,,质量指标,完成率,报告的完成率,100%,20",
        ",,,,效益指标,社会效益指标,信息安全,有关的要求,有效保障,20",
        ",培训经费,8.5,办好培训,产出指标,数量指标,培训次数,培训的次数,>=2 次,50",
        ",,,,满意度指标,服务对象满意度指标,学员满意度,学员的满意度,≥95%,40",
        "某省测试学校,宣传经费,20,做好宣传,产出指标,时效指标,完成时间,完成的时间,8月底前,90",
    ];
    ROWS.iter().map(|row| row.split(',').map(str::to_owned).collect()).collect()
}

/// Prints rows of cells in some way.
type Print = fn(&[String]) -> String;

fn tabs(row: &[String]) -> String {
    row.join("\t")
}

fn pipes(row: &[String]) -> String {
    format!("| {} |", row.join(" | "))
}

fn html(row: &[String]) -> String {
    let escaped = |cell: &String| cell.replace('<', "&lt;").replace('>', "&gt;");
    let cells: Vec<String> = row.iter().map(|cell| format!("<td>{}</td>", escaped(cell))).collect();
    format!("<table><tr>{}</tr></table>", cells.concat())
}

fn header() -> Vec<String> {
    HEADER.iter().map(|cell| (*cell).to_owned()).collect()
}

/// Prints a document whose list goes on, under `again`, after each of some rows.
fn document(rows: &[Vec<String>], print: Print, breaks: &[usize], again: &str) -> String {
    let mut text = format!("某省测试中心2024年单位预算\n\n{TITLE}\n\n{}\n", print(&header()));
    for (at, row) in rows.iter().enumerate() {
        if breaks.contains(&at) {
            writeln!(text, "{again}{}", print(&header())).unwrap();
        }
        writeln!(text, "{}", print(row)).unwrap();
    }
    text
}

/// Returns indicators without their places.
fn placeless(mut indicators: Vec<Indicator>) -> Vec<Indicator> {
    for indicator in &mut indicators {
        (indicator.line, indicator.column) = (0, 0);
    }
    indicators
}

fn same(text: &str) {
    let plain = placeless(read(&document(&list(), tabs, &[], "")));
    assert_eq!(shown(&placeless(read(text))), shown(&plain), "{text}");
}

#[test]
fn lists_fill_their_merged_cells_down() {
    insta::assert_snapshot!(shown(&read(&document(&list(), tabs, &[], ""))), @"
    设备维护 / 某省测试中心 / 650000 / 保障运行
      成本指标 / 经济成本指标 / 维护费 / 维护费用: <=40 万 = <= 40 万; ·; 20
      产出指标 / 数量指标 / 巡检次数 / 巡检的次数: >=240 次 = >= 240 次; ·; 10
      产出指标 / 数量指标 / 扫描次数 / 扫描的次数: >=6 次 = >= 6 次; ·; 10
      产出指标 / 质量指标 / 完成率 / 报告的完成率: 100% = · 100 %; ·; 20
      效益指标 / 社会效益指标 / 信息安全 / 有关的要求: 有效保障 = · · ·; ·; 20
    培训经费 / 某省测试中心 / 85000 / 办好培训
      产出指标 / 数量指标 / 培训次数 / 培训的次数: >=2 次 = >= 2 次; ·; 50
      满意度指标 / 服务对象满意度指标 / 学员满意度 / 学员的满意度: ≥95% = >= 95 %; ·; 40
    宣传经费 / 某省测试学校 / 200000 / 做好宣传
      产出指标 / 时效指标 / 完成时间 / 完成的时间: 8月底前 = · · ·; ·; 90
    ");
}

#[test]
fn lists_may_be_of_pipes_or_html() {
    same(&document(&list(), pipes, &[], ""));
    same(&document(&list(), html, &[], ""));
}

#[test]
fn merged_cells_may_be_repeated_in_each_row() {
    let mut rows = list();
    for at in 1..rows.len() {
        let above = rows[at - 1].clone();
        // A new first level has no second one of the rows above, and a new project no level.
        for column in 0..6 {
            if rows[at][column].is_empty() {
                rows[at][column].clone_from(&above[column]);
            }
        }
    }
    for print in [tabs, pipes, html] {
        same(&document(&rows, print, &[], ""));
    }
}

#[test]
fn lists_may_go_on_over_pages_under_their_header() {
    for at in 1..list().len() {
        for print in [tabs as Print, pipes] {
            same(&document(&list(), print, &[at], "\n- 12 -\n\n"));
            same(&document(&list(), print, &[at], &format!("\n{TITLE}\n\n")));
            same(&document(&list(), print, &[at], &format!("\n{TITLE}（续）\n\n")));
        }
    }
    same(&document(&list(), tabs, &[2, 3, 6], "\n"));
}

#[test]
fn rows_may_stand_some_cells_too_far_left_or_right() {
    let plain = list();
    // With both levels every cell after them has one place.
    for at in [1, 4, 6] {
        for shift in 1..=4 {
            let mut rows = plain.clone();
            rows[at].drain(..shift);
            same(&document(&rows, tabs, &[], ""));
        }
    }
    for shift in 1..=3 {
        let mut rows = plain.clone();
        for _ in 0..shift {
            rows[1].insert(0, String::new());
        }
        same(&document(&rows, tabs, &[], ""));
    }
    // The cells of a row may be torn apart where they lost those between them.
    let mut rows = plain.clone();
    let cells: Vec<String> = rows[3].iter().filter(|cell| !cell.is_empty()).cloned().collect();
    rows[3] = cells;
    same(&document(&rows, tabs, &[], ""));
}

#[test]
fn goals_and_names_may_go_on_after_a_page_break() {
    let whole = read(&document(&list(), tabs, &[], ""));
    let mut rows = list();
    rows[0][1] = "设备".into();
    rows[0][3] = "保障".into();
    rows[2][1] = "维护".into();
    rows[2][3] = "运行".into();
    let torn = read(&document(&rows, tabs, &[2], "\n"));
    assert_eq!(shown(&torn), shown(&whole));
}

#[test]
fn every_document_in_another_dialect_has_the_same_indicators() {
    for path in disclosures() {
        let text = std::fs::read_to_string(&path).unwrap();
        // One cell a line is a layout of tabs alone.
        if text.lines().filter(|line| line.starts_with('\t')).count() > text.lines().count() / 5
            && text.lines().all(|line| line.split('\t').count() < 8)
        {
            continue;
        }
        let piped: Vec<String> = text
            .lines()
            .map(|line| {
                let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
                if 1 < cells.len() { pipes(&cells) } else { line.to_owned() }
            })
            .collect();
        let (plain, piped) = (placeless(read(&text)), placeless(read(&piped.join("\n"))));
        assert_eq!(shown(&piped), shown(&plain), "{}", path.display());
    }
}
