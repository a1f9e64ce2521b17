//! Reads made-up disclosures in the layouts of provinces and years that no real one here has.
//!
//! Each folder of `tests/fixtures` (but `prose`, see `prose.rs`) holds a document,
//! `source.txt`, and every figure that its tables print, `amounts.jsonl`. Units and figures are
//! invented and satisfy the accounting identities; titles, headers, order and the marks of the
//! converter are as they are printed.

#![expect(clippy::expect_used, reason = "a fixture that cannot be read fails its test")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::PathBuf,
};

use fisc::{
    accounts::{figure::Figure, sources::Sources, token::Source},
    acquire,
    run::{Knowledge, disclosure},
};
use rust_decimal::Decimal;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

/// A figure as the truth of a fixture states it.
#[derive(Deserialize)]
struct Printed {
    table: String,
    flow: String,
    code: Option<String>,
    label: String,
    fund: String,
    period: String,
    nature: String,
    stage: String,
    fiscal_year: i32,
    amount: String,
    line: u32,
}

/// What has to be right about a figure, in comparable form.
type Place = (String, String, String, String, Decimal);

/// How many lines of misses and extras a failing test prints.
const MOST_SHOWN: usize = 60;

/// Layouts that are not read in full yet: how many figures are missed and how many are extra.
/// A number that grows or goes fails the test.
const SHORT: &[(&str, i32, i32)] = &[
    // Of five columns that may be blank no identity tells which ones are.
    ("2025-budget-qinghai-blanks-left-out", 37, 0),
];

/// Compares every figure of a fixture with what the program reads.
fn check(folder: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder);
    let source = acquire::bytes(&folder.join("source.txt")).expect("the fixture has a source");
    let truth = acquire::text(&folder.join("amounts.jsonl")).expect("the fixture has its figures");
    let truth: Vec<Printed> = truth
        .lines()
        .map(|line| serde_json::from_str(line).expect("a figure in every line"))
        .collect();
    let knowledge =
        Knowledge::read(&Sources::built_in()).expect("the built-in forms are well made");
    let read = disclosure("source.txt", &source, &knowledge).expect("the document can be read");

    // A code counts where the truth knows it; else the label does.
    let codes: BTreeSet<(&str, &str)> =
        truth.iter().filter_map(|p| Some((p.table.as_str(), p.code.as_deref()?))).collect();
    let mut balance: BTreeMap<Place, (i32, u32)> = BTreeMap::new();
    for printed in &truth {
        let key = printed.code.clone().unwrap_or_else(|| comparable(&printed.label));
        let place = (
            format!("{} {}", printed.table, printed.flow),
            key,
            format!("{}/{}/{}", printed.fund, printed.period, printed.nature),
            format!("{} {}", printed.stage, printed.fiscal_year),
            printed.amount.parse::<Decimal>().expect("an amount").normalize(),
        );
        let entry = balance.entry(place).or_insert((0, printed.line));
        entry.0 += 1;
    }
    for figure in read.figures.iter().filter(|figure| figure.source == Source::Table) {
        let entry = balance.entry(place(figure, &codes)).or_insert((0, figure.line));
        entry.0 -= 1;
    }

    let count = |sign: i32| balance.values().map(|(n, _)| (n * sign).max(0)).sum::<i32>();
    let (missed, extra) = (count(1), count(-1));
    let mut report = String::new();
    let wrong = balance.iter().filter(|(_, (n, _))| *n != 0);
    for ((table, key, column, when, amount), (n, line)) in wrong.take(MOST_SHOWN) {
        let what = if *n > 0 { "missed" } else { "extra " };
        writeln!(report, "  {what} line {line:4}  {table}  {key}  {column}  {when}  {amount}")
            .expect("a text");
    }
    let name = folder.file_name().expect("a folder has a name").to_string_lossy();
    let known = SHORT.iter().find(|(short, ..)| *short == name);
    assert_eq!(
        (missed, extra),
        known.map_or((0, 0), |(_, missed, extra)| (*missed, *extra)),
        "{name}: of {} figures {missed} are missed, {extra} are extra\n{report}",
        truth.len(),
    );
}

