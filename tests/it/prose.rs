//! Reads made-up disclosures whose prose says the same in the words of many provinces.
//!
//! Each pair of files in `tests/fixtures/prose` is a document, `NAME.txt`, and every figure that
//! its prose states, `NAME.tsv`; the README.md there tells the conventions.

#![expect(clippy::expect_used, reason = "a fixture that cannot be read fails its test")]

use std::{collections::BTreeMap, fmt::Write as _, path::PathBuf};

use fisc::{
    accounts::{sources::Sources, statement::Statement, token::Topic},
    acquire,
    run::{Knowledge, disclosure},
};
use rust_decimal::Decimal;

use crate::{
    provinces::comparable,
    robustness::{MEGABYTES, ends, repeated},
};

/// What has to be right about a statement: line, topic, kind, value, and the label where the
/// topic needs one.
type Said = (u32, String, String, Decimal, String);

/// The columns of the truth.
const HEADER: &str =
    "line\ttopic\tkind\tvalue\tunit\tlabel\tfiscal_year\tbase_year\tof\tclass_code";

/// How many lines of misses and extras a failing test prints.
const MOST_SHOWN: usize = 60;

/// Documents that are not read in full yet: how many statements are missed and how many are
/// extra. A number that grows or goes fails the test.
const SHORT: &[(&str, i32, i32)] = &[
    ("2022-budget-wuhan-court-dashes", 2, 2),
    ("2023-budget-tibet-plain-words", 1, 1),
    ("2024-budget-shenzhen-establishment-first", 1, 0),
];

/// Compares every statement of a fixture with what the program reads.
fn check(name: &str) {
    let folder = folder();
    let source = acquire::bytes(&folder.join(format!("{name}.txt"))).expect("a document");
    let truth = acquire::text(&folder.join(format!("{name}.tsv"))).expect("its statements");
    let mut rows = truth.lines();
    assert_eq!(rows.next(), Some(HEADER), "{name}.tsv has other columns");
    let knowledge =
        Knowledge::read(&Sources::built_in()).expect("the built-in forms are well made");
    let read = disclosure("source.txt", &source, &knowledge).expect("the document can be read");

    let mut balance: BTreeMap<Said, i32> = BTreeMap::new();
    let mut stated = 0;
    for row in rows {
        *balance.entry(said(row)).or_insert(0) += 1;
        stated += 1;
    }
    for statement in &read.statements {
        *balance.entry(got(statement)).or_insert(0) -= 1;
    }

    let count = |sign: i32| balance.values().map(|n| (n * sign).max(0)).sum::<i32>();
    let (missed, extra) = (count(1), count(-1));
    let text = String::from_utf8_lossy(&source);
    let lines: Vec<&str> = text.lines().collect();
    let mut report = String::new();
    let mut shown = 0;
    let wrong = balance.iter().filter(|(_, n)| **n != 0);
    for ((line, topic, kind, value, label), n) in wrong.take(MOST_SHOWN) {
        if shown != *line {
            shown = *line;
            let at = usize::try_from(shown).expect("a small number").saturating_sub(1);
            let printed: String = lines.get(at).unwrap_or(&"").chars().take(60).collect();
            writeln!(report, "  line {line}: {printed}").expect("a text");
        }
        let what = if *n > 0 { "missed" } else { "extra " };
        let times = n.abs();
        writeln!(report, "    {what} {times}×  {topic}  {kind}  {value}  {label}").expect("a text");
    }
    let known = SHORT.iter().find(|(short, ..)| *short == name);
    assert_eq!(
        (missed, extra),
        known.map_or((0, 0), |(_, missed, extra)| (*missed, *extra)),
        "{name}: of {stated} statements {missed} are missed, {extra} are extra\n{report}",
    );
}

/// Returns the folder of the fixtures.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/prose")
}

/// Reads a row of the truth.
fn said(row: &str) -> Said {
    let [line, topic, kind, value, _, label, ..] = row.split('\t').collect::<Vec<_>>()[..] else {
        panic!("too few columns: {row}");
    };
    let topic = Topic::parse(topic).unwrap_or_else(|| panic!("no topic: {row}"));
    (
        line.parse().expect("a line"),
        topic.to_string(),
        kind.to_owned(),
        value.parse::<Decimal>().expect("a value").normalize(),
        named(topic, label),
    )
}

/// Puts a statement that the program read into the form of the truth.
fn got(statement: &Statement) -> Said {
    (
        statement.line,
        statement.topic.to_string(),
        statement.kind.to_string(),
        statement.value.normalize(),
        named(statement.topic, &statement.label),
    )
}

/// Returns the label where it tells statements of one topic apart.
fn named(topic: Topic, label: &str) -> String {
    match topic {
        Topic::Functional | Topic::Economic | Topic::Fund => comparable(label),
        _ => String::new(),
    }
}

