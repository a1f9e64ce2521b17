//! Reads workbooks of the open document format (ODS), which store every value as it is shown.

use std::collections::BTreeSet;

use crate::{
    decode::{
        Decoder, Document,
        builder::{Builder, push_clean},
        package::{Package, ZIP},
        sheet::{Sheet, Spent, too_many_cells},
        xml::{self, Node},
    },
    error::Result,
};

/// The part that holds the sheets.
const CONTENT: &str = "content.xml";

/// What the part `mimetype` of a workbook says.
const MIME: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";

/// A cell or row with something in it is repeated at most so often.
const MOST_REPEATED: u32 = 4096;

/// Open document workbooks.
pub(super) struct Ods;

impl Decoder for Ods {
    fn accepts(&self, bytes: &[u8]) -> bool {
        // This part comes first, and is not compressed.
        let head = bytes.get(..bytes.len().min(256)).unwrap_or_default();
        head.starts_with(ZIP) && head.windows(MIME.len()).any(|part| part == MIME)
    }

    fn decode(&self, path: &str, bytes: &[u8]) -> Result<Document> {
        workbook(Package::open(path, bytes)?)
    }
}

/// The most blanks that one mark stands for.
const LONGEST_BLANK: u32 = 64;

/// Reads a workbook.
fn workbook(mut package: Package<'_>) -> Result<Document> {
    let path = package.path();
    let bytes = package.needed(CONTENT)?;
    let mut to = Builder::new("ods");
    let mut spent = Spent::default();
    let mut reading = Reading::default();
    xml::read(path, CONTENT, &bytes, |node| {
        let Some(sheet) = reading.take(&node) else { return Ok(()) };
        let name = sheet.name.clone();
        match sheet.print(&mut to, &mut spent) {
            Some(()) => Ok(()),
            None => too_many_cells(path, &name),
        }
    })?;
    Ok(to.finish())
}

/// What was read so far.
#[derive(Default)]
struct Reading {
    /// The style that is being read, and the names of those that are not shown.
    style: String,
    hidden: BTreeSet<String>,
    /// The sheet that is open, and how many tables deep we are: charts bring tables of their own.
    sheet: Sheet,
    shown: bool,
    depth: usize,
    /// The row and column of the next cell, counted from 1.
    row: u32,
    column: u32,
    row_repeated: u32,
    row_shown: bool,
    /// The cells of the open row: where each is first, and how often it stands there.
    cells: Vec<(u32, u32, String)>,
    cell: Option<Cell>,
    /// How many notes, which are shown only on demand, are open.
    notes: usize,
}

/// The open cell.
#[derive(Default)]
struct Cell {
    text: String,
    repeated: u32,
    columns: u32,
    rows: u32,
}

impl Reading {
    /// Takes the next event; returns a sheet that is read to its end.
    fn take(&mut self, node: &Node<'_>) -> Option<Sheet> {
        match node {
            Node::Open(element) => match element.name() {
                b"style" => self.style = element.attribute("name").unwrap_or_default().into_owned(),
                b"table-properties"
                    if element.attribute("display").is_some_and(|shown| shown == "false") =>
                {
                    self.hidden.insert(self.style.clone());
                }
                b"table" => {
                    self.depth += 1;
                    if self.depth == 1 {
                        let name = element.attribute("name").unwrap_or_default().into_owned();
                        self.sheet = Sheet::default();
                        self.sheet.name = name;
                        let style = element.attribute("style-name").unwrap_or_default();
                        self.shown = !self.hidden.contains(&*style);
                        (self.row, self.column) = (1, 1);
                    }
                }
                _ if self.depth != 1 => (),
                b"table-column" => {
                    let repeated = element.number("number-columns-repeated").unwrap_or(1);
                    let end = self.column.saturating_add(repeated);
                    if element.attribute("visibility").is_some_and(|v| v != "visible") {
                        self.sheet.hide(self.column..=end.saturating_sub(1));
                    }
                    self.column = end;
                }
                b"table-row" => {
                    self.column = 1;
                    self.row_repeated = element.number("number-rows-repeated").unwrap_or(1).max(1);
                    self.row_shown = element.attribute("visibility").is_none_or(|v| v == "visible");
                }
                b"table-cell" | b"covered-table-cell" => {
                    let number = |name: &str| element.number(name).unwrap_or(1).max(1);
                    self.cell = Some(Cell {
                        text: String::new(),
                        repeated: number("number-columns-repeated"),
                        columns: number("number-columns-spanned"),
                        rows: number("number-rows-spanned"),
                    });
                }
                b"annotation" => self.notes += 1,
                b"p" | b"line-break" if self.notes == 0 => {
                    if let Some(cell) = &mut self.cell {
                        cell.text.push('\n');
                    }
                }
                b"tab" | b"s" if self.notes == 0 => {
                    if let Some(cell) = &mut self.cell {
                        let blanks = element.number("c").unwrap_or(1).min(LONGEST_BLANK);
                        cell.text.extend((0..blanks).map(|_| ' '));
                    }
                }
                _ => (),
            },
            Node::Close(b"table") => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 && self.shown {
                    return Some(std::mem::take(&mut self.sheet));
                }
            }
            Node::Close(_) if self.depth != 1 => (),
            Node::Close(b"table-row") => self.end_row(),
            Node::Close(b"table-cell") => self.end_cell(true),
            Node::Close(b"covered-table-cell") => self.end_cell(false),
            Node::Close(b"annotation") => self.notes = self.notes.saturating_sub(1),
            Node::Text(text) if self.notes == 0 && self.depth == 1 => {
                if let Some(cell) = &mut self.cell {
                    push_clean(&mut cell.text, text);
                }
            }
            Node::Close(_) | Node::Text(_) => (),
        }
        None
    }

    fn end_cell(&mut self, shown: bool) {
        let Some(Cell { text, repeated, columns, rows }) = self.cell.take() else { return };
        if shown && (1 < columns || 1 < rows) {
            self.sheet.merge(
                self.row..=self.row.saturating_add(rows - 1),
                self.column..=self.column.saturating_add(columns - 1),
            );
        }
        if shown && !text.trim().is_empty() {
            self.cells.push((self.column, repeated.min(MOST_REPEATED), text.trim().to_owned()));
        }
        self.column = self.column.saturating_add(repeated);
    }

    fn end_row(&mut self) {
        let cells = std::mem::take(&mut self.cells);
        let rows = if self.shown && self.row_shown { self.row_repeated } else { 0 };
        let rows = if cells.is_empty() { 0 } else { rows.min(MOST_REPEATED) };
        for at in 0..rows {
            for (column, repeated, text) in &cells {
                for copy in 0..*repeated {
                    if self.sheet.overflows() {
                        return;
                    }
                    let row = self.row.saturating_add(at);
                    self.sheet.add(row, column.saturating_add(copy), text);
                }
            }
        }
        self.row = self.row.saturating_add(self.row_repeated);
    }
}