/// Puts a figure that the program read into comparable form.
fn place(figure: &Figure, codes: &BTreeSet<(&str, &str)>) -> Place {
    let table = figure.table.as_str();
    let code = figure.code.as_deref().filter(|code| codes.contains(&(table, *code)));
    (
        format!("{table} {}", figure.flow),
        code.map_or_else(|| comparable(&figure.label), str::to_owned),
        format!("{}/{}/{}", figure.fund, figure.period, figure.nature),
        format!(
            "{} {}",
            figure.stage,
            figure.fiscal_year.map_or("?".into(), |year| year.to_string())
        ),
        figure.amount_yuan.normalize(),
    )
}

/// Brings labels that say the same into one form: no white space, no enumerator, one name for
/// a row of totals.
pub(crate) fn comparable(label: &str) -> String {
    let label: String = label.nfkc().filter(|c| !c.is_whitespace()).collect();
    let mut rest = label.as_str();
    rest = rest.strip_prefix("其中:").unwrap_or(rest);
    rest = without_enumerator(rest);
    rest = rest.strip_prefix("其中:").unwrap_or(rest);
    if matches!(rest, "" | "总计") { "合计".to_owned() } else { rest.to_owned() }
}

/// Takes 一、 （一） 1. or （1） off the start of a label.
fn without_enumerator(label: &str) -> &str {
    let chinese = |c: char| "一二三四五六七八九十廿".contains(c);
    let digit = |c: char| c.is_ascii_digit();
    for numeral in [&chinese as &dyn Fn(char) -> bool, &digit] {
        if let Some(rest) = label.strip_prefix('(')
            && let Some((number, rest)) = rest.split_once(')')
            && !number.is_empty()
            && number.chars().all(numeral)
        {
            return rest;
        }
    }
    let rest = label.trim_start_matches(chinese);
    if rest.len() < label.len()
        && let Some(rest) = rest.strip_prefix('、')
    {
        return rest;
    }
    let rest = label.trim_start_matches(digit);
    if rest.len() < label.len()
        && let Some(rest) = rest.strip_prefix(['、', '.'])
        && !rest.starts_with(digit)
    {
        return rest;
    }
    label
}

/// Declares a test for each fixture.
macro_rules! fixtures {
    ($($test:ident: $folder:literal,)+) => {
        $(
            #[test]
            fn $test() {
                check($folder);
            }
        )+

        /// Every folder has its test.
        #[test]
        fn no_fixture_is_forgotten() {
            let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
            let mut folders: Vec<String> = std::fs::read_dir(root)
                .expect("there are fixtures")
                .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
                .filter(|folder| folder != "prose")
                .collect();
            folders.sort_unstable();
            let mut tested = vec![$($folder.to_owned()),+];
            tested.sort_unstable();
            assert_eq!(folders, tested);
        }
    };
}

