//! Finds the prose of a document: sections, and passages of text without blanks.
//!
//! Text only: what a sentence says is not read here. A passage is what stands between two
//! headings, list marks or ends of paragraphs; a line that breaks off in mid-sentence goes on in
//! the next line of text, over blank lines and page numbers.

pub mod counts;
pub mod filler;
pub mod wording;

use crate::{
    accounts::text::{half_width, is_invisible},
    decode::{Document, Line},
    extract::{RawTable, body::enumerator, performance::PerformanceForm, prose::wording::Wording},
};

/// The longest passage before it is cut, in characters: a paragraph of megabytes is read piece
/// by piece.
const LONGEST_PASSAGE: usize = 8_192;

/// The longest heading, in characters.
const LONGEST_HEADING: usize = 42;

/// A line shorter than this ends where its author ended it.
const SHORTEST_BROKEN_LINE: usize = 18;

/// One character of a passage.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Glyph {
    /// The character in half-width form.
    pub c: char,
    /// The character as printed.
    pub printed: char,
    /// Whether blanks stand before it.
    pub spaced: bool,
    /// The line in the source, counted from 1.
    pub line: u32,
    /// The place in that line, counted from 1.
    pub column: u32,
}

/// What a section holds, by its headings.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum SectionKind {
    /// The headings do not say.
    #[default]
    Unknown,
    /// 情况说明: figures are stated.
    Figures,
    /// 职责, 重点工作, 名词解释: numbers are part of a story.
    Narrative,
}

/// A section of the prose.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// Its heading, with the mark of the heading above it: 十、（二）政府采购情况.
    pub title: Option<String>,
    /// The innermost heading in comparable form, without its mark; empty where there is none.
    pub heading: String,
    /// What it holds.
    pub kind: SectionKind,
    /// How many headings came before it: another number is another section.
    pub number: u32,
}

/// What a passage is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum PassageKind {
    /// Sentences.
    #[default]
    Text,
    /// A heading.
    Heading,
    /// A page number.
    PageMark,
}

/// A passage of a section.
#[derive(Debug)]
pub struct Passage<'p> {
    /// What it is; only a text states anything.
    pub kind: PassageKind,
    /// The section that it stands in.
    pub section: &'p Section,
    /// Its characters; blanks only stand between two digits or letters.
    pub glyphs: &'p [Glyph],
    /// Whether an enumerator or a list mark begins it.
    pub item: bool,
    /// Whether it goes on where the passage before was cut.
    pub continues: bool,
}

/// The lines that tables and performance forms hold: they are no prose.
#[derive(Clone, Debug, Default)]
pub struct Taken(Vec<bool>);

impl Taken {
    /// Finds the lines that some tables and forms of a document hold.
    pub fn by(tables: &[RawTable<'_>], forms: &[PerformanceForm<'_>]) -> Taken {
        let mut taken = Taken::default();
        let rows = tables.iter().flat_map(|table| &table.rows);
        for line in rows.flat_map(|row| row.cells.iter().map(|cell| cell.line)) {
            taken.take(line);
        }
        for line in forms.iter().flat_map(PerformanceForm::lines) {
            taken.take(line);
        }
        taken
    }

    fn take(&mut self, line: u32) {
        let at = line as usize;
        if self.0.len() <= at {
            self.0.resize(at + 1, false);
        }
        if let Some(taken) = self.0.get_mut(at) {
            *taken = true;
        }
    }

    /// Returns whether a line, counted from 1, is held.
    pub fn holds(&self, line: u32) -> bool {
        self.0.get(line as usize) == Some(&true)
    }
}

/// Calls `each` with every passage of the document, from top to bottom.
///
/// Rows of grids that are not `taken` are no prose unless they hold one text.
pub fn passages(
    document: &Document,
    wording: &Wording,
    taken: &Taken,
    mut each: impl FnMut(&Passage<'_>),
) {
    let mut headings = Headings::default();
    let mut open = Open::default();
    let mut lines = document.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(text) = prose(line, taken) else {
            continue;
        };
        let printed = text.text.trim_start_matches(is_mark);
        let skipped = text.text.len() - printed.len();
        let before = text.text.get(..skipped).map_or(0, |marks| marks.chars().count());
        let column = text.column.saturating_add(u32::try_from(before).unwrap_or(0));
        let whole = |kind: PassageKind, section: &Section, each: &mut dyn FnMut(&Passage<'_>)| {
            let glyphs: Vec<Glyph> = glyphs(printed, text.line, column).collect();
            each(&Passage { kind, section, glyphs: &glyphs, item: false, continues: false });
        };
        if is_page_mark(printed) {
            whole(PassageKind::PageMark, &headings.section, &mut each);
            continue;
        }
        let marked = printed.len() < text.text.len();
        let compact = compact(printed);
        // A long line with the next one right below it is the first half of a sentence.
        let broken =
            lines.peek().is_some_and(|next| next.number() == line.number() + 1 && !next.is_row())
                && SHORTEST_BROKEN_LINE <= compact.chars().count();
        let level = heading(&compact, text.text.starts_with('#'));
        let whole_line = |level: &u8| *level <= 1 || !broken || wording.is_whole_heading(&compact);
        if let Some(level) = level.filter(whole_line) {
            open.flush(&headings.section, &mut each);
            headings.enter(level, &compact, wording);
            whole(PassageKind::Heading, &headings.section, &mut each);
            continue;
        }
        let item = marked || is_item(&compact);
        if item || !open.goes_on() {
            open.flush(&headings.section, &mut each);
            open.item = item;
        }
        for glyph in glyphs(printed, text.line, column) {
            open.push(glyph, &headings.section, &mut each);
        }
        open.line_length = compact.chars().count();
    }
    open.flush(&headings.section, &mut each);
}

