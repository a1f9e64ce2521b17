//! Finds where on the pages there are tables that white space parts.

use std::collections::{BTreeMap, BTreeSet};

use crate::decode::{
    Area,
    pdf::{
        Glyph, Length, POINT, Rule,
        bands::{self, Part, Spaced},
        cells::Cell,
        lines::Line,
        pages::{Item, Laid, Row, Table},
        spaced::Extent,
    },
    segments::is_title,
};

/// The fewest rows of a table.
const FEWEST_ROWS: usize = 2;

/// A line of one text in a table is no further from the one above it than so many times its
/// size.
const FARTHEST: Length = 2;

/// Cells that begin so near to each other are of one column.
const NEAR: Length = POINT;

/// A row between two straight lines is no higher than so many times the size of its font.
const HIGHEST_ROW: Length = 40;

/// The lines that may be a table: items of some pages.
#[derive(Debug, Default)]
struct Region {
    parts: Vec<(usize, Vec<usize>)>,
    /// Where its last line ends, and the frame around it.
    bottom: Length,
    frame: Option<(Length, Length)>,
    /// Whether its last line is between two straight lines.
    ruled: bool,
    /// Where its cells begin that stand behind others.
    cells: BTreeSet<Length>,
}

impl Region {
    fn add(&mut self, page: usize, item: usize) {
        match self.parts.last_mut() {
            Some((last, items)) if *last == page => items.push(item),
            _ => self.parts.push((page, vec![item])),
        }
    }

    /// Returns whether a line begins where a cell behind another one does.
    fn has_cell_at(&self, line: &Line) -> bool {
        let left = line.left();
        self.cells.range(left - NEAR..=left + NEAR).next().is_some()
    }
}

/// Makes tables of the lines that are such; `skips` tells what is no part of the text.
pub(super) fn find(pages: &mut [Laid], skips: impl Fn(&Laid, usize) -> bool) {
    let regions = regions(pages, skips);
    for region in regions {
        cut_words(pages, &region);
        let chunks = chunks(pages, &region);
        let parts: Vec<Part<'_>> = chunks.iter().filter_map(|part| of_part(pages, part)).collect();
        let mut found = Vec::new();
        let mut rest = chunks.as_slice();
        for (count, spaced) in bands::tables(&parts) {
            let (own, behind) = rest.split_at(count.min(rest.len()));
            found.push((own, spaced));
            rest = behind;
        }
        for (own, spaced) in found {
            let Some(spaced) = spaced else { continue };
            let rows: usize = spaced.parts.iter().map(|(rows, _)| *rows).sum();
            if FEWEST_ROWS <= rows {
                put(pages, own, spaced);
            }
        }
    }
    for page in pages {
        page.items.retain(|item| !matches!(item, Item::Gone));
    }
}

/// Returns the lines that stand together.
fn regions(pages: &[Laid], skips: impl Fn(&Laid, usize) -> bool) -> Vec<Region> {
    let mut regions: Vec<Region> = Vec::new();
    let mut open = Region::default();
    for (number, page) in pages.iter().enumerate() {
        // On the next page, what is above a line is not known.
        open.bottom = 0;
        for (at, item) in page.items.iter().enumerate() {
            if skips(page, at) {
                continue;
            }
            let begins = open.parts.is_empty();
            let turned = open.parts.last().is_some_and(|(last, _)| *last != number);
            let goes_on = match item {
                Item::Framed(framed) => {
                    let frame = Some((framed.left, framed.right));
                    let same = open.frame.zip(frame).is_some_and(|(a, b)| {
                        (a.0 - b.0).abs() <= 2 * POINT && (a.1 - b.1).abs() <= 2 * POINT
                    });
                    if !(same && turned) {
                        regions.push(std::mem::take(&mut open));
                    }
                    open.frame = frame;
                    true
                }
                Item::Line(line) if open.frame.is_none() || begins => {
                    open.frame = None;
                    let inside = is_between_rules(line, &page.across);
                    let near = line.top - open.bottom <= line.size * FARTHEST;
                    let row = is_row(line);
                    let follows = !begins && (near || turned) && !open.ruled;
                    open.ruled = inside;
                    // The last line of a wrapped text, away from the margin.
                    let below = !turned && line.top - open.bottom < line.size;
                    let away = page.left + line.size < line.left();
                    let wrapped = (follows || (inside && !begins))
                        && ((below && away) || ((below || turned) && open.has_cell_at(line)));
                    let goes_on = !ends(line, wrapped) && (row || inside || follows);
                    if goes_on {
                        let behind = line.pieces.iter().skip(1);
                        open.cells.extend(behind.map(|piece| piece.left));
                    }
                    goes_on
                }
                _ => false,
            };
            if goes_on {
                open.add(number, at);
                open.bottom = item.bottom();
            } else {
                regions.push(std::mem::take(&mut open));
            }
        }
    }
    regions.push(open);
    regions.retain(|region| !region.parts.is_empty());
    regions
}

/// Returns whether a line is no part of a table; `wrapped` tells that a cell can end in it.
fn ends(line: &Line, wrapped: bool) -> bool {
    let text = line.text();
    is_title(text.trim_end_matches("单位：万元").trim())
        || text.contains("单位：")
        || text.contains("单位:")
        || text.starts_with('注')
        || (!wrapped && line.pieces.len() == 1 && text.contains(['。', '；']))
}

/// Returns whether a line shows cells beside each other.
fn is_row(line: &Line) -> bool {
    2 <= line.pieces.len()
}

