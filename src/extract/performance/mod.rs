//! Cuts performance forms into rows of cells and finds what heads their columns.
//!
//! Text only. A form is a grid of rows, or, as documents of word processors are converted,
//! one cell a line: a tab begins a cell, a line without one goes on with it, and a blank line
//! ends the row.

pub mod columns;
mod rows;
pub mod words;

use std::borrow::Cow;

pub use columns::{Column, Columns};

use crate::{
    accounts::{money::Unit, token::TableKind},
    decode::{Cell, Document},
    extract::{RawTable, performance::rows::Lines},
};

/// A performance form as printed.
#[derive(Clone, Debug)]
pub struct PerformanceForm<'a> {
    /// The title in comparable form; empty where there is none.
    pub title: String,
    /// The second line of the title, where there is one.
    pub subtitle: Option<FormCell<'a>>,
    /// The line of the title or, without one, of the first row.
    pub line: u32,
    /// The unit of money printed above it.
    pub unit: Option<Unit>,
    /// Its rows from top to bottom, headers among them.
    pub rows: Vec<FormRow<'a>>,
}

impl PerformanceForm<'_> {
    /// Returns the lines that its cells stand on, some of them several times.
    pub fn lines(&self) -> impl Iterator<Item = u32> {
        let cells = self.rows.iter().flat_map(|row| &row.cells).chain(&self.subtitle);
        cells.flat_map(|cell| &cell.parts).map(|part| part.line)
    }
}

/// A row of a performance form as printed.
#[derive(Clone, Debug, Default)]
pub struct FormRow<'a> {
    /// Its cells from left to right, blank ones included.
    pub cells: Vec<FormCell<'a>>,
}

/// A cell of a performance form, which can go on over several lines.
#[derive(Clone, Debug, Default)]
pub struct FormCell<'a> {
    /// Its lines.
    pub parts: Vec<Cell<'a>>,
}

impl<'a> FormCell<'a> {
    /// Returns whether it is blank.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Returns its text, with lines put together as they were before they were broken.
    pub fn text(&self) -> Cow<'a, str> {
        match self.parts.as_slice() {
            [] => Cow::Borrowed(""),
            [only] => Cow::Borrowed(only.text),
            parts => Cow::Owned(parts.iter().map(|part| part.text).collect()),
        }
    }

    /// Returns where it begins: its line and the first character in it.
    pub fn place(&self) -> (u32, u32) {
        self.parts.first().map_or((0, 0), |part| (part.line, part.column))
    }
}

/// Finds the rows of every performance form of a document among its tables.
pub fn forms<'a>(
    document: &'a Document,
    tables: &[RawTable<'a>],
    words: &words::PerformanceWords,
) -> Vec<PerformanceForm<'a>> {
    let mut forms = Vec::new();
    let mut lines = Lines::new(document);
    for (at, table) in tables.iter().enumerate() {
        if table.form.table != TableKind::Performance {
            continue;
        }
        let header = table.header.iter().map(|line| line.number());
        let last = header.chain(table.rows.iter().map(|row| row.line)).max().unwrap_or(table.line);
        let next = tables.get(at + 1).map_or(u32::MAX, |next| next.line);
        let (rows, subtitle) = lines.take(table.line, last, next, words);
        forms.push(PerformanceForm {
            title: table.title.clone(),
            subtitle,
            line: table.line,
            unit: table.unit,
            rows,
        });
    }
    forms
}
