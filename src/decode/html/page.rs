//! Prints the tree of a page as lines and rows.

use crate::decode::{
    builder::Builder,
    html::tree::{Kind, Node, Tree},
};

/// Spans fill a row up to this many columns.
const MOST_COLUMNS: usize = 512;

/// The most cells of all tables, empty ones included.
const MOST_CELLS: usize = 1 << 22;

/// What consists of links by so many parts of a hundred leads elsewhere.
const LINKED: usize = 60;

/// A frame holds less than this part of a hundred of the page.
const FRAME: usize = 40;

/// Prints a page; nothing where its tables have too many cells.
pub(super) fn print(tree: &Tree, to: &mut Builder) -> Option<()> {
    let all = tree.children(0..tree.nodes().len()).filter_map(|at| tree.nodes().get(at));
    let characters = all.map(|node| node.characters).sum();
    let mut printer = Printer { tree, to, characters, line: String::new(), cells: 0 };
    printer.flow(0, tree.nodes().len())?;
    printer.end_line();
    Some(())
}

struct Printer<'a> {
    tree: &'a Tree,
    to: &'a mut Builder,
    /// How many characters the page has.
    characters: usize,
    /// The line that is being put together.
    line: String,
    cells: usize,
}

impl Printer<'_> {
    /// Prints some nodes as text.
    fn flow(&mut self, from: usize, end: usize) -> Option<()> {
        for at in self.tree.children(from..end) {
            let Some(node) = self.tree.nodes().get(at) else { break };
            if self.is_left_out(node) {
                continue;
            }
            match node.kind {
                Kind::Hidden => (),
                Kind::Text => push_folded(&mut self.line, self.tree.text(node)),
                Kind::Break => self.finish_line(),
                Kind::Inline | Kind::Link => self.flow(at + 1, node.end)?,
                Kind::Table if self.is_grid(at, node) => {
                    self.end_line();
                    self.table(at, node)?;
                }
                Kind::Paragraph => {
                    self.end_line();
                    self.flow(at + 1, node.end)?;
                    // An empty paragraph is an empty line.
                    self.finish_line();
                }
                Kind::Block | Kind::Item | Kind::Table | Kind::Group | Kind::Row | Kind::Cell => {
                    self.end_line();
                    self.flow(at + 1, node.end)?;
                    self.end_line();
                }
            }
        }
        Some(())
    }

    /// Ends the line, also an empty one.
    fn finish_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        self.to.text(line.trim());
    }

    /// Ends the line if there is something on it.
    fn end_line(&mut self) {
        if self.line.trim().is_empty() {
            self.line.clear();
        } else {
            self.finish_line();
        }
    }

    /// Returns whether a node leads elsewhere or is the frame of the page.
    fn is_left_out(&self, node: &Node) -> bool {
        let linked = !matches!(node.kind, Kind::Text | Kind::Inline | Kind::Link | Kind::Cell)
            && 0 < node.linked
            && LINKED * node.characters <= 100 * node.linked;
        let frame = node.framing && !node.tabled && 100 * node.characters < FRAME * self.characters;
        linked || frame
    }

    /// Returns whether a table is one of data and does not only lay out the page: it holds no
    /// other, and several columns.
    fn is_grid(&self, at: usize, table: &Node) -> bool {
        !table.tabled
            && self.rows(at, table).iter().any(|row| {
                let cells = |at: &usize| {
                    self.tree.nodes().get(*at).is_some_and(|node| node.kind == Kind::Cell)
                };
                let end = self.tree.nodes().get(*row).map_or(0, |node| node.end);
                1 < self.tree.children(row + 1..end).filter(cells).count()
            })
    }

    /// Returns the indices of the rows of a table.
    fn rows(&self, at: usize, table: &Node) -> Vec<usize> {
        let mut rows = Vec::new();
        for child in self.tree.children(at + 1..table.end) {
            let Some(node) = self.tree.nodes().get(child) else { break };
            match node.kind {
                Kind::Row => rows.push(child),
                Kind::Group => rows.extend(self.tree.children(child + 1..node.end).filter(|at| {
                    self.tree.nodes().get(*at).is_some_and(|node| node.kind == Kind::Row)
                })),
                _ => (),
            }
        }
        rows
    }

    /// Prints a table.
    fn table(&mut self, at: usize, table: &Node) -> Option<()> {
        let tree = self.tree;
        let mut printed: Vec<Vec<String>> = Vec::new();
        // How many more rows a cell from above fills, by column.
        let mut hanging: Vec<usize> = Vec::new();
        for row_at in self.rows(at, table) {
            let Some(row_node) = tree.nodes().get(row_at) else { break };
            let mut row: Vec<String> = Vec::new();
            for cell_at in tree.children(row_at + 1..row_node.end) {
                let Some(cell) = tree.nodes().get(cell_at) else { break };
                if cell.kind != Kind::Cell {
                    continue;
                }
                fill(&mut row, &mut hanging);
                let mut text = String::new();
                cell_text(tree, cell_at + 1, cell.end, &mut text);
                for column in 0..cell.columns {
                    if MOST_COLUMNS <= row.len() && 0 < column {
                        break;
                    }
                    if hanging.len() <= row.len() {
                        hanging.resize(row.len() + 1, 0);
                    }
                    if let Some(rows) = hanging.get_mut(row.len()) {
                        *rows = cell.rows - 1;
                    }
                    row.push(if column == 0 { text.trim().to_owned() } else { String::new() });
                }
            }
            fill(&mut row, &mut hanging);
            self.cells += row.len();
            if MOST_CELLS < self.cells {
                return None;
            }
            printed.push(row);
        }
        let widest = printed.iter().map(Vec::len).max().unwrap_or(0);
        self.cells += widest.saturating_mul(printed.len());
        if MOST_CELLS < self.cells {
            return None;
        }
        // What stands alone above the first row is a title, a heading, the unit of money.
        let mut head = true;
        for mut row in printed {
            let filled = row.iter().filter(|cell| !cell.is_empty()).count();
            head &= filled < 2;
            if head && filled == 1 {
                self.to.text(&row.concat());
            } else {
                row.resize_with(widest, String::new);
                self.to.row(row.iter().map(String::as_str));
            }
        }
        Some(())
    }
}

/// Adds empty cells where a cell from above still hangs.
fn fill(row: &mut Vec<String>, hanging: &mut [usize]) {
    while row.len() < MOST_COLUMNS
        && let Some(rows) = hanging.get_mut(row.len()).filter(|rows| 0 < **rows)
    {
        *rows -= 1;
        row.push(String::new());
    }
}

/// Adds the text of a cell, with the ends of its lines.
fn cell_text(tree: &Tree, from: usize, end: usize, to: &mut String) {
    let mut at = from;
    while let Some(node) = tree.nodes().get(at).filter(|_| at < end) {
        match node.kind {
            Kind::Text => push_folded(to, tree.text(node)),
            Kind::Hidden => {
                at = node.end;
                continue;
            }
            Kind::Inline | Kind::Link => (),
            _ if to.is_empty() || to.ends_with('\n') => (),
            _ => to.push('\n'),
        }
        at += 1;
    }
}

/// Adds text as a browser shows it: white space of ASCII in a row is one blank.
fn push_folded(to: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '\u{200B}'..='\u{200D}' | '\u{FEFF}' | '\u{AD}' => (),
            '\u{A0}' => to.push(' '),
            c if c.is_ascii_whitespace() || c.is_control() => {
                if !to.is_empty() && !to.ends_with([' ', '\n']) {
                    to.push(' ');
                }
            }
            c => to.push(c),
        }
    }
}
