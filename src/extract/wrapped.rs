//! Puts the labels of a header together that wrap over several of its rows.
//!
//! A narrow column breaks its label wherever it is full: 本年收入合 above 计, 上级补助 above 收入.
//! Converters print each line of the cell as a row of its own. A label over several columns
//! stands above others all the same: 本年收入 above 合计 is one, where its other columns have
//! labels of their own below nothing.

use std::borrow::Cow;

use crate::extract::{
    header::{Heading, Said},
    words::Words,
};

/// Joins the labels that wrap: of two cells under each other that are a word together. The
/// lower one gets both where the upper one says nothing; else the upper one, so that no other
/// label reaches over it. Nothing where there are none.
pub(super) fn unwrapped<'h>(
    words: &Words,
    rows: &[&[Heading<'h>]],
) -> Option<Vec<Vec<Heading<'h>>>> {
    let mut joined: Option<Vec<Vec<Heading<'h>>>> = None;
    for index in 1..rows.len() {
        let width = rows.get(index).map_or(0, |row| row.len());
        for at in 0..width {
            let cell = |row: usize| match &joined {
                Some(rows) => rows.get(row)?.get(at),
                None => rows.get(row)?.get(at),
            };
            let Some(lower) = cell(index).filter(|cell| !cell.text.is_empty()) else { continue };
            // What was joined before stands above the rows that it took.
            let filled = |row: &usize| cell(*row).is_some_and(|cell| !cell.text.is_empty());
            let printed = |row: &usize| is_filled(rows, *row, at);
            let top = (0..index).rev().take_while(printed).find(filled);
            let Some((top, upper)) = top.and_then(|top| Some((top, cell(top)?))) else { continue };
            let whole = format!("{}{}", upper.text, lower.text);
            let to = if !upper.said.is_known() && words.is_word(&whole) {
                index
            } else if (is_open(&upper.text) || !is_group(rows, index, at))
                && completes(words, &upper.text, &lower.text)
            {
                top
            } else {
                continue;
            };
            let rows = joined.get_or_insert_with(|| rows.iter().map(|row| row.to_vec()).collect());
            for row in [top, index] {
                if let Some(cell) = rows.get_mut(row).and_then(|row| row.get_mut(at)) {
                    *cell = Heading { text: Cow::Borrowed(""), said: Said::default() };
                }
            }
            if let Some(cell) = rows.get_mut(to).and_then(|row| row.get_mut(at)) {
                *cell = Heading::read(words, Cow::Owned(whole));
            }
        }
    }
    joined
}

fn is_filled(rows: &[&[Heading<'_>]], row: usize, at: usize) -> bool {
    rows.get(row).and_then(|row| row.get(at)).is_some_and(|cell| !cell.text.is_empty())
}

/// Returns whether the label above a cell stands over others as well: a column beside it that
/// has a label in the lower row alone stands below the same one.
fn is_group(rows: &[&[Heading<'_>]], index: usize, at: usize) -> bool {
    let below = |at: usize| !is_filled(rows, index - 1, at) && is_filled(rows, index, at);
    below(at + 1) || at.checked_sub(1).is_some_and(below)
}

/// Returns whether a text goes on in the one below it: both together are one word, or say what
/// one of them alone leaves in the dark.
pub(super) fn completes(words: &Words, upper: &str, lower: &str) -> bool {
    let whole = format!("{upper}{lower}");
    let dark = |text: &str| !words.is_word(text) && words.covered(text) < 100;
    words.is_word(&whole)
        || (dark(upper) || dark(lower)) && words.covered(&whole) == 100
        // 项目（按支 above 出功能分类）: the name stands before the bracket.
        || is_open(upper) && upper.split('(').next().is_some_and(|name| words.is_word(name))
}

/// Returns whether a text leaves a bracket open.
fn is_open(text: &str) -> bool {
    text.matches(')').count() < text.matches('(').count()
}