/// Returns whether a line is between two straight lines, as rows are.
fn is_between_rules(line: &Line, across: &[Rule]) -> bool {
    let over = |rule: &&Rule| rule.from <= line.left() + POINT && line.left() < rule.to;
    let high = line.size * HIGHEST_ROW;
    let above = across
        .iter()
        .filter(over)
        .any(|rule| rule.at <= line.top + line.size / 2 && line.top - rule.at <= high);
    let below = across
        .iter()
        .filter(over)
        .any(|rule| line.bottom - line.size / 2 <= rule.at && rule.at - line.bottom <= high);
    above && below
}

/// Cuts words of a region where a cell of others begins, though there is no blank before it.
fn cut_words(pages: &mut [Laid], region: &Region) {
    let mut cells: BTreeMap<Length, usize> = BTreeMap::new();
    for (page, items) in &region.parts {
        let Some(laid) = pages.get(*page) else { continue };
        let lines = items.iter().filter_map(|at| laid.items.get(*at)).flat_map(Item::lines);
        for left in lines.flat_map(Line::cells) {
            *cells.entry(left).or_default() += 1;
        }
    }
    for (page, items) in &region.parts {
        let Some(laid) = pages.get_mut(*page) else { continue };
        for at in items {
            for line in laid.items.get_mut(*at).map(Item::lines_mut).unwrap_or_default() {
                line.cut(&cells);
            }
        }
    }
}

/// Parts the lines of each page of a region where another table may begin: where there is more
/// room between two lines than elsewhere.
fn chunks(pages: &[Laid], region: &Region) -> Vec<(usize, Vec<usize>)> {
    let mut chunks: Vec<(usize, Vec<usize>)> = Vec::new();
    for (page, items) in &region.parts {
        let Some(laid) = pages.get(*page) else { continue };
        let ends =
            |at: &usize| laid.items.get(*at).map_or((0, 0), |item| (item.top(), item.bottom()));
        let mut rooms: Vec<Length> = items
            .windows(2)
            .filter_map(|pair| match pair {
                [a, b] => Some(ends(b).0 - ends(a).1),
                _ => None,
            })
            .filter(|room| 0 < *room)
            .collect();
        rooms.sort_unstable();
        let usual = rooms.get(rooms.len() / 2).copied().unwrap_or(0);
        let mut bottom = None;
        for at in items {
            let (top, end) = ends(at);
            let apart = bottom.is_some_and(|bottom| usual * 3 / 2 + POINT < top - bottom);
            match chunks.last_mut() {
                Some((last, own)) if last == page && !apart => own.push(*at),
                _ => chunks.push((*page, vec![*at])),
            }
            bottom = Some(bottom.map_or(end, |bottom: Length| bottom.max(end)));
        }
    }
    chunks
}

/// Returns the lines of a part, and the straight lines among them.
fn of_part<'a>(pages: &'a [Laid], (page, items): &(usize, Vec<usize>)) -> Option<Part<'a>> {
    let page = pages.get(*page)?;
    let mut lines = Vec::new();
    let mut across = page.across.clone();
    for item in items.iter().filter_map(|at| page.items.get(*at)) {
        match item {
            Item::Line(line) => lines.push(line),
            Item::Framed(framed) => {
                lines.extend(&framed.lines);
                across.clone_from(&framed.across);
            }
            _ => (),
        }
    }
    Some(Part { lines, across })
}

/// Puts a table in the place of its lines.
fn put(pages: &mut [Laid], parts: &[(usize, Vec<usize>)], spaced: Spaced) {
    let mut columns: Vec<Length> = spaced.columns.iter().map(|column| column.0).collect();
    columns.extend(spaced.columns.last().map(|column| column.1));
    let mut before: Option<(usize, usize)> = None;
    for ((page, items), (count, mut cells)) in parts.iter().zip(spaced.parts) {
        let mut rows = Vec::with_capacity(count);
        for row in 0..count {
            let mut own: Vec<Vec<Glyph>> = (0..spaced.columns.len())
                .map(|column| cells.remove(&(row, column)).unwrap_or_default())
                .collect();
            let areas = areas(&own, &spaced.columns);
            let cells = spaced
                .columns
                .iter()
                .zip(&mut own)
                .map(|((left, right), glyphs)| match std::mem::take(glyphs) {
                    glyphs if glyphs.is_empty() => Cell::default(),
                    glyphs => Cell::new(glyphs, right - left, 0),
                })
                .collect();
            rows.push(Row { cells, areas, across: false });
        }
        // A row can be broken between two pages.
        if let Some((page, at)) = before
            && let Some(Item::Table(last)) =
                pages.get_mut(page).and_then(|page| page.items.get_mut(at))
            && rows.first().is_some_and(|row| last.take_rest(row))
        {
            rows.remove(0);
        }
        let Some(laid) = pages.get_mut(*page) else { continue };
        let mut table = Some(Table { top: 0, columns: columns.clone(), rows });
        for at in items {
            let Some(item) = laid.items.get_mut(*at) else { continue };
            let top = item.top();
            *item = match table.take() {
                Some(table) => {
                    before = Some((*page, *at));
                    Item::Table(Table { top, ..table })
                }
                None => Item::Gone,
            };
        }
    }
}

/// Returns what the cells of a row cover: their characters or, where they are blank, what their
/// columns leave for them.
fn areas(cells: &[Vec<Glyph>], columns: &[Extent]) -> Vec<Area> {
    let around = |glyphs: &Vec<Glyph>| {
        glyphs.iter().map(Glyph::area).fold(Area::default(), Area::with).wider(POINT)
    };
    let row = cells.iter().flatten().map(Glyph::area).fold(Area::default(), Area::with);
    let blank = |(left, right): (Length, Length)| Area { left, right, ..row };
    let area = |(glyphs, column): (&Vec<Glyph>, &Extent)| {
        if glyphs.is_empty() { blank(*column) } else { around(glyphs) }
    };
    cells.iter().zip(columns).map(area).collect()
}