/// Returns the text of a line of prose; nothing for a row of a grid.
fn prose<'a>(line: Line<'a>, taken: &Taken) -> Option<crate::decode::Cell<'a>> {
    if taken.holds(line.number()) {
        return None;
    }
    let mut filled = line.cells().filter(|cell| !cell.text.is_empty());
    let first = filled.next()?;
    if !line.is_row() {
        return Some(first);
    }
    if filled.next().is_some() {
        return None;
    }
    // A converter set a sentence or a heading between tabs.
    let sentence = first.text.contains('。') || heading(&compact(first.text), false).is_some();
    sentence.then_some(first)
}

/// The marks that Markdown and converters set before a line.
fn is_mark(c: char) -> bool {
    matches!(c, '#' | '*' | '>' | '•' | '·' | '●' | '■' | '◆' | '➢' | '★' | '-' | ' ' | '\u{3000}')
}

/// Returns whether a line is a page number: 第 3 页, - 3 -, 3, 3 / 12.
fn is_page_mark(text: &str) -> bool {
    let rest = text.trim_matches(|c: char| {
        c.is_ascii_digit() || c.is_whitespace() || matches!(c, '第' | '页' | '共' | '-' | '—' | '/')
    });
    rest.is_empty() && text.chars().count() <= 16
}

/// Returns the beginning of a text without blanks, in half-width form: a character more than
/// the longest heading has, which tells that it is none.
fn compact(text: &str) -> String {
    const LONGEST: usize = LONGEST_HEADING + 1;
    let mut compact = String::with_capacity(text.len().min(LONGEST * '一'.len_utf8()));
    let mut left = LONGEST;
    // Where the characters begin that stay as they are.
    let mut from = 0;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let stays = matches!(c, '\u{4E00}'..='\u{9FFF}' | '!'..=')' | '+'..='~');
        let dropped = !stays && (c.is_whitespace() || c == '*');
        left -= usize::from(!dropped);
        if !stays {
            compact.push_str(text.get(from..at).unwrap_or_default());
            compact.extend((!dropped).then(|| half_width(c)));
            from = end;
        }
        if left == 0 {
            compact.push_str(text.get(from..end).unwrap_or_default());
            return compact;
        }
    }
    compact.push_str(text.get(from..).unwrap_or_default());
    compact
}

/// Returns the characters of a line, blanks left out except between digits or letters.
pub fn glyphs(text: &str, line: u32, column: u32) -> impl Iterator<Item = Glyph> {
    let mut spaced = false;
    let mut before: Option<char> = None;
    text.chars().enumerate().filter_map(move |(at, printed)| {
        let common = matches!(printed, '\u{4E00}'..='\u{9FFF}');
        if !common && (printed.is_whitespace() || is_invisible(printed)) {
            spaced = true;
            return None;
        }
        let c = if common { printed } else { half_width(printed) };
        let column = column.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
        let glyph = Glyph { c, printed, spaced: spaced && before.is_some(), line, column };
        spaced = false;
        before = Some(c);
        (c != '*').then_some(glyph)
    })
}

/// Returns whether a line begins with an enumerator, a year behind it included: 1.2024年.
fn is_item(compact: &str) -> bool {
    let year = |rest: &str| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        digits == 4 && rest.get(digits..).is_some_and(|rest| rest.starts_with('年'))
    };
    let dated = || {
        let digits = compact.bytes().take_while(u8::is_ascii_digit).count();
        let rest = compact.get(digits..).unwrap_or_default();
        (1..=2).contains(&digits) && rest.strip_prefix(['.', '、']).is_some_and(year)
    };
    enumerator(compact).is_some() || dated()
}

/// The passage that is being read.
#[derive(Default)]
struct Open {
    glyphs: Vec<Glyph>,
    item: bool,
    continues: bool,
    line_length: usize,
}

impl Open {
    /// Returns whether the next line of text continues the last one.
    fn goes_on(&self) -> bool {
        let Some(last) = self.glyphs.last() else { return true };
        match last.c {
            '。' | '!' | '?' | ';' | '！' | '？' => false,
            // What follows a colon is said of what stands before it.
            ':' | ',' | '、' | '(' | '.' | '0'..='9' => true,
            _ => SHORTEST_BROKEN_LINE <= self.line_length,
        }
    }

