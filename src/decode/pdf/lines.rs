//! Puts characters together into lines.

use std::{cell::OnceCell, collections::BTreeMap, ops::Range};

use unicode_width::UnicodeWidthStr;

use crate::decode::{
    Area,
    pdf::{Glyph, Length, POINT},
};

/// A line of text, or what stands on one between wide blanks.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Line {
    /// Its pieces from left to right.
    pub(super) pieces: Vec<Piece>,
    pub(super) top: Length,
    pub(super) bottom: Length,
    /// The height of its largest font.
    pub(super) size: Length,
    /// How wide what it begins with is that no line ends in: a word, a number, a character with
    /// the marks around it.
    pub(super) head: Length,
    /// Its characters from left to right, and the words that they are.
    pub(super) glyphs: Vec<Glyph>,
    pub(super) words: Vec<Word>,
    /// Whether figures, and amounts, are among these; found when first asked for.
    pub(super) figures: OnceCell<bool>,
    pub(super) amounts: OnceCell<bool>,
}

/// A text without any blank in it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) left: Length,
    pub(super) right: Length,
    /// Which characters of its line it is.
    pub(super) glyphs: Range<usize>,
    /// Whether a blank is printed before it.
    pub(super) spaced: bool,
    /// Whether it begins another cell, though the word before it reaches as far.
    pub(super) cut: bool,
}

impl Word {
    /// Returns what it covers from left to right.
    pub(super) fn extent(&self) -> (Length, Length) {
        (self.left, self.right)
    }

    /// Ends it before a cell that begins at a place, as it would if it had room enough.
    fn end_before(&mut self, left: Length, size: Length) {
        self.right = self.right.min(left - size * BLANK_BEFORE_CELL / 100).max(self.left);
    }
}

/// What stands over the next cell is taken to end this part of a hundred of the size of its
/// font before it.
const BLANK_BEFORE_CELL: Length = 60;

/// What covers another character by more than this part of a hundred of the size of its font is
/// of another cell.
const MOST_COVERED: Length = 30;

/// So many cells that begin under each other, this near, are of one column.
const FEWEST_CELLS: usize = 3;
const NEAR: Length = POINT / 5;

/// More texts than this never stand over each other.
const MOST_OVERPRINTED: usize = 8;

/// Blanks narrower than this part of a hundred of the size of a font are inside a word.
const NARROWEST_BLANK: Length = 15;

/// A text without wide blanks in it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) left: Length,
    pub(super) right: Length,
}

impl Line {
    /// Returns where it begins.
    pub(super) fn left(&self) -> Length {
        self.pieces.first().map_or(0, |piece| piece.left)
    }

    /// Returns where it ends.
    pub(super) fn right(&self) -> Length {
        self.pieces.last().map_or(0, |piece| piece.right)
    }

