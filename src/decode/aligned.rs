//! Reads tables that are aligned by blanks, as PDF converters print them.
//!
//! Two or more blanks part the segments of a line. Where the figures of lines stand under
//! each other, they are a column; empty cells, which such a line does not show, become visible
//! that way. A table has the same columns on all its pages, whatever the converter printed
//! between them; lines that form no table stay text.

use std::ops::Range;

use crate::decode::{
    Document,
    columns::Columns,
    packed,
    segments::{
        Segment, SourceLine, is_body, is_page_number, is_title, may_be_cut, numbers_columns,
        segments,
    },
};

/// The fewest lines with figures beside text that make a table of themselves.
const FEWEST_ROWS: usize = 2;

/// A single line makes a table of itself where it has this many segments.
const FEWEST_FIGURES: usize = 3;

/// A line with more segments than this is in no table.
const MOST_SEGMENTS: usize = 128;

/// The longest line, in characters, that can be a wrapped label or a running head.
const LONGEST_LABEL: usize = 40;

/// The most lines of a header, with those of the publisher and the unit of money above it.
const MOST_HEADER_LINES: usize = 16;

/// How many lines of other text may stand between a header and the first figures.
const MOST_LINES_BETWEEN: usize = 5;

/// What a line of plain text is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    /// Nothing.
    Blank,
    /// Segments beside each other.
    Row,
    /// The number of a page.
    PageNumber,
    /// A short text: a wrapped label, a running head, the unit of money.
    Text,
    /// A short text that names a table.
    Title,
    /// A sentence.
    Prose,
}

/// A line of plain text in its segments.
struct Line {
    source: SourceLine,
    kind: Kind,
    segments: Vec<Segment>,
}

impl Line {
    fn read(text: &str, source: SourceLine) -> Line {
        let segments = segments(text, source);
        let printed = text.get(source.start..source.end).unwrap_or_default().trim();
        let kind = match segments.as_slice() {
            [] => Kind::Blank,
            // 支出总表  单位：万元
            [first, second] if second.text(text).contains("单位") && is_title(first.text(text)) => {
                Kind::Title
            }
            [_, _, ..] if segments.len() <= MOST_SEGMENTS => Kind::Row,
            _ if is_page_number(text, &segments) => Kind::PageNumber,
            _ if printed.contains(['。', '；']) || LONGEST_LABEL < printed.chars().count() => {
                Kind::Prose
            }
            _ if is_title(printed) => Kind::Title,
            _ => Kind::Text,
        };
        Line { source, kind, segments }
    }

    /// Returns the line as it stands in the source.
    fn printed<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.source.start..self.source.end).unwrap_or_default()
    }

    /// Returns whether two lines have the same segments, wherever they stand.
    fn repeats(&self, other: &Line, text: &str) -> bool {
        self.segments.len() == other.segments.len()
            && self.segments.iter().zip(&other.segments).all(|(a, b)| a.text(text) == b.text(text))
    }

    fn is_body(&self) -> bool {
        self.kind == Kind::Row && is_body(&self.segments)
    }

    /// Moves all segments to the left (or, below nothing, to the right).
    fn move_back(&mut self, shift: isize) {
        for segment in &mut self.segments {
            segment.extent = segment.extent.start.saturating_add_signed(-shift)
                ..segment.extent.end.saturating_add_signed(-shift);
        }
    }
}

/// Adds lines of plain text to the document, as rows where they form a table.
pub(super) fn flush(document: &mut Document, block: &mut Vec<SourceLine>) {
    let blocks = |line: &SourceLine| {
        may_be_cut(document.text().get(line.start..line.end).unwrap_or_default())
    };
    // Without a wide blank there is no row, and without a row no table.
    if !block.iter().any(blocks) {
        add_plain(document, block);
        block.clear();
        return;
    }
    let mut lines: Vec<Line> =
        block.drain(..).map(|line| Line::read(document.text(), line)).collect();
    let mut from = 0;
    for table in tables(document.text(), &mut lines) {
        add_texts(document, lines.get(from..table.lines.start).unwrap_or_default());
        from = table.lines.end;
        add_table(document, lines.get(table.lines.clone()).unwrap_or_default(), &table);
    }
    add_texts(document, lines.get(from..).unwrap_or_default());
}

/// Adds lines that are in no aligned table; their columns can be parted by single blanks.
fn add_texts(document: &mut Document, lines: &[Line]) {
    let sources: Vec<SourceLine> = lines.iter().map(|line| line.source).collect();
    add_plain(document, &sources);
}

