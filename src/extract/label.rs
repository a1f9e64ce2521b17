//! Puts the labels of a header row together from the cells that extraction tore them into.

use crate::extract::{header::Said, words::Words};

/// A label of a header row and the cells that its text was printed in.
#[derive(Clone, Debug)]
pub(super) struct Label {
    pub(super) text: String,
    pub(super) said: Said,
    pub(super) from: usize,
    pub(super) to: usize,
    /// Whether it is printed over each of its columns.
    pub(super) repeated: bool,
}

/// The most cells that one label is torn into.
const MOST_PIECES: usize = 6;

/// Finds the labels of one header row.
///
/// A cell that is understood is a label. Where neighbouring cells are not, the cutting of
/// their run into labels is taken that resembles header words most, counted in characters.
/// Only rows over other header rows (`upper`) are joined: the lowest row has a label for each
/// column. In them, scraps that are no words are stray marks and no labels.
pub(super) fn labels(words: &Words, row: &[String], upper: bool) -> Vec<Label> {
    let mut labels = Vec::new();
    let mut at = 0;
    while at < row.len() {
        if row.get(at).is_none_or(String::is_empty) {
            at += 1;
            continue;
        }
        let length = row.iter().skip(at).take_while(|cell| !cell.is_empty()).count();
        let run = row.get(at..at + length).unwrap_or_default();
        let torn = upper
            && 1 < length
            && run.iter().any(|cell| !Said::read(words, cell, false).is_known());
        if torn {
            labels.extend(torn_labels(words, run, at));
        } else {
            labels.extend(run.iter().enumerate().map(|(offset, cell)| Label {
                text: cell.clone(),
                said: Said::read(words, cell, false),
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
fn merge_repeated(labels: &mut Vec<Label>) {
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
fn torn_labels(words: &Words, run: &[String], offset: usize) -> Vec<Label> {
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
        let text = run.get(start..end).unwrap_or_default().concat();
        let joined = if start + 1 < end { words.resembles(&text, true) } else { None };
        let said = match joined {
            Some((word, score)) if words.covered(&text) < score => Said::of(word),
            _ => Said::read(words, &text, false),
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

/// Returns how many characters of some cells, taken as one label, a header word explains, in
/// hundredths. Cells that are understood one by one are never joined.
fn resemblance(words: &Words, cells: &[String]) -> u32 {
    let known = |cell: &String| Said::read(words, cell, false).is_known();
    let joined = 1 < cells.len();
    if joined && cells.iter().all(known) {
        return 0;
    }
    let text = cells.concat();
    let length = u32::try_from(text.chars().count()).unwrap_or(0);
    if words.is_word(&text) {
        return 100 * length;
    }
    let resembled = words.resembles(&text, joined).map_or(0, |(_, score)| score.min(99));
    let explained = resembled.max(words.covered(&text));
    if !joined && known(&text) {
        return length * explained.max(70);
    }
    length * explained
}
