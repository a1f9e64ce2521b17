//! Follows the text of a Word document: paragraphs, tables, what stands in text boxes.

use std::collections::BTreeMap;

use crate::{
    decode::{
        builder::{Builder, push_clean},
        docx::{
            Block,
            numbering::{Numbering, Place},
        },
        package::damaged,
        xml::{Element, Node},
    },
    error::Result,
};

/// Tables inside tables inside tables: deeper ones are an attack.
const DEEPEST: usize = 24;

/// The most columns that one cell spans.
const LARGEST_SPAN: u32 = 256;

/// The most cells of all tables, as they are read and again as they are printed.
const MOST_CELLS: usize = 1 << 23;

/// What is open at a place of the text.
pub(super) struct Flow<'a> {
    path: &'a str,
    part: &'a str,
    numbering: Numbering,
    /// What charts show, by the names of the relations to them.
    charts: BTreeMap<String, Vec<Block>>,
    /// What is open, from the outside in.
    open: Vec<Open>,
    /// Elements inside which nothing is read: what was deleted, what repeats a text box.
    skipped: usize,
    /// Whether the text at hand is printed.
    text: bool,
    hidden: bool,
    in_properties: bool,
    cells: usize,
}

/// Something that holds text.
enum Open {
    Table(Table),
    Paragraph(Paragraph),
    /// A text box: what is in it comes behind the paragraph that it hangs on.
    Box(Vec<Block>),
}

#[derive(Default)]
struct Paragraph {
    text: String,
    place: Option<Place>,
    own: Option<Place>,
    /// What comes behind it: text boxes and charts.
    after: Vec<Block>,
}

#[derive(Default)]
struct Table {
    rows: Vec<Block>,
    row: Vec<String>,
    /// The text of the open cell, and how many columns it spans.
    cell: Option<String>,
    columns: u32,
    /// Whether the open cell goes on from the row above.
    covered: bool,
    /// The tables inside the cells of the row.
    after: Vec<Block>,
}

