//! Finds the rows of tables that white space parts, and few or no lines.

use std::collections::BTreeMap;

use crate::decode::{
    pdf::{
        Glyph, Length, POINT, Rule,
        lines::{Line, is_continued_number},
        spaced::{Columns, Extent, is_amount},
    },
    segments::is_number,
};

/// Two rows are further from each other than two lines of one cell, by this part of a hundred.
const ROW_OVER_LINE: Length = 107;

/// From this part of a hundred on, nothing else need tell them apart.
const ROW_CLEARLY_OVER_LINE: Length = 120;

/// More lines, or parts, than this are no table's.
const MOST_LINES: usize = 1 << 14;
const MOST_PARTS: usize = 256;

/// The lines of a table that stand on one page.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) lines: Vec<&'a Line>,
    /// The straight lines from left to right that are drawn there.
    pub(super) across: Vec<Rule>,
}

/// The characters of the cells of a part, by row and column.
pub(super) type Cells = BTreeMap<(usize, usize), Vec<Glyph>>;

/// A table that white space parts.
#[derive(Debug)]
pub(super) struct Spaced {
    /// What each column covers.
    pub(super) columns: Vec<Extent>,
    /// The rows of each part: how many there are, and what is in them.
    pub(super) parts: Vec<(usize, Cells)>,
}

/// Finds the tables that some lines are: so many parts each, or nothing where there is none.
///
/// Parts are together in a table as long as their amounts stand under each other.
pub(super) fn tables(parts: &[Part<'_>]) -> Vec<(usize, Option<Spaced>)> {
    let mut tables = Vec::new();
    let mut rest = parts;
    while let [first, others @ ..] = rest {
        let mut count = 1;
        let mut lines = first.lines.clone();
        let mut columns = Columns::find(&lines);
        for next in others.iter().take(MOST_PARTS - 1) {
            let known = lines.len();
            lines.extend(&next.lines);
            // Without any column, what follows can still show one.
            if columns.as_ref().is_some_and(|columns| !columns.is_aligned(&lines)) {
                lines.truncate(known);
                break;
            }
            let with = Columns::find(&lines);
            // What stands across the columns is a text over two of them, or of a table with others.
            let parted = |after: &Columns| {
                let before = columns.as_ref().map_or(0, |columns| columns.extents.len());
                before <= after.extents.len() + 1
            };
            // The amounts of what follows stand under the others, in the columns of all.
            let aligned =
                with.as_ref().is_some_and(|after| parted(after) && after.is_aligned(&lines));
            if columns.is_some() && !aligned {
                lines.truncate(known);
                break;
            }
            columns = with;
            count += 1;
        }
        let (own, behind) = rest.split_at(count);
        let columns = columns.filter(|_| lines.len() <= MOST_LINES);
        tables.push((own.len(), columns.map(|columns| table(own, columns))));
        rest = behind;
    }
    tables
}

/// Makes the table that some lines are, in its columns.
fn table(parts: &[Part<'_>], columns: Columns) -> Spaced {
    let mut blocks: Vec<Vec<Block<'_>>> =
        parts.iter().map(|part| blocks(&part.lines, &columns)).collect();
    let most = most_pitch(&blocks, &columns);
    let mut rows = Vec::with_capacity(parts.len());
    for (part, blocks) in parts.iter().zip(&mut blocks) {
        rows.push(cells(std::mem::take(blocks), &part.across, &columns, most));
    }
    Spaced { columns: columns.extents, parts: rows }
}

/// What stands in one column on one or more lines.
#[derive(Clone, Debug)]
struct Block<'a> {
    column: usize,
    right: Length,
    top: Length,
    bottom: Length,
    /// The line that its last line stands on.
    base: Length,
    size: Length,
    text: String,
    glyphs: Vec<&'a Glyph>,
}

/// Returns what stands in each column of each line.
fn blocks<'a>(lines: &[&'a Line], columns: &Columns) -> Vec<Block<'a>> {
    let mut blocks: Vec<Block<'a>> = Vec::new();
    for line in lines {
        let before = blocks.len();
        for ((left, right), words) in columns.texts(line) {
            let column = match columns.touched((left, right)) {
                Some((first, _)) => first,
                // Between two columns, in that which ends nearest.
                None => columns.nearest((left, right)),
            };
            let words = line.words.get(words).unwrap_or_default();
            let ends = words.first().zip(words.last());
            let own = ends.map_or(0..0, |(first, last)| first.glyphs.start..last.glyphs.end);
            let glyphs = line.glyphs.get(own).unwrap_or_default().iter();
            let glyphs: Vec<&Glyph> = glyphs.collect();
            let text: String = words.iter().map(|word| word.text.as_str()).collect();
            let size = glyphs.iter().map(|glyph| glyph.size).max().unwrap_or(line.size);
            let base = glyphs.iter().map(|glyph| glyph.base).max().unwrap_or(line.bottom);
            match blocks.get_mut(before..).and_then(|own| own.last_mut()) {
                Some(last) if last.column == column => {
                    last.right = right;
                    last.text.push_str(&text);
                    last.glyphs.extend(glyphs);
                }
                _ => blocks.push(Block {
                    column,
                    right,
                    top: base - size * 85 / 100,
                    bottom: base + size * 15 / 100,
                    base,
                    size,
                    text,
                    glyphs,
                }),
            }
        }
    }
    blocks
}

