//! Asks that a disclosure gives the same figures however it is printed.
//!
//! Each test changes the transcriptions in `data/` in one way and compares the figures with
//! those of the unchanged transcription. Nothing here says what the figures are: that is for
//! the golden tests.

pub(crate) mod check;
mod columns;
mod head;
mod paper;
mod print;
mod rows;

use proptest::prelude::*;

use check::{ANEW, Owed, PRINTED, Variant, check, check_one, check_titles};
use columns::{Order, SETTINGS, Setting};
use head::Head;
use print::{Dialect, Encoding};
use rows::{Break, Codes, Marks};

#[test]
fn a_document_taken_apart_and_put_together_is_the_same() {
    check(PRINTED, |_, _| ());
}

#[test]
fn tables_set_anew_give_the_same_figures() {
    check(ANEW, |_, _| ());
}

// Dialects

fn in_dialect(dialect: Dialect) {
    check(Variant { dialect, ..PRINTED }, |_, _| ());
    check(Variant { dialect, ..ANEW }, |_, _| ());
}

#[test]
fn tables_may_be_of_markdown_pipes() {
    in_dialect(Dialect::Pipes);
}

#[test]
fn tables_may_be_of_bare_pipes() {
    in_dialect(Dialect::BarePipes);
}

#[test]
fn tables_set_anew_may_be_aligned_by_blanks() {
    check(Variant { dialect: Dialect::Aligned, ..ANEW }, |_, _| ());
    check(Variant { dialect: Dialect::AlignedLeft, ..ANEW }, |_, _| ());
}

#[test]
fn tables_as_printed_may_be_aligned_by_blanks() {
    check(Variant { dialect: Dialect::Aligned, ..PRINTED }, |_, _| ());
    check(Variant { dialect: Dialect::AlignedLeft, ..PRINTED }, |_, _| ());
}

#[test]
fn tables_may_be_of_html_with_a_row_on_each_line() {
    in_dialect(Dialect::Html);
}

#[test]
fn tables_may_be_of_html_with_a_cell_on_each_line() {
    in_dialect(Dialect::HtmlCells);
}

#[test]
fn headers_of_html_may_have_merged_cells() {
    check(Variant { dialect: Dialect::HtmlSpans, ..ANEW }, |_, _| ());
    check(Variant { dialect: Dialect::HtmlSpans, seeds: 6, ..ANEW }, |paper, dice| {
        columns::permute(paper, dice, Order::Groups, Head::Corner);
    });
}

// Encodings

fn in_encoding(encoding: Encoding) {
    check(Variant { encoding, ..PRINTED }, |_, _| ());
}

#[test]
fn text_may_be_gb18030() {
    in_encoding(Encoding::Gb18030);
}

#[test]
fn text_may_be_utf_16() {
    in_encoding(Encoding::Utf16Le);
    in_encoding(Encoding::Utf16Be);
}

#[test]
fn text_may_have_a_byte_order_mark() {
    in_encoding(Encoding::Utf8Marked);
}

#[test]
fn lines_may_end_as_on_other_systems() {
    in_encoding(Encoding::Crlf);
    in_encoding(Encoding::Cr);
}

// Columns

#[test]
fn columns_may_change_places_within_their_group() {
    check(Variant { seeds: 24, ..ANEW }, |paper, dice| {
        columns::permute(paper, dice, Order::Within, Head::Corner);
    });
}

#[test]
fn groups_of_columns_may_change_places() {
    check(Variant { seeds: 24, ..ANEW }, |paper, dice| {
        columns::permute(paper, dice, Order::Groups, Head::Corner);
    });
}

#[test]
fn groups_of_columns_may_change_places_under_repeated_names() {
    check(Variant { seeds: 24, ..ANEW }, |paper, dice| {
        columns::permute(paper, dice, Order::Groups, Head::Repeated);
    });
}

#[test]
fn columns_may_go_anywhere_under_a_header_of_one_row() {
    check(Variant { seeds: 24, ..ANEW }, |paper, dice| {
        columns::permute(paper, dice, Order::Anywhere, Head::OneRow);
    });
}

#[test]
fn sides_may_be_swapped() {
    check(ANEW, |paper, _| columns::swap_sides(paper));
}

// Headers

fn with_head(style: Head) {
    check(ANEW, |paper, _| columns::head(paper, style));
}

#[test]
fn names_of_text_columns_may_stand_in_the_last_header_row() {
    with_head(Head::Bottom);
}

#[test]
fn group_names_may_be_repeated_over_each_column() {
    with_head(Head::Repeated);
}

#[test]
fn group_names_may_stand_over_the_middle_column() {
    with_head(Head::Middle);
}

#[test]
fn header_rows_may_be_merged_into_one() {
    with_head(Head::OneRow);
}

#[test]
fn header_names_may_be_broken_over_two_rows() {
    with_head(Head::Broken);
}

// Titles and order of tables

