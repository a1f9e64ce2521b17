//! Lays out tables whose empty cells were left out, so that only the order of cells is known.
//!
//! A header of two rows is laid out by its words: the labels of the second row stand under
//! those labels of the first row that can be their groups, if there is one way only. A row has
//! all its figures, or says that it is packed: then the identities place them or nothing does.

use std::borrow::Cow;

use crate::{
    accounts::{classification::Classifications, text, token::Flow},
    decode::Cell,
    extract::{
        Panel, RawRow, enumerator,
        header::{self, Content, HeaderColumn, Heading, Said},
        looks_like_amount,
        spec::{Form, Role},
        words::Words,
    },
};

/// The most ways of laying out a header that are tried.
const MOST_WAYS: usize = 4_096;

/// Lays the rows of a header out over all columns; nothing where not just one way makes sense.
pub(super) fn header<'h>(
    form: &Form,
    words: &Words,
    title: &str,
    headings: &[&[Heading<'h>]],
    rows: &[RawRow<'_>],
) -> Option<Vec<Vec<Heading<'h>>>> {
    let widest = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    match headings {
        [row] if widest <= row.len() => Some(vec![row.to_vec()]),
        [upper, lower] => {
            let most = (upper.len() + lower.len()).checked_sub(widest)?;
            // Repeats of the columns say the same until a row above tells them apart.
            let period = period(upper);
            let sound = |way: &Way<'h>| {
                let rows: Vec<&[Heading<'_>]> = way.iter().map(Vec::as_slice).collect();
                let mut columns = header::columns(form, words, title, &rows, &contents(&rows));
                if 1 < period {
                    columns.truncate(columns.len() / period);
                }
                is_sound(&columns)
            };
            // Where each row left a cell out, the header is wider than the widest of them.
            for groups in (most.saturating_sub(1)..=most).rev() {
                let mut ways = ways(upper, lower, groups);
                ways.retain(sound);
                if 1 < ways.len() {
                    return None;
                }
                if let Some(only) = ways.pop() {
                    return Some(only);
                }
            }
            None
        }
        [first, upper, lower] => {
            let below = header(form, words, title, &[*upper, *lower], rows)?;
            repeated(first, below)
        }
        _ => None,
    }
}

/// Returns how often a row repeats its first labels.
fn period(row: &[Heading<'_>]) -> usize {
    let repeats = |count: &usize| {
        let length = row.len() / count;
        let whole = 2 <= length && length * count == row.len();
        whole && row.iter().zip(row.iter().skip(length)).all(|(a, b)| a.text == b.text)
    };
    (2..=4).find(repeats).unwrap_or(1)
}

/// Puts the labels of a first row each over one of as many repeats of the columns below.
fn repeated<'h>(first: &[Heading<'h>], mut below: Way<'h>) -> Option<Way<'h>> {
    let width = below.first()?.len();
    let period = width.checked_div(first.len()).filter(|period| period * first.len() == width)?;
    let repeats = below.iter().all(|row| {
        row.iter().zip(row.iter().skip(period)).all(|(one, next)| one.text == next.text)
    });
    if first.len() < 2 || !repeats {
        return None;
    }
    let blank = Heading { text: Cow::Borrowed(""), said: Said::default() };
    let over = (0..width).map(|at| match (at % period, first.get(at / period)) {
        (0, Some(label)) => label.clone(),
        _ => blank.clone(),
    });
    below.insert(0, over.collect());
    Some(below)
}

/// The two rows of a header, laid out.
type Way<'h> = Vec<Vec<Heading<'h>>>;

/// Returns the ways to put the labels of a lower row under some labels of the upper row.
fn ways<'h>(upper: &[Heading<'h>], lower: &[Heading<'h>], groups: usize) -> Vec<Way<'h>> {
    let blank = Heading { text: Cow::Borrowed(""), said: Said::default() };
    let mut found = Vec::new();
    let mut open: Vec<(usize, usize, usize, Way<'h>)> =
        vec![(0, 0, groups, vec![Vec::new(), Vec::new()])];
    let mut tried = 0;
    while let Some((at, used, left, way)) = open.pop() {
        tried += 1;
        if MOST_WAYS < tried {
            return Vec::new();
        }
        let Some(label) = upper.get(at) else {
            if used == lower.len() && left == 0 {
                found.push(way);
            }
            continue;
        };
        let over = |below: &[Heading<'h>]| {
            let mut way = way.clone();
            if let [first, second] = way.as_mut_slice() {
                first.push(label.clone());
                first.resize(first.len() + below.len().saturating_sub(1), blank.clone());
                second.extend(below.iter().cloned());
                if below.is_empty() {
                    second.push(blank.clone());
                }
            }
            way
        };
        open.push((at + 1, used, left, over(&[])));
        let said = &label.said;
        // 合计 is over nothing, 2025年预算数 may be over all that it is made of.
        let of_when = said.period.is_some() || said.stage.is_some() || said.year.is_some();
        if left == 0 || said.is_bare_total() && !of_when {
            continue;
        }
        for count in 1..=lower.len() - used {
            let below = lower.get(used..used + count).unwrap_or_default();
            if belong(said, below) {
                open.push((at + 1, used + count, left - 1, over(below)));
            }
        }
    }
    found
}

/// Returns whether labels can stand under a group: none of them contradicts it, none is said
/// twice, and a total is the first of them.
fn belong(group: &Said, below: &[Heading<'_>]) -> bool {
    let name = |heading: &Heading<'_>| heading.said.role.is_some();
    if group.role.is_some() {
        return below.iter().all(name);
    }
    // A side begins with its names; other groups have none.
    let side = group.flow.is_some() && below.first().is_some_and(name);
    if group.flow.is_some() && (!side || below.last().is_some_and(name)) {
        return false;
    }
    let fits = |heading: &Heading<'_>| {
        (heading.said.is_value() && group.can_hold(&heading.said)) || (side && name(heading))
    };
    let total = |said: &Said| said.is_bare_total() && said.period.is_none();
    let late = below.iter().skip(1).any(|heading| !side && total(&heading.said));
    let twice = below
        .iter()
        .enumerate()
        .any(|(at, heading)| below.iter().take(at).any(|other| other.text == heading.text));
    below.iter().all(fits) && !late && !twice
}

/// Returns whether every column of figures says something, and no two say the same.
fn is_sound(columns: &[HeaderColumn]) -> bool {
    let mut known = Vec::new();
    for column in columns {
        if let HeaderColumn::Value(column, flow) = column {
            match column.meaning {
                Some(meaning) if !known.contains(&(meaning, *flow)) => known.push((meaning, *flow)),
                _ => return false,
            }
        }
    }
    true
}

/// Says what columns hold by their lowest labels: figures where these say so, else text.
pub(super) fn contents(headings: &[&[Heading<'_>]]) -> Vec<Content> {
    let width = headings.iter().map(|row| row.len()).max().unwrap_or(0);
    let lowest = |at: usize| {
        headings.iter().rev().filter_map(|row| row.get(at)).find(|label| !label.text.is_empty())
    };
    let content = |at: usize| {
        let figures = lowest(at).is_some_and(|label| label.said.is_value());
        let mut content = Content::default();
        let count = if figures { &mut content.money } else { &mut content.texts };
        *count = 1;
        content
    };
    (0..width).map(content).collect()
}

/// Puts the cells of packed rows into their columns as far as their order tells them, and
/// returns the figures whose column it does not tell.
pub(super) fn place<'a>(
    rows: &mut [RawRow<'a>],
    panels: &[Panel],
    width: usize,
    classes: &Classifications,
) -> Vec<Cell<'a>> {
    let mut strays = Vec::new();
    for row in rows.iter_mut().filter(|row| row.packed) {
        let Some((cells, whole)) = placed(&row.cells, panels, width, classes) else {
            strays.extend(row.cells.drain(..).filter(|cell| is_figure(cell.text)));
            continue;
        };
        row.cells = cells;
        row.packed = !whole;
    }
    strays
}

/// Returns whether a cell can only be a figure.
fn is_figure(text: &str) -> bool {
    text.contains(['.', ',', '．', '，']) && looks_like_amount(text)
}

/// The names at the start of a side and the figures that follow them.
type Part<'c, 'a> = (Vec<&'c Cell<'a>>, Vec<&'c Cell<'a>>);

/// Places the cells of a row, and tells whether none of its figures can stand elsewhere.
fn placed<'a>(
    cells: &[Cell<'a>],
    panels: &[Panel],
    width: usize,
    classes: &Classifications,
) -> Option<(Vec<Cell<'a>>, bool)> {
    let mut parts: Vec<Part<'_, 'a>> = Vec::new();
    for (at, cell) in cells.iter().enumerate() {
        // A whole number is a code where names follow it.
        let code = !is_figure(cell.text)
            && cells
                .get(at + 1)
                .is_some_and(|next| !looks_like_amount(next.text) || code_like(next.text));
        let name = !looks_like_amount(cell.text) && !is_dash(cell.text) || code;
        match parts.last_mut() {
            Some((names, figures)) if name && figures.is_empty() => names.push(cell),
            Some((_, figures)) if !name => figures.push(cell),
            _ if name => parts.push((vec![cell], Vec::new())),
            // A table of one row, which needs no name.
            None if panels.len() == 1 => parts.push((Vec::new(), vec![cell])),
            _ => return None,
        }
    }
    let first = *cells.first()?;
    let mut laid = vec![Cell { text: "", ..first }; width];
    let mut whole = true;
    let sides: Vec<&Panel> = match (parts.as_slice(), panels) {
        (parts, panels) if parts.len() == panels.len() => panels.iter().collect(),
        // Two names before the figures: the left side has none.
        ([(names, figures)], [left, right]) if is_beside(names, left, right, classes) => {
            let (first, second) = names.split_first()?;
            let columns = texts(&[*first], left)?;
            *laid.get_mut(*columns.first()?)? = **first;
            parts = vec![(second.to_vec(), figures.clone())];
            vec![right]
        }
        // One side of two: only a class, or the name of an income, tells which.
        ([(names, _)], panels) => {
            let class = names.iter().any(|name| is_class(name.text, classes));
            let income = names.iter().any(|name| text::label(name.text).ends_with("收入"));
            let flow = match (class, income) {
                (true, false) => Flow::Expenditure,
                (false, true) => Flow::Income,
                _ => return None,
            };
            let mut sides = panels.iter().filter(|panel| panel.flow == flow);
            match (sides.next(), sides.next()) {
                (Some(side), None) => vec![side],
                _ => return None,
            }
        }
        _ => return None,
    };
    for ((names, figures), panel) in parts.iter().zip(sides) {
        let columns = texts(names, panel)?;
        for (name, at) in names.iter().zip(columns) {
            *laid.get_mut(at)? = **name;
        }
        if panel.values.len() < figures.len() {
            return None;
        }
        whole &= figures.is_empty() || figures.len() == panel.values.len();
        for (figure, (at, _)) in figures.iter().zip(&panel.values) {
            *laid.get_mut(*at)? = **figure;
        }
    }
    Some((laid, whole))
}

/// Returns whether two names are those of both sides of a row, and no name that a blank parts.
fn is_beside(names: &[&Cell<'_>], left: &Panel, right: &Panel, classes: &Classifications) -> bool {
    let [_, second] = names else { return false };
    let label = text::label(second.text);
    left.texts.len() == 1
        && right.texts.len() == 1
        && left.flow != right.flow
        && (enumerator(&label).is_some() || is_class(second.text, classes))
}

/// Finds the columns of text for the names of a side: all of them, or codes in the columns of
/// codes and one other name in that of labels.
fn texts(names: &[&Cell<'_>], panel: &Panel) -> Option<Vec<usize>> {
    if names.len() == panel.texts.len() {
        return Some(panel.texts.iter().map(|(at, _)| *at).collect());
    }
    let mut codes = panel
        .texts
        .iter()
        .filter(|(_, role)| matches!(role, Role::Code | Role::UnitCode | Role::Ordinal));
    let mut labels = panel
        .texts
        .iter()
        .filter(|(_, role)| matches!(role, Role::Label | Role::Unit | Role::Text));
    let only = match (labels.next(), labels.next()) {
        (Some((at, _)), None) => *at,
        (Some((at, _)), Some(_)) if names.len() == 1 => *at,
        _ => return None,
    };
    let mut labelled = false;
    names
        .iter()
        .map(|name| {
            if code_like(name.text) {
                return codes.next().map(|(at, _)| *at);
            }
            (!std::mem::replace(&mut labelled, true)).then_some(only)
        })
        .collect()
}

/// Returns whether a text can be a code: digits, three of them or more, or two.
fn code_like(text: &str) -> bool {
    2 <= text.len() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_dash(text: &str) -> bool {
    matches!(text, "-" | "—" | "－" | "--" | "——")
}

/// Returns whether a label names a class of the classifications.
fn is_class(label: &str, classes: &Classifications) -> bool {
    let label = text::label(label);
    classes.knows(enumerator(&label).map_or(label.as_ref(), |(_, rest)| rest))
}
