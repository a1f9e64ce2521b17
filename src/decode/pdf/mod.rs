//! Reads PDF files that have a layer of text.
//!
//! `packed` refuses what unpacks to too much, before anything else looks at a file; `filters`
//! unpacks what few files pack today.
//! `canvas` and `fonts` alone know who interprets the pages: they collect what is drawn.
//! `sketch` alone draws them.
//! `rules` makes grids of lines, `lines` puts characters together, `pages` puts both in order.

mod bands;
mod canvas;
mod cells;
mod filters;
mod fonts;
mod lines;
mod packed;
mod pages;
mod regions;
mod rules;
mod sketch;
mod spaced;
mod texts;

pub(super) use sketch::letters;

use std::rc::Rc;

use crate::{
    decode::{Area, Decoder, Document, Picture, builder::Builder, package::damaged},
    error::{Error, ErrorKind, Result},
};

/// PDF files.
pub(super) struct Pdf;

/// A length or a place on a page, in hundredths of a point from its upper left corner.
type Length = i32;

/// So many of them are one point.
const POINT: Length = 100;

/// A character, or the few that one glyph stands for.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Glyph {
    text: Rc<str>,
    /// Where it begins and ends.
    left: Length,
    right: Length,
    /// The line that it stands on.
    base: Length,
    /// The height of its font.
    size: Length,
}

impl Glyph {
    /// Returns the middle of what it covers: from left to right, and from top to bottom.
    fn middle(&self) -> (Length, Length) {
        (i32::midpoint(self.left, self.right), self.base - self.size * 35 / 100)
    }

    /// Returns whether nothing is printed.
    fn is_blank(&self) -> bool {
        match self.text.as_bytes() {
            [byte] => byte.is_ascii_whitespace(),
            _ => self.text.chars().all(char::is_whitespace),
        }
    }

    /// Returns whether it goes on where another ends, in one word with it.
    fn goes_on(&self, last: &Glyph) -> bool {
        self.follows(last) && !last.text.ends_with(' ')
    }

    /// Returns whether it stands where another ends.
    fn follows(&self, last: &Glyph) -> bool {
        let near = self.size / 8;
        (self.left - last.right).abs() <= near && (self.base - last.base).abs() <= near
    }

    /// Returns whether it is another character once more, a little apart, as bold print is.
    fn doubles(&self, other: &Glyph) -> bool {
        self.text == other.text && self.left - other.left <= self.size * 18 / 100
    }

    /// Returns what it covers.
    fn area(&self) -> Area {
        let (top, bottom) = self.extent();
        Area { left: self.left, top, right: self.right, bottom }
    }

    /// Returns where the highest part of it is, and the lowest.
    fn extent(&self) -> (Length, Length) {
        (self.base - self.size * 85 / 100, self.base + self.size * 15 / 100)
    }
}

/// A straight line along one of the edges of a page: `at` is its place across its direction.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Rule {
    at: Length,
    from: Length,
    to: Length,
}

/// What a page draws, as far as it concerns us.
#[derive(Clone, Debug, Default)]
struct Page {
    width: Length,
    height: Length,
    glyphs: Vec<Glyph>,
    /// The lines from left to right, and those from top to bottom.
    across: Vec<Rule>,
    down: Vec<Rule>,
    /// How many characters are outside the page or what is shown of it.
    hidden: usize,
    /// How many characters no font gives a name.
    unnamed: usize,
    /// How many pictures there are, and how much of a hundred of the page they cover.
    pictures: usize,
    pictured: u32,
}

impl Page {
    /// Returns whether it shows nothing that can be read, but shows something.
    fn is_unread(&self) -> bool {
        self.glyphs.is_empty() && (0 < self.pictures || 0 < self.unnamed)
    }

    /// Returns whether it is a picture, with at most a running head and a page number beside.
    ///
    /// A page on which a stamp or a sign stands alone is none, nor is one with a text over a
    /// picture, as title pages are.
    fn is_scanned(&self) -> bool {
        let edge = self.height / 100 * pages::EDGE;
        let inner = |glyph: &Glyph| {
            (edge..=self.height - edge).contains(&glyph.middle().1) && !glyph.is_blank()
        };
        let covered = LEAST_PICTURED <= self.pictured || LEAST_UNNAMED <= self.unnamed;
        covered && !self.glyphs.iter().any(inner)
    }
}

/// What pictures cover at least of a hundred of a scanned page.
const LEAST_PICTURED: u32 = 33;

/// Characters without names that are at least on a page of which nothing can be read.
const LEAST_UNNAMED: usize = 32;

impl Decoder for Pdf {
    fn accepts(&self, bytes: &[u8]) -> bool {
        // What stands in front of it is left over from a download.
        let head = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
        head.windows(5).any(|part| part == b"%PDF-")
    }

    fn decode(&self, path: &str, bytes: &[u8]) -> Result<Document> {
        packed::refuse(path, bytes)?;
        let file = canvas::open(path, bytes)?;
        let count = file.len();
        if count == 0 {
            return Err(damaged(path, "the list of pages", "there is no page"));
        }
        if MOST_PAGES < count {
            let problem = format!("there are {count} pages, and at most {MOST_PAGES} are read");
            return Err(damaged(path, "the list of pages", &problem));
        }
        let mut to = Builder::new("pdf");
        let mut layout = pages::Layout::default();
        let (mut characters, mut read, mut unread) = (0, 0, 0);
        for (index, page) in file.pages().enumerate() {
            let place = format!("page {}", index + 1);
            let Some(page) = page else {
                return Err(damaged(path, &place, "it draws more than a page may"));
            };
            characters += page.glyphs.len();
            to.hide(page.hidden);
            let scanned = page.is_scanned();
            read += if scanned { 0 } else { page.glyphs.len() };
            unread += usize::from(scanned || page.is_unread());
            if MOST_CHARACTERS < characters {
                let problem = format!("with it there are over {MOST_CHARACTERS} characters");
                return Err(damaged(path, &place, &problem));
            }
            layout.take(&page);
        }
        if read == 0 && 0 < unread {
            return Err(ErrorKind::Scanned { path: path.to_owned(), pages: count }.into());
        }
        layout.print(&mut to);
        Ok(to.finish())
    }
}

/// Draws a page of a PDF file, counted from 1, with a strip of so many dots below it; returns
/// whether all of the page is drawn.
pub(super) fn picture(
    path: &str,
    bytes: &[u8],
    number: usize,
    below: u32,
) -> Result<(Picture, bool)> {
    packed::refuse(path, bytes)?;
    let file = canvas::open(path, bytes)?;
    let unknown = || {
        let path = path.to_owned();
        Error::from(ErrorKind::NoSuchPage { path, page: number, pages: file.len() })
    };
    let index = number.checked_sub(1).filter(|index| *index < file.len()).ok_or_else(unknown)?;
    let mut picture = Picture::new(file.size(index), below).ok_or_else(unknown)?;
    let whole = sketch::page(&file, index, &mut picture);
    picture.allow();
    Ok((picture, whole))
}

/// The most pages of one file; what was published had at most some hundred.
const MOST_PAGES: usize = 4096;

/// The most characters of one file.
const MOST_CHARACTERS: usize = 1 << 23;
