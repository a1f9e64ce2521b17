//! Changes the rows of tables: codes, enumerators, totals, figures, page breaks.

use std::fmt::Write;

use fisc::{
    accounts::{money::Unit, token::RowRole},
    extract::{
        enumerator,
        spec::{Role, RowKind},
    },
    normalise::number,
};
use rust_decimal::Decimal;

use super::{
    check::Dice,
    head::{self, Head},
    paper::{Column, Paper, Row, Sheet},
};

/// A way to print the codes of the classifications.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Codes {
    /// In a column of their own.
    Column,
    /// Not at all.
    None,
    /// At the start of the label.
    Joined,
    /// At the start of the label, and a blank.
    JoinedByBlank,
    /// At the start of the label, in brackets.
    Bracketed,
    /// In three columns 类 款 项, each with its own digits.
    Split,
    /// In a column of their own, with blanks before 款 and 项.
    Spaced,
}

/// Returns whether the rows of a table are classes.
fn has_classes(sheet: &Sheet) -> bool {
    matches!(sheet.rows, RowKind::Function | RowKind::Economy)
}

/// Prints the codes of all classes in another way.
pub(super) fn codes(paper: &mut Paper, way: Codes) {
    for sheet in paper.amounts().filter(|sheet| has_classes(sheet)) {
        take_codes(sheet);
        let Some(label) = sheet.column(Role::Label) else { continue };
        let columns: &[&str] = match way {
            Codes::Column | Codes::Spaced => &["科目编码"],
            Codes::Split => &["类", "款", "项"],
            _ => &[],
        };
        let path = |name: &&str| match columns.len() {
            3 => vec!["科目编码".to_owned(), (*name).to_owned()],
            _ => vec![(*name).to_owned()],
        };
        let new = columns.iter().map(|name| Column {
            path: path(name),
            role: Some(Role::Code),
            panel: 0,
        });
        sheet.columns.splice(0..0, new);
        for row in &mut sheet.body {
            let code = row.class.clone().unwrap_or_default();
            let level = |from: usize, to: usize| code.get(from..to).unwrap_or_default().to_owned();
            let parts = [level(0, 3), level(3, 5), level(5, 7)];
            let blank = |mark: &str| {
                let parts = parts.iter().filter(|part| !part.is_empty());
                parts.cloned().collect::<Vec<_>>().join(mark)
            };
            if let Some(name) = row.cells.get_mut(label).filter(|_| !code.is_empty()) {
                let bare = enumerator(name).map_or(name.as_str(), |(_, rest)| rest);
                match way {
                    Codes::Joined => *name = format!("{code}{bare}"),
                    Codes::JoinedByBlank => *name = format!("{code} {bare}"),
                    Codes::Bracketed => *name = format!("[{code}]{bare}"),
                    _ => (),
                }
            }
            let new = match way {
                Codes::Column => vec![code.clone()],
                Codes::Spaced => vec![blank(" ")],
                Codes::Split => parts.to_vec(),
                _ => Vec::new(),
            };
            row.cells.splice(0..0, new);
        }
        sheet.head = head::rows(&sheet.columns, Head::Corner);
    }
}

/// Takes the columns of codes away.
fn take_codes(sheet: &mut Sheet) {
    while let Some(at) = sheet.column(Role::Code) {
        sheet.columns.remove(at);
        for row in &mut sheet.body {
            row.cells.remove(at);
        }
    }
}

/// A way to print enumerators before labels.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Marks {
    /// None.
    None,
    /// Those of other levels and shapes: 一、 becomes 1. and so on.
    Other,
    /// By the depth of a row's class: 一、 （一） 1.
    ByDepth,
}

/// Prints the enumerators of all labels in another way.
pub(super) fn marks(paper: &mut Paper, way: Marks) {
    for sheet in paper.amounts() {
        let classes = has_classes(sheet);
        let mut counts = [0_usize; 3];
        sheet.each_label(|label, class| {
            let (mark, bare) = enumerator(label).unwrap_or(("", label));
            match way {
                Marks::None => bare.to_owned(),
                Marks::Other if mark.is_empty() => label.to_owned(),
                Marks::Other => format!("{}{bare}", other_mark(mark)),
                Marks::ByDepth if !classes => label.to_owned(),
                Marks::ByDepth => {
                    let depth = match class.map(str::len) {
                        Some(3) => 0,
                        Some(5) => 1,
                        Some(7) => 2,
                        _ => return label.to_owned(),
                    };
                    counts[depth] += 1;
                    counts[depth + 1..].fill(0);
                    let number = counts[depth];
                    match depth {
                        0 => format!("{}、{bare}", chinese(number)),
                        1 => format!("（{}）{bare}", chinese(number)),
                        _ => format!("{number}.{bare}"),
                    }
                }
            }
        });
    }
}

/// Returns an enumerator of the same number in another shape.
fn other_mark(mark: &str) -> String {
    let number: String = mark
        .chars()
        .filter(|c| !matches!(c, '(' | ')' | '（' | '）' | '、' | '.' | '．'))
        .collect();
    let digits = number.starts_with(|c: char| c.is_ascii_digit());
    match (digits, mark.starts_with(['(', '（'])) {
        (true, true) => format!("{number}."),
        (true, false) => format!("（{number}）"),
        (false, true) => format!("({number})"),
        (false, false) => format!("{number}．"),
    }
}

