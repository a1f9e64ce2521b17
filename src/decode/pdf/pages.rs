//! Puts what pages show in the order of reading: grids as rows, the rest as lines.

use std::collections::{BTreeMap, BTreeSet};

use crate::decode::{
    Area,
    builder::Builder,
    pdf::{
        Glyph, Length, POINT, Page, Rule,
        cells::Cell,
        lines::{Line, lines_of_words, push_continued},
        regions,
        rules::{Grid, grids},
        texts::Text,
    },
};

/// Running heads and page numbers are among so many lines at the top and the bottom of a page,
const EDGE_LINES: usize = 2;

/// and in this part of a hundred of its height there.
pub(super) const EDGE: Length = 14;

/// What stands at the edge of so many pages is a running head.
const FEWEST_PAGES: usize = 3;

/// The pages of a file, laid out.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pages: Vec<Laid>,
}

/// A page, laid out.
#[derive(Debug)]
pub(super) struct Laid {
    height: Length,
    /// Whether it is a picture, of which nothing is read.
    scanned: bool,
    /// From top to bottom.
    pub(super) items: Vec<Item>,
    /// The straight lines from left to right that are in no grid.
    pub(super) across: Vec<Rule>,
    /// Where its text begins and ends on the lines that are not in a grid.
    pub(super) left: Length,
    pub(super) right: Length,
    /// The width of a digit in most of its text.
    pub(super) unit: Length,
}

/// Something on a page.
#[derive(Debug)]
pub(super) enum Item {
    Line(Line),
    Table(Table),
    Framed(Framed),
    /// What became part of another item.
    Gone,
}

/// The rows of a grid.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) top: Length,
    pub(super) columns: Vec<Length>,
    pub(super) rows: Vec<Row>,
}

/// A row of a grid; `across` tells that it is one cell.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) cells: Vec<Cell>,
    /// What they cover.
    pub(super) areas: Vec<Area>,
    pub(super) across: bool,
}

/// Lines in a frame, which can be a table whose columns nothing is drawn between.
#[derive(Debug)]
pub(super) struct Framed {
    pub(super) left: Length,
    pub(super) right: Length,
    bottom: Length,
    pub(super) lines: Vec<Line>,
    /// The straight lines from left to right in it.
    pub(super) across: Vec<Rule>,
    /// What it is if it is no table.
    table: Table,
}

impl Item {
    pub(super) fn top(&self) -> Length {
        match self {
            Item::Line(line) => line.top,
            Item::Table(table) | Item::Framed(Framed { table, .. }) => table.top,
            Item::Gone => 0,
        }
    }

    /// Returns where it ends; what follows a table is never near it.
    pub(super) fn bottom(&self) -> Length {
        match self {
            Item::Line(line) => line.bottom,
            Item::Framed(framed) => framed.bottom,
            Item::Table(_) | Item::Gone => 0,
        }
    }
}

impl Item {
    /// Returns the lines that can be parted into cells.
    pub(super) fn lines(&self) -> &[Line] {
        match self {
            Item::Line(line) => std::slice::from_ref(line),
            Item::Framed(framed) => &framed.lines,
            Item::Table(_) | Item::Gone => &[],
        }
    }

    /// Returns the lines that can be parted into cells, to change them.
    pub(super) fn lines_mut(&mut self) -> &mut [Line] {
        match self {
            Item::Line(line) => std::slice::from_mut(line),
            Item::Framed(framed) => &mut framed.lines,
            Item::Table(_) | Item::Gone => &mut [],
        }
    }
}

