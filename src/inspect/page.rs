//! Draws a page with what was understood of it: tables, cells, and what does not add up.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::{Range, RangeInclusive},
};

use crate::{
    accounts::{
        disclosure::Disclosure,
        finding::Finding,
        gap::GapKind,
        token::{Severity, Source},
    },
    decode::{self, Area, Document, Picture, Place, picture::Colour},
    draw::harmless,
    error::Result,
    extract::{self, RawTable},
    inspect::line,
    run::{Knowledge, disclosure},
};

/// Tables have these colours in turn.
const TABLES: [Colour; 6] = [
    [0x1F, 0x5F, 0xBF],
    [0x7A, 0x3F, 0xA8],
    [0x00, 0x7F, 0x86],
    [0xA8, 0x5A, 0x14],
    [0x4B, 0x62, 0x2A],
    [0x9C, 0x2E, 0x6E],
];

/// What a number that became a figure is framed and tinted with, and one that was mended or is
/// not understood.
const READ: Kind = Kind { frame: [0x2E, 0x9E, 0x4F], tint: [0xDC, 0xF5, 0xE0] };
const MENDED: Kind = Kind { frame: [0x00, 0x96, 0xC8], tint: [0xD4, 0xF0, 0xFC] };
const UNREAD: Kind = Kind { frame: [0xE0, 0x7B, 0x00], tint: [0xFF, 0xE4, 0xBD] };

/// Of what does not add up, and of the other figures that show it.
const ERROR: Kind = Kind { frame: [0xD0, 0x1F, 0x2E], tint: [0xFF, 0xD0, 0xD0] };
const NOTICE: Kind = Kind { frame: [0xB8, 0x86, 0x0B], tint: [0xFF, 0xF0, 0xB0] };

const CELL: Colour = [0xB4, 0xB8, 0xC4];
const TEXT: Colour = [0x30, 0x34, 0x3C];
const WHITE: Colour = [0xFF, 0xFF, 0xFF];
const STRIP: Colour = [0xF4, 0xF5, 0xF7];

/// The height of letters, of a line of the strip, and the width of its margin, in dots.
const SIZE: i32 = 19;
const LINE: i32 = 30;
const MARGIN: i32 = 24;

/// The width of the tab with the name of a table; the height of a number of a finding, and of
/// its letters.
const TAB: i32 = 26;
const BADGE: i32 = 22;
const BADGE_SIZE: i32 = 17;

/// The most findings that have numbers in the picture, and of these beside each other.
const MOST_BADGES: usize = 99;
const MOST_BESIDE: i32 = 12;

/// The most findings that are told in the strip; the rest is told on the terminal only.
const MOST_TOLD: usize = 40;

/// What a box is drawn with.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Kind {
    frame: Colour,
    tint: Colour,
}

/// A page with what was understood of it.
#[derive(Debug)]
pub struct Page {
    /// The picture, as a PNG file.
    pub png: Vec<u8>,
    /// What is drawn, in words.
    pub told: String,
}

/// Draws a page of a document, counted from 1.
pub fn page(path: &str, bytes: &[u8], number: u32, knowledge: &Knowledge) -> Result<Page> {
    let document = decode::document(path, bytes)?;
    let (tables, _) = extract::tables(&document, &knowledge.forms, &knowledge.classes);
    let disclosure = disclosure(path, bytes, knowledge)?;
    let sheet = Sheet::new(number, &document, &disclosure);
    let findings = sheet.findings();
    let strip = 1 + findings.len().min(MOST_TOLD) + usize::from(sheet.is_scanned());
    let below = u32::try_from(strip).unwrap_or(0) * LINE.unsigned_abs() + MARGIN.unsigned_abs();
    let (mut picture, whole) = decode::picture(path, bytes, number as usize, below)?;
    let tables = sheet.tables(&tables);
    sheet.draw(&mut picture, &tables, &findings);
    sheet.write_strip(&mut picture, &findings);
    let told = sheet.told(path, &picture, whole, &tables, &findings);
    Ok(Page { png: picture.png(), told })
}