#[test]
fn tables_may_come_in_another_order() {
    check(Variant { seeds: 8, ..PRINTED }, columns::shuffle_tables);
    check(Variant { seeds: 8, ..ANEW }, columns::shuffle_tables);
}

#[test]
fn titles_may_have_the_forms_of_other_provinces() {
    check_titles(&[Setting::Bare], 0..12);
}

#[test]
fn titles_may_be_set_in_every_way() {
    check_titles(&SETTINGS, 0..2);
}

#[test]
fn all_titles_may_change_at_once() {
    for (form, setting) in (0..12).flat_map(|form| SETTINGS.map(|setting| (form, setting))) {
        let tables = if form % 4 == 0 { ANEW } else { PRINTED };
        check(tables, |paper, _| columns::title(paper, form, setting, None));
    }
}

/// Said only of tables whose columns are the same in final accounts; the stage is the title's,
/// and final accounts have no periods.
#[test]
fn titles_of_final_accounts_change_only_the_stage() {
    for form in 0..2 {
        check(Variant { owed: Owed::ButStage, ..PRINTED }, |paper, _| {
            columns::final_titles(paper, form);
        });
    }
}

// Rows

fn with_codes(way: Codes) {
    check(Variant { owed: Owed::ButCodes, ..ANEW }, |paper, _| rows::codes(paper, way));
}

#[test]
fn codes_may_be_added_in_a_column() {
    with_codes(Codes::Column);
    with_codes(Codes::Spaced);
}

#[test]
fn codes_may_be_left_out() {
    with_codes(Codes::None);
}

#[test]
fn codes_may_be_joined_to_labels() {
    with_codes(Codes::Joined);
    with_codes(Codes::JoinedByBlank);
    with_codes(Codes::Bracketed);
}

#[test]
fn codes_may_be_split_into_three_columns() {
    with_codes(Codes::Split);
}

#[test]
fn enumerators_may_be_left_out() {
    check(ANEW, |paper, _| rows::marks(paper, Marks::None));
}

#[test]
fn enumerators_may_have_other_shapes() {
    check(ANEW, |paper, _| rows::marks(paper, Marks::Other));
}

#[test]
fn classes_may_be_enumerated_by_depth() {
    check(ANEW, |paper, _| rows::marks(paper, Marks::ByDepth));
}

#[test]
fn the_total_may_come_first() {
    check(ANEW, |paper, _| rows::total(paper, true));
}

#[test]
fn the_total_may_come_last() {
    check(ANEW, |paper, _| rows::total(paper, false));
}

#[test]
fn trailing_empty_cells_may_be_lost() {
    check(ANEW, |paper, _| rows::drop_trailing(paper));
}

/// Where the identities leave the place of a figure open it may stay as printed; a figure that
/// is moved must be moved where it belongs, and none may be lost or change its row.
#[test]
fn all_empty_cells_may_be_lost() {
    check(Variant { owed: Owed::Rows, ..ANEW }, |paper, _| rows::drop_empty(paper));
}

// Page breaks

fn with_page_breaks(way: Break) {
    check(Variant { seeds: 8, ..ANEW }, |paper, dice| rows::page_breaks(paper, dice, way));
}

#[test]
fn a_table_may_go_on_after_an_empty_line() {
    with_page_breaks(Break::Blank);
}

#[test]
fn a_table_may_go_on_after_a_form_feed() {
    with_page_breaks(Break::FormFeed);
}

#[test]
fn a_table_may_go_on_after_a_page_number() {
    with_page_breaks(Break::Number);
}

#[test]
fn a_table_may_go_on_after_a_running_head() {
    with_page_breaks(Break::RunningHead);
}

#[test]
fn a_table_may_go_on_under_its_header_again() {
    with_page_breaks(Break::RunningHeadAndHeader);
}

#[test]
fn a_table_may_go_on_under_its_title_again() {
    with_page_breaks(Break::TitleAgain);
}

/// Pages of aligned text have the same columns here; their header is printed once or again.
#[test]
fn aligned_tables_may_go_on_after_page_breaks() {
    for way in [Break::Blank, Break::FormFeed, Break::Number, Break::RunningHead] {
        aligned_with_page_breaks(way);
    }
}

#[test]
fn aligned_tables_may_go_on_under_their_header_again() {
    aligned_with_page_breaks(Break::RunningHeadAndHeader);
    aligned_with_page_breaks(Break::TitleAgain);
}

fn aligned_with_page_breaks(way: Break) {
    for dialect in [Dialect::Aligned, Dialect::AlignedLeft] {
        let aligned = Variant { dialect, seeds: 8, ..ANEW };
        check(aligned, |paper, dice| rows::page_breaks(paper, dice, way));
    }
}

// Figures and labels

#[test]
fn figures_may_be_in_yuan_with_separators() {
    check(ANEW, |paper, _| rows::unit(paper, "元", 1));
}

#[test]
fn figures_may_be_in_thousands_of_yuan() {
    check(ANEW, |paper, _| rows::unit(paper, "千元", 1000));
}