/// Declares a test for each fixture.
macro_rules! fixtures {
    ($($test:ident: $name:literal,)+) => {
        $(
            #[test]
            fn $test() {
                check($name);
            }
        )+

        /// Every document has its statements and its test, and every shortfall its document.
        #[test]
        fn no_fixture_is_forgotten() {
            let mut tested = vec!["README.md".to_owned()];
            for name in [$($name),+] {
                tested.extend([format!("{name}.tsv"), format!("{name}.txt")]);
            }
            tested.sort_unstable();
            let mut files: Vec<String> = std::fs::read_dir(folder())
                .expect("there are fixtures")
                .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
                .collect();
            files.sort_unstable();
            assert_eq!(files, tested);
            for (name, ..) in SHORT {
                assert!([$($name),+].contains(name), "no such fixture: {name}");
            }
        }
    };
}

fixtures! {
    heilongjiang_reform_names_budget_2016: "2016-budget-heilongjiang-reform-names",
    guizhou_many_units_final_2019: "2019-final-guizhou-many-units",
    liaoning_full_width_budget_2020: "2020-budget-liaoning-full-width",
    ningbo_bullets_no_stops_final_2020: "2020-final-ningbo-bullets-no-stops",
    anhui_page_numbers_final_2021: "2021-final-anhui-page-numbers",
    dalian_town_per_line_final_2021: "2021-final-dalian-town-per-line",
    shanxi_figures_that_are_none_budget_2022: "2022-budget-shanxi-figures-that-are-none",
    wuhan_court_dashes_budget_2022: "2022-budget-wuhan-court-dashes",
    central_goods_works_services_final_2022: "2022-final-central-goods-works-services",
    guangzhou_respectively_final_2022: "2022-final-guangzhou-respectively",
    hebei_county_run_on_final_2022: "2022-final-hebei-county-run-on",
    hubei_initial_budget_final_2022: "2022-final-hubei-initial-budget",
    tibet_plain_words_budget_2023: "2023-budget-tibet-plain-words",
    zhejiang_current_appropriation_budget_2023: "2023-budget-zhejiang-current-appropriation",
    chengdu_adjusted_budget_final_2023: "2023-final-chengdu-adjusted-budget",
    henan_wrapped_mid_sentence_final_2023: "2023-final-henan-wrapped-mid-sentence",
    hunan_increase_and_decrease_final_2023: "2023-final-hunan-increase-and-decrease",
    inner_mongolia_reductions_final_2023: "2023-final-inner-mongolia-reductions",
    jiangxi_class_items_final_2023: "2023-final-jiangxi-class-items",
    jilin_points_and_signs_final_2023: "2023-final-jilin-points-and-signs",
    shaanxi_item_lines_final_2023: "2023-final-shaanxi-item-lines",
    beijing_quoted_items_budget_2024: "2024-budget-beijing-quoted-items",
    central_execution_base_budget_2024: "2024-budget-central-execution-base",
    chongqing_markdown_budget_2024: "2024-budget-chongqing-markdown",
    dalian_hospital_shares_budget_2024: "2024-budget-dalian-hospital-shares",
    fujian_half_width_budget_2024: "2024-budget-fujian-half-width",
    guangdong_mixed_units_budget_2024: "2024-budget-guangdong-mixed-units",
    hainan_label_after_number_budget_2024: "2024-budget-hainan-label-after-number",
    hebei_tables_between_budget_2024: "2024-budget-hebei-tables-between",
    qinghai_codes_in_brackets_budget_2024: "2024-budget-qinghai-codes-in-brackets",
    shandong_inline_scopes_budget_2024: "2024-budget-shandong-inline-scopes",
    shanghai_subjects_budget_2024: "2024-budget-shanghai-subjects",
    shenzhen_establishment_first_budget_2024: "2024-budget-shenzhen-establishment-first",
    sichuan_bookmarks_budget_2024: "2024-budget-sichuan-bookmarks",
    tianjin_no_change_budget_2024: "2024-budget-tianjin-no-change",
    xiamen_police_like_for_like_budget_2024: "2024-budget-xiamen-police-like-for-like",
    yunnan_establishment_budget_2024: "2024-budget-yunnan-establishment",
    guangdong_actual_before_budget_final_2024: "2024-final-guangdong-actual-before-budget",
    guangxi_two_bases_final_2024: "2024-final-guangxi-two-bases",
    ningxia_achievements_first_final_2024: "2024-final-ningxia-achievements-first",
    suzhou_school_differences_final_2024: "2024-final-suzhou-school-differences",
    corps_raised_by_budget_2025: "2025-budget-corps-raised-by",
    gansu_staff_and_institutions_budget_2025: "2025-budget-gansu-staff-and-institutions",
    hubei_economic_lists_budget_2025: "2025-budget-hubei-economic-lists",
    jiangsu_each_increased_budget_2025: "2025-budget-jiangsu-each-increased",
    xinjiang_serial_items_budget_2025: "2025-budget-xinjiang-serial-items",
}

#[test]
fn a_paragraph_without_an_end_is_read() {
    let heading = "2024年部门预算\n\n一、收支预算情况说明\n\n";
    for piece in
        ["基本工资46.77万元、", "占5%，", "（一般公共预算", "比上年增加，", "其中：", "1.", "中"]
    {
        ends(heading.to_owned() + &repeated(piece));
    }
    let stated = ends(heading.to_owned() + &repeated("公务接待费12.5万元，")).unwrap().statements;
    assert_eq!(stated.len(), MEGABYTES / "公务接待费12.5万元，".len());
}
