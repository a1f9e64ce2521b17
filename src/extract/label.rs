//! Puts the labels of a header row together from the cells that extraction tore them into.

use std::borrow::Cow;

use crate::extract::{
    header::{Heading, Said},
    words::Words,
};

/// A label of a header row and the cells that its text was printed in.
#[derive(Clone, Debug)]
pub(super) struct Label<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) said: Said,
    pub(super) from: usize,
    pub(super) to: usize,
    /// Whether it is printed over each of its columns.
    pub(super) repeated: bool,
}

/// The most cells that one label is torn into.
const MOST_PIECES: usize = 6;

/// What counts of the characters of a text that resembles a word: less than all, in hundredths.
const MOST_RESEMBLED: u32 = 99;

/// Finds the labels of one header row.
///
/// A cell that is understood is a label. Where neighbouring cells are not, the cutting of
/// their run into labels is taken that resembles header words most, counted in characters.
/// Only rows over other header rows (`upper`) are joined: the lowest row has a label for each
/// column. In them, scraps that are no words are stray marks and no labels.
pub(super) fn labels<'a>(words: &Words, row: &'a [Heading<'a>], upper: bool) -> Vec<Label<'a>> {
    let mut labels = Vec::new();
    let mut at = 0;
    while at < row.len() {
        if row.get(at).is_none_or(|cell| cell.text.is_empty()) {
            at += 1;
            continue;
        }
        let length = row.iter().skip(at).take_while(|cell| !cell.text.is_empty()).count();
        let run = row.get(at..at + length).unwrap_or_default();
        let torn = upper && 1 < length && run.iter().any(|cell| !cell.said.is_known());
        if torn {
            labels.extend(torn_labels(words, run, at));
        } else {
            labels.extend(run.iter().enumerate().map(|(offset, cell)| Label {
                text: Cow::Borrowed(&cell.text),
                said: cell.said,
                from: at + offset,
                to: at + offset,
                repeated: false,
            }));
        }
        at += length;
    }
    if upper {
        merge_repeated(&mut labels);
        labels.retain(|label| {
            label.said.is_known() || label.said.year.is_some() || !is_scrap(&label.text)
        });
    }
    labels
}

/// Merges neighbouring labels of one text, which a converter copied into every column of a
/// merged cell.
fn merge_repeated(labels: &mut Vec<Label<'_>>) {
    labels.dedup_by(|next, label| {
        let again = next.text == label.text && next.from == label.to + 1;
        if again {
            label.to = next.to;
            label.repeated = true;
        }
        again
    });
}

/// Returns whether a text is too short or too strange to be the label of a group.
fn is_scrap(text: &str) -> bool {
    text.chars().count() <= 2
        || text.chars().any(|c| !matches!(c, '\u{4E00}'..='\u{9FFF}' | '(' | ')'))
}

/// Cuts a run of cells into the labels that resemble header words most.
fn torn_labels<'a>(words: &Words, run: &'a [Heading<'a>], offset: usize) -> Vec<Label<'a>> {
    // The best cutting of the first n cells: its score and where its last label begins.
    let mut best: Vec<(u32, usize)> = vec![(0, 0)];
    for end in 1..=run.len() {
        let mut top = (0, end - 1);
        for start in end.saturating_sub(MOST_PIECES)..end {
            let Some(cells) = run.get(start..end) else { continue };
            let Some((before, _)) = best.get(start) else { continue };
            let score = before + resemblance(words, cells);
            // Of equal cuttings the one with more labels stays closer to what is printed.
            if top.0 < score || (top.0 == score && top.1 < start) {
                top = (score, start);
            }
        }
        best.push(top);
    }
    let mut labels = Vec::new();
    let mut end = run.len();
    while 0 < end {
        let start = best.get(end).map_or(end - 1, |(_, start)| *start).min(end - 1);
        let cells = run.get(start..end).unwrap_or_default();
        let (text, said) = match cells {
            [whole] => (Cow::Borrowed(whole.text.as_ref()), whole.said),
            pieces => {
                let text = joined(pieces);
                let said = match words.resembles(&text, true) {
                    Some((word, score)) if words.covered(&text) < score => Said::of(word),
                    _ => Said::read(words, &text, false),
                };
                (text.into(), said)
            }
        };
        labels.push(Label {
            text,
            said,
            from: offset + start,
            to: offset + end - 1,
            repeated: false,
        });
        end = start;
    }
    labels.reverse();
    labels
}

/// Returns the text that some cells make together.
fn joined(cells: &[Heading<'_>]) -> String {
    cells.iter().map(|cell| cell.text.as_ref()).collect()
}

/// Returns how many characters of some cells, taken as one label, a header word explains, in
/// hundredths. Cells that are understood one by one are never joined.
fn resemblance(words: &Words, cells: &[Heading<'_>]) -> u32 {
    let explained = |text: &str, joined: bool| {
        let covered = words.covered(text);
        if MOST_RESEMBLED <= covered {
            return covered;
        }
        let resembled = words.resembles(text, joined);
        resembled.map_or(0, |(_, score)| score.min(MOST_RESEMBLED)).max(covered)
    };
    let length = |text: &str| u32::try_from(text.chars().count()).unwrap_or(0);
    match cells {
        [whole] if words.is_word(&whole.text) => 100 * length(&whole.text),
        [whole] => {
            let least = if whole.said.is_known() { 70 } else { 0 };
            length(&whole.text) * explained(&whole.text, false).max(least)
        }
        pieces if pieces.iter().all(|cell| cell.said.is_known()) => 0,
        pieces => {
            let text = joined(pieces);
            let share = if words.is_word(&text) { 100 } else { explained(&text, true) };
            length(&text) * share
        }
    }
}
