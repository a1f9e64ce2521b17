//! Makes grids of the straight lines of a page.

use crate::decode::{
    Area,
    pdf::{Glyph, Length, POINT, Rule},
};

/// Lines that are so near to each other are one; programs draw one for every side of a cell.
const NEAR: Length = POINT * 3 / 2;

/// A gap up to this length does not part a line, nor two lines that meet.
const GAP: Length = 2 * POINT;

/// Narrower rows and columns are parts of double lines.
const NARROWEST: Length = 3 * POINT;

/// With more crossings, or cells, the lines of a page are a drawing.
const MOST_CROSSINGS: usize = 1 << 22;
const MOST_CELLS: usize = 1 << 17;

/// A table that lines make.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    /// Where its columns and rows begin, and where the last one ends.
    columns: Vec<Length>,
    rows: Vec<Length>,
    /// The first field of the cell that each field, from left to right and top to bottom, is a
    /// part of.
    owners: Vec<usize>,
}

impl Grid {
    /// Returns where it begins and ends on the page.
    pub(super) fn extent(&self) -> (Length, Length) {
        let (first, last) = (self.rows.first(), self.rows.last());
        (first.copied().unwrap_or(0), last.copied().unwrap_or(0))
    }

    /// Returns where it begins and ends from left to right.
    pub(super) fn sides(&self) -> (Length, Length) {
        let (first, last) = (self.columns.first(), self.columns.last());
        (first.copied().unwrap_or(0), last.copied().unwrap_or(0))
    }

    /// Returns the number of its columns.
    pub(super) fn width(&self) -> usize {
        self.columns.len().saturating_sub(1)
    }

    /// Returns the number of its rows.
    pub(super) fn height(&self) -> usize {
        self.rows.len().saturating_sub(1)
    }

    /// Returns the cell that a character is in, by its first field.
    pub(super) fn cell_of(&self, glyph: &Glyph) -> Option<usize> {
        let (x, y) = glyph.middle();
        let column = self.columns.partition_point(|edge| *edge <= x).checked_sub(1)?;
        let row = self.rows.partition_point(|edge| *edge <= y).checked_sub(1)?;
        if self.width() <= column || self.height() <= row {
            return None;
        }
        self.owners.get(row * self.width() + column).copied()
    }

    /// Returns whether a field begins a cell.
    pub(super) fn begins(&self, field: usize) -> bool {
        self.owners.get(field) == Some(&field)
    }

    /// Returns whether the cell of a field reaches over all columns.
    pub(super) fn is_across(&self, row: usize) -> bool {
        let first = row * self.width();
        let fields = self.owners.get(first..first + self.width()).unwrap_or_default();
        fields.iter().all(|owner| *owner == first)
    }

    /// Returns where its columns begin, and where the last one ends.
    pub(super) fn columns(&self) -> &[Length] {
        &self.columns
    }

    /// Returns what the cell covers that begins with a field; nothing of any other field.
    pub(super) fn area_of(&self, field: usize) -> Area {
        if !self.begins(field) {
            return Area::default();
        }
        let width = self.width().max(1);
        let (row, column) = (field / width, field % width);
        let below = (field..self.owners.len()).step_by(width);
        let own = below.take_while(|at| self.owners.get(*at) == Some(&field)).count();
        let edge = |edges: &[Length], at: usize| edges.get(at).copied().unwrap_or(0);
        let left = edge(&self.columns, column);
        Area {
            left,
            top: edge(&self.rows, row),
            right: left + self.width_of(field),
            bottom: edge(&self.rows, row + own),
        }
    }

    /// Returns the width of the cell that begins with a field, in the first of its rows.
    pub(super) fn width_of(&self, field: usize) -> Length {
        let width = self.width().max(1);
        let last = field / width * width + width;
        let own = (field..last).take_while(|at| self.owners.get(*at) == Some(&field)).count();
        let edge = |column: usize| self.columns.get(column).copied().unwrap_or(0);
        edge(field % width + own) - edge(field % width)
    }
}

