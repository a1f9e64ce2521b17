//! Finds the columns under which the segments of aligned lines stand.

use std::{collections::BTreeSet, ops::Range};

use crate::decode::segments::{Segment, is_body};

/// The columns of a table that is aligned by blanks, from left to right.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    /// What each of them covers of the terminal.
    extents: Vec<Range<usize>>,
    /// Which of them hold amounts.
    figures: Vec<bool>,
    /// Where the figures of each column begin and end.
    edges: Vec<(BTreeSet<usize>, BTreeSet<usize>)>,
    /// Where texts beside figures begin.
    texts: BTreeSet<usize>,
}

/// More columns than this are no table's.
const MOST_COLUMNS: usize = 256;

/// The most lines of a header.
const MOST_HEADER_LINES: usize = 8;

impl Columns {
    /// Finds the columns of the lines of a table; `ordinal` tells lines that only number them.
    ///
    /// Figures found the columns; texts beside figures add theirs where no figure stands, then
    /// header texts, from the lowest line up, add theirs where nothing stands.
    pub(super) fn find(lines: &[&[Segment]], ordinal: impl Fn(&[Segment]) -> bool) -> Columns {
        let body = || lines.iter().filter(|line| is_body(line));
        let figures = |extent: fn(&Segment) -> Range<usize>| {
            merged(body().copied().flatten().filter(|segment| segment.number).map(extent))
        };
        let mut found = figures(|segment| segment.extent.clone());
        let conflict = body().any(|line| {
            let at: Vec<usize> =
                line.iter().filter(|s| s.number).map(|s| best(&found, s)).collect();
            at.windows(2).any(|pair| pair.first() == pair.last())
        });
        if conflict {
            // Figures of neighbouring columns overlap: their right ends still stand under
            // each other.
            found = figures(|segment| segment.extent.end.saturating_sub(2)..segment.extent.end);
        }
        let texts = body().copied().flatten().filter(|segment| {
            !segment.number && found.iter().all(|column| overlap(column, &segment.extent) == 0)
        });
        let texts = merged(texts.map(|segment| segment.extent.clone()));
        found.extend(texts);
        found.sort_by_key(|column| column.start);
        let header: Vec<&[Segment]> = lines
            .iter()
            .filter(|line| 2 <= line.len() && !is_body(line) && !ordinal(line))
            .copied()
            .collect();
        for line in header.iter().rev() {
            if MOST_COLUMNS < found.len() {
                break;
            }
            let apart = |segment: &&Segment| {
                let before = found.partition_point(|column| column.end <= segment.extent.start);
                found.get(before).is_none_or(|column| overlap(column, &segment.extent) == 0)
            };
            let added: Vec<Range<usize>> =
                line.iter().filter(apart).map(|segment| segment.extent.clone()).collect();
            if !added.is_empty() {
                found.extend(added);
                found.sort_by_key(|column| column.start);
            }
        }
        let mut columns = Columns { extents: found, ..Columns::default() };
        columns.join_halves(&header, &body().copied().collect::<Vec<_>>());
        columns.learn(body().copied());
        columns
    }

    /// Returns the number of columns.
    pub(super) fn len(&self) -> usize {
        self.extents.len()
    }

    /// Joins a column that only the header fills with a neighbour that only the body fills: a
    /// header that is centred over figures that are set to the right.
    fn join_halves(&mut self, header: &[&[Segment]], body: &[&[Segment]]) {
        let mut counts = vec![(0_usize, 0_usize); self.len()];
        for line in header.iter().take(MOST_HEADER_LINES) {
            for at in self.places(line) {
                if let Some((above, _)) = counts.get_mut(at) {
                    *above += 1;
                }
            }
        }
        for segment in body.iter().copied().flatten() {
            if let Some((_, below)) = counts.get_mut(best(&self.extents, segment)) {
                *below += 1;
            }
        }
        let mut joined: Vec<(Range<usize>, (usize, usize))> = Vec::with_capacity(self.len());
        for (column, (header, body)) in std::mem::take(&mut self.extents).into_iter().zip(counts) {
            match joined.last_mut() {
                Some((last, (above, below)))
                    if (*below == 0 && header == 0) || (*above == 0 && body == 0) =>
                {
                    last.end = last.end.max(column.end);
                    *above += header;
                    *below += body;
                }
                _ => joined.push((column, (header, body))),
            }
        }
        self.extents = joined.into_iter().map(|(column, _)| column).collect();
    }