fn chinese(number: usize) -> String {
    let digit = |at: usize| "零一二三四五六七八九".chars().nth(at).unwrap();
    match (number / 10, number % 10) {
        (0, ones) => digit(ones).to_string(),
        (1, 0) => "十".to_owned(),
        (1, ones) => format!("十{}", digit(ones)),
        (tens, 0) => format!("{}十", digit(tens)),
        (tens, ones) => format!("{}十{}", digit(tens), digit(ones)),
    }
}

/// Puts the row 合计 of tables with one side first or last.
pub(super) fn total(paper: &mut Paper, first: bool) {
    for sheet in paper.amounts().filter(|sheet| sheet.rows != RowKind::Item) {
        let Some(at) = sheet.body.iter().position(|row| row.role == Some(RowRole::Total)) else {
            continue;
        };
        let row = sheet.body.remove(at);
        sheet.body.insert(if first { 0 } else { sheet.body.len() }, row);
    }
}

/// Prints figures in 元 or 千元, with thousands separators.
pub(super) fn unit(paper: &mut Paper, name: &str, yuan: i64) {
    for sheet in paper.amounts() {
        let factor = sheet.unit.yuan() / Decimal::from(yuan);
        sheet.each_figure(|figure| match number::value(figure).0.amount() {
            Some(amount) => with_separators(amount * factor, ","),
            None => figure.to_owned(),
        });
        sheet.between.retain(|line| !line.contains("万元"));
        sheet.between.push(format!("单位：{name}"));
        sheet.unit = Unit::find(name).unwrap();
    }
}

/// Prints figures with a mark between their thousands, and two decimals.
pub(super) fn with_separators(amount: Decimal, mark: &str) -> String {
    let printed = format!("{amount:.2}");
    let (whole, decimals) = printed.split_once('.').unwrap();
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut out = sign.to_owned();
    for (at, digit) in digits.chars().enumerate() {
        if 0 < at && (digits.len() - at).is_multiple_of(3) {
            out.push_str(mark);
        }
        out.push(digit);
    }
    write!(out, ".{decimals}").unwrap();
    out
}

/// Maps ASCII digits, point, comma and minus to their full-width forms.
pub(super) fn full_width(text: &str) -> String {
    let wide = |c: char| match c {
        '0'..='9' | '.' | ',' | '-' => char::from_u32(u32::from(c) + 0xFEE0).unwrap(),
        _ => c,
    };
    text.chars().map(wide).collect()
}

/// What is printed between the two halves of a table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Break {
    /// An empty line.
    Blank,
    /// A form feed before the next row.
    FormFeed,
    /// A page number.
    Number,
    /// A page number, a form feed and the publisher's name.
    RunningHead,
    /// The same and the header once more.
    RunningHeadAndHeader,
    /// The same, with the title and the unit above the header.
    TitleAgain,
}

/// Breaks every table at a random row over two pages.
pub(super) fn page_breaks(paper: &mut Paper, dice: &mut Dice, way: Break) {
    let running = format!("{}{}年部门预算", paper.unit_name, paper.year);
    for sheet in paper.amounts() {
        let text = |line: &str| Row { cells: vec![line.to_owned()], text: true, ..Row::default() };
        let number = ["— 12 —", "12", "- 7 -", "第 3 页 共 10 页", "第3页"][dice.below(5)];
        let header = sheet.head.iter().map(|cells| Row { cells: cells.clone(), ..Row::default() });
        let pieces: Vec<Row> = match way {
            Break::Blank => vec![text("")],
            Break::FormFeed => vec![text("\u{C}")],
            Break::Number => vec![text(""), text(number), text("")],
            Break::RunningHead => vec![text(number), text("\u{C}"), text(&running)],
            Break::RunningHeadAndHeader => {
                [text(number), text("\u{C}"), text(&running)].into_iter().chain(header).collect()
            }
            Break::TitleAgain => {
                let again = sheet.title.iter().chain(&sheet.between).map(|line| text(line));
                [text(number), text("\u{C}")].into_iter().chain(again).chain(header).collect()
            }
        };
        // A row at least on each page: a header alone at the end of one is rare.
        let Some(places) = sheet.body.len().checked_sub(1).filter(|places| 0 < *places) else {
            continue;
        };
        let at = 1 + dice.below(places);
        sheet.body.splice(at..at, pieces);
    }
}

/// Drops the empty cells at the end of rows.
pub(super) fn drop_trailing(paper: &mut Paper) {
    for sheet in paper.amounts() {
        for row in sheet.body.iter_mut().filter(|row| !row.text) {
            while row.cells.len() > 1 && row.cells.last().is_some_and(String::is_empty) {
                row.cells.pop();
            }
        }
    }
}

/// Drops every empty cell of rows, but in tables where the column of a label is its level:
/// there the cells that are left do not tell a project from its unit.
pub(super) fn drop_empty(paper: &mut Paper) {
    for sheet in paper.amounts().filter(|sheet| sheet.column(Role::Level1).is_none()) {
        for row in sheet.body.iter_mut().filter(|row| !row.text) {
            row.cells.retain(|cell| !cell.is_empty());
        }
    }
}
