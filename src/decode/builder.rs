//! Builds documents of formats that have no lines of text of their own.
//!
//! Their lines are those of a text in which tabs part the cells of a row. So every character
//! has a line and a column here too, and what reads them need not know the format.

use crate::decode::{Area, Document, Place, aligned, document::to_u32, segments::SourceLine};

/// A document that grows from top to bottom.
pub(super) struct Builder {
    document: Document,
    line: u32,
}

impl Builder {
    /// Starts an empty document of a format.
    pub(super) fn new(format: &'static str) -> Builder {
        Builder { document: Document::new(format, String::new()), line: 0 }
    }

    /// Begins a page or a sheet behind so many lines that are still to come.
    pub(super) fn begin_page(&mut self, waiting: usize) {
        self.document.begin_page(self.line + to_u32(waiting) + 1);
    }

    /// Adds an empty line that stands for a page of pictures.
    pub(super) fn scanned_page(&mut self) {
        self.begin_page(0);
        self.blank();
        self.document.scanned.push(self.line);
    }

    /// Counts characters that no page shows.
    pub(super) fn hide(&mut self, characters: usize) {
        self.document.hidden += characters;
    }

    /// Adds lines of text.
    pub(super) fn text(&mut self, text: &str) {
        for line in text.split('\n') {
            self.line += 1;
            let start = self.document.add_text(line);
            self.document.add_cell(start..start + line.len(), 1);
            self.document.add_text("\n");
            self.document.end_line(self.line, false);
        }
    }

    /// Adds lines of text that all are printed in one place.
    pub(super) fn text_at(&mut self, text: &str, page: u32, area: Area) {
        let lines = (self.line + 1..).zip(text.split('\n'));
        let places = lines.map(|(line, _)| Place { line, column: 1, page, area, is_cell: true });
        self.document.places.extend(places);
        self.text(text);
    }

    /// Adds lines of text in which blanks can align columns; `places` count the lines from 0.
    pub(super) fn aligned<'a>(
        &mut self,
        lines: impl IntoIterator<Item = &'a str>,
        places: impl IntoIterator<Item = Place>,
    ) {
        let first = self.line + 1;
        let places = places.into_iter().map(|place| Place { line: first + place.line, ..place });
        self.document.places.extend(places);
        let mut block: Vec<SourceLine> = Vec::new();
        for line in lines {
            self.line += 1;
            let start = self.document.add_text(line);
            block.push(SourceLine { number: self.line, start, end: start + line.len() });
            self.document.add_text("\n");
        }
        aligned::flush(&mut self.document, &mut block);
    }

    /// Adds an empty line.
    pub(super) fn blank(&mut self) {
        self.line += 1;
        self.document.add_text("\n");
    }

    /// Adds a row of cells, with blanks for the ends of lines in them.
    pub(super) fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        self.row_at(cells.into_iter().map(|cell| (cell, Area::default())), 0);
    }

    /// Adds a row of cells of a page, each with what it covers there; nothing is known of one
    /// that covers nothing.
    pub(super) fn row_at<'a>(
        &mut self,
        cells: impl IntoIterator<Item = (&'a str, Area)>,
        page: u32,
    ) {
        self.line += 1;
        let (line, mut column) = (self.line, 1);
        for (cell, area) in cells {
            if !area.is_empty() {
                let place = Place { line, column, page, area, is_cell: true };
                self.document.places.push(place);
            }
            if 1 < column {
                self.document.add_text("\t");
            }
            let mut parts = cell.split('\n');
            let start = self.document.add_text(parts.next().unwrap_or_default());
            for part in parts {
                self.document.add_text(" ");
                self.document.add_text(part);
            }
            self.document.add_cell(start..start + cell.len(), column);
            column += to_u32(cell.chars().count()) + 1;
        }
        self.document.add_text("\n");
        self.document.end_line(self.line, true);
    }

    /// Returns the document.
    pub(super) fn finish(mut self) -> Document {
        self.document.line_count = self.line;
        self.document.end_source();
        self.document
    }
}

/// Adds a text to another, with what has no shape left out and white space that is no blank
/// made one, but for ends of lines.
pub(super) fn push_clean(to: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '\u{200B}'..='\u{200D}' | '\u{FEFF}' | '\u{AD}' => (),
            c if c.is_control() && c != '\n' => to.push(' '),
            c => to.push(c),
        }
    }
}
