//! Asks that no input stops the program, takes it for ever, or makes it print what is not there.
//!
//! Damage is made from the transcriptions in `data/`. For every figure of a damaged document
//! the printed digits must be on the line that the figure names, and the amount must be what
//! is printed in some unit of money. Where figures belong is for the other tests.

use std::{collections::BTreeSet, sync::LazyLock, sync::mpsc, thread, time::Duration};

use fisc::{
    accounts::{
        disclosure::Disclosure,
        figure::Figure,
        token::{Repair, Source},
    },
    run,
};
use proptest::{prelude::*, sample::Index, test_runner::RngSeed};
use rust_decimal::Decimal;

use crate::metamorphic::check::{KNOWLEDGE, transcriptions};

/// The texts of all transcriptions.
static TEXTS: LazyLock<Vec<String>> =
    LazyLock::new(|| transcriptions().into_iter().map(|(_, text)| text).collect());

/// The same cases in every run; `PROPTEST_CASES` asks for more, `FISC_SEED` for others.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u32>().ok());
    ProptestConfig {
        cases: number("PROPTEST_CASES").unwrap_or(cases),
        rng_seed: RngSeed::Fixed(number("FISC_SEED").unwrap_or(1).into()),
        failure_persistence: None,
        max_shrink_iters: 2000,
        ..ProptestConfig::default()
    }
}

/// Reads a document twice and checks every figure of it; nothing where it is refused.
fn sound(bytes: &[u8]) -> Result<Option<Disclosure>, TestCaseError> {
    let read = || run::disclosure("damaged.txt", bytes, &KNOWLEDGE);
    let Ok(disclosure) = read() else {
        prop_assert!(read().is_err(), "refused only once");
        return Ok(None);
    };
    let again = read().ok();
    prop_assert!(again.as_ref() == Some(&disclosure), "another result on a second run");
    let encoding = encoding_rs::Encoding::for_label(disclosure.encoding.as_bytes()).unwrap();
    let (text, _, _) = encoding.decode(bytes);
    let lines = split_lines(&text);
    // A row of an HTML table stands on several lines, of which a figure names the first.
    if !text.to_ascii_lowercase().contains("<table") {
        // A number of a sentence may go on in the next line.
        for figure in disclosure.figures.iter().filter(|f| f.source == Source::Table) {
            let line = lines.get(figure.line as usize - 1).copied().unwrap_or("no such line");
            prop_assert!(
                digits(line).contains(&digits(&figure.raw)),
                "`{}` is not on line {}: {line}",
                figure.raw,
                figure.line
            );
            prop_assert!(
                is_printed_amount(figure),
                "`{}` on line {} is not {}",
                figure.raw,
                figure.line,
                figure.amount_yuan
            );
        }
    }
    for statement in &disclosure.statements {
        let at = statement.line as usize - 1;
        // A number can be broken at the end of its line, and its unit on the next.
        let near = lines.get(at..).unwrap_or_default().iter().take(8).copied().collect::<String>();
        let raw = digits(&statement.raw);
        prop_assert!(
            digits(&near).contains(&raw) && !raw.is_empty(),
            "`{}` is not on line {}: {near}",
            statement.raw,
            statement.line
        );
    }
    let tally = disclosure.tally;
    prop_assert!(tally.numbers == tally.facts + tally.named + tally.told + tally.unread);
    Ok(Some(disclosure))
}

fn split_lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        lines.extend(line.split('\r'));
    }
    lines
}

/// Returns the digits of a text, full-width ones as ASCII.
fn digits(text: &str) -> String {
    text.chars().map(half_width).filter(char::is_ascii_digit).collect()
}

fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap(),
        _ => c,
    }
}

/// Returns whether the amount is the printed number in some unit of money.
fn is_printed_amount(figure: &Figure) -> bool {
    let folded: String = figure.raw.chars().map(half_width).collect();
    let number: String = folded.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
    let negative = folded.trim_start().starts_with(['-', '(', '−', '△', '▲']);
    let units = [1, 1_000, 10_000, 1_000_000, 100_000_000].map(Decimal::from);
    if let Ok(amount) = number.parse::<Decimal>() {
        let amount = if negative { -amount } else { amount };
        if units.iter().any(|unit| amount * unit == figure.amount_yuan) {
            return true;
        }
    }
    // Of a number with a stray digit, only a part was read.
    let amount =
        |unit: &Decimal| digits(&(figure.amount_yuan.abs() / unit).normalize().to_string());
    let mended = figure.repairs.contains(&Repair::StrayCharacter);
    mended && units.iter().any(|unit| number.replace('.', "").contains(&amount(unit)))
}

