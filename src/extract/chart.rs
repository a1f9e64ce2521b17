//! Finds the data of charts, which converters leave as rows of text.
//!
//! A row of data has as many names as numbers: 基本支出, 项目支出, 265.49, 457.39. Where the names
//! are years, the row above has the name of the series.

use crate::{
    decode::{Cell, Document, Line},
    extract::{
        looks_like_amount,
        prose::{Taken, wording::Wording},
    },
};

/// The most lines of text between the caption of a chart and its data.
const MOST_LINES_BELOW: usize = 3;

/// The longest caption, in characters.
const LONGEST_CAPTION: usize = 42;

/// One number of a chart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Datum<'a> {
    /// The caption, without the words that make it one.
    pub caption: &'a str,
    /// The name of the series; empty where none is printed.
    pub series: &'a str,
    /// What stands under the bar or beside the slice.
    pub category: &'a str,
    /// The number.
    pub number: Cell<'a>,
}

/// What the charts of a document hold.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Charts<'a> {
    /// The data, from top to bottom.
    pub data: Vec<Datum<'a>>,
    /// The cells beside them, which name the series and count them.
    pub names: Vec<Cell<'a>>,
}

/// Returns the data of all charts that stand outside the lines that are `taken`.
pub fn charts<'a>(document: &'a Document, wording: &Wording, taken: &Taken) -> Charts<'a> {
    let mut charts = Charts::default();
    // The row above the data, where it names the series.
    let mut head: Vec<Cell<'a>> = Vec::new();
    let mut caption: Option<&str> = None;
    let mut below = 0;
    let mut series = "";
    let mut cells: Vec<Cell<'a>> = Vec::new();
    for line in document.lines() {
        if taken.holds(line.number()) {
            caption = None;
            continue;
        }
        cells.clear();
        cells.extend(line.cells().filter(|cell| !cell.text.is_empty()));
        if let [only] = cells.as_slice() {
            let own = captioned(only.text, line, wording);
            below = if own.is_some() { 0 } else { below + 1 };
            caption = own.or(caption).filter(|_| below <= MOST_LINES_BELOW);
            series = "";
            head.clear();
        } else if let Some(caption) = caption
            && !cells.is_empty()
        {
            let is_name = |cell: &&Cell<'_>| !looks_like_amount(cell.text);
            let names = cells.iter().take_while(is_name).count();
            let (names, rest) = cells.split_at_checked(names).unwrap_or_default();
            let numbers = rest.iter().take_while(|cell| !is_name(cell)).count();
            let behind = rest.get(numbers..).unwrap_or_default();
            if names.is_empty() || numbers != names.len() || !repeats(behind, names) {
                // 2020年, 2021年, 1, 财政拨款收、支总计
                series = rest.iter().find(is_name).map_or("", |cell| cell.text);
                head.clone_from(&cells);
                continue;
            }
            charts.names.append(&mut head);
            charts.names.extend(names.iter().chain(behind));
            charts.data.extend(names.iter().zip(rest).map(|(name, number)| Datum {
                caption,
                series,
                category: name.text,
                number: *number,
            }));
            series = "";
        }
    }
    charts
}

/// Returns whether what stands behind the data says nothing new: the names again, and how many
/// series there are. Else the row is one of a table.
fn repeats(behind: &[Cell<'_>], names: &[Cell<'_>]) -> bool {
    let count = |text: &str| text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut known = names.iter().map(|name| name.text).cycle().take(behind.len());
    behind.len() <= names.len() + 1
        && behind.iter().all(|cell| known.next() == Some(cell.text) || count(cell.text))
}

/// Returns what a chart shows by its caption; nothing for a line that is none.
fn captioned<'a>(text: &'a str, line: Line<'_>, wording: &Wording) -> Option<&'a str> {
    let short = text.chars().nth(LONGEST_CAPTION).is_none();
    let title = text.ends_with('表') || text.ends_with('。') || line.is_packed();
    if !short || title {
        return None;
    }
    let (start, _) = wording.captions.first(text)?;
    text.get(..start).filter(|shown| !shown.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{accounts::sources::Sources, decode};

    fn read(text: &str) -> Vec<String> {
        let wording = Wording::read(&Sources::built_in()).expect("the built-in words");
        let document = decode::document("a.txt", text.as_bytes()).expect("a document");
        let shown = |datum: &Datum<'_>| {
            [datum.caption, datum.series, datum.category, datum.number.text].join("|")
        };
        charts(&document, &wording, &Taken::default()).data.iter().map(shown).collect()
    }

    #[test]
    fn names_and_numbers_come_in_pairs() {
        let pie = "支出决算结构图\n\n基本支出\t项目支出\t265.49\t457.39\t\n";
        assert_eq!(read(pie), ["支出决算||基本支出|265.49", "支出决算||项目支出|457.39"]);
        let bars = "收、支决算总计变动情况\n2020年\t2021年\t1\t收、支总计\n2020年\t2021年\t430.37\t722.88\t2020年\t2021年\t1\n";
        assert_eq!(
            read(bars),
            ["收、支决算总计|收、支总计|2020年|430.37", "收、支决算总计|收、支总计|2021年|722.88"]
        );
    }

    #[test]
    fn rows_without_a_caption_are_no_chart() {
        assert_eq!(read("基本支出\t项目支出\t265.49\t457.39\n"), [""; 0]);
        let table = "支出结构表\n基本支出\t项目支出\t265.49\t457.39\n";
        assert_eq!(read(table), [""; 0]);
        let sides = "收支变动情况\n基本支出\t265.49\t项目支出\t457.39\n";
        assert_eq!(read(sides), [""; 0]);
        let uneven = "支出结构图\n基本支出\t项目支出\t265.49\n";
        assert_eq!(read(uneven), [""; 0]);
    }
}