impl Layout {
    /// Lays out the next page.
    pub(super) fn take(&mut self, page: &Page) {
        let grids = grids(&page.across, &page.down);
        let mut of_cells: Vec<BTreeMap<usize, Vec<Glyph>>> = vec![BTreeMap::new(); grids.len()];
        let mut outside = Vec::new();
        let mut before: Option<(&Glyph, Option<(usize, usize)>)> = None;
        for glyph in &page.glyphs {
            let own = || {
                let mut all = grids.iter().enumerate().rev();
                all.find_map(|(at, grid)| Some((at, grid.cell_of(glyph)?)))
            };
            // A word that is too long for its cell stands over the next one.
            let cell = match before {
                Some((last, cell @ Some(_))) if glyph.goes_on(last) => cell,
                _ => own(),
            };
            before = Some((glyph, cell));
            match cell.and_then(|(at, cell)| Some((of_cells.get_mut(at)?, cell))) {
                Some((cells, cell)) => cells.entry(cell).or_default().push(glyph.clone()),
                None => outside.push(glyph.clone()),
            }
        }
        let outside = lines_of_words(outside);
        let long = |line: &&Line| line.pieces.iter().any(|piece| 30 < piece.text.len());
        let texts = || outside.iter().filter(long).map(|line| (line.left(), line.right()));
        let left = texts().map(|(left, _)| left).min().unwrap_or(0);
        // The margins of both sides are mostly the same.
        let right = texts().map(|(_, right)| right).max().unwrap_or(0).max(page.width - left);
        let mut items: Vec<Item> = outside.into_iter().map(Item::Line).collect();
        let mut across = page.across.clone();
        for (grid, cells) in grids.iter().zip(of_cells) {
            let (top, bottom) = grid.extent();
            let inside = |rule: &Rule| (top - POINT..=bottom + POINT).contains(&rule.at);
            let (own, free): (Vec<Rule>, Vec<Rule>) = across.iter().partition(|rule| inside(rule));
            if cells.values().flatten().all(Glyph::is_blank) {
                continue;
            }
            let (left, right) = grid.sides();
            let glyphs = (grid.width() == 1).then(|| cells.values().flatten().cloned().collect());
            let table = table(grid, cells);
            items.extend(match (glyphs, table) {
                (Some(glyphs), Some(table)) => {
                    let lines = lines_of_words(glyphs);
                    Some(Item::Framed(Framed { left, right, bottom, lines, across: own, table }))
                }
                (_, table) => table.map(Item::Table),
            });
            across = free;
        }
        items.sort_by_key(Item::top);
        let mut sizes: Vec<Length> = page.glyphs.iter().map(|glyph| glyph.size).collect();
        sizes.sort_unstable();
        let unit = sizes.get(sizes.len() / 2).map_or(POINT, |size| size / 2);
        self.join_broken_row(&mut items);
        let (height, scanned) = (page.height, page.is_scanned());
        self.pages.push(Laid { height, scanned, items, across, left, right, unit });
    }

    /// Gives the first row of a page to the last one of the page before, where that was broken.
    fn join_broken_row(&mut self, items: &mut [Item]) {
        let table = |item: &Item| matches!(item, Item::Table(_));
        let Some(Item::Table(next)) = items.iter_mut().find(|item| table(item)) else { return };
        let tables = self.pages.last_mut().into_iter().flat_map(|page| page.items.iter_mut());
        let Some(Item::Table(last)) = tables.rev().find(|item| table(item)) else { return };
        if next.continues(last) && next.rows.first().is_some_and(|row| last.take_rest(row)) {
            next.rows.remove(0);
        }
    }

    /// Prints all pages.
    pub(super) fn print(mut self, to: &mut Builder) {
        let heads = self.running_heads();
        regions::find(&mut self.pages, |page, at| page.is_beside(at, &heads));
        let mut text = Text::default();
        let mut before: Option<&Table> = None;
        for (number, page) in (1..).zip(&self.pages) {
            text.begin_page(number);
            if page.scanned {
                text.print(to);
                to.scanned_page();
            } else {
                to.begin_page(text.waiting());
            }
            for (at, item) in page.items.iter().enumerate() {
                match item {
                    Item::Line(_) if page.is_beside(at, &heads) => (),
                    Item::Line(line) => text.add(line, page),
                    Item::Gone => (),
                    Item::Table(table) | Item::Framed(Framed { table, .. }) => {
                        text.print(to);
                        let head = !before.is_some_and(|before| table.continues(before));
                        before = Some(table);
                        table.print(head, number, to);
                    }
                }
            }
            // A sentence can go on on the next page.
            text.end_page(to);
        }
        text.print(to);
    }

    /// Returns what stands at the edge of several pages, but for its digits.
    fn running_heads(&self) -> BTreeSet<String> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for page in &self.pages {
            let mut own = BTreeSet::new();
            for (at, item) in page.items.iter().enumerate() {
                if let Item::Line(line) = item
                    && page.edge(at)
                {
                    own.insert(head_key(line));
                }
            }
            for key in own {
                *counts.entry(key).or_default() += 1;
            }
        }
        let repeated = counts.into_iter().filter(|(key, count)| {
            FEWEST_PAGES <= *count && 2 * count >= self.pages.len() && !key.contains("单位")
        });
        repeated.map(|(key, _)| key).collect()
    }
}

impl Laid {
    /// Returns whether an item is a running head or the number of the page.
    fn is_beside(&self, at: usize, heads: &BTreeSet<String>) -> bool {
        let Some(Item::Line(line)) = self.items.get(at) else { return false };
        self.edge(at) && (heads.contains(&head_key(line)) || is_page_number(line))
    }

    /// Returns whether an item is where running heads and page numbers are.
    fn edge(&self, at: usize) -> bool {
        let Some(Item::Line(line)) = self.items.get(at) else { return false };
        let zone = self.height / 100 * EDGE;
        (at < EDGE_LINES && line.bottom <= zone)
            || (self.items.len() <= at + EDGE_LINES && self.height - zone <= line.top)
    }
}

/// Returns a line without its digits, which count pages.
fn head_key(line: &Line) -> String {
    line.text().chars().filter(|c| !c.is_ascii_digit() && !c.is_whitespace()).collect()
}

