//! Puts the characters of a cell together.

use crate::decode::pdf::{
    Glyph, Length, POINT,
    lines::{lines, push_continued},
};

/// A cell of a row.
#[derive(Debug, Default)]
pub(super) struct Cell {
    pub(super) text: String,
    /// Whether it ends only because there was no room left in its last line.
    pub(super) full: bool,
    /// The room that is left there, and what of the first line nothing parts.
    pub(super) room: Length,
    head: Length,
}

impl Cell {
    /// Makes the cell of some width, of which nothing stands in an inset on each side, of its
    /// characters; its lines stay apart unless they go on in the next one.
    pub(super) fn new(glyphs: Vec<Glyph>, width: Length, inset: Length) -> Cell {
        let mut cell = Cell { full: true, ..Cell::default() };
        for line in lines(glyphs) {
            // A line that ends before there was no room left is a paragraph of its own.
            if !cell.full {
                cell.text.push('\n');
            }
            if cell.text.is_empty() {
                cell.head = line.head;
            }
            push_continued(&mut cell.text, &line.text());
            let left = width - (line.right() - line.left());
            cell.full = left < 2 * line.size + 2 * POINT;
            // A blank may stand at the end.
            cell.room = left - 2 * inset - line.size / 2;
        }
        cell.full &= !cell.text.is_empty();
        cell
    }

    /// Returns whether it ends because what it goes on with has no room in its last line. A
    /// number, or a word, goes on only where there is no room at all.
    pub(super) fn lacks_room(&self, rest: &Cell) -> bool {
        let word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_graphic());
        let one = word(self.text.chars().next_back()) && word(rest.text.chars().next());
        self.full || (!one && self.room < rest.head && !self.text.is_empty())
    }

    /// Returns whether it begins with the mark of an item, as `（2）` or `三、`.
    pub(super) fn begins_item(&self) -> bool {
        let inner = self.text.trim_start_matches(['（', '(']);
        let number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
        let rest = inner.trim_start_matches(number);
        let marked = rest.len() < inner.len();
        let closed = rest.starts_with(['）', ')']) && inner.len() < self.text.len();
        marked && (closed || (rest.starts_with('、') && inner.len() == self.text.len()))
    }
}
