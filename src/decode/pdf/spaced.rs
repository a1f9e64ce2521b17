//! Finds the columns of tables that white space parts.
//!
//! All lines between two titles are looked at together, on however many pages they stand: what
//! no line with figures covers parts two columns.

use std::{borrow::Cow, ops::Range};

use crate::decode::{
    pdf::{Length, lines::Line},
    segments::is_number,
};

/// Blanks narrower than this part of a hundred of the size of a font are inside a word,
const NARROWEST_BLANK: Length = 15;

/// those before and behind a number that is part of a text are narrower than this part,
const BLANK_BESIDE_NUMBER: Length = 30;

/// those inside a text are narrower than this part, and than all between columns,
const BLANK_IN_TEXT: Length = 60;

/// and those from this one on part columns even if a single line shows them.
const WIDE_BLANK: Length = 60;

/// So many lines that show a narrow blank between texts are no accident.
const FEWEST_WITNESSES: usize = 3;

/// The amounts of a column stand under each other but for this part of a hundred.
const MOST_SPREAD: Length = 50;

/// So many lines behind the first one with a number can still be of a header.
const MOST_HEADER_LINES: usize = 3;

/// More columns than this are no table's.
const MOST_COLUMNS: usize = 128;

/// What a column, or a text, covers from left to right.
pub(super) type Extent = (Length, Length);

/// The columns of a table.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) extents: Vec<Extent>,
    /// Narrower blanks are inside a text.
    blank: Length,
}

impl Columns {
    /// Finds the columns of lines.
    pub(super) fn find(lines: &[&Line]) -> Option<Columns> {
        let first = first_of_figures(lines)?;
        let (above, below) = lines.split_at(first);
        let (body, texts): (Vec<&Line>, Vec<&Line>) =
            below.iter().partition(|line| has_figures(line));
        let size = body.iter().map(|line| line.size).max()?;
        let narrowest = size * NARROWEST_BLANK / 100;
        let mut found = Columns { extents: Vec::new(), blank: narrowest };
        let all = body.iter().flat_map(|line| found.texts(line)).map(|(extent, _)| extent);
        found.extents = merged(all.collect(), narrowest);
        found.join_accidents(&body, size);
        if found.extents.len() < 2 || MOST_COLUMNS < found.extents.len() {
            return None;
        }
        let blanks = found.extents.windows(2).map(|pair| match pair {
            [left, right] => right.0 - left.1,
            _ => 0,
        });
        let least = blanks.min().unwrap_or(0) * 90 / 100;
        found.blank = least.clamp(narrowest, size * BLANK_IN_TEXT / 100);
        found.add_texts(&texts);
        let headed = found.add_header(above);
        found.join_halves(&headed, lines);
        (2..=MOST_COLUMNS).contains(&found.extents.len()).then_some(found)
    }

    /// Returns the first and the last of the columns that an extent touches.
    pub(super) fn touched(&self, extent: Extent) -> Option<(usize, usize)> {
        touched(&self.extents, extent)
    }

    /// Returns the column that an extent is nearest to.
    pub(super) fn nearest(&self, (left, right): Extent) -> usize {
        let apart = |column: &Extent| (left - column.1).max(column.0 - right);
        let all = self.extents.iter().enumerate();
        all.min_by_key(|(_, column)| apart(column)).map_or(0, |(at, _)| at)
    }

    /// Returns the texts of a line: what each covers, and of which words it is.
    pub(super) fn texts(&self, line: &Line) -> Vec<(Extent, Range<usize>)> {
        texts(line, self.blank)
    }