fn any_text() -> impl Strategy<Value = &'static String> {
    (0..TEXTS.len()).prop_map(|at| &TEXTS[at])
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn arbitrary_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        sound(&bytes)?;
    }

    #[test]
    fn arbitrary_characters_are_read_or_refused(text in "[\\t\\n|<>/ a-z0-9.,一二（）、元万单位：表收支出总\\-*]{0,400}") {
        sound(text.as_bytes())?;
    }

    #[test]
    fn arbitrary_words_of_tables_are_read(
        words in proptest::collection::vec(proptest::sample::select(WORDS), 0..120),
    ) {
        sound(words.concat().as_bytes())?;
    }
}

/// What tables are made of.
const WORDS: &[&str] = &[
    "\t",
    "\t",
    "\t",
    "\n",
    "\n",
    "\n",
    " | ",
    "  ",
    "支出总表",
    "收支总表",
    "收入总表",
    "“三公”经费支出表",
    "单位：万元",
    "单位：元",
    "合计",
    "小计",
    "基本支出",
    "项目支出",
    "人员经费",
    "收入",
    "支出",
    "项目",
    "预算数",
    "本年预算",
    "上年结转",
    "科目编码",
    "科目名称",
    "一般公共预算",
    "208",
    "20805",
    "2080505",
    "社会保障和就业支出",
    "一、",
    "（一）",
    "1.",
    "其中：",
    "12.34",
    "12.34",
    "0.00",
    "5. 07",
    "7 1.17",
    "1,234.50",
    "(3.2)",
    "-",
    "—",
    "54.07支出总计",
    "12.34 5.00",
    "１２．３４",
    "<b>",
    "</b>",
    "<br>",
    "<table>",
    "<tr>",
    "<td>",
    "</table>",
    "\u{C}",
    "99999999999999.99",
    "0.0001",
    "9999999999999999999999999999999",
];

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn truncated_documents_are_sound(text in any_text(), part in any::<Index>()) {
        let at = part.index(text.len());
        sound(&text.as_bytes()[..at])?;
        sound(&text.as_bytes()[at..])?;
    }

    #[test]
    fn spliced_documents_are_sound(
        (first, second) in (any_text(), any_text()),
        (to, from) in (any::<Index>(), any::<Index>()),
    ) {
        let mut bytes = first.as_bytes()[..to.index(first.len())].to_vec();
        bytes.extend(&second.as_bytes()[from.index(second.len())..]);
        sound(&bytes)?;
    }

    #[test]
    fn documents_with_shuffled_lines_are_sound(
        lines in any_text().prop_map(|text| text.lines().collect::<Vec<_>>()).prop_shuffle(),
    ) {
        sound(lines.join("\n").as_bytes())?;
    }

    #[test]
    fn documents_with_exchanged_lines_are_sound(
        text in any_text(),
        exchanges in proptest::collection::vec((any::<Index>(), any::<Index>()), 1..12),
    ) {
        let mut lines: Vec<&str> = text.lines().collect();
        for (a, b) in exchanges {
            let (a, b) = (a.index(lines.len()), b.index(lines.len()));
            lines.swap(a, b);
        }
        sound(lines.join("\n").as_bytes())?;
    }

    #[test]
    fn documents_with_exchanged_cells_are_sound(
        text in any_text(),
        exchanges in proptest::collection::vec((any::<Index>(), any::<Index>()), 1..40),
    ) {
        let mut pieces: Vec<&str> = text.split_inclusive(['\t', '\n']).collect();
        for (a, b) in exchanges {
            let (a, b) = (a.index(pieces.len()), b.index(pieces.len()));
            pieces.swap(a, b);
        }
        sound(pieces.concat().as_bytes())?;
    }

    #[test]
    fn documents_without_some_cells_are_sound(
        text in any_text(),
        lost in proptest::collection::vec(any::<Index>(), 1..60),
    ) {
        let pieces: Vec<&str> = text.split_inclusive(['\t', '\n']).collect();
        let lost: BTreeSet<usize> = lost.into_iter().map(|at| at.index(pieces.len())).collect();
        let left: String =
            pieces.iter().enumerate().filter(|(at, _)| !lost.contains(at)).map(|(_, p)| *p).collect();
        sound(left.as_bytes())?;
    }

    #[test]
    fn documents_with_replaced_characters_are_sound(
        text in any_text(),
        replaced in proptest::collection::vec((any::<Index>(), any_mark()), 1..200),
    ) {
        let mut characters: Vec<char> = text.chars().collect();
        for (at, mark) in replaced {
            let at = at.index(characters.len());
            characters[at] = mark;
        }
        sound(characters.into_iter().collect::<String>().as_bytes())?;
    }

    #[test]
    fn documents_with_replaced_bytes_are_sound(
        text in any_text(),
        replaced in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..20),
    ) {
        let mut bytes = text.as_bytes().to_vec();
        for (at, byte) in replaced {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        sound(&bytes)?;
    }
}