    /// Notes where the figures and texts of the body begin and end.
    fn learn<'a>(&mut self, body: impl Iterator<Item = &'a [Segment]>) {
        self.figures = vec![false; self.len()];
        self.edges = vec![<(BTreeSet<usize>, BTreeSet<usize>)>::default(); self.len()];
        for segment in body.flatten() {
            if !segment.number {
                self.texts.insert(segment.extent.start);
                continue;
            }
            let at = best(&self.extents, segment);
            if let (Some(figures), Some((starts, ends))) =
                (self.figures.get_mut(at), self.edges.get_mut(at))
            {
                *figures |= segment.amount;
                starts.insert(segment.extent.start);
                ends.insert(segment.extent.end);
            }
        }
    }

    /// Returns whether a text begins where other texts of the table do.
    pub(super) fn begins_text(&self, start: usize) -> bool {
        self.texts.contains(&start)
    }

    /// Returns in how many columns of figures a line of a header would stand.
    pub(super) fn headed(&self, line: &[Segment]) -> usize {
        let mut headed: Vec<usize> = line
            .iter()
            .filter(|segment| !segment.number)
            .map(|segment| best(&self.extents, segment))
            .filter(|at| self.figures.get(*at) == Some(&true))
            .collect();
        headed.dedup();
        headed.len()
    }

    /// Returns whether the lines of another page stand under these columns: each figure under
    /// one of figures, or one that only the header fills, and no two under the same.
    pub(super) fn fit(&self, lines: &[&[Segment]]) -> bool {
        lines.iter().filter(|line| is_body(line)).all(|line| {
            let mut last = None;
            line.iter().all(|segment| {
                let touched: Vec<usize> = self.touched(&segment.extent).collect();
                if !segment.number {
                    let text = |at: &usize| self.figures.get(*at) == Some(&false);
                    return touched.is_empty() || touched.iter().any(text);
                }
                let [at] = touched.as_slice() else { return false };
                let fits = last < Some(*at);
                last = Some(*at);
                fits
            })
        })
    }

    /// Returns by how many columns of the terminal another page is set to the right (or, below
    /// nothing, to the left), where its figures end, or begin, exactly where those of these
    /// columns do, and its texts begin where theirs do, in one way only.
    pub(super) fn shift(&self, lines: &[&[Segment]]) -> Option<isize> {
        let body: Vec<&[Segment]> = lines.iter().filter(|line| is_body(line)).copied().collect();
        if self.matches(&body, 0) {
            return Some(0);
        }
        let first = body.first()?.iter().find(|segment| segment.number)?;
        let candidates: BTreeSet<isize> = self
            .edges
            .iter()
            .flat_map(|(_, ends)| ends)
            .filter_map(|end| first.extent.end.checked_signed_diff(*end))
            .take(MOST_COLUMNS)
            .collect();
        let mut fitting = candidates.into_iter().filter(|shift| self.matches(&body, *shift));
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }

    /// Returns whether lines that are moved back by `shift` stand exactly under these columns.
    fn matches(&self, body: &[&[Segment]], shift: isize) -> bool {
        let back = |at: usize| at.checked_add_signed(-shift);
        let mut texts = 0;
        let exact = body.iter().all(|line| {
            line.iter().all(|segment| {
                let (Some(start), Some(end)) =
                    (back(segment.extent.start), back(segment.extent.end))
                else {
                    return false;
                };
                if !segment.number {
                    texts += 1;
                    return self.texts.contains(&start);
                }
                self.touched(&(start..end)).any(|at| {
                    self.edges.get(at).is_some_and(|(starts, ends)| {
                        ends.contains(&end) || starts.contains(&start)
                    })
                })
            })
        });
        exact && 0 < texts
    }

    /// Returns the columns that an extent overlaps.
    fn touched<'a>(&'a self, extent: &'a Range<usize>) -> impl Iterator<Item = usize> + 'a {
        let from = self.extents.partition_point(|column| column.end <= extent.start);
        let touches = |(_, column): &(usize, &Range<usize>)| column.start < extent.end;
        self.extents.iter().enumerate().skip(from).take_while(touches).map(|(at, _)| at)
    }

    /// Returns the column of each segment of a line, from left to right.
    ///
    /// A figure belongs to the column that it overlaps most, a text to the first one that it
    /// overlaps, and without any each to the nearest; where two would stand in one, each takes
    /// one of its own if all that overlap columns can stay under one of these.
    pub(super) fn places(&self, line: &[Segment]) -> Vec<usize> {
        let mut places: Vec<usize> = Vec::with_capacity(line.len());
        let mut collides = false;
        for segment in line {
            let at = best(&self.extents, segment);
            let last = places.last().copied();
            collides |= last.is_some_and(|last| at <= last);
            places.push(at.max(last.unwrap_or(0)));
        }
        if !collides || self.len() < line.len() {
            return places;
        }
        let apart = self.apart(line);
        // What stands under one column and no other belongs to no neighbour.
        let stays = |(segment, at): (&Segment, &usize)| {
            let mut touched = self.touched(&segment.extent).peekable();
            touched.peek().is_none() || touched.any(|touched| touched == *at)
        };
        if line.iter().zip(&apart).all(stays) { apart } else { places }
    }

    /// Gives each segment of a line a column of its own, in order, with the least distance.
    fn apart(&self, line: &[Segment]) -> Vec<usize> {
        let spare = self.len() - line.len();
        // The least cost with a segment in the column `index + skipped`, and how many columns
        // were skipped before the segment before it.
        let mut steps: Vec<Vec<(usize, usize)>> = Vec::with_capacity(line.len());
        for (index, segment) in line.iter().enumerate() {
            let mut step: Vec<(usize, usize)> = Vec::with_capacity(spare + 1);
            let mut least = (usize::MAX, 0);
            for skipped in 0..=spare {
                let before = match steps.last() {
                    Some(known) => known.get(skipped).map_or(usize::MAX, |(cost, _)| *cost),
                    None => 0,
                };
                if before < least.0 {
                    least = (before, skipped);
                }
                let own = self
                    .extents
                    .get(index + skipped)
                    .map_or(usize::MAX, |column| distance(column, segment));
                step.push((least.0.saturating_add(own), least.1));
            }
            steps.push(step);
        }
        let last = steps.last().into_iter().flatten().map(|(cost, _)| *cost);
        let mut skipped = last.enumerate().min_by_key(|(_, cost)| *cost).map_or(0, |(at, _)| at);
        let mut places = vec![0; line.len()];
        for (index, step) in steps.iter().enumerate().rev() {
            if let Some(place) = places.get_mut(index) {
                *place = index + skipped;
            }
            skipped = step.get(skipped).map_or(0, |(_, before)| *before);
        }
        places
    }
}