    fn push(&mut self, glyph: Glyph, section: &Section, each: &mut impl FnMut(&Passage<'_>)) {
        self.glyphs.push(glyph);
        let length = self.glyphs.len();
        if length < LONGEST_PASSAGE {
            return;
        }
        let pause = matches!(glyph.c, ',' | '。' | ';' | '、');
        let digit = glyph.c.is_ascii_digit() || glyph.c == '.';
        if pause || 2 * LONGEST_PASSAGE <= length && !digit || 4 * LONGEST_PASSAGE <= length {
            self.flush(section, each);
            self.continues = true;
        }
    }

    fn flush(&mut self, section: &Section, each: &mut impl FnMut(&Passage<'_>)) {
        if !self.glyphs.is_empty() {
            let Open { glyphs, item, continues, .. } = self;
            let (item, continues) = (*item, *continues);
            each(&Passage { kind: PassageKind::Text, section, glyphs, item, continues });
        }
        self.glyphs.clear();
        self.continues = false;
        self.item = false;
        self.line_length = 0;
    }
}

/// Returns how deep a heading stands; nothing for a line that is none.
///
/// 第一部分 is 0, 一、 is 1, （一） 2, 1. 3, （1） 4; a heading of Markdown without a mark is 1.
fn heading(compact: &str, markdown: bool) -> Option<u8> {
    let marked = mark(compact).map(|(level, _)| level);
    let level = marked.or(markdown.then_some(1))?;
    // A heading of few words can end like a sentence.
    let few = |text: &&str| level < 3 && marked.is_some() && text.chars().count() <= 16;
    let compact = compact.strip_suffix('。').filter(few).unwrap_or(compact);
    let length = compact.chars().count();
    let last = compact.chars().next_back()?;
    if LONGEST_HEADING < length || matches!(last, '。' | ';' | ',' | '、' | ':' | '.') {
        return None;
    }
    let amount = compact.match_indices('元').any(|(at, _)| {
        let before = compact.get(..at).unwrap_or_default();
        before.trim_end_matches(['万', '亿', '千']).ends_with(|c: char| c.is_ascii_digit())
    });
    (!amount && !compact.contains(['。', '%'])).then_some(level)
}

/// Returns the depth and the length in bytes of the mark of a heading.
fn mark(compact: &str) -> Option<(u8, usize)> {
    if let Some(rest) = compact.strip_prefix('第') {
        let number: usize = rest
            .chars()
            .take_while(|c| c.is_ascii_digit() || "一二三四五六七八九十".contains(*c))
            .map(char::len_utf8)
            .sum();
        let unit = rest.get(number..)?;
        let word = ["部分", "章", "篇"].into_iter().find(|word| unit.starts_with(word))?;
        return (0 < number).then_some((0, '第'.len_utf8() + number + word.len()));
    }
    let (printed, rest) = enumerator(compact)?;
    let digits = printed.contains(|c: char| c.is_ascii_digit());
    let level = match (printed.starts_with('('), digits) {
        (false, false) => 1,
        (true, false) => 2,
        (false, true) => 3,
        (true, true) => 4,
    };
    Some((level, compact.len() - rest.len()))
}

/// The headings above the line that is being read, outermost first.
#[derive(Default)]
struct Headings {
    stack: Vec<Heading>,
    section: Section,
}

/// A heading, and what it says of what it heads.
struct Heading {
    level: u8,
    text: String,
    kind: Option<SectionKind>,
}

impl Headings {
    fn enter(&mut self, level: u8, compact: &str, wording: &Wording) {
        self.stack.retain(|above| above.level < level);
        let parent = self.stack.last().and_then(|above| {
            let (depth, end) = mark(&above.text)?;
            (0 < depth).then(|| above.text.get(..end)).flatten()
        });
        let title = [parent.unwrap_or_default(), compact].concat();
        let kind = said(compact, wording);
        self.stack.push(Heading { level, text: compact.to_owned(), kind });
        let end = mark(compact).map_or(0, |(_, end)| end);
        self.section = Section {
            title: Some(title),
            heading: compact.get(end..).unwrap_or_default().to_owned(),
            kind: self.kind(),
            number: self.section.number + 1,
        };
    }

    /// A story stays one in all its parts; else the innermost heading that says what it heads
    /// decides. That of a whole part (第一部分) counts only where no other says anything.
    fn kind(&self) -> SectionKind {
        let inner = self.stack.iter().filter(|heading| 0 < heading.level);
        let mut kinds = inner.rev().filter_map(|heading| heading.kind);
        let story = kinds.clone().any(|kind| kind == SectionKind::Narrative);
        let part = || self.stack.iter().find(|heading| heading.level == 0)?.kind;
        if story {
            return SectionKind::Narrative;
        }
        kinds.next().or_else(part).unwrap_or_default()
    }
}

/// Returns what a heading says of what it heads.
fn said(text: &str, wording: &Wording) -> Option<SectionKind> {
    if wording.figures.within(text) {
        Some(SectionKind::Figures)
    } else if wording.narrative.within(text) && !wording.facts.within(text) {
        Some(SectionKind::Narrative)
    } else {
        wording.facts.within(text).then_some(SectionKind::Unknown)
    }
}