impl<'a> Flow<'a> {
    /// Starts at the beginning of a text.
    pub(super) fn new(
        path: &'a str,
        part: &'a str,
        numbering: Numbering,
        charts: BTreeMap<String, Vec<Block>>,
    ) -> Flow<'a> {
        Flow {
            path,
            part,
            numbering,
            charts,
            open: Vec::new(),
            skipped: 0,
            text: false,
            hidden: false,
            in_properties: false,
            cells: 0,
        }
    }

    /// Takes the next event.
    pub(super) fn take(&mut self, node: &Node<'_>, to: &mut Builder) -> Result<()> {
        match node {
            Node::Open(element) if 0 < self.skipped || is_skipped(element.name()) => {
                self.skipped += 1;
            }
            Node::Close(_) if 0 < self.skipped => self.skipped -= 1,
            _ if 0 < self.skipped => (),
            Node::Open(element) => self.begin(element)?,
            Node::Close(name) => self.end(name, to)?,
            Node::Text(text) if self.text && !self.hidden => {
                if let Some(Open::Paragraph(paragraph)) = self.open.last_mut() {
                    push_clean(&mut paragraph.text, &text.replace('\n', " "));
                }
            }
            Node::Text(_) => (),
        }
        Ok(())
    }

    fn begin(&mut self, element: &Element<'_>) -> Result<()> {
        let value = || element.number("val");
        let off = || element.attribute("val").is_some_and(|v| matches!(&*v, "0" | "false"));
        match element.name() {
            b"tbl" | b"txbxContent" | b"p" if DEEPEST * 4 <= self.open.len() => {
                let problem = format!("tables stand inside each other over {DEEPEST} times");
                return Err(damaged(self.path, self.part, &problem));
            }
            b"tbl" => self.open.push(Open::Table(Table::default())),
            b"txbxContent" => self.open.push(Open::Box(Vec::new())),
            b"p" => self.open.push(Open::Paragraph(Paragraph::default())),
            b"tc" => {
                if let Some(Open::Table(table)) = self.open.last_mut() {
                    (table.cell, table.columns, table.covered) = (Some(String::new()), 1, false);
                }
            }
            b"gridSpan" => {
                if let Some(Open::Table(table)) = self.open.last_mut() {
                    table.columns = value().unwrap_or(1).clamp(1, LARGEST_SPAN);
                }
            }
            b"gridBefore" => {
                if let Some(Open::Table(table)) = self.open.last_mut() {
                    let columns = value().unwrap_or(0).min(LARGEST_SPAN);
                    table.row.extend((0..columns).map(|_| String::new()));
                    self.counted(columns as usize)?;
                }
            }
            b"vMerge" | b"hMerge" => {
                let restarts = element.attribute("val").is_some_and(|v| v == "restart");
                if let Some(Open::Table(table)) = self.open.last_mut() {
                    table.covered |= !restarts;
                }
            }
            b"rPr" => {
                self.in_properties = true;
                self.hidden = false;
            }
            b"vanish" if self.in_properties => self.hidden = !off(),
            b"r" => self.hidden = false,
            b"t" => self.text = true,
            b"tab" if !self.in_tabs() => self.push('\t'),
            b"ptab" => self.push('\t'),
            b"br" | b"cr" => self.push('\n'),
            b"noBreakHyphen" => self.push('-'),
            b"numId" | b"ilvl" | b"pStyle" => self.number(element),
            b"chart" => {
                // A drawing shows its chart once.
                let blocks = element.attribute("id").and_then(|id| self.charts.remove(&*id));
                if let (Some(blocks), Some(Open::Paragraph(open))) = (blocks, self.open.last_mut())
                {
                    open.after.extend(blocks);
                }
            }
            _ => (),
        }
        Ok(())
    }

    /// Whether a `tab` only says where one stops: those have a place.
    fn in_tabs(&self) -> bool {
        !matches!(self.open.last(), Some(Open::Paragraph(_))) || self.in_properties
    }

    fn push(&mut self, c: char) {
        if let Some(Open::Paragraph(paragraph)) = self.open.last_mut()
            && !self.hidden
        {
            paragraph.text.push(c);
        }
    }

    /// Notes which list the open paragraph is in.
    fn number(&mut self, element: &Element<'_>) {
        let Some(Open::Paragraph(paragraph)) = self.open.last_mut() else { return };
        let value = element.number("val").unwrap_or(0);
        match element.name() {
            b"pStyle" => {
                let style = element.attribute("val").unwrap_or_default();
                paragraph.place = self.numbering.of_style(&style);
            }
            b"numId" => paragraph.own.get_or_insert_default().list = value,
            _ => paragraph.own.get_or_insert_default().level = value as usize,
        }
    }

    fn end(&mut self, name: &[u8], to: &mut Builder) -> Result<()> {
        match name {
            b"t" => self.text = false,
            b"rPr" => self.in_properties = false,
            b"p" => {
                if let Some(Open::Paragraph(paragraph)) =
                    self.pop(|o| matches!(o, Open::Paragraph(_)))
                {
                    self.end_paragraph(paragraph, to);
                }
            }
            b"tc" => {
                if let Some(Open::Table(table)) = self.open.last_mut() {
                    table.end_cell();
                    let columns = table.columns;
                    self.counted(columns as usize)?;
                }
            }
            b"tr" => {
                if let Some(Open::Table(table)) = self.open.last_mut() {
                    table.end_row();
                }
            }
            b"tbl" => {
                if let Some(Open::Table(table)) = self.pop(|o| matches!(o, Open::Table(_))) {
                    let rows = self.even(table)?;
                    self.place(rows, to);
                }
            }
            b"txbxContent" => {
                if let Some(Open::Box(blocks)) = self.pop(|o| matches!(o, Open::Box(_))) {
                    self.place(blocks, to);
                }
            }
            _ => (),
        }
        Ok(())
    }

    fn pop(&mut self, is: impl Fn(&Open) -> bool) -> Option<Open> {
        if self.open.last().is_some_and(is) { self.open.pop() } else { None }
    }

    /// Gives all rows of a table the same number of cells.
    fn even(&mut self, table: Table) -> Result<Vec<Block>> {
        let mut rows = table.rows;
        let width = |row: &Block| match row {
            Block::Row(cells) => cells.len(),
            Block::Text(_) => 0,
        };
        let widest = rows.iter().map(width).max().unwrap_or(0);
        // Counted as they were read, and now again with those that fill short rows up.
        self.counted(widest.saturating_mul(rows.len()))?;
        // What stands alone above the first row is a title, a heading, the unit of money.
        let mut head = true;
        for row in &mut rows {
            let Block::Row(cells) = row else { continue };
            let filled = cells.iter().filter(|cell| !cell.is_empty()).count();
            head &= filled < 2;
            if head && filled == 1 {
                *row = Block::Text(cells.concat());
            } else {
                cells.resize_with(widest, String::new);
            }
        }
        Ok(rows)
    }

    /// Counts cells; an error says that there are too many.
    fn counted(&mut self, cells: usize) -> Result<()> {
        self.cells = self.cells.saturating_add(cells);
        if MOST_CELLS < self.cells {
            let problem = format!("the tables come to over {MOST_CELLS} cells");
            return Err(damaged(self.path, self.part, &problem));
        }
        Ok(())
    }

    fn end_paragraph(&mut self, paragraph: Paragraph, to: &mut Builder) {
        let Paragraph { mut text, place, own, after } = paragraph;
        let place = match (own, place) {
            // A list of number 0 is none.
            (Some(own), _) if own.list != 0 => Some(own),
            (Some(Place { list: 0, level }), Some(place)) if level != 0 => {
                Some(Place { level, ..place })
            }
            (Some(_), _) => None,
            (None, place) => place,
        };
        if let Some(place) = place
            && !text.trim().is_empty()
            && let Some(number) = self.numbering.count(place)
        {
            text.insert_str(0, &number);
        }
        if let Some(Open::Table(Table { cell: Some(cell), after: behind, .. })) =
            self.open.last_mut()
        {
            if !cell.is_empty() && !text.trim().is_empty() {
                cell.push('\n');
            }
            cell.push_str(text.trim());
            for block in after {
                match block {
                    Block::Text(text) => cell.push_str(&text),
                    row @ Block::Row(_) => behind.push(row),
                }
            }
            return;
        }
        let mut blocks = vec![laid_out(&text)];
        blocks.extend(after);
        self.place(blocks, to);
    }

    /// Puts blocks where they belong: into what is open, or into the document.
    fn place(&mut self, blocks: Vec<Block>, to: &mut Builder) {
        match self.open.last_mut() {
            Some(Open::Table(table)) => table.after.extend(blocks),
            Some(Open::Paragraph(paragraph)) => paragraph.after.extend(blocks),
            Some(Open::Box(inside)) => inside.extend(blocks),
            None => blocks.iter().for_each(|block| block.print(to)),
        }
    }
}