/// A character that means something in some dialect, or any other.
fn any_mark() -> impl Strategy<Value = char> {
    let marks: Vec<char> = "\t\n\r\u{C} |<>&[]#*-—.,，．（）()0123456789０９一、：。元万年合计\u{3000}\u{FEFF}\u{200B}".chars().collect();
    prop_oneof![4 => proptest::sample::select(marks), 1 => any::<char>()]
}

/// The longest that any input of a few megabytes may take, many times what it does take: it
/// is only there so that a hanging test ends.
const LONGEST: Duration = Duration::from_secs(20);

/// Reads a large document, in good time.
pub(crate) fn ends(text: String) -> Option<Disclosure> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let disclosure = run::disclosure("large.txt", text.as_bytes(), &KNOWLEDGE).ok();
        sender.send(disclosure).ok();
    });
    receiver.recv_timeout(LONGEST).expect("stopped or does not end")
}

pub(crate) const MEGABYTES: usize = 5 << 20;

pub(crate) fn repeated(piece: &str) -> String {
    piece.repeat(MEGABYTES / piece.len())
}

#[test]
fn a_long_line_of_letters_ends() {
    ends(repeated("预算"));
    ends(repeated("a"));
}

#[test]
fn a_long_line_of_digits_and_blanks_ends() {
    ends(repeated("1"));
    ends(repeated("1.00 "));
    ends(repeated("1.00  "));
    ends(repeated(" "));
}

#[test]
fn a_long_line_of_separators_ends() {
    ends(repeated("\t"));
    ends(repeated("|"));
    ends(repeated("合计\t1.00\t"));
}

#[test]
fn a_long_line_of_opened_tags_ends() {
    ends(repeated("<b "));
    ends(repeated("<"));
    ends(repeated("&"));
}

#[test]
fn a_long_line_of_opened_bookmarks_ends() {
    ends(repeated("[bookmark:"));
    ends(repeated("**"));
    ends(repeated("**a"));
}

#[test]
fn a_long_line_of_enumerators_and_brackets_ends() {
    ends(repeated("一、"));
    ends(repeated("其中："));
    ends(format!("支出总表\n项目\t合计\n{}\t1.00\n", repeated("其中：")));
    ends(format!("支出总表\n项目\t合计\n{}\t1.00\n", repeated("（")));
}

#[test]
fn empty_lines_and_form_feeds_end() {
    ends(repeated("\n"));
    ends(repeated("\r\n"));
    ends(repeated("\u{C}\n"));
}

#[test]
fn opened_html_tables_end() {
    ends(repeated("<table>"));
    ends(repeated("<table>\n"));
    ends(repeated("<table><tr><td>"));
    ends(repeated("<table><tr><td>\n"));
}

#[test]
fn html_tables_within_each_other_end() {
    let deep = 100_000;
    ends(format!("{}1.00{}", "<table><tr><td>".repeat(deep), "</td></tr></table>".repeat(deep)));
}

#[test]
fn html_cells_that_span_much_end() {
    ends("<table><tr><td rowspan=99999 colspan=99999>1.00</td></tr></table>\n".repeat(5000));
    ends(format!("<table>{}", "<tr><td rowspan=9999 colspan=9999>1</td>".repeat(1000)));
}