/// Returns whether a line is only the number of a page, as `- 7 -`.
fn is_page_number(line: &Line) -> bool {
    let text = line.text();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let other =
        |c: char| matches!(c, '-' | '—' | '–' | ' ' | '第' | '页' | '共' | '/' | '·' | '－' | '~');
    (1..=6).contains(&digits) && text.chars().all(|c| c.is_ascii_digit() || other(c))
}

/// Makes the rows of a grid.
fn table(grid: &Grid, mut cells: BTreeMap<usize, Vec<Glyph>>) -> Option<Table> {
    let width = grid.width();
    let inset = inset(grid, &cells);
    let mut rows = Vec::with_capacity(grid.height());
    let fields_of = |row: usize| row * width..(row + 1) * width;
    for row in 0..grid.height() {
        let fields = fields_of(row);
        // A row in which no cell begins only makes those above it higher.
        if !fields.clone().any(|field| grid.begins(field)) {
            continue;
        }
        let cells = fields
            .map(|field| match cells.remove(&field) {
                Some(glyphs) => Cell::new(glyphs, grid.width_of(field), inset),
                None => Cell::default(),
            })
            .collect();
        let areas = fields_of(row).map(|field| grid.area_of(field)).collect();
        rows.push(Row { cells, areas, across: grid.is_across(row) });
    }
    let (top, columns) = (grid.extent().0, grid.columns().to_vec());
    (!rows.is_empty()).then_some(Table { top, columns, rows })
}

/// Returns the room that is left free on each side of the cells of a grid: none begins nearer
/// to its left side.
fn inset(grid: &Grid, cells: &BTreeMap<usize, Vec<Glyph>>) -> Length {
    let width = grid.width().max(1);
    let own = cells.iter().filter_map(|(field, glyphs)| {
        let printed = glyphs.iter().filter(|glyph| !glyph.text.trim().is_empty());
        Some(printed.map(|glyph| glyph.left).min()? - grid.columns().get(field % width)?)
    });
    own.min().unwrap_or(0).clamp(0, MOST_INSET)
}

/// No program leaves more room free on each side of a cell.
const MOST_INSET: Length = 8 * POINT;

impl Table {
    /// Returns whether the table goes on from one on the page before: it has the same columns.
    fn continues(&self, before: &Table) -> bool {
        self.columns.len() == before.columns.len()
            && self.columns.iter().zip(&before.columns).all(|(a, b)| (a - b).abs() <= 2 * POINT)
    }

    /// Takes what the first row of the next page goes on with into the last row; returns whether
    /// it does. Its cells are then only the ends of some that had no room left.
    pub(super) fn take_rest(&mut self, next: &Row) -> bool {
        let Some(last) = self.rows.last_mut() else { return false };
        let amount = |text: &str| {
            let point = text.rsplit_once('.');
            point.is_some_and(|(_, decimals)| decimals.trim().len() == 2)
        };
        let pairs = || last.cells.iter().zip(&next.cells);
        let filled = pairs().filter(|(_, rest)| !rest.text.is_empty()).count();
        let whole = pairs().filter(|(cell, _)| !cell.text.is_empty()).count();
        // A number as short as this finds room everywhere.
        let short = |text: &str| text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        // Below figures, what begins with the mark of an item is a row of its own.
        let figures = last.cells.iter().any(|cell| amount(&cell.text));
        let goes_on = pairs().all(|(cell, rest)| {
            rest.text.is_empty()
                || (cell.lacks_room(rest)
                    && !(amount(&cell.text) && amount(&rest.text))
                    && !(short(&cell.text) && short(&rest.text))
                    && !(figures && rest.begins_item()))
        });
        let broken = pairs().any(|(cell, rest)| {
            cell.text.contains('.')
                && !amount(&cell.text)
                && rest.text.len() <= 2
                && rest.text.starts_with(|c: char| c.is_ascii_digit())
        });
        if filled == 0 || !goes_on || !(filled < whole || broken) {
            return false;
        }
        for (cell, rest) in last.cells.iter_mut().zip(&next.cells) {
            push_continued(&mut cell.text, &rest.text);
            if !rest.text.is_empty() {
                (cell.full, cell.room) = (rest.full, rest.room);
            }
        }
        true
    }

    /// Prints its rows; `head` tells that it begins with them, and is not the rest of another.
    fn print(&self, mut head: bool, page: u32, to: &mut Builder) {
        for row in &self.rows {
            let cells = || {
                let texts = row.cells.iter().map(|cell| cell.text.as_str());
                texts.zip(row.areas.iter().copied())
            };
            let filled = row.cells.iter().filter(|cell| !cell.text.is_empty()).count();
            head &= filled < 2;
            // What stands alone above the first row is a title, a heading, the unit of money.
            if (head || row.across) && filled == 1 {
                for (cell, area) in cells().filter(|(cell, _)| !cell.is_empty()) {
                    to.text_at(cell, page, area);
                }
            } else {
                to.row_at(cells(), page);
            }
        }
    }
}