    /// Joins what only narrow blanks part, where too few lines show them.
    fn join_accidents(&mut self, body: &[&Line], size: Length) {
        let mut joined: Vec<Extent> = Vec::with_capacity(self.extents.len());
        for column in self.extents.drain(..) {
            let Some(last) = joined.last_mut() else {
                joined.push(column);
                continue;
            };
            let (left, right) = (last.1, column.0);
            let mut witnesses = 0;
            for line in body {
                let next = line.words.partition_point(|word| word.left < right);
                let (Some(b), Some(a)) =
                    (line.words.get(next), next.checked_sub(1).and_then(|at| line.words.get(at)))
                else {
                    continue;
                };
                // Two whole amounts are never one.
                let amounts = is_amount(&a.text) && is_amount(&b.text);
                let apart = amounts || opens_behind_number(&a.text, &b.text);
                witnesses += if apart { FEWEST_WITNESSES } else { 1 };
            }
            if size * WIDE_BLANK / 100 <= right - left || FEWEST_WITNESSES <= witnesses {
                joined.push(column);
            } else {
                last.1 = column.1;
            }
        }
        self.extents = joined;
    }

    /// Returns whether the amounts of each column stand under each other: to the left, to the
    /// right, or in the middle.
    pub(super) fn is_aligned(&self, lines: &[&Line]) -> bool {
        let mut spreads: Vec<Option<[Extent; 3]>> = vec![None; self.extents.len()];
        let mut most = 0;
        for line in lines {
            most = most.max(line.size * MOST_SPREAD / 100);
            for (extent, words) in self.texts(line) {
                let text = text(line, &words);
                let column = self.touched(extent).filter(|(first, last)| first == last);
                let place = column.and_then(|(at, _)| spreads.get_mut(at));
                let (Some(place), true) = (place, is_amount(&text)) else { continue };
                let own = [extent.0, extent.1, i32::midpoint(extent.0, extent.1)];
                match place {
                    Some(known) => {
                        for (known, own) in known.iter_mut().zip(own) {
                            *known = (known.0.min(own), known.1.max(own));
                        }
                    }
                    None => *place = Some(own.map(|own| (own, own))),
                }
            }
        }
        let aligned = |spread: &[Extent; 3]| spread.iter().any(|(from, to)| to - from <= most);
        spreads.iter().flatten().all(aligned)
    }

    /// Adds what lines of texts alone, between and below those with figures, cover.
    fn add_texts(&mut self, lines: &[&Line]) {
        let mut apart = Vec::new();
        for line in lines {
            let pieces = self.texts(line);
            let places: Vec<Option<(usize, usize)>> =
                pieces.iter().map(|(extent, _)| self.touched(*extent)).collect();
            // A text over several columns belongs to none of them.
            if places.iter().flatten().any(|(first, last)| first != last) {
                continue;
            }
            for ((extent, _), place) in pieces.iter().zip(places) {
                match place.and_then(|(at, _)| self.extents.get_mut(at)) {
                    Some(column) => *column = (column.0.min(extent.0), column.1.max(extent.1)),
                    None => apart.push(*extent),
                }
            }
        }
        self.extents.extend(merged(apart, self.blank));
        self.extents = merged(std::mem::take(&mut self.extents), 0);
    }

    /// Adds the texts of a header that stand over no column, from the lowest line up; returns of
    /// each column whether a text of the header stands over it.
    fn add_header(&mut self, lines: &[&Line]) -> Vec<bool> {
        let body = self.extents.clone();
        for line in lines.iter().rev() {
            if MOST_COLUMNS < self.extents.len() {
                break;
            }
            let own = self.texts(line);
            let apart = own.iter().filter(|(extent, _)| self.touched(*extent).is_none());
            let apart: Vec<Extent> = apart.map(|(extent, _)| *extent).collect();
            // The lines of a wrapped text are not equally long.
            for (extent, _) in &own {
                if let Some((at, last)) = self.touched(*extent)
                    && at == last
                    && let Some(column) = self.extents.get_mut(at)
                    && touched(&body, *column).is_none()
                {
                    *column = (column.0.min(extent.0), column.1.max(extent.1));
                }
            }
            self.extents.extend(apart);
            self.extents = merged(std::mem::take(&mut self.extents), self.blank / 10);
        }
        // A text above another is over several columns, or the beginning of the other.
        let mut headed: Vec<Extent> = Vec::new();
        for line in lines.iter().rev() {
            let lowest = merged(headed.clone(), 0);
            let own = self.texts(line).into_iter();
            let own = own.filter(|(_, words)| !is_number(&text(line, words)));
            headed.extend(own.map(|(extent, _)| extent).filter(|extent| {
                let one = self.touched(*extent).is_some_and(|(first, last)| first == last);
                one && touched(&lowest, *extent).is_none()
            }));
        }
        let headed = merged(headed, 0);
        self.extents.iter().map(|column| touched(&headed, *column).is_some()).collect()
    }