/// Finds the grids of a page.
pub(super) fn grids(across: &[Rule], down: &[Rule]) -> Vec<Grid> {
    let (across, down) = (merged(across), merged(down));
    if MOST_CROSSINGS < across.len().saturating_mul(down.len()) {
        return Vec::new();
    }
    let mut sets = Sets::new(across.len() + down.len());
    for (a, horizontal) in across.iter().enumerate() {
        for (d, vertical) in down.iter().enumerate() {
            if meets(*horizontal, vertical.at) && meets(*vertical, horizontal.at) {
                sets.join(a, across.len() + d);
            }
        }
    }
    let mut parts: Vec<(Vec<Rule>, Vec<Rule>)> = Vec::new();
    let mut of_set: Vec<Option<usize>> = vec![None; across.len() + down.len()];
    for (at, rule) in across.iter().chain(&down).enumerate() {
        let set = sets.find(at);
        let known = of_set.get(set).copied().flatten();
        let part = known.unwrap_or(parts.len());
        if known.is_none() {
            parts.push((Vec::new(), Vec::new()));
            if let Some(place) = of_set.get_mut(set) {
                *place = Some(part);
            }
        }
        if let Some((a, d)) = parts.get_mut(part) {
            if at < across.len() { a.push(*rule) } else { d.push(*rule) }
        }
    }
    let mut grids: Vec<Grid> =
        parts.iter().filter_map(|(across, down)| grid(across, down)).collect();
    grids.sort_by_key(|grid| (grid.extent(), grid.columns.first().copied()));
    grids
}

/// Makes the grid of lines that meet each other.
fn grid(across: &[Rule], down: &[Rule]) -> Option<Grid> {
    // The outer sides of a table are often not drawn, nor the end of one that goes on.
    if across.is_empty() || down.is_empty() || across.len() + down.len() < 3 {
        return None;
    }
    let ends = |rules: &[Rule]| {
        let from = rules.iter().map(|rule| rule.from).min();
        from.zip(rules.iter().map(|rule| rule.to).max())
    };
    let columns = edges(down, ends(across)?);
    let rows = edges(across, ends(down)?);
    let (width, height) = (columns.len().checked_sub(1)?, rows.len().checked_sub(1)?);
    if width == 0 || height == 0 || MOST_CELLS < width.saturating_mul(height) {
        return None;
    }
    // Which fields have a line on their right, and below them.
    let mut right = vec![false; width * height];
    let mut below = vec![false; width * height];
    for rule in down {
        let Some(column) = nearest(&columns, rule.at).checked_sub(1) else { continue };
        for row in inside(&rows, *rule) {
            if let Some(field) = right.get_mut(row * width + column) {
                *field = true;
            }
        }
    }
    for rule in across {
        let Some(row) = nearest(&rows, rule.at).checked_sub(1) else { continue };
        for column in inside(&columns, *rule) {
            if let Some(field) = below.get_mut(row * width + column) {
                *field = true;
            }
        }
    }
    let mut sets = Sets::new(width * height);
    for field in 0..width * height {
        if field % width + 1 < width && right.get(field) == Some(&false) {
            sets.join(field, field + 1);
        }
        if field / width + 1 < height && below.get(field) == Some(&false) {
            sets.join(field, field + width);
        }
    }
    let owners = (0..width * height).map(|field| sets.find(field)).collect();
    Some(Grid { columns, rows, owners })
}

/// Returns the places of some lines, with the ends of those that they cross.
fn edges(rules: &[Rule], (first, last): (Length, Length)) -> Vec<Length> {
    let mut edges: Vec<Length> = rules.iter().map(|rule| rule.at).collect();
    edges.extend([first, last]);
    edges.sort_unstable();
    let mut apart: Vec<Length> = Vec::with_capacity(edges.len());
    for edge in edges {
        if apart.last().is_none_or(|last| *last + NARROWEST < edge) {
            apart.push(edge);
        }
    }
    apart
}

/// Returns the index of the edge that is nearest to a place.
fn nearest(edges: &[Length], at: Length) -> usize {
    let after = edges.partition_point(|edge| *edge < at);
    let distance = |index: usize| edges.get(index).map_or(Length::MAX, |edge| (edge - at).abs());
    match after.checked_sub(1) {
        Some(before) if distance(before) <= distance(after) => before,
        _ => after,
    }
}

/// Returns the rows, or columns, whose middle a line passes.
fn inside(edges: &[Length], rule: Rule) -> impl Iterator<Item = usize> + '_ {
    let middles = edges.windows(2).map(|pair| match pair {
        [from, to] => i32::midpoint(*from, *to),
        _ => 0,
    });
    middles
        .enumerate()
        .filter(move |(_, middle)| rule.from <= *middle && *middle <= rule.to)
        .map(|(at, _)| at)
}