/// Adds lines whose columns can be parted by single blanks.
fn add_plain(document: &mut Document, lines: &[SourceLine]) {
    let Some(packed) = packed::rows(document.text(), lines) else {
        for line in lines {
            add_text(document, *line);
        }
        return;
    };
    for (line, packed) in lines.iter().zip(packed) {
        if packed {
            packed::add(document, *line);
        } else {
            add_text(document, *line);
        }
    }
}

/// Adds a line that is in no table.
fn add_text(document: &mut Document, line: SourceLine) {
    document.add_cell(line.start..line.end, 1);
    document.end_line(line.number, false);
}

/// The lines of a table, from its title or its header to its last row.
struct Table {
    lines: Range<usize>,
    /// The lines of its first header that are rows.
    header: Vec<usize>,
    /// How many of its lines show where figures stand.
    rows: usize,
    /// Whether a title or another part of the same table stands above it.
    announced: bool,
    /// Its columns as far as it was read, and how many rows showed them.
    columns: Columns,
    known: usize,
}

impl Table {
    fn new(at: usize, announced: bool) -> Table {
        let (header, columns) = (Vec::new(), Columns::default());
        Table { lines: at..at, header, rows: 0, announced, columns, known: 0 }
    }

    /// Takes the lines from its end to another line in.
    fn take(&mut self, lines: &[Line], to: usize) {
        for at in self.lines.end..to {
            let Some(line) = lines.get(at) else { continue };
            if line.is_body() {
                self.rows += 1;
            } else if line.kind == Kind::Row && self.rows == 0 {
                self.header.push(at);
            }
        }
        self.lines.end = self.lines.end.max(to);
    }

    /// Finds its columns, unless enough of its rows showed them.
    fn learn(&mut self, text: &str, lines: &[Line]) {
        if 2 * self.known < self.rows || self.known == 0 {
            self.columns = columns(text, lines.get(self.lines.clone()).unwrap_or_default());
            self.known = self.rows;
        }
    }
}

/// Finds the columns of some lines.
fn columns(text: &str, lines: &[Line]) -> Columns {
    let rows: Vec<&[Segment]> = lines
        .iter()
        .filter(|line| line.kind == Kind::Row)
        .map(|line| line.segments.as_slice())
        .collect();
    Columns::find(&rows, |line| numbers_columns(text, line))
}

/// Finds the tables of some lines of plain text, and moves the lines of pages that are set
/// apart from the first one of their table under its columns.
fn tables(text: &str, lines: &mut [Line]) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    let mut open = Table::new(0, false);
    let mut title: Option<&str> = None;
    // Lines of other text since the last row.
    let mut between = 0;
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        match line.kind {
            Kind::Row => {
                let length =
                    lines.iter().skip(at).take_while(|line| line.kind == Kind::Row).count();
                let page = at..at + length;
                if open.rows == 0 {
                    if MOST_LINES_BETWEEN < between {
                        tables.push(std::mem::replace(&mut open, Table::new(at, false)));
                    }
                } else {
                    open.learn(text, lines);
                    let near = between <= MOST_LINES_BETWEEN;
                    if !goes_on(text, &open, lines, page.clone(), near) {
                        tables.push(std::mem::replace(&mut open, Table::new(at, true)));
                    }
                }
                between = 0;
                open.take(lines, page.end);
                at = page.end;
                continue;
            }
            Kind::Title => {
                let printed = line.printed(text).trim();
                if title != Some(printed) || open.rows == 0 {
                    tables.push(std::mem::replace(&mut open, Table::new(at, true)));
                    title = Some(printed);
                }
                between = 0;
            }
            Kind::Prose => {
                between += MOST_LINES_BETWEEN + 1;
                title = title.filter(|_| 0 < open.rows);
            }
            Kind::Text => between += 1,
            Kind::Blank | Kind::PageNumber => (),
        }
        at += 1;
    }
    tables.push(open);
    tables.retain(|table| 0 < table.rows);
    tables
}

