//! What `check` and `explain` print: findings drawn in the source, for programs, and by line.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::program::{Folder, Output};

/// Two slips: 卫生健康支出 in the first table should be 40.00, the last figure of 教育支出 30.00.
const WRONG: &str = "某市教育局2024年部门预算

收支总表

单位：万元
项目	预算数	项目	预算数
一、一般公共预算拨款收入	100.00	一、教育支出	60.00
		二、卫生健康支出	46.00
收入总计	100.00	支出总计	100.00

支出总表

单位：万元
科目编码	科目名称	合计	基本支出	项目支出
	合计	100.00	60.00	40.00
205	教育支出	60.00	30.00	31.00
210	卫生健康支出	40.00	30.00	10.00
";

/// Makes a folder with the document, and with one that adds up.
fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("预算/wrong.txt", WRONG.as_bytes());
    let right = WRONG.replace("46.00", "40.00").replace("31.00", "30.00");
    folder.write("right.txt", right.as_bytes());
    folder
}

fn check(name: &str, arguments: &[&str]) -> Output {
    folder(name).fisc(&[&["check"], arguments].concat())
}

#[test]
fn findings_are_drawn_in_the_source() {
    let drawn = check("drawn", &["预算/wrong.txt"]);
    assert_eq!(drawn.ended(1), "");
    insta::assert_snapshot!(drawn.out, @r"
    error[figures-disagree]: 卫生健康支出 is 46.00 (预算数) in 收支总表, line 8, but 40.00 in 支出总表, line 17.
      --> 预算/wrong.txt:8:12
       |
     8 |         二、卫生健康支出    46.00
       |                             ^^^^^ 预算数
    ...
    17 | 210    卫生健康支出    40.00    30.00    10.00
       |                        ----- 卫生健康支出 · 合计
       |
       = help: `46.00` on line 8, 卫生健康支出, should be `40.00` (one digit is another): then 2 identities that fail would hold
       = and so: line 9: 支出总计 prints 100.00 in 预算数, but its 2 rows add up to 106.00: 60.00 + 46.00.

    error[total-differs-from-items]: 合计 prints 40.00 in 项目支出, but its 2 rows add up to 41.00: 31.00 + 10.00.
      --> 预算/wrong.txt:15:18
       |
    15 |     合计    100.00    60.00    40.00
       |                                ^^^^^ 项目支出
    16 | 205    教育支出    60.00    30.00    31.00
       |                                      ----- 教育支出 · 项目支出
    17 | 210    卫生健康支出    40.00    30.00    10.00
       |                                          ----- 卫生健康支出 · 项目支出
       |
       = help: `31.00` on line 16, 教育支出, should be `30.00` (one digit is another): then 2 identities that fail would hold
       = and so: line 16: Row 教育支出 prints 60.00 as 合计, but its parts 30.00 + 31.00 make 61.00.

    1 document: 4 errors with 2 causes; of 37 identities 8 hold, 25 could not be checked
    ");
    assert!(!drawn.out.contains('\u{1b}'), "no colour off a terminal");
}

#[test]
fn findings_are_told_in_chinese() {
    let drawn = check("chinese", &["预算/wrong.txt", "--lang", "zh"]);
    insta::assert_snapshot!(drawn.out, @r"
    错误[figures-disagree]: 收支总表第8行“卫生健康支出”（预算数）为46.00，而支出总表第17行为40.00。
      --> 预算/wrong.txt:8:12
       |
     8 |         二、卫生健康支出    46.00
       |                             ^^^^^ 预算数
    ...
    17 | 210    卫生健康支出    40.00    30.00    10.00
       |                        ----- 卫生健康支出 · 合计
       |
       = 建议: 第8行“卫生健康支出”的 46.00 应为 40.00（一位数字有误），如此2项不成立的勾稽关系即可成立
       = 连带: 第9行：“支出总计”的预算数为100.00，而下列2项之和为106.00：60.00 + 46.00。

    错误[total-differs-from-items]: “合计”的项目支出为40.00，而下列2项之和为41.00：31.00 + 10.00。
      --> 预算/wrong.txt:15:18
       |
    15 |     合计    100.00    60.00    40.00
       |                                ^^^^^ 项目支出
    16 | 205    教育支出    60.00    30.00    31.00
       |                                      ----- 教育支出 · 项目支出
    17 | 210    卫生健康支出    40.00    30.00    10.00
       |                                          ----- 卫生健康支出 · 项目支出
       |
       = 建议: 第16行“教育支出”的 31.00 应为 30.00（一位数字有误），如此2项不成立的勾稽关系即可成立
       = 连带: 第16行：“教育支出”行合计为60.00，而各栏 30.00 + 31.00 = 61.00。

    1份文件：错误4处，归为2个原因；37项勾稽关系中8项成立，25项无法核对
    ");
}

#[test]
fn the_drawing_does_not_depend_on_the_encoding() {
    let folder = folder("encodings");
    let drawn = folder.fisc(&["check", "预算/wrong.txt"]);
    let (bytes, _, lossy) = encoding_rs::GB18030.encode(WRONG);
    assert!(!lossy);
    // The line ends of another system must not be seen either.
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    folder.write("预算/wrong.txt", &lines.join(b"\r\n".as_slice()));
    assert_eq!(folder.fisc(&["check", "预算/wrong.txt"]).out, drawn.out);
}

#[test]
fn a_document_cannot_move_the_cursor() {
    let folder = Folder::new("cursor");
    let hostile = WRONG.replace("二、卫生健康支出", "二、卫生\u{1b}[2J健康支出\u{7}");
    folder.write("hostile.txt", hostile.as_bytes());
    for arguments in [&["check", "hostile.txt"][..], &["explain", "hostile.txt:8"]] {
        let shown = folder.fisc(arguments);
        let control = shown.out.chars().find(|c| c.is_control() && !"\n\t".contains(*c));
        assert_eq!(control, None, "{arguments:?}: {}", shown.out);
    }
}

#[test]
fn severities_below_the_wanted_are_not_shown() {
    let all =
        check("severity-all", &["预算/wrong.txt", "--severity", "rounding", "--format", "json"]);
    let errors =
        check("severity-error", &["预算/wrong.txt", "--severity", "error", "--format", "json"]);
    let read = |output: &Output| -> Vec<Value> { serde_json::from_str(&output.out).unwrap() };
    let wanted: Vec<Value> =
        read(&all).into_iter().filter(|finding| finding["severity"] == "error").collect();
    assert!(!wanted.is_empty());
    assert_eq!(read(&errors), wanted);
}

#[test]
fn json_has_every_finding_with_its_figures() {
    let output = check("json", &["预算/wrong.txt", "right.txt", "--format", "json"]);
    output.ended(1);
    let findings: Vec<Value> = serde_json::from_str(&output.out).unwrap();
    assert_eq!(output.out.lines().count(), findings.len() + 2, "one a line");
    for finding in &findings {
        assert_eq!(finding["path"], "预算/wrong.txt");
        assert_eq!(finding["doc_id"].as_str().map(str::len), Some(64));
        let marks = finding["marks"].as_array().unwrap();
        assert!(marks.iter().any(|mark| mark["named"] == true), "{finding}");
        for mark in marks {
            let line = WRONG.lines().nth(number(&mark["line"]) - 1).unwrap();
            let from = number(&mark["column"]) - 1;
            let printed: String = line.chars().skip(from).collect();
            assert!(printed.starts_with(mark["raw"].as_str().unwrap()), "{mark}");
        }
    }
    let suggested: BTreeSet<(&str, &str)> = findings
        .iter()
        .map(|finding| &finding["suggestion"])
        .filter(|suggestion| !suggestion.is_null())
        .map(|one| (one["printed"].as_str().unwrap(), one["figure"].as_str().unwrap()))
        .collect();
    assert_eq!(suggested, BTreeSet::from([("46.00", "40.00"), ("31.00", "30.00")]));
    let none = check("json-none", &["right.txt", "--format", "json"]);
    assert_eq!((none.ended(0), none.out.as_str()), ("", "[]\n"));
}

#[test]
fn sarif_has_the_shape_of_its_standard() {
    let output = check("sarif", &["预算/wrong.txt", "--format", "sarif", "--lang", "zh"]);
    let log: Value = serde_json::from_str(&output.out).unwrap();
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().contains("sarif-2.1.0"));
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "fisc");
    let rules = driver["rules"].as_array().unwrap();
    for rule in rules {
        for text in ["shortDescription", "help"] {
            assert!(!rule[text]["text"].as_str().unwrap().is_empty(), "{rule}");
        }
        assert!(rule["help"]["markdown"].as_str().unwrap().contains("## Examples"), "{rule}");
        assert_level(&rule["defaultConfiguration"]["level"]);
    }
    let results = run["results"].as_array().unwrap();
    assert!(1 < results.len());
    for result in results {
        let rule = number(&result["ruleIndex"]);
        assert_eq!(rules[rule]["id"], result["ruleId"]);
        assert_level(&result["level"]);
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let places = result["locations"].as_array().unwrap();
        assert_eq!(places.len(), 1);
        let related = result["relatedLocations"].as_array().unwrap();
        let ids: BTreeSet<u64> = related.iter().map(|one| one["id"].as_u64().unwrap()).collect();
        assert_eq!(ids.len(), related.len());
        for place in places.iter().chain(related) {
            let physical = &place["physicalLocation"];
            assert_eq!(physical["artifactLocation"]["uri"], "%E9%A2%84%E7%AE%97/wrong.txt");
            let region = &physical["region"];
            assert!(0 < region["startLine"].as_u64().unwrap());
            let (start, end) = (region["startColumn"].as_u64(), region["endColumn"].as_u64());
            assert!(start.is_none_or(|start| 0 < start) && start <= end, "{region}");
        }
        assert_eq!(result.get("fixes"), None, "a suggestion is shown and never applied");
    }
    let suggestions = results.iter().filter(|r| r["properties"].get("suggestion").is_some());
    assert!(0 < suggestions.count());
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

fn assert_level(level: &Value) {
    assert!(["error", "warning", "note"].iter().any(|known| level == known), "{level}");
}

#[test]
fn the_exit_code_tells_errors_and_unread_documents() {
    let folder = folder("exit-codes");
    let code = |arguments: &[&str]| folder.fisc(&[&["check"], arguments].concat()).code;
    assert_eq!(code(&["right.txt"]), Some(0));
    assert_eq!(code(&["预算"]), Some(1));
    assert_eq!(code(&["预算", "--summary"]), Some(1));
    assert_eq!(code(&["right.txt", "missing.txt"]), Some(1));
    assert_eq!(code(&["missing.txt"]), Some(2));
    assert_eq!(code(&["right.txt", "--format", "xml"]), Some(2));
    assert_eq!(code(&["right.txt", "--summary", "--lang", "zh"]), Some(2));
    let missing = folder.fisc(&["check", "missing.txt"]);
    assert_eq!(missing.out, "");
    assert!(missing.err.starts_with("error: missing.txt: cannot read"), "{}", missing.err);
}

#[test]
fn the_summary_counts_identities_and_proved_figures() {
    let folder = folder("summary");
    let summary = folder.fisc(&["check", "right.txt", "预算", "--summary"]);
    let lines: Vec<Vec<&str>> =
        summary.out.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines.len(), 5, "{}", summary.out);
    let number = |row: usize, column: usize| -> usize { lines[row][column].parse().unwrap() };
    for column in 1..7 {
        assert_eq!(number(2, column) + number(3, column), number(4, column), "{}", summary.out);
    }
    for row in 2..5 {
        let outcomes: usize = (2..6).map(|column| number(row, column)).sum();
        assert_eq!(outcomes, number(row, 1), "{}", summary.out);
    }
    assert_eq!(lines[2][7..10], ["100.0", "%", "0"], "{}", summary.out);
}