/// Returns whether a line reaches a place along its direction.
fn meets(rule: Rule, at: Length) -> bool {
    rule.from - GAP <= at && at <= rule.to + GAP
}

/// Puts lines on each other that are nearly in the same place, and joins those that touch.
fn merged(rules: &[Rule]) -> Vec<Rule> {
    let mut sorted = rules.to_vec();
    sorted.sort_unstable();
    let mut joined: Vec<Rule> = Vec::new();
    let mut rest = sorted.as_mut_slice();
    while let Some(first) = rest.first().copied() {
        let count = rest.iter().take_while(|rule| rule.at - first.at <= NEAR).count();
        let (group, behind) = rest.split_at_mut(count);
        let last = group.last().map_or(first.at, |rule| rule.at);
        let at = i32::midpoint(first.at, last);
        group.sort_unstable_by_key(|rule| rule.from);
        let before = joined.len();
        for rule in group.iter() {
            match joined.get_mut(before..).and_then(|own| own.last_mut()) {
                Some(open) if rule.from <= open.to + GAP => open.to = open.to.max(rule.to),
                _ => joined.push(Rule { at, ..*rule }),
            }
        }
        rest = behind;
    }
    joined
}

/// Sets that grow together, known by their smallest member.
struct Sets(Vec<usize>);

impl Sets {
    fn new(count: usize) -> Sets {
        Sets((0..count).collect())
    }

    fn find(&mut self, at: usize) -> usize {
        let mut root = at;
        while let Some(next) = self.0.get(root).copied().filter(|next| *next != root) {
            root = next;
        }
        let mut at = at;
        while let Some(next) = self.0.get_mut(at).filter(|next| **next != root) {
            at = std::mem::replace(next, root);
        }
        root
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        if let Some(place) = self.0.get_mut(a.max(b)) {
            *place = a.min(b);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(at: Length, from: Length, to: Length) -> Rule {
        Rule { at, from, to }
    }

    /// Draws every side of every cell by itself, as Excel does.
    fn sides(columns: &[Length], rows: &[Length]) -> (Vec<Rule>, Vec<Rule>) {
        let pairs = |edges: &[Length]| edges.windows(2).map(|p| (p[0], p[1])).collect::<Vec<_>>();
        let across = rows.iter().flat_map(|at| {
            pairs(columns).into_iter().map(|(from, to)| rule(*at + 7, from + 20, to - 20))
        });
        let down = columns.iter().flat_map(|at| {
            pairs(rows).into_iter().map(|(from, to)| rule(*at - 7, from + 20, to - 20))
        });
        (across.collect(), down.collect())
    }

    #[test]
    fn sides_of_cells_make_one_grid() {
        let (across, down) = sides(&[1000, 5000, 9000], &[1000, 3000, 5000, 7000]);
        let grids = grids(&across, &down);
        assert_eq!(grids.len(), 1);
        assert_eq!((grids[0].width(), grids[0].height()), (2, 3));
        assert!((0..6).all(|field| grids[0].begins(field)));
    }

    #[test]
    fn cells_without_a_line_between_them_are_one() {
        let (mut across, mut down) = sides(&[1000, 5000, 9000], &[1000, 3000, 5000, 7000]);
        // The first row is merged over both columns, the last two of the first column into one.
        down.retain(|r| !(r.at == 4993 && r.from < 3000));
        across.retain(|r| !(r.at == 5007 && r.from < 5000));
        let grids = grids(&across, &down);
        assert_eq!(grids[0].owners, [0, 0, 2, 3, 2, 5]);
        assert!(grids[0].is_across(0) && !grids[0].is_across(1));
    }

    #[test]
    fn outer_sides_need_not_be_drawn() {
        let across = [rule(1000, 0, 9000), rule(3000, 0, 9000), rule(5000, 0, 9000)];
        let grids = grids(&across, &[rule(4000, 1000, 5000)]);
        assert_eq!((grids[0].width(), grids[0].height()), (2, 2));
    }

    #[test]
    fn a_frame_and_a_stroke_are_no_grid() {
        assert!(grids(&[rule(1000, 0, 9000)], &[]).is_empty());
        assert!(grids(&[rule(1000, 0, 9000)], &[rule(1000, 0, 9000)]).is_empty());
        assert!(grids(&[rule(1000, 0, 9000), rule(2000, 0, 9000)], &[]).is_empty());
    }
}