    /// Joins a column that no header stands over with its neighbour, where they never stand
    /// beside each other: a header on the left, or in the middle, over figures that are set to
    /// the right.
    fn join_halves(&mut self, headed: &[bool], lines: &[&Line]) {
        // Which columns hold figures, and which ever stand beside the one before.
        let mut figures = vec![false; self.extents.len()];
        let mut beside = vec![false; self.extents.len()];
        for line in lines {
            let mut last = None;
            for (extent, words) in self.texts(line) {
                let at = match self.touched(extent) {
                    Some((first, at)) if first == at => at,
                    _ => continue,
                };
                if let Some(place) = figures.get_mut(at) {
                    *place |= is_number(&text(line, &words));
                }
                if let (Some(place), true) = (beside.get_mut(at), at.checked_sub(1) == last) {
                    *place |= last.is_some();
                }
                last = Some(at);
            }
        }
        let halves: Vec<Half> = self
            .extents
            .drain(..)
            .zip(headed)
            .zip(figures)
            .zip(beside)
            .map(|(((extent, headed), figures), beside)| Half {
                extent,
                headed: *headed,
                figures,
                beside,
            })
            .collect();
        // A text is mostly on the left of its column, and figures on the right.
        let joined = joined(halves, |left, right| {
            left.headed && !left.figures && !right.headed && right.figures
        });
        let joined = self::joined(joined, |left, right| {
            left.headed != right.headed && !(left.figures && right.figures)
        });
        self.extents = joined.into_iter().map(|half| half.extent).collect();
    }
}

/// What may be a whole column, or a part of one.
#[derive(Debug)]
struct Half {
    extent: Extent,
    /// Whether a text of the header stands over it.
    headed: bool,
    /// Whether it holds figures.
    figures: bool,
    /// Whether it ever stands beside the one before.
    beside: bool,
}

/// Joins neighbours that are parts of one column, and never stand beside each other.
fn joined(halves: Vec<Half>, are_one: impl Fn(&Half, &Half) -> bool) -> Vec<Half> {
    let mut joined: Vec<Half> = Vec::with_capacity(halves.len());
    for half in halves {
        match joined.last_mut() {
            Some(last) if !half.beside && are_one(last, &half) => {
                last.extent.1 = half.extent.1;
                (last.headed, last.figures) = (true, true);
            }
            _ => joined.push(half),
        }
    }
    joined
}

/// Returns whether figures stand in a line: amounts, or numbers that no text goes on from.
fn has_figures(line: &Line) -> bool {
    *line.figures.get_or_init(|| any_figures(line))
}

/// Returns whether amounts stand in a line.
fn has_amounts(line: &Line) -> bool {
    *line.amounts.get_or_init(|| {
        let texts = texts(line, line.size * NARROWEST_BLANK / 100);
        texts.iter().any(|(_, words)| is_amount(&text(line, words)))
    })
}

fn any_figures(line: &Line) -> bool {
    let blank = line.size * BLANK_BESIDE_NUMBER / 100;
    let texts = texts(line, line.size * NARROWEST_BLANK / 100);
    texts.iter().enumerate().any(|(at, (extent, words))| {
        let text = text(line, words);
        let before = at.checked_sub(1).and_then(|before| texts.get(before));
        let alone = before.is_none_or(|(before, _)| blank <= extent.0 - before.1)
            && texts.get(at + 1).is_none_or(|(after, _)| blank <= after.0 - extent.1);
        is_amount(&text) || (alone && is_number(&text))
    })
}

