#![doc = include_str!("year_is_stale.md")]

use std::borrow::Cow;

use crate::{
    accounts::{
        finding::{Mark, Message},
        token::{Severity, TableKind},
    },
    decode::Cell,
    reconcile::{
        ledger::Ledger,
        rule::{Books, Looks, Noted, Rule, Shape},
    },
};

pub(in crate::reconcile) static RULE: Rule = Rule {
    name: "year-is-stale",
    summary: "a head, a note or a sentence that names another year than the document's",
    summary_chinese: "表头、注释或语句中的年度与文件年度不符",
    ids: "DQ-02 TX-19",
    doc: include_str!("year_is_stale.md"),
    severity: Severity::Error,
    shape: Shape::Own,
    looks: Looks::Document(check),
};

fn check(books: &Books<'_>, _: &mut Ledger, noted: &mut Vec<Noted>) {
    let Some(year) = books.identity.fiscal_year else { return };
    // The lines of heads: from the title of a table to its first row.
    let heads: Vec<(u32, u32, i32, TableKind)> = books
        .tables
        .iter()
        .filter_map(|table| {
            let columns = table.sides.iter().flat_map(|side| &side.columns);
            let heads = columns.flat_map(|column| &column.path).filter(|head| head.contains('年'));
            let mut years: Vec<i32> = heads
                .map(|head| without_blanks(head))
                .flat_map(|head| years(&head).map(|(year, _)| year).collect::<Vec<_>>())
                .collect();
            years.sort_unstable();
            years.dedup();
            let [stale] = years.as_slice() else { return None };
            let first = table.sides.iter().filter_map(|side| side.rows.first()).map(|row| row.line);
            (*stale != year).then_some((table.line, first.min()?, *stale, table.kind))
        })
        .collect();
    for line in books.document.lines() {
        let number = line.number();
        // The rows of tables name no year but in their heads.
        let in_head = heads.iter().any(|(from, to, ..)| (*from..*to).contains(&number));
        if line.is_row() && !in_head {
            continue;
        }
        for cell in line.cells() {
            let head = heads.iter().find(|(from, to, stale, _)| {
                (*from..*to).contains(&number) && cell.text.contains(&stale.to_string())
            });
            if let Some((_, _, stale, kind)) = head {
                noted.push(found(cell, *stale, year, Some(*kind)));
                break;
            }
            // Notes, and sentences that speak of their own year.
            let note_like = cell.text.starts_with(['注', '备']);
            let mut named = cell.text.match_indices('年');
            let own = |(at, _): (usize, &str)| {
                let before = cell.text.get(..at).unwrap_or_default();
                // 2020年本年收入, 2020年度当年支出.
                let year = before.strip_suffix(['本', '当']).map(str::trim_end);
                year.is_some_and(|year| year.ends_with(['年', '度']))
            };
            if !note_like && !named.any(own) {
                continue;
            }
            let plain = without_blanks(cell.text);
            let of_table = note(&plain, year);
            if let Some(stale) = of_table.or_else(|| this_year(&plain, year)) {
                let table = of_table.and_then(|_| table_above(books, number));
                noted.push(found(cell, stale, year, table));
                break;
            }
        }
    }
}

/// Returns the year of the table that a note speaks of, where it is not that of the document:
/// 注：… 2025年一般公共预算基本支出预算表.
fn note(plain: &str, year: i32) -> Option<i32> {
    if !plain.starts_with(['注', '备']) {
        return None;
    }
    years(plain).find_map(|(stale, after)| {
        let name: String = after.chars().take_while(|c| !"，。；)）".contains(*c)).collect();
        (stale != year
            && (name.ends_with("预算表") || name.ends_with("决算表") || name.ends_with("总表")))
        .then_some(stale)
    })
}

/// Returns the year that a sentence calls its own, where it is another: 2020年本年收入合计.
fn this_year(plain: &str, year: i32) -> Option<i32> {
    years(plain).find_map(|(stale, after)| {
        let own = after.trim_start_matches('度');
        let own = own.starts_with("本年收入")
            || own.starts_with("本年支出")
            || own.starts_with("当年收入")
            || own.starts_with("当年支出");
        (own && stale != year).then_some(stale)
    })
}

fn without_blanks(text: &str) -> Cow<'_, str> {
    if text.contains(char::is_whitespace) {
        Cow::Owned(text.chars().filter(|c| !c.is_whitespace()).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Returns the four-digit years of a text, each with what stands behind its 年.
fn years(plain: &str) -> impl Iterator<Item = (i32, &str)> {
    plain.match_indices('年').filter_map(|(at, mark)| {
        let digits = plain.get(at.checked_sub(4)?..at)?;
        let before = at.checked_sub(5).and_then(|from| plain.as_bytes().get(from));
        let year: i32 = digits.parse().ok().filter(|year| (1990..2100).contains(year))?;
        let whole = before.is_none_or(|byte| !byte.is_ascii_digit());
        whole.then_some((year, plain.get(at + mark.len()..)?))
    })
}

fn table_above(books: &Books<'_>, line: u32) -> Option<TableKind> {
    let above = books.tables.iter().filter(|table| table.line <= line);
    above.max_by_key(|table| table.line).map(|table| table.kind)
}

fn found(cell: Cell<'_>, stale: i32, year: i32, table: Option<TableKind>) -> Noted {
    Noted {
        rule: &RULE,
        severity: RULE.severity,
        table,
        label: cell.text.chars().filter(|c| !c.is_whitespace()).take(24).collect(),
        expected: Some(year.to_string()),
        actual: Some(stale.to_string()),
        message: Message {
            english: format!("The year {stale} is named here, in a document of {year}."),
            chinese: format!("此处年度为{stale}年，而文件为{year}年度。"),
        },
        marks: vec![Mark {
            line: cell.line,
            column: cell.column,
            raw: cell.text.to_owned(),
            label: String::new(),
            named: true,
        }],
    }
}