    /// Returns what the words and the numbers of its text cover, each with the number of
    /// characters before it; `text` can have other blanks between them.
    pub(super) fn runs(&self, text: &str) -> Vec<(usize, Area)> {
        let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '%');
        let mut runs: Vec<(usize, Area)> = Vec::new();
        let mut glyphs = self.glyphs.iter();
        let mut before: Option<char> = None;
        // The characters of one glyph that are still to come.
        let mut rest = "".chars();
        for (at, c) in text.chars().enumerate() {
            let last = before.replace(c);
            if c.is_whitespace() || rest.next() == Some(c) {
                continue;
            }
            // Blanks, and what is printed twice, are passed over.
            let Some(glyph) = glyphs.find(|glyph| glyph.text.starts_with(c)) else {
                // What stands over other texts is in another order.
                return vec![(0, self.area())];
            };
            rest = glyph.text.chars();
            rest.next();
            let area =
                Area { left: glyph.left, top: self.top, right: glyph.right, bottom: self.bottom };
            let goes_on =
                last.is_some_and(|last| !last.is_whitespace() && number(last) == number(c));
            match runs.last_mut().filter(|_| goes_on) {
                Some((_, run)) => run.right = run.right.max(area.right),
                None => runs.push((at, area)),
            }
        }
        runs
    }

    /// Returns what it covers.
    pub(super) fn area(&self) -> Area {
        Area { left: self.left(), top: self.top, right: self.right(), bottom: self.bottom }
    }

    /// Returns its text, with a single blank between pieces.
    pub(super) fn text(&self) -> String {
        let texts: Vec<&str> = self.pieces.iter().map(|piece| piece.text.as_str()).collect();
        texts.join(" ")
    }

    /// Returns where its words begin that wide blanks stand before.
    pub(super) fn cells(&self) -> impl Iterator<Item = Length> + '_ {
        let blank = self.size * BLANK_BEFORE_CELL / 100;
        let pairs = self.words.iter().zip(self.words.iter().skip(1));
        pairs.filter(move |(a, b)| blank <= b.left - a.right).map(|(_, b)| b.left)
    }

    /// Cuts words where cells of other lines begin: a number that fills its cell ends there, and
    /// a name begins. `cells` tells how many cells begin at a place.
    pub(super) fn cut(&mut self, cells: &BTreeMap<Length, usize>) {
        let number = |glyph: &Glyph| glyph.text.chars().all(|c| c.is_ascii_alphanumeric());
        let name = |glyph: &Glyph| glyph.text.chars().all(|c| matches!(c, '\u{4E00}'..='\u{9FFF}'));
        (self.figures, self.amounts) = (OnceCell::new(), OnceCell::new());
        let mut words = Vec::with_capacity(self.words.len());
        let begins_at = |left: Length| {
            let near = cells.range(left - NEAR..=left + NEAR);
            FEWEST_CELLS <= near.map(|(_, count)| *count).sum()
        };
        for mut word in std::mem::take(&mut self.words) {
            // A text that fills its cell leaves only a narrow blank before the next one.
            let whole = !word.cut;
            word.cut |= !words.is_empty() && !word.spaced && begins_at(word.left);
            let own = self.glyphs.get(word.glyphs.clone()).unwrap_or_default();
            let begins = |glyph: &Glyph| begins_at(glyph.left);
            let blank = |glyph: &Glyph| glyph.is_blank();
            let printed = || own.iter().enumerate().filter(|(_, glyph)| !blank(glyph));
            let mut pairs = printed().zip(printed().skip(1));
            let at = pairs.find(|((_, a), (_, b))| number(a) && name(b) && begins(b));
            let parts = at.and_then(|(_, (at, _))| own.split_at_checked(at));
            let Some((before, behind)) = parts.filter(|_| whole) else {
                words.push(word);
                continue;
            };
            let texts = |own: &[Glyph]| {
                let printed = own.iter().filter(|glyph| !blank(glyph));
                printed.map(|glyph| &*glyph.text).collect::<String>()
            };
            let (left, right) = (behind.first().map_or(0, |glyph| glyph.left), word.right);
            let end = word.glyphs.end;
            if texts(before) + &texts(behind) != word.text {
                words.push(word);
                continue;
            }
            let middle = word.glyphs.start + before.len();
            (word.text, word.glyphs.end) = (texts(before), middle);
            word.end_before(left, self.size);
            let text = texts(behind);
            words.push(word);
            words.push(Word { text, left, right, glyphs: middle..end, spaced: false, cut: true });
        }
        self.words = words;
    }

    /// Returns its text with every piece where it stands, at `unit` a column.
    pub(super) fn laid_out(&self, unit: Length) -> String {
        let mut text = String::new();
        let mut width = 0;
        for piece in &self.pieces {
            let at = usize::try_from(piece.left / unit.max(1)).unwrap_or(0).min(WIDEST);
            let blanks = if text.is_empty() { at } else { at.saturating_sub(width).max(2) };
            text.extend(std::iter::repeat_n(' ', blanks));
            text.push_str(&piece.text);
            width += blanks + piece.text.width();
        }
        text
    }
}

/// No line begins behind so many columns.
const WIDEST: usize = 1000;

/// Puts characters into lines, from top to bottom.
pub(super) fn lines(glyphs: Vec<Glyph>) -> Vec<Line> {
    let mut lines = Vec::new();
    part(glyphs, |own| lines.extend(line(own)));
    lines
}

/// Puts characters into lines that know their words.
pub(super) fn lines_of_words(glyphs: Vec<Glyph>) -> Vec<Line> {
    let mut lines = Vec::new();
    part(glyphs, |own| {
        let whole = |line| {
            let unlaced = unlaced(own);
            let overprinted = unlaced.is_some();
            let glyphs = unlaced.unwrap_or_else(|| own.to_vec());
            Line { words: words(&glyphs, overprinted), glyphs, ..line }
        };
        lines.extend(line(own).map(whole));
    });
    lines
}

/// Parts characters into those of each line, from left to right.
fn part(mut glyphs: Vec<Glyph>, mut take: impl FnMut(&[Glyph])) {
    glyphs.sort_by_key(|glyph| (glyph.base, glyph.left));
    let mut rest = glyphs.as_mut_slice();
    while let Some(first) = rest.first() {
        // Digits stand lower than words, and small print higher; none so far as half its size.
        let (mut base, mut size) = (first.base, first.size);
        let near = rest.iter().take_while(|glyph| {
            let fits = glyph.base - base <= glyph.size.min(size) * 45 / 100;
            base = base.max(glyph.base.min(base + size / 8));
            size = size.max(glyph.size);
            fits
        });
        let count = near.count().max(1);
        let (own, behind) = rest.split_at_mut(count);
        own.sort_by_key(|glyph| (glyph.left, glyph.base));
        take(own);
        rest = behind;
    }
}