/// Returns whether lines that follow a table are more of its rows, and moves them under its
/// columns where they are set apart; `near` tells that little was printed between.
fn goes_on(text: &str, table: &Table, lines: &mut [Line], page: Range<usize>, near: bool) -> bool {
    let own = lines.get(page.clone()).unwrap_or_default();
    let header: Vec<&Line> =
        table.header.iter().take(MOST_HEADER_LINES).filter_map(|at| lines.get(*at)).collect();
    let above = own.iter().take_while(|line| !line.is_body()).count();
    let again: Vec<(&Line, &Line)> = own
        .iter()
        .take(above)
        .filter_map(|line| {
            let first = header.iter().find(|first| first.repeats(line, text))?;
            Some((*first, line))
        })
        .collect();
    let rows: Vec<&[Segment]> = own.iter().map(|line| line.segments.as_slice()).collect();
    let exact = table.columns.shift(&rows);
    let headed = own.iter().take(above).map(|line| table.columns.headed(&line.segments)).max();
    let headed = headed.unwrap_or(0);
    // The header of another table, or of the same one set in another way.
    if again.is_empty() && (2 <= headed || (headed == 1 && exact.is_none())) {
        return false;
    }
    let shift = if again.is_empty() {
        exact.or_else(|| (near && table.columns.fit(&rows)).then_some(0))
    } else {
        let moved = |(first, line): &(&Line, &Line)| {
            line.segments
                .iter()
                .zip(&first.segments)
                .map(|(segment, first)| {
                    segment.extent.start.checked_signed_diff(first.extent.start)
                })
                .collect::<Vec<_>>()
        };
        let mut moved: Vec<Option<isize>> = again.iter().flat_map(moved).collect();
        moved.dedup();
        match moved.as_slice() {
            [only] => *only,
            _ => None,
        }
    };
    let Some(shift) = shift else { return false };
    for line in lines.get_mut(page).unwrap_or_default() {
        line.move_back(shift);
    }
    true
}

/// Adds the lines of a table to the document.
fn add_table(document: &mut Document, lines: &[Line], table: &Table) {
    let widest = lines.iter().filter(|line| line.is_body()).map(|line| line.segments.len()).max();
    let single =
        FEWEST_FIGURES <= widest.unwrap_or(0) || table.announced || !table.header.is_empty();
    if table.rows < FEWEST_ROWS && !single {
        return add_texts(document, lines);
    }
    let columns = columns(document.text(), lines);
    let first = lines.iter().position(|line| line.kind == Kind::Row).unwrap_or(0);
    let last = lines.iter().rposition(|line| line.kind == Kind::Row).unwrap_or(0);
    let mut turned = false;
    for (index, line) in lines.iter().enumerate() {
        let label = index >= first
            && index <= last + 1
            && is_label(document.text(), line, &columns, turned);
        // A page begins with its number or a form feed, then with a running head.
        turned = match line.kind {
            Kind::PageNumber => true,
            Kind::Row => false,
            _ => turned || line.printed(document.text()).contains('\u{C}'),
        };
        if line.kind != Kind::Row && !label {
            add_text(document, line.source);
            continue;
        }
        let numbers = line.kind == Kind::Row && numbers_columns(document.text(), &line.segments);
        if numbers || MOST_SEGMENTS < columns.len() {
            // The numbers of columns are centred where figures are not: their order is what
            // counts.
            for segment in &line.segments {
                document.add_cell(segment.bytes.clone(), segment.column);
            }
            document.end_line(line.source.number, true);
            continue;
        }
        let mut cells: Vec<Option<(Range<usize>, u32)>> = vec![None; columns.len()];
        for (segment, at) in line.segments.iter().zip(columns.places(&line.segments)) {
            match cells.get_mut(at) {
                Some(Some((bytes, _))) => bytes.end = segment.bytes.end,
                Some(free) => *free = Some((segment.bytes.clone(), segment.column)),
                None => (),
            }
        }
        for cell in cells {
            let (bytes, column) = cell.unwrap_or((line.source.start..line.source.start, 1));
            document.add_cell(bytes, column);
        }
        document.end_line(line.source.number, true);
    }
}

/// Returns whether a line of one text is a label in a table: it begins where other texts do,
/// or it is set in from the margin and nothing else.
fn is_label(text: &str, line: &Line, columns: &Columns, turned: bool) -> bool {
    let [segment] = line.segments.as_slice() else { return false };
    let printed = segment.text(text);
    let declares = printed.contains("单位：") || printed.contains("单位:");
    if line.kind != Kind::Text || declares {
        return false;
    }
    let inside = 0 < segment.extent.start && !printed.contains(['：', ':']);
    columns.begins_text(segment.extent.start) || (inside && !turned)
}