/// A page of a document, and what the document came to.
struct Sheet<'a> {
    number: u32,
    document: &'a Document,
    disclosure: &'a Disclosure,
    /// The printed lines of the document.
    lines: Vec<&'a str>,
}

/// A table, as far as it stands on the page.
struct Table<'a> {
    raw: &'a RawTable<'a>,
    area: Area,
    colour: Colour,
    /// What its cells cover that are not blank.
    cells: BTreeSet<Area>,
}

/// A finding that has a figure on the page.
struct Found<'a> {
    finding: &'a Finding,
    kind: Kind,
    /// The figure that it names, or else the first that shows it.
    lead: Area,
    /// The others.
    others: Vec<Area>,
}

impl<'a> Sheet<'a> {
    fn new(number: u32, document: &'a Document, disclosure: &'a Disclosure) -> Sheet<'a> {
        Sheet { number, document, disclosure, lines: document.source_lines().collect() }
    }

    /// Returns whether the page is a picture, of which nothing is read.
    fn is_scanned(&self) -> bool {
        let is_scan = |line: &u32| self.disclosure.page_of(*line) == Some(self.number);
        self.document.scanned.iter().any(is_scan)
    }

    fn is_here(&self, line: u32, column: u32) -> bool {
        self.document.place(line, column).is_some_and(|(at, _)| at.page == self.number)
    }

    /// Returns all of some lines that stands on the page.
    fn places(&self, lines: RangeInclusive<u32>) -> impl Iterator<Item = &'a Place> {
        let places = &self.document.places;
        let from = places.partition_point(|at| at.line < *lines.start());
        let to = places.partition_point(|at| at.line <= *lines.end());
        let own = places.get(from..to).unwrap_or_default().iter();
        let number = self.number;
        own.filter(move |at| at.page == number)
    }

    /// Returns whether nothing is printed in a cell.
    fn is_blank(&self, place: &Place) -> bool {
        let line = self.lines.get(place.line as usize - 1).copied().unwrap_or_default();
        let printed = line.chars().nth(place.column as usize - 1);
        printed.is_none_or(char::is_whitespace)
    }

    /// Returns where on the page some characters of a line are; a cell is that wholly, and of a
    /// line whose columns are not known it is all of it.
    fn area(&self, line: u32, column: u32, raw: &str) -> Option<Area> {
        if column == 0 {
            let all = self.places(line..=line).fold(Area::default(), |all, at| all.with(at.area));
            return (!all.is_empty()).then_some(all);
        }
        let (place, behind) = self.document.place(line, column)?;
        if place.page != self.number {
            return None;
        }
        if place.is_cell {
            return Some(place.area);
        }
        // Of a text that stands there, the part that these characters are, on one line.
        let end = column.saturating_add(u32::try_from(raw.chars().count()).unwrap_or(1).max(1));
        let of_line = |at: &&Place| at.line == line && at.area.top < place.area.bottom;
        let mut own = Area::default();
        let mut at = Some(place).filter(of_line);
        for next in behind.iter().map(Some).chain([None]) {
            let next = next.filter(|next| next.line == line);
            let Some(here) = at.filter(|here| here.column < end && here.page == place.page) else {
                break;
            };
            own = own.with(self.part(here, next, column..end));
            at = next.filter(of_line);
        }
        Some(own.wider(100))
    }

    /// Returns the part of a text that some characters of its line are; `next` goes on behind it.
    fn part(&self, place: &Place, next: Option<&Place>, characters: Range<u32>) -> Area {
        let printed = self.lines.get(place.line as usize - 1).copied().unwrap_or_default();
        let own = next.map_or(usize::MAX, |next| (next.column - place.column) as usize);
        let mut text: Vec<char> =
            printed.chars().skip(place.column as usize - 1).take(own).collect();
        while text.pop_if(|c| c.is_whitespace()).is_some() {}
        let Area { left, right, .. } = place.area;
        let at = |column: u32| {
            let before = text.iter().take(column.saturating_sub(place.column) as usize);
            let along = i64::from(right - left) * width(before) / width(text.iter()).max(1);
            left.saturating_add(i32::try_from(along).unwrap_or(0))
        };
        Area { left: at(characters.start), right: at(characters.end), ..place.area }
    }

    /// Returns the tables that are on the page, or a part of them.
    fn tables(&self, tables: &'a [RawTable<'a>]) -> Vec<Table<'a>> {
        let colours = TABLES.iter().cycle();
        let table = |(raw, colour): (&'a RawTable<'a>, &Colour)| {
            let head = raw.header.iter().map(|line| line.number());
            let rows = raw
                .rows
                .iter()
                .flat_map(|row| row.cells.iter().map(|cell| cell.line).chain([row.line]));
            let lines: BTreeSet<u32> = head.chain(rows).collect();
            let (first, last) = lines.first().zip(lines.last())?;
            let own = |at: &&Place| at.is_cell || lines.contains(&at.line);
            let places = || self.places(*first..=*last).filter(own);
            let area = places().fold(Area::default(), |all, at| all.with(at.area));
            let cells = places().filter(|at| !self.is_blank(at)).map(|at| at.area).collect();
            (!area.is_empty()).then_some(Table { raw, area, colour: *colour, cells })
        };
        tables.iter().zip(colours).filter_map(table).collect()
    }

    /// Returns what does not add up on the page, in the order of the document.
    fn findings(&self) -> Vec<Found<'a>> {
        let found = |finding: &'a Finding| {
            let kind = match finding.severity {
                Severity::Error => ERROR,
                Severity::Notice => NOTICE,
                Severity::Rounding => return None,
            };
            let named = finding.marks.iter().filter(|mark| mark.named);
            let shown = finding.marks.iter().filter(|mark| !mark.named);
            let marks = named.chain(shown).map(|mark| (mark.line, mark.column, mark.raw.as_str()));
            let here = (finding.line, finding.column, "");
            let all = marks.chain(finding.marks.is_empty().then_some(here));
            let mut areas = all.filter_map(|(line, column, raw)| self.area(line, column, raw));
            let lead = areas.next()?;
            Some(Found { finding, kind, lead, others: areas.collect() })
        };
        self.disclosure.findings.iter().filter_map(found).collect()
    }

    /// Returns what became of the numbers of the page.
    fn numbers(&self) -> BTreeMap<Area, Kind> {
        let Disclosure { figures, statements, indicators, gaps, .. } = self.disclosure;
        let mut kinds = BTreeMap::new();
        let mut add = |line: u32, column: u32, raw: &str, kind: Kind| {
            if let Some(area) = self.area(line, column.max(1), raw) {
                kinds.insert(area, kind);
            }
        };
        for one in statements {
            add(one.line, one.column, &one.raw, READ);
        }
        for one in indicators {
            let raw = one.target.as_deref().or(one.actual.as_deref()).unwrap_or_default();
            add(one.line, one.column, raw, READ);
            // What is said of it stands behind it.
            for at in self.places(one.line..=one.line).filter(|at| one.column < at.column) {
                if at.is_cell && !self.is_blank(at) {
                    add(at.line, at.column, "", READ);
                }
            }
        }
        for one in figures.iter().filter(|one| one.source == Source::Table) {
            let kind = if one.repairs.is_empty() { READ } else { MENDED };
            add(one.line, one.column, &one.raw, kind);
        }
        for one in gaps.iter().filter(|one| one.kind != GapKind::ScannedPage) {
            add(one.line, one.column, &one.token, UNREAD);
        }
        kinds
    }

    /// Draws what was understood over the page: first what can be seen through.
    fn draw(&self, picture: &mut Picture, tables: &[Table<'_>], findings: &[Found<'_>]) {
        let numbers = self.numbers();
        let mut kinds = numbers.clone();
        for found in findings {
            kinds.extend(found.others.iter().map(|area| (*area, found.kind)));
        }
        kinds.extend(findings.iter().map(|found| (found.lead, found.kind)));
        for (area, kind) in &kinds {
            picture.tint(picture.dots(*area), kind.tint);
        }
        for area in tables.iter().flat_map(|table| &table.cells) {
            picture.frame(picture.dots(*area), CELL, 1);
        }
        for (area, kind) in &numbers {
            picture.frame(picture.dots(*area), kind.frame, 1);
        }
        for table in tables {
            draw_tab(picture, table);
        }
        for found in findings {
            for area in &found.others {
                picture.frame(picture.dots(*area), found.kind.frame, 1);
            }
            picture.frame(picture.dots(found.lead).wider(1), found.kind.frame, 3);
        }
        // What a number must not hide.
        let printed = self.places(0..=u32::MAX).filter(|at| !self.is_blank(at));
        let mut taken: Vec<Area> = printed.map(|at| picture.dots(at.area)).collect();
        for (number, found) in (1..).zip(findings).take(MOST_BADGES) {
            let badge = badge(picture.dots(found.lead), number, &taken);
            taken.push(badge);
            write_badge(picture, badge, number, found.kind);
        }
    }

    /// Says below the page what the colours and the numbers mean.
    fn write_strip(&self, picture: &mut Picture, findings: &[Found<'_>]) {
        let (page, whole) = (picture.page(), picture.whole());
        picture.paint(Area { top: page.bottom, ..whole }, STRIP);
        picture.paint(Area { top: page.bottom, bottom: page.bottom + 2, ..whole }, CELL);
        let mut base = page.bottom + LINE;
        let count = self.document.pages.len();
        let mut left =
            picture.write(&format!("page {} of {count}", self.number), (MARGIN, base), SIZE, TEXT)
                + MARGIN;
        let keys = [
            (READ, "read"),
            (MENDED, "mended"),
            (UNREAD, "not understood"),
            (ERROR, "error"),
            (NOTICE, "notice"),
        ];
        for (kind, name) in keys {
            let swatch = Area { left, top: base - 16, right: left + 30, bottom: base + 4 };
            picture.paint(swatch, kind.tint);
            picture.frame(swatch, kind.frame, 2);
            left = picture.write(name, (left + 38, base), SIZE, TEXT) + MARGIN;
        }
        if self.is_scanned() {
            base += LINE;
            let text = "this page is a picture without a layer of text: nothing of it is read";
            picture.write(text, (MARGIN, base), SIZE, UNREAD.frame);
            picture.frame(page, UNREAD.frame, 4);
        }
        for (number, found) in (1..).zip(findings).take(MOST_TOLD) {
            base += LINE;
            let left = MARGIN + badge_width(number);
            let badge = Area { left: MARGIN, top: base - 17, right: left, bottom: base + 5 };
            write_badge(picture, badge, number, found.kind);
            let Finding { severity, rule, line, .. } = found.finding;
            let text = format!("{severity} {rule}, line {line}{}", self.elsewhere(found.finding));
            picture.write(&text, (left + 10, base), SIZE, TEXT);
        }
    }

    /// Says which page the figure is on that a finding names, where that is another.
    fn elsewhere(&self, finding: &Finding) -> String {
        let page = self.disclosure.page_of(finding.line).filter(|page| *page != self.number);
        page.map_or_else(String::new, |page| format!(" on page {page}"))
    }

    /// Says in words what is drawn.
    fn told(
        &self,
        path: &str,
        picture: &Picture,
        whole: bool,
        tables: &[Table<'_>],
        findings: &[Found<'_>],
    ) -> String {
        let mut out = String::new();
        let (count, size) = (self.document.pages.len(), picture.whole());
        let (wide, high) = (size.right, size.bottom);
        line(&mut out, &format!("{path}: page {} of {count}, {wide} × {high} dots", self.number));
        if self.is_scanned() {
            line(
                &mut out,
                "  the page is a picture without a layer of text: nothing of it is read",
            );
        }
        if !whole {
            line(&mut out, "  it draws more than is drawn of a page: the rest is left out");
        }
        if tables.is_empty() {
            line(&mut out, "  no table is recognised on it");
        }
        for table in tables {
            let RawTable { form, line: first, title, .. } = table.raw;
            let title = if title.is_empty() { "without a title" } else { title };
            line(&mut out, &format!("  table {}, line {first}: {title}", form.table));
        }
        let kinds = self.numbers();
        let count = |kind: Kind| kinds.values().filter(|own| **own == kind).count();
        let (read, mended, unread) = (count(READ), count(MENDED), count(UNREAD));
        line(
            &mut out,
            &format!(
                "  {} numbers are read (green), {mended} of them after they were mended (blue); \
                 {unread} are not understood (orange)",
                read + mended
            ),
        );
        for gap in &self.disclosure.gaps {
            if gap.kind != GapKind::ScannedPage && self.is_here(gap.line, gap.column) {
                let (kind, token) = (gap.kind.as_str(), harmless(&gap.token));
                line(
                    &mut out,
                    &format!("    line {} column {} {kind}: {token}", gap.line, gap.column),
                );
            }
        }
        if !findings.is_empty() {
            line(&mut out, "  what does not add up, by the numbers in the picture:");
        }
        for (number, found) in (1..).zip(findings) {
            let Finding { severity, rule, line: at, message, .. } = found.finding;
            let message = harmless(&message.english);
            let place = format!("line {at}{}", self.elsewhere(found.finding));
            line(&mut out, &format!("    {number:>2}  {severity}[{rule}] {place}: {message}"));
        }
        out
    }
}

/// Returns how much room a text takes, in the widths of a digit.
fn width<'a>(text: impl Iterator<Item = &'a char>) -> i64 {
    text.map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// Draws the frame of a table, with its name on the left of it, where pages have their margin.
fn draw_tab(picture: &mut Picture, table: &Table<'_>) {
    let area = picture.dots(table.area).wider(3);
    picture.frame(area, table.colour, 3);
    let name = table.raw.form.table.as_str();
    let left = (area.left - TAB).max(0);
    let length = Picture::length_of(name, SIZE) + 14;
    let top = area.top.min(picture.page().bottom - length);
    let bottom = top + length;
    picture.paint(Area { left, top, right: left + TAB, bottom }, table.colour);
    picture.write_up(name, (left + TAB - 7, bottom - 7), SIZE, WHITE);
}

/// Returns where the number of a finding stands beside its figure: best where nothing is.
fn badge(figure: Area, number: usize, taken: &[Area]) -> Area {
    let (side, high) = (badge_width(number), BADGE);
    let at = |left: i32, top: i32| Area { left, top, right: left + side, bottom: top + high };
    let middle = i32::midpoint(figure.top, figure.bottom.min(figure.top + LINE)) - high / 2;
    let corner = at(figure.right - side / 2, figure.top - high * 2 / 3);
    let beside = (1..=MOST_BESIDE).map(|count| at(corner.left - count * (side + 1), corner.top));
    let free = |badge: &Area, known: &[Area]| !known.iter().any(|other| overlap(*other, *badge));
    let outside = [
        at(figure.left - side - 3, middle),
        at(figure.right + 3, middle),
        at(figure.right - side, figure.top - high - 2),
        at(figure.right - side, figure.bottom + 2),
    ];
    // Where all around it is printed, other numbers alone are not hidden.
    let badges = taken.get(taken.len().saturating_sub(number - 1)..).unwrap_or_default();
    let found = outside.into_iter().find(|badge| 0 <= badge.left && free(badge, taken));
    found
        .or_else(|| [corner].into_iter().chain(beside).find(|badge| free(badge, badges)))
        .unwrap_or(corner)
}

fn overlap(a: Area, b: Area) -> bool {
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

fn badge_width(number: usize) -> i32 {
    if number < 10 { 20 } else { 30 }
}

fn write_badge(picture: &mut Picture, badge: Area, number: usize, kind: Kind) {
    picture.paint(badge, kind.frame);
    let place = (badge.left + 5, badge.bottom - 5);
    picture.write(&number.to_string(), place, BADGE_SIZE, WHITE);
}