/// Returns the texts of a line: what each covers, and of which words it is. Blanks in them are
/// narrower than `blank`, but for printed ones: those are more likely inside a text.
fn texts(line: &Line, blank: Length) -> Vec<(Extent, Range<usize>)> {
    let printed = line.size * BLANK_IN_TEXT / 100;
    let mut texts: Vec<(Extent, Range<usize>)> = Vec::new();
    for (at, word) in line.words.iter().enumerate() {
        let (left, right) = word.extent();
        let before = at.checked_sub(1).and_then(|before| line.words.get(before));
        let opens = before.is_some_and(|before| opens_behind_number(&before.text, &word.text));
        // Programs leave a narrow blank between digits and words without printing any.
        let dates = before.is_some_and(|before| is_dated(&before.text, &word.text));
        match texts.last_mut() {
            Some((last, words))
                if !word.cut
                    && !opens
                    && (left - last.1 < blank
                        || ((word.spaced || dates) && left - last.1 < printed)) =>
            {
                last.1 = last.1.max(right);
                words.end = at + 1;
            }
            _ => texts.push(((left, right), at..at + 1)),
        }
    }
    texts
}

/// Returns the first line that holds figures. Where most of such lines hold amounts, it does so
/// too: a number alone has strayed into the header.
fn first_of_figures(lines: &[&Line]) -> Option<usize> {
    let first = lines.iter().position(|line| has_figures(line))?;
    let figures = lines.iter().filter(|line| has_figures(line)).count();
    let amounts = lines.iter().filter(|line| has_amounts(line)).count();
    let first_amount = lines.iter().position(|line| has_amounts(line));
    let strayed = |at: &usize| {
        // A few lines only: a header, and no rows without amounts.
        figures < 2 * amounts && *at - first <= MOST_HEADER_LINES
    };
    Some(first_amount.filter(strayed).unwrap_or(first))
}

/// Returns what some words are, without blanks.
fn text<'a>(line: &'a Line, words: &Range<usize>) -> Cow<'a, str> {
    match line.words.get(words.clone()).unwrap_or_default() {
        [word] => Cow::Borrowed(&word.text),
        words => Cow::Owned(words.iter().map(|word| word.text.as_str()).collect()),
    }
}

/// Returns whether a word is an amount with decimals.
pub(super) fn is_amount(text: &str) -> bool {
    matches!(text.as_bytes(), [.., b'.', a, b] if *a != b'.' && *b != b'.') && is_number(text)
}

/// Returns whether a text is what digits before it count: years, months or days.
fn is_dated(number: &str, text: &str) -> bool {
    text.starts_with(['年', '月', '日'])
        && number.ends_with(|c: char| c.is_ascii_digit())
        && !is_amount(number)
}

/// Returns whether a text begins with a wide bracket behind a number: the bracket is blank on its
/// left, and so a narrow blank before it is a wide one.
fn opens_behind_number(number: &str, text: &str) -> bool {
    text.starts_with(['（', '“', '‘', '《', '【', '「', '〔']) && is_number(number)
}

/// Returns the first and the last of the columns that an extent touches.
fn touched(columns: &[Extent], (left, right): Extent) -> Option<(usize, usize)> {
    let from = columns.partition_point(|column| column.1 <= left);
    let to = columns.partition_point(|column| column.0 < right);
    (from < to).then(|| (from, to - 1))
}

/// Merges extents that overlap or are nearer than a blank.
fn merged(mut extents: Vec<Extent>, blank: Length) -> Vec<Extent> {
    extents.sort_unstable();
    let mut merged: Vec<Extent> = Vec::new();
    for (left, right) in extents {
        match merged.last_mut() {
            Some(last) if left - last.1 < blank => last.1 = last.1.max(right),
            _ => merged.push((left, right)),
        }
    }
    merged
}