/// Takes texts apart that stand over each other, as one does that is too long for its cell: each
/// character goes on where one of its kind ends before it. Nothing where none stand over each other.
fn unlaced(glyphs: &[Glyph]) -> Option<Vec<Glyph>> {
    let printed = || glyphs.iter().filter(|glyph| !glyph.is_blank());
    let covers = |(a, b): (&Glyph, &Glyph)| {
        let covered = a.right.min(b.right) - b.left;
        b.size.min(a.size) * MOST_COVERED / 100 < covered && !b.doubles(a)
    };
    if !printed().zip(printed().skip(1)).any(covers) {
        return None;
    }
    let mut texts: Vec<Vec<Glyph>> = Vec::new();
    for glyph in glyphs {
        let goes_on = |text: &&mut Vec<Glyph>| {
            let kind = text.iter().rev().find(|last| !last.is_blank());
            let alike = kind.is_some_and(|last| last.text.is_ascii() == glyph.text.is_ascii());
            text.last().is_some_and(|last| {
                (alike || glyph.is_blank()) && (glyph.follows(last) || glyph.doubles(last))
            })
        };
        match texts.iter_mut().rev().take(MOST_OVERPRINTED).find(goes_on) {
            Some(text) => text.push(glyph.clone()),
            None if glyph.is_blank() => (),
            None => texts.push(vec![glyph.clone()]),
        }
    }
    // Where the widths of characters are not known, none goes on where another ends.
    (2 * texts.len() <= printed().count()).then(|| texts.into_iter().flatten().collect())
}

/// Puts the characters of a line, from left to right, into words; `overprinted` tells that some
/// stand over others.
fn words(glyphs: &[Glyph], overprinted: bool) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut blank = true;
    let mut before: Option<&Glyph> = None;
    for (at, glyph) in glyphs.iter().enumerate() {
        if before.is_some_and(|before| glyph.doubles(before)) {
            continue;
        }
        if glyph.is_blank() {
            // Blanks that other characters stand over are none.
            blank |= words.last().is_none_or(|word| word.right < glyph.right);
            continue;
        }
        let covered = glyph.size * MOST_COVERED / 100;
        let under = words.last_mut().filter(|word| glyph.left + covered < word.right);
        let cut = match under {
            Some(word) if overprinted => {
                word.end_before(glyph.left, glyph.size);
                true
            }
            _ => false,
        };
        match words.last_mut() {
            Some(word)
                if !cut
                    && glyph.left - word.right < glyph.size * NARROWEST_BLANK / 100
                    && !(blank && word.right <= glyph.left) =>
            {
                word.text.push_str(&glyph.text);
                word.right = word.right.max(glyph.right);
                word.glyphs.end = at + 1;
            }
            _ => words.push(Word {
                text: glyph.text.to_string(),
                left: glyph.left,
                right: glyph.right,
                glyphs: at..at + 1,
                spaced: blank,
                cut,
            }),
        }
        blank = false;
        before = Some(glyph);
    }
    words
}

/// Returns whether a number that has no room left goes on in the next line.
pub(super) fn is_continued_number(text: &str, next: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let whole = text.rsplit_once('.').is_some_and(|(_, decimals)| decimals.len() == 2);
    text.contains('.')
        && !whole
        && text.ends_with(|c: char| c == '.' || c.is_ascii_digit())
        && !next.is_empty()
        && next.len() <= 2
        && digits(next)
}