/// Returns how far two lines of one cell can be from each other, in thousandths of the size of
/// their font; nothing where no cell has two lines.
fn most_pitch(parts: &[Vec<Block<'_>>], columns: &Columns) -> Option<Length> {
    // How far lines of a column are apart, and whether the upper one has no room left.
    let mut pitches: Vec<(Length, bool)> = Vec::new();
    // The least distance of figures, which are never in one cell.
    let mut rows = Length::MAX;
    for blocks in parts {
        let mut last: Vec<Option<&Block<'_>>> = vec![None; columns.extents.len()];
        for block in blocks {
            let Some(above) = last.get_mut(block.column) else { continue };
            if let Some(above) = above.replace(block)
                && above.size.abs_diff(block.size) <= block.size.unsigned_abs() / 10
            {
                let pitch = (block.base - above.base).saturating_mul(1000) / block.size.max(1);
                let broken = is_continued_number(&above.text, &block.text);
                let numbers = is_amount(&above.text)
                    || is_amount(&block.text)
                    || (is_number(&above.text) && is_number(&block.text));
                if numbers && !broken {
                    rows = rows.min(pitch);
                } else {
                    let right = columns.extents.get(block.column).map_or(0, |column| column.1);
                    let full = right - above.right < above.size * 5 / 2;
                    pitches.push((pitch, full || broken));
                }
            }
        }
    }
    let least = pitches.iter().map(|(pitch, _)| *pitch).min()?;
    let most = least * ROW_OVER_LINE / 100;
    if rows <= most {
        return None;
    }
    let near = || pitches.iter().filter(|(pitch, _)| *pitch <= most);
    let short = near().filter(|(_, full)| !full).count();
    // Paragraphs of a cell are short, too, but never as far from each other as figures.
    let clear = rows < Length::MAX && least.saturating_mul(ROW_CLEARLY_OVER_LINE) / 100 <= rows;
    (clear || 3 * short <= near().count()).then_some(most)
}

/// Puts what stands in the columns of a part into rows.
fn cells(
    blocks: Vec<Block<'_>>,
    across: &[Rule],
    columns: &Columns,
    most: Option<Length>,
) -> (usize, Cells) {
    let edges = edges(&blocks, across);
    let bands = |block: &Block<'_>| {
        edges.partition_point(|edge| *edge <= block.base - block.size * 35 / 100)
    };
    // Where every row is between two rules, no two figures of a column are.
    let mut figures: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for block in blocks.iter().filter(|block| is_amount(&block.text)) {
        *figures.entry((bands(block), block.column)).or_default() += 1;
    }
    let ruled = 3 <= edges.len() && figures.values().all(|count| *count == 1);
    let mut rows: Vec<Vec<Block<'_>>> = Vec::new();
    if ruled {
        let mut of_rules: BTreeMap<usize, Vec<Block<'_>>> = BTreeMap::new();
        for block in blocks {
            // The rule above the cell; one that is not drawn over it is of other cells.
            let middle = block.base - block.size * 35 / 100;
            let at = columns
                .extents
                .get(block.column)
                .map_or(0, |column| i32::midpoint(column.0, column.1));
            let above = across.iter().filter(|rule| {
                rule.at <= middle && rule.from - POINT <= at && at <= rule.to + POINT
            });
            let edge = above.map(|rule| rule.at).max().unwrap_or(Length::MIN);
            let edge = edges.partition_point(|known| *known <= edge + POINT);
            of_rules.entry(edge).or_default().push(block);
        }
        rows.extend(of_rules.into_values());
    } else {
        let mut of_bands: BTreeMap<usize, Vec<Block<'_>>> = BTreeMap::new();
        for block in blocks {
            of_bands.entry(bands(&block)).or_default().push(block);
        }
        for blocks in of_bands.into_values() {
            rows.extend(apart(wrapped(blocks, columns.extents.len(), most)));
        }
    }
    let count = rows.len();
    let mut cells = Cells::new();
    for (row, blocks) in rows.into_iter().enumerate() {
        for block in blocks {
            let own = cells.entry((row, block.column)).or_default();
            own.extend(block.glyphs.into_iter().cloned());
        }
    }
    (count, cells)
}