#[test]
fn a_line_is_explained_figure_by_figure() {
    let folder = folder("explain-line");
    let told = folder.fisc(&["explain", "预算/wrong.txt:8"]);
    assert_eq!(told.ended(0), "");
    insta::assert_snapshot!(told.out, @r"
    预算/wrong.txt:8
      		二、卫生健康支出	46.00

    Figures
      column 12: `46.00` is 460000.00 yuan, proved by no identity
        summary expenditure, 卫生健康支出 (210), all/all/all, budget 2024

    Checks
      fails      figures-disagree          summary line 8, 卫生健康支出: 460000.00 ≠ 400000.00 yuan, off by 60000.00, rounding explains 100.00
                 2 figures on lines 8, 17
      fails      total-differs-from-items  summary line 9, 支出总计: 1000000.00 ≠ 1060000.00 yuan, off by -60000.00, rounding explains 150.00
                 3 figures on lines 7, 8, 9

    Findings
      error[figures-disagree] line 8: 卫生健康支出 is 46.00 (预算数) in 收支总表, line 8, but 40.00 in 支出总表, line 17.
        help: `46.00` on line 8, 卫生健康支出, should be `40.00` (one digit is another): then 2 identities that fail would hold
      error[total-differs-from-items] line 9: 支出总计 prints 100.00 in 预算数, but its 2 rows add up to 106.00: 60.00 + 46.00.
        help: `46.00` on line 8, 卫生健康支出, should be `40.00` (one digit is another): then 2 identities that fail would hold
    ");
}

#[test]
fn rules_are_explained_and_slips_of_their_names_too() {
    let folder = folder("explain-rule");
    let list = folder.fisc(&["explain"]);
    assert_eq!(list.ended(0), "");
    assert!(list.out.contains("row-differs-from-columns"));
    let page = folder.fisc(&["explain", "row-differs-from-columns"]);
    assert_eq!(page.ended(0), "");
    assert!(page.out.starts_with("# row-differs-from-columns (error)\n"), "{}", page.out);
    for slip in ["row-differs-from-colums", "row_differs_from_columns", "row-differs"] {
        let unknown = folder.fisc(&["explain", slip]);
        let error = unknown.ended(2);
        assert!(error.contains("did you mean `row-differs-from-columns`?"), "{error}");
        assert!(error.contains("sides-differ"), "{error}");
    }
    let strange = folder.fisc(&["explain", "weather"]);
    assert!(!strange.ended(2).contains("did you mean"), "{strange:?}");
}

#[test]
fn a_line_that_is_not_there_is_an_error() {
    let folder = folder("explain-nowhere");
    for (place, expected) in [
        ("right.txt:99", "error: right.txt:99: the document has lines 1 to 17\n"),
        ("right.txt:0", "error: right.txt:0: the document has lines 1 to 17\n"),
        ("right.txt", "error: right.txt: which line? `fisc explain FILE:LINE`\n"),
        ("right.txt:x", "error: right.txt:x: which line? `fisc explain FILE:LINE`\n"),
        ("none.txt:1", "error: none.txt: cannot read\n"),
    ] {
        let output = folder.fisc(&["explain", place]);
        assert!(output.ended(2).starts_with(expected), "{place}: {}", output.err);
        assert_eq!(output.out, "");
    }
}