#[test]
fn figures_may_be_full_width() {
    check(PRINTED, |paper, _| {
        paper.amounts().for_each(|sheet| sheet.each_figure(rows::full_width));
    });
}

#[test]
fn figures_may_have_a_blank_beside_the_point() {
    check(ANEW, |paper, _| {
        paper.amounts().for_each(|sheet| sheet.each_figure(|figure| figure.replace('.', ". ")));
    });
    check(ANEW, |paper, _| {
        paper.amounts().for_each(|sheet| sheet.each_figure(|figure| figure.replace('.', " .")));
    });
}

/// Two decimals and a blank before three digits: the thousands, not a stray digit.
#[test]
fn figures_may_have_blanks_between_thousands() {
    check(ANEW, |paper, _| {
        paper.amounts().for_each(|sheet| {
            sheet.each_figure(|figure| match figure.parse() {
                Ok(amount) => rows::with_separators(amount, " "),
                Err(_) => figure.to_owned(),
            });
        });
    });
}

#[test]
fn labels_may_have_blanks_between_their_characters() {
    let spaced = |label: &str, _: Option<&str>| {
        label.chars().map(|c| c.to_string()).collect::<Vec<_>>().join(" ")
    };
    check(ANEW, |paper, _| paper.amounts().for_each(|sheet| sheet.each_label(spaced)));
    let wide = |label: &str, _: Option<&str>| {
        format!("\u{3000}\u{3000}{}", label.replace('合', "合\u{3000}"))
    };
    check(ANEW, |paper, _| paper.amounts().for_each(|sheet| sheet.each_label(wide)));
}

// Everything together

/// One of some values.
fn any_of<T: Clone + std::fmt::Debug>(values: &'static [T]) -> impl Strategy<Value = T> {
    proptest::sample::select(values)
}

const CODES: &[Codes] =
    &[Codes::Column, Codes::None, Codes::Joined, Codes::Bracketed, Codes::Split];
const HEADS: &[Head] = &[Head::Corner, Head::OneRow];
const ORDERS: &[Order] = &[Order::Within, Order::Groups];
const MARKS: &[Marks] = &[Marks::None, Marks::Other, Marks::ByDepth];
const BREAKS: &[Break] =
    &[Break::Blank, Break::Number, Break::RunningHeadAndHeader, Break::TitleAgain];
const UNITS: &[(&str, i64)] = &[("万元", 10_000), ("千元", 1000), ("元", 1)];
const DIALECTS: &[Dialect] = &[Dialect::Tabs, Dialect::Pipes, Dialect::Html, Dialect::HtmlCells];
const ENCODINGS: &[Encoding] =
    &[Encoding::Utf8, Encoding::Gb18030, Encoding::Utf16Le, Encoding::Crlf];

/// A choice of every kind of change.
#[derive(Clone, Debug)]
struct Changes {
    original: usize,
    seed: u64,
    rows: (Codes, Marks, bool, Break),
    columns: (Order, Head),
    unit: (&'static str, i64),
    title: (usize, Setting),
    encoding: Encoding,
}

fn changes() -> impl Strategy<Value = Changes> {
    let rows = (any_of(CODES), any_of(MARKS), any::<bool>(), any_of(BREAKS));
    let columns = (any_of(ORDERS), any_of(HEADS));
    let title = (0..12_usize, any_of(&SETTINGS));
    let all = (0..4_usize, 0..1000_u64, rows, columns, any_of(UNITS), title, any_of(ENCODINGS));
    all.prop_map(|(original, seed, rows, columns, unit, title, encoding)| Changes {
        original,
        seed,
        rows,
        columns,
        unit,
        title,
        encoding,
    })
}

fn changed(changes: &Changes, dialect: Dialect) -> Result<(), TestCaseError> {
    let variant = Variant { dialect, encoding: changes.encoding, owed: Owed::ButCodes, ..ANEW };
    let original = &check::ORIGINALS[changes.original];
    let (codes, marks, total_first, page) = changes.rows;
    let result = check_one(original, variant, changes.seed, |paper, dice| {
        rows::marks(paper, marks);
        rows::codes(paper, codes);
        columns::permute(paper, dice, changes.columns.0, changes.columns.1);
        rows::total(paper, total_first);
        rows::unit(paper, changes.unit.0, changes.unit.1);
        columns::title(paper, changes.title.0, changes.title.1, None);
        rows::page_breaks(paper, dice, page);
    });
    result.map_err(TestCaseError::fail)
}

proptest! {
    #![proptest_config(crate::robustness::config(96))]

    #[test]
    fn all_changes_may_come_together(changes in changes(), dialect in any_of(DIALECTS)) {
        changed(&changes, dialect)?;
    }

    #[test]
    fn all_changes_may_come_together_in_aligned_text(
        changes in changes(),
        dialect in any_of(&[Dialect::Aligned, Dialect::AlignedLeft]),
    ) {
        changed(&changes, dialect)?;
    }
}
