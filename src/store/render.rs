//! Writes rows of cells as JSON lines, CSV, or a table for the terminal.

use std::{borrow::Cow, io, io::Write};

use unicode_width::UnicodeWidthStr;

use crate::error::{Error, Result};

/// A text format of rows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// One JSON object a line, amounts as decimal strings, absent values as null.
    Jsonl,
    /// A header line, then one line a row; absent values are empty.
    Csv,
    /// Parquet, as in a snapshot.
    Parquet,
    /// Aligned columns for the eye.
    Table,
}

impl Format {
    /// Every format, in the order of the command line's help.
    pub const ALL: &[Format] = &[Format::Jsonl, Format::Csv, Format::Parquet, Format::Table];

    /// Returns the name as it stands on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::Jsonl => "jsonl",
            Format::Csv => "csv",
            Format::Parquet => "parquet",
            Format::Table => "table",
        }
    }

    /// Reads a name back; nothing for any other text.
    pub fn parse(text: &str) -> Option<Format> {
        Format::ALL.iter().copied().find(|format| format.as_str() == text)
    }
}

/// One value of a row.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Cell<'a> {
    /// No value.
    Absent,
    /// Text, dates and tokens.
    Text(Cow<'a, str>),
    /// A whole number or a ratio, as JSON writes it.
    Number(String),
    /// An exact decimal, which JSON keeps exact only as text.
    Decimal(String),
    /// Several values, as JSON writes them.
    List(String),
    /// True or false.
    Flag(bool),
}

impl Cell<'_> {
    /// Returns the value as text; the empty text where it is absent.
    pub fn as_text(&self) -> &str {
        match self {
            Cell::Absent => "",
            Cell::Text(text) => text,
            Cell::Number(number) | Cell::Decimal(number) | Cell::List(number) => number,
            Cell::Flag(true) => "true",
            Cell::Flag(false) => "false",
        }
    }
}

/// Writes one JSON object a row, its keys in the order of the columns.
pub fn jsonl<'a>(
    columns: &[&str],
    rows: impl IntoIterator<Item = Vec<Cell<'a>>>,
    out: &mut dyn Write,
) -> Result<()> {
    let key = |(at, column): (usize, &&str)| {
        let mut key = String::from(if at == 0 { '{' } else { ',' });
        push_quoted(&mut key, column);
        key.push(':');
        key
    };
    let keys: Vec<String> = columns.iter().enumerate().map(key).collect();
    let mut line = String::new();
    for row in rows {
        line.clear();
        for (key, cell) in keys.iter().zip(&row) {
            line.push_str(key);
            match cell {
                Cell::Absent => line.push_str("null"),
                Cell::Text(text) => push_quoted(&mut line, text),
                Cell::Decimal(text) => push_quoted(&mut line, text),
                Cell::Number(_) | Cell::List(_) | Cell::Flag(_) => line.push_str(cell.as_text()),
            }
        }
        line.push_str("}\n");
        out.write_all(line.as_bytes()).map_err(unwritten)?;
    }
    Ok(())
}

/// Writes a header and one line a row.
pub fn csv<'a>(
    columns: &[&str],
    rows: impl IntoIterator<Item = Vec<Cell<'a>>>,
    out: &mut dyn Write,
) -> Result<()> {
    let mut writer = ::csv::Writer::from_writer(out);
    let broken = |error: ::csv::Error| unwritten(io::Error::other(error));
    writer.write_record(columns).map_err(broken)?;
    for row in rows {
        writer.write_record(row.iter().map(Cell::as_text)).map_err(broken)?;
    }
    writer.flush().map_err(unwritten)
}

