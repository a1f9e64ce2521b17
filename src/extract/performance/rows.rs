//! Cuts the lines of a performance form into rows.

use crate::{
    accounts::text,
    decode::{Document, Line},
    extract::performance::{FormCell, FormRow, words::PerformanceWords},
};

/// The fewest lines of one cell that make a form of one cell a line.
const FEWEST_CELL_LINES: usize = 6;

/// The lines of a document, read once from top to bottom.
pub(super) struct Lines<'a> {
    document: &'a Document,
    /// The index of the first line that no form has taken.
    at: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(document: &'a Document) -> Lines<'a> {
        Lines { document, at: 0 }
    }

    /// Returns the rows of a form between the line of its title and that of its last row, and
    /// the second line of its title.
    ///
    /// Where its cells stand one a line, it goes on until its layout ends, before `next` at most.
    pub(super) fn take(
        &mut self,
        first: u32,
        last: u32,
        next: u32,
        words: &PerformanceWords,
    ) -> (Vec<FormRow<'a>>, Option<FormCell<'a>>) {
        while self.line().is_some_and(|line| line.number() < first) {
            self.at += 1;
        }
        let start = self.at;
        let lines = || {
            (start..)
                .map_while(|at| self.document.line(at))
                .take_while(|line| line.number() <= last)
        };
        let (mut lone, mut rows) = (0, 0);
        for line in lines().filter(|line| line.is_row()) {
            rows += 1;
            lone += usize::from(lone_cell(line).is_some());
        }
        if FEWEST_CELL_LINES <= lone && 5 * lone >= 4 * rows {
            return self.cell_lines(last, next, words);
        }
        let mut taken = Vec::new();
        let mut subtitle = None;
        while let Some(line) = self.line().filter(|line| line.number() <= last) {
            self.at += 1;
            if line.is_row() {
                let cells = line.cells().map(|cell| FormCell {
                    parts: if cell.text.is_empty() { Vec::new() } else { vec![cell] },
                });
                taken.push(FormRow { cells: cells.collect() });
            } else if taken.is_empty() && first < line.number() {
                let cell = FormCell { parts: line.cells().collect() };
                subtitle = subtitle.or_else(|| is_subtitle(&cell, words).then_some(cell));
            }
        }
        (taken, subtitle)
    }

    fn line(&self) -> Option<Line<'a>> {
        self.document.line(self.at)
    }

    /// Takes a form of one cell a line: a tab begins a cell, a line without one goes on with
    /// it, a blank line ends the row, and the first text after that ends the form.
    fn cell_lines(
        &mut self,
        last: u32,
        next: u32,
        words: &PerformanceWords,
    ) -> (Vec<FormRow<'a>>, Option<FormCell<'a>>) {
        let mut rows: Vec<FormRow<'a>> = Vec::new();
        let mut row = FormRow::default();
        let mut subtitle = None;
        let mut before = None;
        while let Some(line) = self.line().filter(|line| line.number() < next) {
            let blank = before.is_some_and(|before: u32| before + 1 < line.number());
            if blank && !row.cells.is_empty() {
                rows.push(std::mem::take(&mut row));
            }
            if !line.is_row() && blank && last < line.number() {
                break;
            }
            before = Some(line.number());
            self.at += 1;
            let mut cells = line.cells();
            if line.is_row() && line.cells().next().is_some_and(|cell| cell.text.is_empty()) {
                cells.next();
                row.cells.extend(cells.map(|cell| FormCell {
                    parts: if cell.text.is_empty() { Vec::new() } else { vec![cell] },
                }));
                continue;
            }
            let parts = cells.filter(|cell| !cell.text.is_empty());
            let titled = rows.is_empty() && row.cells.len() == 1;
            match row.cells.last_mut() {
                // What goes on in the cell of the title is another line of it.
                Some(cell) if titled && subtitle.is_none() && !cell.is_empty() => {
                    let parts: Vec<_> = parts.collect();
                    let second = FormCell { parts: parts.clone() };
                    if is_subtitle(&second, words) {
                        subtitle = Some(second);
                    } else {
                        cell.parts.extend(parts);
                    }
                }
                Some(cell) => cell.parts.extend(parts),
                None => row.cells.push(FormCell { parts: parts.collect() }),
            }
        }
        if !row.cells.is_empty() {
            rows.push(row);
        }
        (rows, subtitle)
    }
}

/// Returns the text of a line that holds one cell after a tab, which can be blank.
fn lone_cell(line: Line<'_>) -> Option<&str> {
    let mut cells = line.cells();
    match (cells.next(), cells.next(), cells.next()) {
        (Some(margin), Some(cell), None) if margin.text.is_empty() => Some(cell.text),
        _ => None,
    }
}

/// Returns whether a line under a title names a project.
fn is_subtitle(cell: &FormCell<'_>, words: &PerformanceWords) -> bool {
    let text = cell.text();
    let key = text::key(&text);
    words.project_endings.iter().any(|ending| key.ends_with(ending.as_str()))
        && !key.contains([':', '。', '(', ','])
}