fixtures! {
    shaanxi_three_stages_final_2015: "2015-final-shaanxi-three-stages",
    heilongjiang_old_names_budget_2016: "2016-budget-heilongjiang-old-names",
    hubei_public_finance_aligned_budget_2016: "2016-budget-hubei-public-finance-aligned",
    anhui_unit_in_heads_budget_2017: "2017-budget-anhui-unit-in-heads",
    hubei_two_sets_three_panels_final_2018: "2018-final-hubei-two-sets-three-panels",
    jiangsu_reserve_budget_2020: "2020-budget-jiangsu-reserve",
    gansu_income_alone_budget_2021: "2021-budget-gansu-income-alone",
    inner_mongolia_negatives_final_2021: "2021-final-inner-mongolia-negatives",
    xinjiang_brackets_final_2021: "2021-final-xinjiang-brackets",
    hainan_unit_in_title_budget_2022: "2022-budget-hainan-unit-in-title",
    guangdong_html_template_final_2022: "2022-final-guangdong-html-template",
    jiangxi_aligned_pages_final_2022: "2022-final-jiangxi-aligned-pages",
    shaanxi_meetings_training_final_2022: "2022-final-shaanxi-meetings-training",
    sichuan_detail_matrix_final_2022: "2022-final-sichuan-detail-matrix",
    chongqing_aligned_wrapped_heads_budget_2023: "2023-budget-chongqing-aligned-wrapped-heads",
    chongqing_two_years_budget_2023: "2023-budget-chongqing-two-years",
    gansu_single_blanks_budget_2023: "2023-budget-gansu-single-blanks",
    guangxi_head_in_grid_budget_2023: "2023-budget-guangxi-head-in-grid",
    shaanxi_economic_panels_budget_2023: "2023-budget-shaanxi-economic-panels",
    anhui_template_tabs_final_2023: "2023-final-anhui-template-tabs",
    liaoning_wrapped_labels_final_2023: "2023-final-liaoning-wrapped-labels",
    tibet_three_codes_one_head_final_2023: "2023-final-tibet-three-codes-one-head",
    yunnan_income_beside_expenditure_final_2023: "2023-final-yunnan-income-beside-expenditure",
    zhejiang_wrapped_two_sides_final_2023: "2023-final-zhejiang-wrapped-two-sides",
    beijing_six_decimals_budget_2024: "2024-budget-beijing-six-decimals",
    beijing_yuan_and_wan_budget_2024: "2024-budget-beijing-yuan-and-wan",
    central_growth_columns_budget_2024: "2024-budget-central-growth-columns",
    fujian_economic_by_nature_budget_2024: "2024-budget-fujian-economic-by-nature",
    guangdong_html_spans_budget_2024: "2024-budget-guangdong-html-spans",
    guizhou_html_body_spans_budget_2024: "2024-budget-guizhou-html-body-spans",
    hainan_units_in_every_table_budget_2024: "2024-budget-hainan-units-in-every-table",
    hebei_serial_numbers_budget_2024: "2024-budget-hebei-serial-numbers",
    henan_aligned_economic_columns_budget_2024: "2024-budget-henan-aligned-economic-columns",
    hubei_aligned_projects_all_budget_2024: "2024-budget-hubei-aligned-projects-all",
    hunan_two_economic_classes_budget_2024: "2024-budget-hunan-two-economic-classes",
    jiangxi_hospital_narrow_heads_budget_2024: "2024-budget-jiangxi-hospital-narrow-heads",
    ningxia_carry_columns_budget_2024: "2024-budget-ningxia-carry-columns",
    shaanxi_two_years_of_meetings_budget_2024: "2024-budget-shaanxi-two-years-of-meetings",
    shanghai_one_row_operating_costs_budget_2024: "2024-budget-shanghai-one-row-operating-costs",
    shanxi_growth_everywhere_budget_2024: "2024-budget-shanxi-growth-everywhere",
    zhejiang_carryover_without_fund_budget_2024: "2024-budget-zhejiang-carryover-without-fund",
    zhejiang_pipes_fund_columns_budget_2024: "2024-budget-zhejiang-pipes-fund-columns",
    central_aligned_huge_final_2024: "2024-final-central-aligned-huge",
    jiangsu_counts_below_final_2024: "2024-final-jiangsu-counts-below",
    anhui_html_in_markdown_budget_2025: "2025-budget-anhui-html-in-markdown",
    guangdong_codes_in_brackets_budget_2025: "2025-budget-guangdong-codes-in-brackets",
    henan_education_fees_budget_2025: "2025-budget-henan-education-fees",
    hunan_four_panels_budget_2025: "2025-budget-hunan-four-panels",
    inner_mongolia_carry_both_ways_budget_2025: "2025-budget-inner-mongolia-carry-both-ways",
    qinghai_blanks_left_out_budget_2025: "2025-budget-qinghai-blanks-left-out",
    shandong_codes_below_each_other_budget_2025: "2025-budget-shandong-codes-below-each-other",
    shanghai_aligned_three_codes_budget_2025: "2025-budget-shanghai-aligned-three-codes",
    sichuan_three_codes_budget_2025: "2025-budget-sichuan-three-codes",
    tianjin_vertical_carry_rows_budget_2025: "2025-budget-tianjin-vertical-carry-rows",
    university_memo_columns_budget_2025: "2025-budget-university-memo-columns",
    xinjiang_codes_before_names_budget_2025: "2025-budget-xinjiang-codes-before-names",
    yunnan_fund_by_nature_budget_2025: "2025-budget-yunnan-fund-by-nature",
    anhui_titles_in_grid_budget_2026: "2026-budget-anhui-titles-in-grid",
    heilongjiang_units_aligned_budget_2026: "2026-budget-heilongjiang-units-aligned",
    henan_targets_around_budget_2026: "2026-budget-henan-targets-around",
}