/// Writes aligned columns; a Chinese character takes two places.
///
/// Numbers stand to the right, decimals with their thousands apart.
pub fn table<'a>(
    columns: &[&str],
    rows: impl IntoIterator<Item = Vec<Cell<'a>>>,
    out: &mut dyn Write,
) -> Result<()> {
    let rows: Vec<Vec<Cell<'a>>> = rows.into_iter().collect();
    let shown: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(shown).collect()).collect();
    let mut shapes: Vec<(usize, bool)> = columns.iter().map(|name| (name.width(), false)).collect();
    for (cells, texts) in rows.iter().zip(&shown) {
        for ((shape, cell), text) in shapes.iter_mut().zip(cells).zip(texts) {
            shape.0 = shape.0.max(text.width());
            shape.1 |= matches!(cell, Cell::Number(_) | Cell::Decimal(_));
        }
    }
    let rule: Vec<String> = shapes.iter().map(|(width, _)| "─".repeat(*width)).collect();
    let head: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
    for texts in [&head, &rule].into_iter().chain(&shown) {
        let cells = texts.iter().zip(&shapes).map(|(text, shape)| padded(text, *shape));
        let line = cells.collect::<Vec<_>>().join("  ");
        writeln!(out, "{}", line.trim_end()).map_err(unwritten)?;
    }
    Ok(())
}

/// Makes the error of an output that cannot be written, as when a pipe is closed.
pub fn unwritten(source: io::Error) -> Error {
    Error::io("write", "the output", source)
}

/// Writes a text as JSON does.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    push_quoted(&mut quoted, text);
    quoted
}

/// Adds a text as JSON has it.
fn push_quoted(to: &mut String, text: &str) {
    if text.bytes().any(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        to.push_str(&serde_json::Value::from(text).to_string());
    } else {
        to.push('"');
        to.push_str(text);
        to.push('"');
    }
}

fn shown(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Decimal(text) => grouped(text),
        Cell::Text(text) => text.replace(char::is_control, " "),
        _ => cell.as_text().to_owned(),
    }
}

/// Puts commas between the thousands of a decimal.
pub fn grouped(text: &str) -> String {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let mut result = String::from(if digits.len() < whole.len() { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if 0 < index && (digits.len() - index).is_multiple_of(3) {
            result.push(',');
        }
        result.push(digit);
    }
    if !fraction.is_empty() {
        result.push('.');
        result.push_str(fraction);
    }
    result
}

fn padded(text: &str, (width, right): (usize, bool)) -> String {
    let blanks = " ".repeat(width.saturating_sub(text.width()));
    if right { blanks + text } else { text.to_owned() + &blanks }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Vec<Cell<'static>>> {
        vec![
            vec![
                Cell::Text("基本\n工资".into()),
                Cell::Decimal("-1234567.80".into()),
                Cell::Absent,
            ],
            vec![Cell::Text("a\"b".into()), Cell::Decimal("0.01".into()), Cell::Number("7".into())],
        ]
    }

    fn check(
        write: impl Fn(&[&str], Vec<Vec<Cell<'static>>>, &mut dyn Write) -> Result<()>,
        expected: &str,
    ) {
        let mut out = Vec::new();
        write(&["label", "amount", "n"], rows(), &mut out).expect("a vector takes every byte");
        assert_eq!(String::from_utf8(out).expect("text"), expected);
    }

    #[test]
    fn rows_are_written_in_every_format() {
        check(
            |columns, rows, out| jsonl(columns, rows, out),
            "{\"label\":\"基本\\n工资\",\"amount\":\"-1234567.80\",\"n\":null}\n\
             {\"label\":\"a\\\"b\",\"amount\":\"0.01\",\"n\":7}\n",
        );
        check(
            |columns, rows, out| csv(columns, rows, out),
            "label,amount,n\n\"基本\n工资\",-1234567.80,\n\"a\"\"b\",0.01,7\n",
        );
        check(
            |columns, rows, out| table(columns, rows, out),
            "label             amount  n\n\
             ─────────  ─────────────  ─\n\
             基本 工资  -1,234,567.80\n\
             a\"b                 0.01  7\n",
        );
    }
}
