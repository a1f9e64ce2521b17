//! Prints a disclosure in the dialects and encodings in which text reaches the program.

use unicode_width::UnicodeWidthStr;

use super::{
    head,
    paper::{Block, Paper, Row, Sheet},
};

/// A way to print the cells of a row.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Dialect {
    /// Tabs between the cells.
    Tabs,
    /// Markdown: pipes around the cells, a rule under the header.
    Pipes,
    /// Pipes between the cells, none around them and no rule.
    BarePipes,
    /// Columns aligned by blanks, texts left and figures right.
    Aligned,
    /// Columns aligned by blanks, everything left.
    AlignedLeft,
    /// An HTML table, a row on each line.
    Html,
    /// An HTML table, a cell on each line, as word processors write it.
    HtmlCells,
    /// An HTML table whose header has merged cells.
    HtmlSpans,
}

/// A way to write text as bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Encoding {
    /// UTF-8
    Utf8,
    /// UTF-8 with a byte order mark
    Utf8Marked,
    /// GB18030
    Gb18030,
    /// UTF-16, low byte first, with a byte order mark
    Utf16Le,
    /// UTF-16, high byte first, with a byte order mark
    Utf16Be,
    /// UTF-8 with `\r\n` line ends
    Crlf,
    /// UTF-8 with `\r` line ends
    Cr,
}

/// Prints a disclosure.
pub(super) fn text(paper: &Paper, dialect: Dialect) -> String {
    let mut out = String::new();
    for block in &paper.blocks {
        match block {
            Block::Text(line) => line_of(&mut out, line),
            Block::Sheet(sheet) => self::sheet(&mut out, sheet, dialect),
        }
    }
    out
}

/// Writes text as bytes.
pub(super) fn bytes(text: &str, encoding: Encoding) -> Vec<u8> {
    let utf_16 = |mark: [u8; 2], unit: fn(u16) -> [u8; 2]| {
        mark.into_iter().chain(text.encode_utf16().flat_map(unit)).collect()
    };
    match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Utf8Marked => format!("\u{FEFF}{text}").into_bytes(),
        Encoding::Gb18030 => encoding_rs::GB18030.encode(text).0.into_owned(),
        Encoding::Utf16Le => utf_16([0xFF, 0xFE], u16::to_le_bytes),
        Encoding::Utf16Be => utf_16([0xFE, 0xFF], u16::to_be_bytes),
        Encoding::Crlf => text.replace('\n', "\r\n").into_bytes(),
        Encoding::Cr => text.replace('\n', "\r").into_bytes(),
    }
}

/// Prints one table with its title.
pub(super) fn sheet(out: &mut String, sheet: &Sheet, dialect: Dialect) {
    let width = sheet.head.iter().map(Vec::len).max().unwrap_or(1);
    let title = sheet.title.iter().map(|line| {
        let mut cells = vec![line.clone()];
        cells.resize(width, String::new());
        Row { cells, ..Row::default() }
    });
    if !sheet.title_inside {
        sheet.title.iter().for_each(|line| line_of(out, line));
    }
    sheet.between.iter().for_each(|line| line_of(out, line));
    let head = sheet.head.iter().map(|cells| Row { cells: cells.clone(), ..Row::default() });
    let rows: Vec<Row> = title
        .filter(|_| sheet.title_inside)
        .chain(head)
        .chain(sheet.body.iter().cloned())
        .collect();
    if matches!(dialect, Dialect::Aligned | Dialect::AlignedLeft) {
        let right = |at: usize| dialect == Dialect::Aligned && sheet.is_value(at);
        return aligned(out, &rows, right);
    }
    // What is printed between the rows parts the grid in every other dialect.
    let mut first = true;
    for run in rows.chunk_by(|a, b| a.text == b.text) {
        if run.iter().any(|row| row.text) {
            run.iter().flat_map(|row| &row.cells).for_each(|line| line_of(out, line));
        } else {
            let merged = dialect == Dialect::HtmlSpans && first && is_plain_head(sheet);
            let above = if merged { head::merged(&sheet.columns) } else { String::new() };
            let run = if merged { &run[sheet.head.len()..] } else { run };
            grid(out, run, dialect, first, &above);
            first = false;
        }
    }
}

fn line_of(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

/// Returns whether nothing but its own header stands at the top of a table's grid.
fn is_plain_head(sheet: &Sheet) -> bool {
    let depth = sheet.columns.iter().map(|column| column.path.len()).max();
    !sheet.title_inside && depth == Some(sheet.head.len())
}

/// Prints rows without text between them; `above` is the header, where it is markup.
fn grid(out: &mut String, rows: &[Row], dialect: Dialect, first: bool, above: &str) {
    match dialect {
        Dialect::Tabs => rows.iter().for_each(|row| line_of(out, &row.cells.join("\t"))),
        Dialect::BarePipes => rows.iter().for_each(|row| line_of(out, &row.cells.join(" | "))),
        Dialect::Pipes => {
            let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(1);
            for (index, row) in rows.iter().enumerate() {
                line_of(out, &format!("| {} |", row.cells.join(" | ")));
                if index == 0 && first {
                    line_of(out, &format!("|{}", "---|".repeat(width)));
                }
            }
        }
        Dialect::Aligned | Dialect::AlignedLeft => aligned(out, rows, |_| false),
        Dialect::Html | Dialect::HtmlCells | Dialect::HtmlSpans => {
            let between = if dialect == Dialect::HtmlCells { "\n" } else { "" };
            line_of(out, "<table border=\"1\">");
            out.push_str(above);
            for row in rows {
                let cell = |cell: &String| format!("<td>{}</td>", escaped(cell));
                let cells: Vec<String> = row.cells.iter().map(cell).collect();
                line_of(out, &format!("<tr>{between}{}{between}</tr>", cells.join(between)));
            }
            line_of(out, "</table>");
        }
    }
}

/// Writes what would be markup as entities; inline tags of the source stay.
fn escaped(cell: &str) -> String {
    let tag = cell.contains("<b>") || cell.contains("<p>");
    if tag {
        cell.to_owned()
    } else {
        cell.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    }
}

/// Prints rows so that their columns stand under each other.
fn aligned(out: &mut String, rows: &[Row], right: impl Fn(usize) -> bool) {
    let squeezed = |cell: &String| {
        let plain = cell.replace("<b>", "").replace("</b>", "");
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let printed: Vec<Vec<String>> =
        rows.iter().map(|row| row.cells.iter().map(squeezed).collect()).collect();
    let grid = || rows.iter().zip(&printed).filter(|(row, _)| !row.text).map(|(_, cells)| cells);
    let columns = grid().map(Vec::len).max().unwrap_or(0);
    let width = |at: usize| {
        grid().filter_map(|row| row.get(at)).map(|cell| cell.width()).max().unwrap_or(0).max(2)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for (row, cells) in rows.iter().zip(&printed) {
        if row.text {
            row.cells.iter().for_each(|line| line_of(out, line));
            continue;
        }
        let mut line = String::from(" ");
        for (at, (cell, width)) in cells.iter().zip(&widths).enumerate() {
            let blanks = " ".repeat(width - cell.width());
            let figure = cell.ends_with(|c: char| c.is_ascii_digit());
            let (left, right) =
                if figure && right(at) { (blanks.as_str(), "") } else { ("", blanks.as_str()) };
            line.push_str("  ");
            line.push_str(left);
            line.push_str(cell);
            line.push_str(right);
        }
        line_of(out, line.trim_end());
    }
}