impl Table {
    fn end_cell(&mut self) {
        let Some(text) = self.cell.take() else { return };
        self.row.push(if self.covered { String::new() } else { text });
        self.row.extend((1..self.columns).map(|_| String::new()));
    }

    /// Ends the row; one that only holds other tables is none.
    fn end_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        if self.after.is_empty() || row.iter().any(|cell| !cell.trim().is_empty()) {
            self.rows.push(Block::Row(row));
        }
        self.rows.append(&mut self.after);
    }
}

/// Returns a paragraph as a row of cells where tabs lay it out as one.
fn laid_out(text: &str) -> Block {
    let cells: Vec<&str> = text.split('\t').map(str::trim).take(LARGEST_SPAN as usize).collect();
    let filled = cells.iter().filter(|cell| !cell.is_empty()).count();
    let number = |cell: &&str| {
        cell.starts_with(|c: char| c.is_ascii_digit() || c == '-')
            && cell.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '%'))
    };
    if 3 <= filled && cells.len() < LARGEST_SPAN as usize && cells.iter().any(number) {
        return Block::Row(cells.into_iter().map(str::to_owned).collect());
    }
    Block::Text(text.replace('\t', " "))
}

/// Returns whether nothing in an element is printed, or what is printed stands elsewhere too.
fn is_skipped(name: &[u8]) -> bool {
    matches!(
        name,
        b"Fallback"
            | b"del"
            | b"moveFrom"
            | b"instrText"
            | b"delText"
            | b"tabs"
            | b"sectPr"
            | b"rPrChange"
            | b"pPrChange"
    )
}
