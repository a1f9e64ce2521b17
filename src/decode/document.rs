//! Defines `Document`: what every later stage sees of a published file.
//!
//! All text of a document lies in one string and every cell is a range of it, so that a
//! document of any size costs three allocations.

use std::ops::Range;

use crate::decode::{place::Place, text::source_lines};

/// A document as lines, each of one cell (text) or of several (a row of a grid).
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The character encoding it was in; the name of a format that leaves no choice of one.
    pub encoding: &'static str,
    /// The number of lines of the source, empty ones included.
    pub line_count: u32,
    /// The line that each page or sheet begins with; empty for text.
    pub pages: Vec<u32>,
    /// The lines that stand for pages of pictures, without a layer of text; they are empty.
    pub scanned: Vec<u32>,
    /// How many characters are drawn beside the pages, or where these do not show them.
    pub hidden: usize,
    /// Where what its lines hold is printed, in the order of the lines; empty for what is not
    /// drawn on pages.
    pub places: Vec<Place>,
    text: String,
    /// Where the source ends in `text`, and the texts of rewritten cells begin.
    source_end: usize,
    cells: Vec<CellRange>,
    lines: Vec<LineRange>,
}

/// Where a cell lies in `Document::text`.
#[derive(Clone, Copy, Debug)]
struct CellRange {
    start: u32,
    end: u32,
    /// The first character in the source line, counted from 1.
    column: u32,
}

impl CellRange {
    /// Takes the outer white space off a text that begins at a byte of the document and at a
    /// character of its line.
    fn trimmed(whole: &str, start: usize, column: u32) -> CellRange {
        if whole.is_empty() || is_bare(whole) {
            return CellRange { start: to_u32(start), end: to_u32(start + whole.len()), column };
        }
        let trimmed = whole.trim_start();
        let left = whole.len() - trimmed.len();
        let skipped = match left {
            0 => 0,
            _ => whole.get(..left).map_or(0, |blank| blank.chars().count()),
        };
        let start = start + left;
        CellRange {
            start: to_u32(start),
            end: to_u32(start + trimmed.trim_end().len()),
            column: column.saturating_add(to_u32(skipped)),
        }
    }
}

/// Which cells are in a line.
#[derive(Clone, Debug)]
struct LineRange {
    number: u32,
    cells: Range<u32>,
    row: bool,
    packed: bool,
}

/// One line of a document.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    document: &'a Document,
    range: &'a LineRange,
}

/// One cell of a line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Cell<'a> {
    /// The text, without the white space around it.
    pub text: &'a str,
    /// The line in the source, counted from 1.
    pub line: u32,
    /// The first character in that line, counted from 1.
    pub column: u32,
}

impl Document {
    /// Starts a document over its decoded text.
    pub(super) fn new(encoding: &'static str, text: String) -> Document {
        Document { encoding, source_end: text.len(), text, ..Document::default() }
    }

