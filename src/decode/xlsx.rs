//! Reads Excel workbooks (XLSX).

use std::{borrow::Cow, collections::BTreeMap, ops::RangeInclusive};

use crate::{
    decode::{
        Decoder, Document,
        builder::{Builder, push_clean},
        package::{self, Package, damaged},
        sheet::{Format, MAC_DAYS, MOST_CELLS, MOST_OTHERS, Sheet, Spent, too_many_cells},
        xml::{self, Element, Node},
    },
    error::Result,
};

/// The part that lists the sheets.
const WORKBOOK: &str = "xl/workbook.xml";

/// Excel workbooks since 2007.
pub(super) struct Xlsx;

impl Decoder for Xlsx {
    fn accepts(&self, bytes: &[u8]) -> bool {
        package::holds(bytes, WORKBOOK)
    }

    fn decode(&self, path: &str, bytes: &[u8]) -> Result<Document> {
        workbook(Package::open(path, bytes)?)
    }
}

/// Reads a workbook.
fn workbook(mut package: Package<'_>) -> Result<Document> {
    let path = package.path();
    let workbook = Workbook::read(&mut package)?;
    let mut to = Builder::new("xlsx");
    let mut spent = Spent::default();
    for (name, part) in &workbook.sheets {
        // What is listed and not there is a chart or a macro.
        let Some(bytes) = package.part(part)? else { continue };
        let mut sheet = workbook.sheet(path, part, &bytes)?;
        sheet.name.clone_from(name);
        if sheet.print(&mut to, &mut spent).is_none() {
            too_many_cells(path, name)?;
        }
    }
    Ok(to.finish())
}

/// What the sheets of a workbook share.
struct Workbook {
    /// The names of the sheets that are shown, and the parts that they are in.
    sheets: Vec<(String, String)>,
    /// The texts that cells refer to.
    strings: Vec<String>,
    /// The formats that cells refer to.
    formats: Vec<Format>,
    /// The format of cells that refer to none.
    general: Format,
    /// By how many days dates begin later than 1900.
    leap: i64,
}

impl Workbook {
    fn read(package: &mut Package<'_>) -> Result<Workbook> {
        let path = package.path();
        let parts = relations(package, "xl/_rels/workbook.xml.rels")?;
        let listed = package.needed(WORKBOOK)?;
        let (mut sheets, mut leap) = (Vec::new(), 0);
        xml::read(path, WORKBOOK, &listed, |node| {
            let Node::Open(element) = node else { return Ok(()) };
            match element.name() {
                b"sheet" if element.attribute("state").is_none_or(|state| state == "visible") => {
                    let name = element.attribute("name").unwrap_or_default().into_owned();
                    let part = element.attribute("id").and_then(|id| parts.get(&*id));
                    sheets.extend(part.map(|part| (name, part.clone())));
                    if MOST_OTHERS < sheets.len() {
                        return Err(damaged(
                            path,
                            WORKBOOK,
                            "more sheets than a workbook may have",
                        ));
                    }
                }
                b"workbookPr" if element.is("date1904") => leap = MAC_DAYS,
                _ => (),
            }
            Ok(())
        })?;
        let shared = |wanted: &str| parts.values().find(|part| part.ends_with(wanted)).cloned();
        let strings = match shared("haredStrings.xml") {
            Some(part) => strings(package, &part)?,
            None => Vec::new(),
        };
        let formats = match shared("tyles.xml") {
            Some(part) => formats(package, &part)?,
            None => Vec::new(),
        };
        Ok(Workbook { sheets, strings, formats, general: Format::built_in(0), leap })
    }

    /// Reads a sheet.
    fn sheet(&self, path: &str, part: &str, bytes: &[u8]) -> Result<Sheet> {
        let mut sheet = Sheet::default();
        let mut cell = Open::default();
        let (mut row, mut column) = (0_u32, 0_u32);
        let (mut hidden, mut no_zeros) = (false, false);
        // Whether text belongs to a value, and to the reading aid beside one.
        let (mut value, mut aid) = (false, false);
        let mut text = String::new();
        xml::read(path, part, bytes, |node| {
            match node {
                Node::Open(element) => match element.name() {
                    b"row" => {
                        row = element.number("r").unwrap_or(row.saturating_add(1));
                        hidden = element.is("hidden");
                        column = 0;
                    }
                    b"c" => {
                        let at = element.attribute("r").and_then(|place| place_of(&place));
                        (column, row) = at.unwrap_or((column.saturating_add(1), row));
                        cell = Open::read(&element);
                        text.clear();
                    }
                    b"v" | b"t" => value = !aid,
                    b"rPh" => aid = true,
                    b"col" if element.is("hidden") => {
                        if let (Some(from), Some(to)) =
                            (element.number("min"), element.number("max"))
                        {
                            sheet.hide(from..=to);
                        }
                    }
                    b"sheetView" => {
                        no_zeros |= element
                            .attribute("showZeros")
                            .is_some_and(|show| matches!(&*show, "0" | "false"));
                    }
                    b"mergeCell" => {
                        let range = element.attribute("ref").unwrap_or_default();
                        if let Some((rows, columns)) = range_of(&range) {
                            sheet.merge(rows, columns);
                        }
                    }
                    _ => (),
                },
                Node::Close(name) => match name {
                    b"v" | b"t" => value = false,
                    b"rPh" => aid = false,
                    b"c" if !hidden && !text.is_empty() && !sheet.overflows() => {
                        sheet.add(row, column, &self.shown(cell, &text, no_zeros));
                    }
                    _ => (),
                },
                Node::Text(piece) if value => push_clean(&mut text, piece),
                Node::Text(_) => (),
            }
            Ok(())
        })?;
        Ok(sheet)
    }