/// Puts the characters of a line, from left to right, into its pieces.
fn line(glyphs: &[Glyph]) -> Option<Line> {
    let mut line = Line { top: Length::MAX, bottom: Length::MIN, ..Line::default() };
    let mut before: Option<&Glyph> = None;
    for glyph in glyphs {
        if before.is_some_and(|before| glyph.doubles(before)) {
            continue;
        }
        let blank = glyph.is_blank();
        if blank {
            if let (Some(piece), Some(before)) = (line.pieces.last_mut(), before)
                && glyph.left - before.right < glyph.size
                && !piece.text.ends_with(' ')
            {
                piece.text.push(' ');
            }
            continue;
        }
        let gap = before.map(|before| glyph.left - before.right);
        match (line.pieces.last_mut(), gap) {
            (Some(piece), Some(gap)) if gap < glyph.size => {
                if glyph.size * 40 / 100 < gap && !piece.text.ends_with(' ') {
                    piece.text.push(' ');
                }
                piece.text.push_str(&glyph.text);
                piece.right = piece.right.max(glyph.right);
            }
            _ => line.pieces.push(Piece {
                text: glyph.text.to_string(),
                left: glyph.left,
                right: glyph.right,
            }),
        }
        let (top, bottom) = glyph.extent();
        line.top = line.top.min(top);
        line.bottom = line.bottom.max(bottom);
        line.size = line.size.max(glyph.size);
        before = Some(glyph);
    }
    line.head = head(glyphs);
    for piece in &mut line.pieces {
        piece.text.truncate(piece.text.trim_end().len());
    }
    (!line.pieces.is_empty()).then_some(line)
}

/// Returns how wide what some characters begin with is that no line ends in.
fn head(glyphs: &[Glyph]) -> Length {
    let mut printed = glyphs.iter().skip_while(|glyph| glyph.text.trim().is_empty());
    let Some(first) = printed.next() else { return 0 };
    let mut last = first;
    for glyph in printed {
        let ends = last.text.chars().next_back();
        let begins = glyph.text.chars().next();
        let word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_graphic());
        let bound = (word(ends) && word(begins))
            || ends.is_some_and(|c| "（《〈【「『“‘([".contains(c))
            || begins.is_some_and(|c| "）》〉】」』“”’，。、；：！？％)],.;:!?%".contains(c));
        if !bound {
            break;
        }
        last = glyph;
    }
    last.right - first.left
}

/// Adds a text that goes on in the next line: a blank stands between two words, but not between
/// Chinese characters or inside a number.
pub(super) fn push_continued(to: &mut String, text: &str) {
    let (last, next) = (to.chars().next_back(), text.chars().next());
    let word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    if word(last) && word(next) {
        to.push(' ');
    }
    to.push_str(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glyphs(text: &str, left: Length, base: Length) -> Vec<Glyph> {
        let mut at = left;
        text.chars()
            .map(|c| {
                let width = if c.is_ascii() { 500 } else { 1000 };
                at += width;
                Glyph { text: c.to_string().into(), left: at - width, right: at, base, size: 1000 }
            })
            .collect()
    }

    fn texts(glyphs: Vec<Glyph>) -> Vec<String> {
        lines(glyphs).iter().map(Line::text).collect()
    }

    #[test]
    fn an_amount_in_several_runs_is_one() {
        let mut all = glyphs("34.56", 1010, 2000);
        all.extend(glyphs("12", 0, 2000));
        assert_eq!(texts(all), ["1234.56"]);
    }

    #[test]
    fn bold_print_is_read_once() {
        let mut all = glyphs("合计11", 0, 2000);
        all.extend(glyphs("合计11", 30, 2000));
        assert_eq!(texts(all), ["合计11"]);
    }

    #[test]
    fn digits_stand_lower_than_words() {
        let mut all = glyphs("合计", 0, 2000);
        all.extend(glyphs("12.00", 5000, 2180));
        let lines = lines(all);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].pieces.len(), 2);
        assert_eq!(lines[0].laid_out(500), "合计      12.00");
    }

    #[test]
    fn numbers_of_a_text_are_where_they_are_printed() {
        let mut all = glyphs("共", 0, 2000);
        all.extend(glyphs(" 12.5", 1000, 2000));
        all.extend(glyphs("12.5", 1520, 2000));
        all.extend(glyphs("万元", 3600, 2000));
        let line = &lines_of_words(all)[0];
        let runs = |text: &str| {
            let runs = line.runs(text).into_iter();
            runs.map(|(at, area)| (at, area.left, area.right)).collect::<Vec<_>>()
        };
        assert_eq!(runs("共 12.5万元"), [(0, 0, 1000), (2, 1500, 3500), (6, 3600, 5600)]);
        assert_eq!(runs("  共   12.5万元")[1], (6, 1500, 3500));
        assert_eq!(runs("元"), [(0, 4600, 5600)]);
        assert_eq!(runs("元共"), [(0, 0, 5600)]);
    }

    #[test]
    fn lines_go_on_without_a_blank_but_between_words() {
        let joined = |a: &str, b: &str| {
            let mut text = a.to_owned();
            push_continued(&mut text, b);
            text
        };
        assert_eq!(joined("一般公共", "预算"), "一般公共预算");
        assert_eq!(joined("14654.", "69"), "14654.69");
        assert_eq!(joined("the", "end"), "the end");
    }
}