    /// Returns the number of lines that hold anything.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Returns whether no line holds anything.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Returns the line at an index into the lines that hold anything.
    pub fn line(&self, index: usize) -> Option<Line<'_>> {
        self.lines.get(index).map(|range| Line { document: self, range })
    }

    /// Returns the lines that hold anything, from top to bottom.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.lines.iter().map(|range| Line { document: self, range })
    }

    /// Returns every line of the source as it is printed, empty ones included.
    ///
    /// The columns of [`Cell`] count the characters of these lines.
    pub fn source_lines(&self) -> impl Iterator<Item = &str> {
        let source = self.text.get(..self.source_end).unwrap_or_default();
        let lines = source_lines(source).into_iter();
        lines.map(move |(start, end)| source.get(start..end).unwrap_or_default())
    }

    /// Returns where a character of a line is printed, with all that stands there; where the line
    /// goes on comes behind it.
    pub fn place(&self, line: u32, column: u32) -> Option<(&Place, &[Place])> {
        let behind = self.places.partition_point(|at| (at.line, at.column) <= (line, column));
        let (before, behind) = self.places.split_at_checked(behind)?;
        Some((before.last().filter(|at| at.line == line)?, behind))
    }

    /// Returns the decoded text: the source, followed by the texts of rewritten cells.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns, from top to bottom, the first cell of each line that holds something that was
    /// found in [`Document::text`], with what it holds first. What was found is given with its
    /// bytes, in their order.
    pub fn first_cells_with<T: Copy>(&self, found: &[(Range<usize>, T)]) -> Vec<(Cell<'_>, T)> {
        let mut cells = Vec::new();
        if found.is_empty() {
            return cells;
        }
        for line in &self.lines {
            cells.extend(self.ranges(line).iter().find_map(|cell| {
                let first = found.partition_point(|(at, _)| at.start < cell.start as usize);
                let (_, what) = found.get(first).filter(|(at, _)| at.end <= cell.end as usize)?;
                Some((self.cell(line, cell), *what))
            }));
        }
        cells
    }

    fn ranges(&self, line: &LineRange) -> &[CellRange] {
        let range = line.cells.start as usize..line.cells.end as usize;
        self.cells.get(range).unwrap_or_default()
    }

    fn cell(&self, line: &LineRange, cell: &CellRange) -> Cell<'_> {
        Cell {
            text: self.text.get(cell.start as usize..cell.end as usize).unwrap_or_default(),
            line: line.number,
            column: cell.column,
        }
    }

    /// Makes all text so far the source.
    pub(super) fn end_source(&mut self) {
        self.source_end = self.text.len();
    }

    /// Adds a text that stands in no single place of the source and returns its start.
    pub(super) fn add_text(&mut self, text: &str) -> usize {
        let start = self.text.len();
        self.text.push_str(text);
        start
    }

    /// Begins a page with a line.
    pub(super) fn begin_page(&mut self, line: u32) {
        self.pages.push(line);
    }

    /// Adds a cell to the line that is being built. The range loses its outer white space.
    pub(super) fn add_cell(&mut self, range: Range<usize>, column: u32) {
        let start = range.start;
        let text = self.text.get(range).unwrap_or_default();
        self.cells.push(CellRange::trimmed(text, start, column));
    }

    /// Adds the cells of a range that an ASCII character separates. Where the text is rewritten,
    /// only the line's own place is known.
    pub(super) fn add_cells(&mut self, range: Range<usize>, separator: u8, rewritten: bool) {
        let line = self.text.get(range.clone()).unwrap_or_default();
        let (mut from, mut column) = (0, 1);
        let ends = memchr::memchr_iter(separator, line.as_bytes()).chain([line.len()]);
        for at in ends {
            let cell = line.get(from..at).unwrap_or_default();
            self.cells.push(CellRange::trimmed(cell, range.start + from, column));
            if !rewritten {
                column += to_u32(cell.chars().count()) + 1;
            }
            from = at + 1;
        }
    }

    /// Ends the line of all cells added since the last one; a line of blanks is left out.
    pub(super) fn end_line(&mut self, number: u32, row: bool) {
        let from = self.lines.last().map_or(0, |line| line.cells.end);
        let to = to_u32(self.cells.len());
        let added = self.cells.get(from as usize..).unwrap_or_default();
        if added.is_empty() || (!row && added.iter().all(|cell| cell.start == cell.end)) {
            self.cells.truncate(from as usize);
            return;
        }
        self.lines.push(LineRange { number, cells: from..to, row, packed: false });
    }

    /// Ends a row of cells between which empty ones were left out.
    pub(super) fn end_packed_row(&mut self, number: u32) {
        self.end_line(number, true);
        if let Some(line) = self.lines.last_mut().filter(|line| line.number == number) {
            line.packed = true;
        }
    }
}

impl<'a> Line<'a> {
    /// Returns the number of the line in the source, counted from 1.
    pub fn number(self) -> u32 {
        self.range.number
    }

    /// Returns whether the line is a row of a grid.
    pub fn is_row(self) -> bool {
        self.range.row
    }

    /// Returns whether empty cells were left out of the row, so that only the order of its
    /// cells is known.
    pub fn is_packed(self) -> bool {
        self.range.packed
    }

    /// Returns the number of cells.
    pub fn len(self) -> usize {
        self.range.cells.len()
    }

    /// Returns whether there is no cell.
    pub fn is_empty(self) -> bool {
        self.range.cells.is_empty()
    }

    /// Returns the cells from left to right.
    pub fn cells(self) -> impl ExactSizeIterator<Item = Cell<'a>> {
        let Line { document, range } = self;
        document.ranges(range).iter().map(move |cell| document.cell(range, cell))
    }

    /// Returns the text of the first cell that is not empty.
    pub fn first_text(self) -> &'a str {
        let Line { document, range } = self;
        let filled = document.ranges(range).iter().find(|cell| cell.start < cell.end);
        filled.map_or("", |cell| document.cell(range, cell).text)
    }

    /// Returns the one text of a line whose other cells are empty or repeat it.
    ///
    /// A title inside a grid is such a line, whether its merged cell was kept once or
    /// copied into every column.
    pub fn sole_text(self) -> Option<&'a str> {
        let Line { document, range } = self;
        // Told by the ranges where it can be: this is asked of every line.
        let mut filled = document.ranges(range).iter().filter(|cell| cell.start < cell.end);
        let first = filled.next()?;
        let length = first.end - first.start;
        let text = document.cell(range, first).text;
        let again = |cell: &CellRange| {
            cell.end - cell.start == length && document.cell(range, cell).text == text
        };
        filled.all(again).then_some(text)
    }
}

/// Returns whether a text begins and ends with characters that are no blanks; a cheap question,
/// which nearly all cells answer yes to.
fn is_bare(text: &str) -> bool {
    // The first bytes of U+4000 to U+9FFF.
    const COMMON: std::ops::RangeInclusive<u8> = 0xE4..=0xE9;
    let bytes = text.as_bytes();
    let begins = bytes.first().is_some_and(|byte| byte.is_ascii_graphic() || COMMON.contains(byte));
    begins
        && match bytes {
            [.., last] if last.is_ascii_graphic() => true,
            [.., first, _, _] => COMMON.contains(first),
            _ => false,
        }
}

/// Converts an offset; documents beyond 4 GiB were refused before.
pub(super) fn to_u32(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
