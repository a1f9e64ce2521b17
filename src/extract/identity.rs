//! Finds what a document says of itself: who publishes, for which year, budget or account.

use std::{borrow::Cow, collections::BTreeMap};

use memchr::memmem::Finder;

use crate::{
    accounts::{
        classification::{Classification, Classifications},
        disclosure::Identity,
        money::Unit,
        region, text,
        token::{Scope, Stage},
    },
    decode::Document,
    extract::{RawTable, publisher, spec::RowKind},
};

/// The longest heading, in characters.
const SHORT_LINE: usize = 40;

/// A cover is looked for in this many lines.
const COVER_LINES: usize = 40;

/// Reads a document's identity from its cover, its tables and its prose.
pub fn identity(
    document: &Document,
    tables: &[RawTable<'_>],
    classes: &Classifications,
) -> Identity {
    let lines: Vec<Cow<'_, str>> =
        document.lines().filter_map(|line| line.sole_text().map(text::label)).collect();
    let cover = cover(&lines);
    let units = publisher::unit_rows(tables);
    let unit_name = cover
        .name
        .clone()
        .or_else(|| publisher::declared(document))
        .or_else(|| units.sole_name())
        .or_else(|| publisher::named_in_prose(&lines, &classes.regions));
    let stage = cover.stage.or_else(|| stage(&lines));
    let place = unit_name.as_deref().map(|name| units.place(name)).unwrap_or_default();
    let said = unit_name.as_deref().map(|name| publisher::said(&lines, name)).unwrap_or_default();
    let parent_name = said.parent.or(place.parent_name);
    let scope = scope(&cover, said.subordinates, place.units, parent_name.is_some());
    Identity {
        title: cover.title.clone(),
        fiscal_year: cover.year.or_else(|| year(&lines)),
        region: region(unit_name.as_deref(), tables, &classes.regions),
        unit_code: place.code,
        parent_code: place.parent_code,
        unit_count: (scope == Scope::Department)
            .then_some(said.subordinates.filter(|n| 0 < *n).unwrap_or(place.units.max(1))),
        parent_name: if scope == Scope::Unit { parent_name } else { None },
        scope: unit_name.is_some().then_some(scope),
        unit_name,
        stage,
        published: lines.iter().take(COVER_LINES).find_map(|line| date(line)),
        money_unit: money_unit(tables, &lines),
    }
}

/// What the cover says.
#[derive(Debug, Default)]
struct Cover {
    title: Option<String>,
    name: Option<String>,
    year: Option<i32>,
    stage: Option<Stage>,
    /// 部门 or 单位, where the title has the word.
    scope: Option<Scope>,
}

/// Finds the title of a document: a short line that names a budget or a final account, with
/// the year and the publisher before or after each other or in the line above.
fn cover(lines: &[Cow<'_, str>]) -> Cover {
    let plain =
        |at: usize| lines.get(at).map_or("", |line| line.trim_matches(['#', '*', '《', '》']));
    for index in 0..lines.len().min(COVER_LINES) {
        let line = plain(index);
        let Some((head, scope, stage)) = act(line) else { continue };
        let above = index.checked_sub(1).map_or("", plain);
        let (name, year) = match split_year(head) {
            Some(("", year, after)) if after.trim_start_matches('度').is_empty() => {
                (above, Some(year))
            }
            Some((before, year, after)) if after.trim_start_matches('度').is_empty() => {
                (before, Some(year))
            }
            Some(("", year, after)) => (after.trim_start_matches('度'), Some(year)),
            Some(_) => continue,
            None => (head, lone_year(above).or_else(|| lone_year(plain(index + 1)))),
        };
        let name = name.trim_start_matches("关于").trim_end_matches('的');
        let plausible = publisher::is_name(name);
        // A heading inside the document is no cover: 第二部分 2024 年部门预算情况说明.
        let Some(year) = year.filter(|_| plausible || name == above) else { continue };
        let split = name == above && plausible;
        return Cover {
            title: Some(format!("{}{line}", if split { name } else { "" })),
            name: plausible.then(|| name.to_owned()),
            year: Some(year),
            stage: Some(stage),
            scope,
        };
    }
    Cover::default()
}

/// Takes 部门预算, 单位决算 … and what may follow it off the end of a title.
fn act(line: &str) -> Option<(&str, Option<Scope>, Stage)> {
    const ENDINGS: [&str; 17] = [
        "公开情况说明",
        "公开说明",
        "编制说明",
        "情况说明",
        "公开报告",
        "信息公开",
        "(草案)",
        "公开表",
        "公开文本",
        "公开",
        "信息",
        "说明",
        "报告",
        "草案",
        "编制",
        "及“三公”经费预算",
        "和“三公”经费预算",
    ];
    let mut rest = line;
    for _ in 0..2 {
        if let Some(shorter) = ENDINGS.iter().find_map(|ending| rest.strip_suffix(ending)) {
            rest = shorter;
        }
    }
    let (rest, stage) = match (rest.strip_suffix("预算"), rest.strip_suffix("决算")) {
        (Some(rest), _) => (rest, Stage::Budget),
        (_, Some(rest)) => (rest, Stage::Final),
        _ => return None,
    };
    let rest = rest.strip_suffix("综合").unwrap_or(rest);
    Some(match (rest.strip_suffix("部门"), rest.strip_suffix("单位")) {
        (Some(rest), _) => (rest, Some(Scope::Department), stage),
        (_, Some(rest)) => (rest, Some(Scope::Unit), stage),
        _ => (rest, None, stage),
    })
}

/// Reads a line that is only a year: 2022年度.
fn lone_year(line: &str) -> Option<i32> {
    match split_year(line)? {
        ("", year, "" | "度") => Some(year),
        _ => None,
    }
}

/// Splits a line at its first four-digit year.
fn split_year(line: &str) -> Option<(&str, i32, &str)> {
    let (at, _) = line.match_indices('年').find(|(at, _)| {
        let digits = at.checked_sub(4).and_then(|from| line.get(from..*at));
        digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
    })?;
    let year = line.get(at - 4..at)?.parse().ok().filter(|year| (1990..2100).contains(year))?;
    Some((line.get(..at - 4)?, year, line.get(at + '年'.len_utf8()..)?))
}

/// Returns the year that most headings and sentences name together with 预算 or 决算.
fn year(lines: &[Cow<'_, str>]) -> Option<i32> {
    let mut votes: BTreeMap<i32, usize> = BTreeMap::new();
    for line in lines {
        let mut rest = line.as_ref();
        while let Some((_, year, after)) = split_year(rest) {
            let near: String = after.chars().take(8).collect();
            if near.contains("预算") || near.contains("决算") {
                *votes.entry(year).or_default() += 1;
            }
            rest = after;
        }
    }
    if votes.is_empty() {
        // Titles of tables and headings name at least the year.
        let short = lines.iter().filter(|line| line.chars().count() <= SHORT_LINE);
        for (_, year, _) in short.filter_map(|line| split_year(line)) {
            *votes.entry(year).or_default() += 1;
        }
    }
    votes.into_iter().max_by_key(|(year, count)| (*count, *year)).map(|(year, _)| year)
}

/// Tells a budget from an account by the word that stands more often.
fn stage(lines: &[Cow<'_, str>]) -> Option<Stage> {
    let count = |word: &str| {
        let finder = Finder::new(word);
        lines.iter().map(|line| finder.find_iter(line.as_bytes()).count()).sum::<usize>()
    };
    // An account speaks of the budget too, and every document of 一般公共预算.
    let (budget, account) = (count("预算"), count("决算"));
    match (budget, account) {
        (0, 0) => None,
        _ if 8 < account && budget < 4 * account => Some(Stage::Final),
        _ if budget < 2 * account => Some(Stage::Final),
        _ => Some(Stage::Budget),
    }
}

/// Tells a department from a unit.
fn scope(cover: &Cover, subordinates: Option<u32>, units: u32, has_parent: bool) -> Scope {
    if 1 < units {
        return Scope::Department;
    }
    if has_parent || cover.scope == Some(Scope::Unit) {
        return Scope::Unit;
    }
    match (subordinates, cover.scope) {
        (Some(count), _) if 0 < count => Scope::Department,
        (_, Some(Scope::Department)) => Scope::Department,
        _ => Scope::Unit,
    }
}

/// Reads a line that is a date: 2024年3月14日, 二〇二四年三月十四日, 2024-03-14.
///
/// Returns it as `YYYY-MM-DD`; nothing for any other line.
fn date(line: &str) -> Option<String> {
    if 16 < line.chars().count() {
        return None;
    }
    let line = line.trim_matches(['*', '(', ')']);
    let (year, rest) = line.split_once(['年', '-', '.', '/'])?;
    let (month, rest) = rest.split_once(['月', '-', '.', '/'])?;
    let day = rest.trim_end_matches('日');
    let (year, month, day) = (number(year)?, number(month)?, number(day)?);
    let valid =
        (1990..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    valid.then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// Reads a number in digits or in Chinese numerals below a hundred; a year digit by digit.
pub(super) fn number(text: &str) -> Option<u32> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let digit = |c: char| {
        "〇一二三四五六七八九".chars().position(|d| d == c || (d == '〇' && "○零OＯ0".contains(c)))
    };
    let digits: Option<Vec<usize>> = text.chars().map(digit).collect();
    if let Some(digits) = digits.filter(|digits| !digits.is_empty()) {
        return u32::try_from(digits.iter().fold(0, |number, digit| number * 10 + digit)).ok();
    }
    let (tens, ones) = text.split_once('十')?;
    let value = |text: &str, empty: usize| match text.chars().next() {
        None => Some(empty),
        Some(c) => digit(c),
    };
    u32::try_from(value(tens, 1)? * 10 + value(ones, 0)?).ok()
}

/// Returns the unit of money that most tables declare or, without any, that the prose uses.
fn money_unit(tables: &[RawTable<'_>], lines: &[Cow<'_, str>]) -> Option<Unit> {
    let mut votes: BTreeMap<Unit, usize> = BTreeMap::new();
    for unit in tables.iter().filter_map(|table| table.unit) {
        *votes.entry(unit).or_default() += 1;
    }
    if votes.is_empty() {
        for line in lines {
            let ten_thousands = line.matches("万元").count();
            *votes.entry(Unit::TenThousand).or_default() += ten_thousands;
            *votes.entry(Unit::Yuan).or_default() += line.matches('元').count() - ten_thousands;
        }
    }
    votes
        .into_iter()
        .filter(|(_, count)| 0 < *count)
        .max_by_key(|(_, count)| *count)
        .map(|(unit, _)| unit)
}

/// Returns the province, city and county that a name begins with, completed by GB/T 2260:
/// 海淀区 becomes 北京市海淀区.
///
/// A name that several counties share is told by the codes of projects, which begin with the
/// county's code; without any it is left as printed.
fn region(name: Option<&str>, tables: &[RawTable<'_>], regions: &Classification) -> Option<String> {
    let (code, _) = region::leading(regions, None, name?, &|code| has_code(tables, code))?;
    Some(region::name(regions, &code))
}

/// Returns whether a project's code begins with a region's code.
fn has_code(tables: &[RawTable<'_>], region: &str) -> bool {
    let projects = tables.iter().filter(|table| table.form.rows == RowKind::Project);
    projects
        .flat_map(|table| &table.rows)
        .flat_map(|row| row.cells.iter())
        .any(|cell| cell.text.len() >= 12 && cell.text.starts_with(region))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_both_numerals() {
        assert_eq!(date("二〇二四年三月十四日").as_deref(), Some("2024-03-14"));
        assert_eq!(date("2026年2月28日").as_deref(), Some("2026-02-28"));
        assert_eq!(date("二〇二四年十二月二十三日").as_deref(), Some("2024-12-23"));
        assert_eq!(date("2024年部门预算"), None);
    }

    #[test]
    fn a_cover_is_one_line_or_two() {
        let check = |lines: &[&str], name: &str, year: i32, stage: Stage| {
            let lines: Vec<Cow<'_, str>> = lines.iter().map(|line| (*line).into()).collect();
            let cover = cover(&lines);
            assert_eq!(
                (cover.name.as_deref(), cover.year, cover.stage),
                (Some(name), Some(year), Some(stage))
            );
        };
        check(&["某某县教育局", "2024年部门预算"], "某某县教育局", 2024, Stage::Budget);
        check(&["某某县教育局2023年度部门决算"], "某某县教育局", 2023, Stage::Final);
    }
}