    /// Returns what is shown of a stored value.
    fn shown<'a>(&'a self, cell: Open, stored: &'a str, no_zeros: bool) -> Cow<'a, str> {
        Cow::Borrowed(match cell.kind {
            Kind::Shared => {
                let at = stored.trim().parse().ok();
                at.and_then(|at: usize| self.strings.get(at)).map_or("", String::as_str)
            }
            Kind::Text => stored,
            Kind::Boolean if stored.trim() == "1" => "TRUE",
            Kind::Boolean => "FALSE",
            Kind::Number if no_zeros && stored.trim() == "0" => "",
            Kind::Number => {
                let format = self.formats.get(cell.style as usize).unwrap_or(&self.general);
                return Cow::Owned(format.show(stored, self.leap));
            }
        })
    }
}

/// What the start of a cell says of it.
#[derive(Clone, Copy, Debug, Default)]
struct Open {
    kind: Kind,
    style: u32,
}

/// What a stored value is.
#[derive(Clone, Copy, Debug, Default)]
enum Kind {
    #[default]
    Number,
    /// The number of a text that all sheets share.
    Shared,
    Text,
    Boolean,
}

impl Open {
    fn read(element: &Element<'_>) -> Open {
        let kind = match element.attribute("t").as_deref() {
            Some("s") => Kind::Shared,
            Some("str" | "inlineStr" | "e" | "d") => Kind::Text,
            Some("b") => Kind::Boolean,
            _ => Kind::Number,
        };
        Open { kind, style: element.number("s").unwrap_or(0) }
    }
}

/// Reads which part each relation of a part leads to.
fn relations(package: &mut Package<'_>, part: &str) -> Result<BTreeMap<String, String>> {
    let path = package.path();
    let bytes = package.needed(part)?;
    let mut parts = BTreeMap::new();
    xml::read(path, part, &bytes, |node| {
        if let Node::Open(element) = node
            && let (Some(id), Some(target)) = (element.attribute("Id"), element.attribute("Target"))
        {
            let target = match target.strip_prefix('/') {
                Some(absolute) => absolute.to_owned(),
                None => format!("xl/{target}"),
            };
            parts.insert(id.into_owned(), target);
        }
        Ok(())
    })?;
    Ok(parts)
}

/// Reads the texts that all sheets share.
fn strings(package: &mut Package<'_>, part: &str) -> Result<Vec<String>> {
    let path = package.path();
    let Some(bytes) = package.part(part)? else { return Ok(Vec::new()) };
    let mut strings = Vec::new();
    let (mut value, mut aid) = (false, false);
    let mut text = String::new();
    xml::read(path, part, &bytes, |node| {
        match node {
            Node::Open(element) => match element.name() {
                b"t" => value = !aid,
                b"rPh" => aid = true,
                _ => (),
            },
            Node::Close(b"t") => value = false,
            Node::Close(b"rPh") => aid = false,
            Node::Close(b"si") => {
                if MOST_CELLS < strings.len() {
                    return Err(damaged(path, part, "more texts than a workbook may have"));
                }
                // Cut once: many cells may refer to one text.
                strings.push(std::mem::take(&mut text).trim().to_owned());
            }
            Node::Text(piece) if value => push_clean(&mut text, piece),
            _ => (),
        }
        Ok(())
    })?;
    Ok(strings)
}

/// Reads the formats of numbers, in the order in which cells number them.
fn formats(package: &mut Package<'_>, part: &str) -> Result<Vec<Format>> {
    let path = package.path();
    let Some(bytes) = package.part(part)? else { return Ok(Vec::new()) };
    let mut own: BTreeMap<u32, Format> = BTreeMap::new();
    let mut formats = Vec::new();
    let mut of_cells = false;
    xml::read(path, part, &bytes, |node| {
        match node {
            Node::Open(element) => match element.name() {
                b"numFmt" => {
                    if let (Some(id), Some(code)) =
                        (element.number("numFmtId"), element.attribute("formatCode"))
                    {
                        own.insert(id, Format::read(&code));
                    }
                }
                b"cellXfs" => of_cells = true,
                b"xf" if of_cells => {
                    let id = element.number("numFmtId").unwrap_or(0);
                    let format = own.get(&id).cloned();
                    formats.push(format.unwrap_or_else(|| Format::built_in(id)));
                }
                _ => (),
            },
            Node::Close(b"cellXfs") => of_cells = false,
            _ => (),
        }
        if MOST_OTHERS < own.len().max(formats.len()) {
            return Err(damaged(path, part, "more formats than a workbook may have"));
        }
        Ok(())
    })?;
    Ok(formats)
}

/// Reads the name of a cell, as `C12`: its column and its row, counted from 1.
fn place_of(name: &str) -> Option<(u32, u32)> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    if !(1..=3).contains(&letters) {
        return None;
    }
    let (column, row) = name.split_at_checked(letters)?;
    let column = column
        .bytes()
        .fold(0, |sum, letter| 26 * sum + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    Some((column, row.parse().ok()?))
}

/// Reads the range of a merged cell, as `A1:C2`.
fn range_of(range: &str) -> Option<(RangeInclusive<u32>, RangeInclusive<u32>)> {
    let (from, to) = range.split_once(':')?;
    let ((left, top), (right, bottom)) = (place_of(from)?, place_of(to)?);
    Some((top..=bottom, left..=right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_by_letters_and_a_number() {
        assert_eq!(place_of("A1"), Some((1, 1)));
        assert_eq!(place_of("AB12"), Some((28, 12)));
        assert_eq!(place_of("XFD1048576"), Some((16384, 1_048_576)));
        assert_eq!(place_of("12"), None);
        assert_eq!(place_of("ABCD1"), None);
        assert_eq!(place_of("A"), None);
    }
}