/// Returns where straight lines part the rows of a table.
fn edges(blocks: &[Block<'_>], across: &[Rule]) -> Vec<Length> {
    let top = blocks.iter().map(|block| block.top).min().unwrap_or(0);
    let bottom = blocks.iter().map(|block| block.bottom).max().unwrap_or(0);
    let size = blocks.iter().map(|block| block.size).max().unwrap_or(POINT);
    let mut edges: Vec<Length> = across.iter().map(|rule| rule.at).collect();
    edges.retain(|edge| (top - size..bottom + size).contains(edge));
    edges.sort_unstable();
    let mut apart: Vec<Length> = Vec::with_capacity(edges.len());
    for edge in edges {
        if apart.last().is_none_or(|last| *last + 2 * POINT < edge) {
            apart.push(edge);
        }
    }
    apart
}

/// Joins the lines of each cell.
fn wrapped(blocks: Vec<Block<'_>>, width: usize, most: Option<Length>) -> Vec<Block<'_>> {
    let mut joined: Vec<Block<'_>> = Vec::with_capacity(blocks.len());
    let mut last: Vec<Option<usize>> = vec![None; width];
    for block in blocks {
        let above = last.get(block.column).copied().flatten();
        let open = above.and_then(|at| joined.get_mut(at)).filter(|open| {
            let pitch = (block.base - open.base).saturating_mul(1000) / block.size.max(1);
            let amounts = is_amount(&open.text) && is_number(&block.text);
            most.is_some_and(|most| pitch <= most) && !amounts
        });
        if let Some(open) = open {
            open.bottom = block.bottom;
            open.base = block.base;
            open.right = block.right;
            open.text.push_str(&block.text);
            open.glyphs.extend(block.glyphs);
        } else {
            if let Some(place) = last.get_mut(block.column) {
                *place = Some(joined.len());
            }
            joined.push(block);
        }
    }
    joined
}

/// Parts cells into rows, which do not overlap but for cells that are in several of them.
fn apart(mut blocks: Vec<Block<'_>>) -> Vec<Vec<Block<'_>>> {
    blocks.sort_by_key(|block| (block.top, block.column));
    let mut rows: Vec<Vec<Block<'_>>> = Vec::new();
    let mut bottom = Length::MIN;
    for block in blocks {
        let begins = bottom <= block.top;
        bottom = if begins { block.bottom } else { bottom.max(block.bottom) };
        match rows.last_mut() {
            Some(row) if !begins => row.push(block),
            _ => rows.push(vec![block]),
        }
    }
    rows.into_iter().flat_map(cut).collect()
}

/// Cuts what overlaps where whole cells are above each other, beside some that are in both rows.
fn cut(blocks: Vec<Block<'_>>) -> Vec<Vec<Block<'_>>> {
    let mut rows: Vec<Vec<Block<'_>>> = Vec::new();
    let mut rest = blocks;
    loop {
        // The first cell that ends is in the first row; what begins behind its end is not.
        let end = rest.iter().map(|block| block.bottom).min().unwrap_or(Length::MAX);
        if !rest.iter().any(|block| end <= block.top) {
            rows.push(rest);
            return rows;
        }
        let (own, behind) = rest.into_iter().partition(|block| block.top < end);
        rows.push(own);
        rest = behind;
    }
}
