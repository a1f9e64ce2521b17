//! Puts the lines of a page that are in no table into texts.

use crate::decode::{
    Place,
    builder::Builder,
    document::to_u32,
    pdf::{
        Length,
        lines::{Line, push_continued},
        pages::Laid,
    },
};

/// Lines outside grids that wait for the next grid: blanks may align them.
#[derive(Debug, Default)]
pub(super) struct Text {
    lines: Vec<String>,
    /// Where what they hold is printed; their lines are counted from 0 here.
    places: Vec<Place>,
    /// How many characters the last of them has.
    characters: usize,
    /// The page that is printed.
    page: u32,
    /// The last line, and where its page's text ends.
    last: Option<(Line, Length)>,
    /// How far the lines of the last text of several are from each other, and those of two texts.
    inner: Option<Length>,
    outer: Option<Length>,
    /// Whether a page began since.
    turned: bool,
}

impl Text {
    pub(super) fn begin_page(&mut self, number: u32) {
        self.page = number;
        self.turned = true;
    }

    /// Returns how many lines wait.
    pub(super) fn waiting(&self) -> usize {
        self.lines.len()
    }

    pub(super) fn end_page(&mut self, to: &mut Builder) {
        let open = self.last.as_ref().is_some_and(|(line, right)| is_full(line, *right));
        if !open {
            self.print(to);
        }
    }

    /// Adds a line, to the last one where that goes on in it.
    pub(super) fn add(&mut self, line: &Line, page: &Laid) {
        let mut gap = None;
        let goes_on = self.last.as_ref().is_some_and(|(last, right)| {
            gap = Some(line.top - last.bottom).filter(|_| !self.turned);
            let one = |gap: Length| {
                self.inner.is_some_and(|inner| gap - inner <= line.size / 10)
                    || self.outer.is_some_and(|outer| gap + line.size / 2 < outer)
            };
            let alike = gap.is_some_and(one);
            let near = self.turned || line.top - last.bottom <= line.size * 9 / 10;
            let sizes = (last.size - line.size).abs() <= line.size / 10;
            let at_margin = line.left() <= page.left + line.size * 6 / 10;
            near && sizes
                && at_margin
                && line.pieces.len() == 1
                && (is_full(last, *right)
                    || lacks_room(last, *right, line)
                    || (alike && is_whole(last, *right)))
        });
        let apart = self.last.as_ref().is_some_and(|(last, _)| {
            !self.turned && last.size.max(line.size) < line.top - last.bottom
        });
        match self.lines.last_mut() {
            Some(open) if goes_on => {
                let (text, before) = (line.text(), self.characters);
                push_continued(open, &text);
                self.characters += text.chars().count();
                self.add_places(before, line, &text);
                self.inner = gap.or(self.inner);
            }
            _ => {
                self.outer = gap.or(self.outer);
                if apart || (self.turned && !self.lines.is_empty()) {
                    self.lines.push(String::new());
                }
                let text = line.laid_out(page.unit);
                self.characters = text.chars().count();
                self.add_places(0, line, &text);
                self.lines.push(text);
            }
        }
        self.last = Some((line.clone(), page.right));
        self.turned = false;
    }

    /// Says where on the page a text stands that goes on behind so many characters of the last
    /// line or, behind none, begins the next.
    fn add_places(&mut self, before: usize, line: &Line, text: &str) {
        let at = to_u32(self.lines.len() - usize::from(0 < before));
        self.places.extend(line.runs(text).into_iter().map(|(behind, area)| {
            let column = to_u32(before + behind).saturating_add(1);
            Place { line: at, column, page: self.page, area, is_cell: false }
        }));
    }

    pub(super) fn print(&mut self, to: &mut Builder) {
        to.aligned(self.lines.iter().map(String::as_str), self.places.drain(..));
        self.lines.clear();
        self.last = None;
    }
}

/// Returns whether a line ends because what the next one begins with, and nothing parts, found
/// no room in it.
fn lacks_room(line: &Line, right: Length, next: &Line) -> bool {
    let ended = line.text().ends_with(['。', '：', '；', ':', ';']);
    // A blank can stand between letters and what is before them.
    let room = right - line.right() - line.size / 2;
    !ended && line.pieces.len() == 1 && room < next.head
}

/// Returns whether a line ends at the margin with a sentence, or a part of one: what follows it
/// as near as in a text goes on.
fn is_whole(line: &Line, right: Length) -> bool {
    let ended = line.pieces.last().is_some_and(|piece| piece.text.ends_with(['。', '；']));
    line.pieces.len() == 1 && ended && right - line.right() < line.size * 6 / 10
}

/// Returns whether a line ends only because there was no room left.
fn is_full(line: &Line, right: Length) -> bool {
    let ended = line.pieces.last().is_some_and(|piece| piece.text.ends_with(['。', '：', '；']));
    line.pieces.len() == 1 && !ended && right - line.right() < line.size * 16 / 10
}