#[test]
fn a_table_of_very_many_columns_ends() {
    let columns = 100_000;
    let row = |first: &str, cell: &str| format!("{first}{}\n", format!("\t{cell}").repeat(columns));
    ends(format!("支出总表\n单位：万元\n{}{}", row("项目", "合计"), row("合计", "1.00").repeat(3)));
}

#[test]
fn a_table_of_very_many_groups_of_columns_ends() {
    let groups = 50_000;
    let row = |first: &str, cells: &str| format!("{first}{}\n", cells.repeat(groups));
    let text = format!(
        "收入总表\n单位：万元\n{}{}{}",
        row("单位名称", "\t本年收入\t"),
        row("", "\t小计\t一般公共预算"),
        row("合计", "\t1.00\t1.00").repeat(3)
    );
    ends(text);
}

#[test]
fn a_row_of_very_many_figures_that_do_not_add_up_ends() {
    let header = "单位名称\t合计\t本年收入\t\t\t\t上年结转结余\t\t\n\t\t小计\t一般公共预算\t政府性基金预算\t单位资金\t小计\t一般公共预算\t单位资金\n";
    let row = "某局\t9 9.99\t3 3.07\t1 1.17\t\t2 2.10\t5 5.01\t7 7.02\t1 8.08\n".repeat(20_000);
    ends(format!("收入总表\n单位：万元\n{header}{row}"));
}

#[test]
fn a_table_of_very_many_rows_ends() {
    let row = "208\t社会保障和就业支出\t3.00\t1.00\t2.00\n";
    let text = format!(
        "支出总表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n{}",
        row.repeat(200_000)
    );
    let disclosure = ends(text).expect("a table");
    assert_eq!(disclosure.figures.len(), 600_000);
}

#[test]
fn a_table_of_very_many_rows_that_do_not_add_up_ends() {
    let rows: String = (0..200_000)
        .map(|at| match at % 4 {
            0 => "208\t社会保障和就业支出\t\t8.00\n",
            1 => "20805\t行政事业单位养老支出\t3.00\t\n",
            2 => "2080505\t机关事业单位基本养老保险缴费支出\t\t1.00\n",
            _ => "合计\t\t7.00\t\n",
        })
        .collect();
    ends(format!("支出总表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n{rows}"));
}

/// As many blanks as the widest margin of a ragged table.
const BLANKS: &str = "                                                                                                 ";

#[test]
fn very_many_aligned_rows_end() {
    let row = "   208      社会保障和就业支出      3.00      1.00      2.00\n";
    ends(format!(
        "支出总表\n单位：万元\n   科目编码   科目名称   合计   基本支出   项目支出\n{}",
        row.repeat(100_000)
    ));
    let ragged: String =
        (0..50_000).flat_map(|at| [&BLANKS[..at % 97], "合计  1.00   2.00\n"]).collect();
    ends(ragged);
}

#[test]
fn very_many_pages_of_aligned_rows_end() {
    let head = "支出总表\n单位：万元\n   科目编码   科目名称   合计   基本支出   项目支出\n";
    let pages: String =
        (0..30_000).flat_map(|at| [&BLANKS[..at % 97], "208   甲   12.00   1.00\n\n"]).collect();
    ends(format!("{head}{pages}"));
    let again =
        "   科目编码   科目名称   合计   基本支出   项目支出\n   208   甲   1.00   1.00\n\n";
    ends(format!("{head}{}", again.repeat(30_000)));
    let names: String =
        (0..30_000).flat_map(|at| [&BLANKS[..at % 97], "甲   乙   丙\n\n"]).collect();
    ends(format!("{head}{names}   合计   1.00   1.00\n"));
}

#[test]
fn very_many_rows_parted_by_single_blanks_end() {
    let head = "支出总表\n单位：万元\n科目编码 科目名称 合计 基本支出 项目支出\n";
    ends(format!("{head}{}", "208 社会保障和就业支出 3.00 3.00\n".repeat(30_000)));
    let wide = "一般公共预算 ".repeat(30);
    let lower = "小计 基本支出 ".repeat(20);
    ends(format!("支出总表\n{wide}\n{lower}\n合计{}\n", " 1.00".repeat(62)));
}

#[test]
fn very_many_tables_end() {
    ends("支出总表\n单位：万元\n科目名称\t合计\n合计\t1.00\n\n".repeat(50_000));
}

#[test]
fn very_many_titles_without_tables_end() {
    ends("一般公共预算支出表\n".repeat(100_000));
}