/// Returns how badly a segment stands in a column.
fn distance(column: &Range<usize>, segment: &Segment) -> usize {
    let common = overlap(column, &segment.extent);
    let apart = column
        .start
        .saturating_sub(segment.extent.end)
        .max(segment.extent.start.saturating_sub(column.end));
    match (common, segment.number) {
        (0, _) => 100 * (apart + 1),
        (_, false) => 0,
        // What is not common counts, but less than standing apart.
        (_, true) => segment.extent.len().saturating_sub(common).min(99),
    }
}

/// Merges extents that overlap.
fn merged(extents: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut sorted: Vec<Range<usize>> = extents.collect();
    sorted.sort_by_key(|extent| (extent.start, extent.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for extent in sorted {
        match merged.last_mut() {
            Some(last) if extent.start < last.end => last.end = last.end.max(extent.end),
            _ => merged.push(extent),
        }
    }
    merged
}

/// Returns by how many terminal columns two extents overlap.
fn overlap(a: &Range<usize>, b: &Range<usize>) -> usize {
    a.end.min(b.end).saturating_sub(a.start.max(b.start))
}

/// Returns the column that a segment belongs to if nothing else is asked: a figure's is the one
/// it overlaps most, a text's the first one it overlaps, and without any it is the nearest.
fn best(columns: &[Range<usize>], segment: &Segment) -> usize {
    let extent = &segment.extent;
    let from = columns.partition_point(|column| column.end <= extent.start);
    let touching = columns.iter().enumerate().skip(from);
    let mut touching = touching.take_while(|(_, column)| column.start < extent.end).peekable();
    if touching.peek().is_some() {
        let most = if segment.number {
            touching.max_by_key(|(at, column)| (overlap(column, extent), usize::MAX - at))
        } else {
            touching.next()
        };
        return most.map_or(0, |(at, _)| at);
    }
    let middle = usize::midpoint(extent.start, extent.end);
    let distance = |at: usize| {
        columns.get(at).map(|column| {
            column.start.saturating_sub(middle).max(middle.saturating_sub(column.end))
        })
    };
    let right = from.min(columns.len().saturating_sub(1));
    let left = from.saturating_sub(1);
    if distance(left) <= distance(right) { left } else { right }
}
