//! Reads the workbooks of Excel 97 to 2003 (XLS).
//!
//! Those who read such files for their numbers return binary fractions without saying how they
//! are shown; here what is stored is put into the format of its cell, as for other workbooks.

mod records;

use std::collections::BTreeMap;

use crate::{
    decode::{
        Decoder, Document,
        builder::{Builder, push_clean},
        compound::{self, Compound},
        package::damaged,
        sheet::{Format, MAC_DAYS, MOST_CELLS, MOST_OTHERS, Sheet, Spent, too_many_cells},
        xls::records::{BEGIN, Bytes, END, Pieces, Records},
    },
    error::{ErrorKind, Result},
};

/// The stream that the workbook is in; before Excel 97 it had another name.
const WORKBOOK: &str = "Workbook";
const OLDER: &str = "Book";

/// The place of an error outside of sheets.
const PLACE: &str = "the workbook";

/// What a record that begins a part says of the version and of the part.
const BIFF8: u16 = 0x0600;
const OF_CELLS: u16 = 0x0010;

// The records of the workbook.
const ENCRYPTED: u16 = 0x002F;
const DATES_OF_MACS: u16 = 0x0022;
const SHEET: u16 = 0x0085;
const FORMAT: u16 = 0x041E;
const FORMAT_OF_CELL: u16 = 0x00E0;
const STRINGS: u16 = 0x00FC;

// The records of a sheet.
const ROW: u16 = 0x0208;
const COLUMNS: u16 = 0x007D;
const WINDOW: u16 = 0x023E;
const MERGED: u16 = 0x00E5;
const NUMBER: u16 = 0x0203;
const SHORT: u16 = 0x027E;
const SHORTS: u16 = 0x00BD;
const SHARED: u16 = 0x00FD;
const TEXT: u16 = 0x0204;
const RICH: u16 = 0x00D6;
const YES_NO: u16 = 0x0205;
const FORMULA: u16 = 0x0006;
const TEXT_OF_FORMULA: u16 = 0x0207;

/// Workbooks of Excel 97 to 2003.
pub(super) struct Xls;

impl Decoder for Xls {
    fn accepts(&self, bytes: &[u8]) -> bool {
        compound::holds(bytes, WORKBOOK) || compound::holds(bytes, OLDER)
    }

    fn decode(&self, path: &str, bytes: &[u8]) -> Result<Document> {
        let mut file = Compound::open(path, bytes)?;
        if !file.has(WORKBOOK) {
            let looks_like = "a workbook of Excel before 97";
            return Err(ErrorKind::UnknownFormat { path: path.to_owned(), looks_like }.into());
        }
        let stream = file.stream(WORKBOOK)?;
        workbook(path, &stream)
    }
}

/// Reads a workbook.
fn workbook(path: &str, stream: &[u8]) -> Result<Document> {
    let workbook = Workbook::read(path, stream)?;
    let mut to = Builder::new("xls");
    let mut spent = Spent::default();
    let mut read = 0;
    for (name, at) in &workbook.sheets {
        let mut records = Records::new(stream, *at);
        if !begins_cells(&mut records) {
            continue;
        }
        let mut sheet = Sheet::default();
        sheet.name.clone_from(name);
        let mut shown = Shown::default();
        let wrong = |at: usize| damaged(path, name, &format!("byte {at}: it breaks off here"));
        let end = shown.look(&mut sheet, records.clone()).map_err(wrong)?;
        // Sheets that stand inside each other would be read again and again.
        read += end.saturating_sub(*at);
        if stream.len() < read {
            return Err(damaged(path, name, "the sheet stands inside of another"));
        }
        workbook.cells(&mut sheet, &shown, records).map_err(wrong)?;
        if sheet.print(&mut to, &mut spent).is_none() {
            too_many_cells(path, name)?;
        }
    }
    Ok(to.finish())
}

/// Returns whether a sheet of cells begins here: there are charts and macros too.
fn begins_cells(records: &mut Records<'_>) -> bool {
    let begin = records.next().filter(|record| record.kind == BEGIN);
    begin.is_some_and(|mut record| {
        record.data.u16() == Some(BIFF8) && record.data.u16() == Some(OF_CELLS)
    })
}

/// What the sheets of a workbook share.
#[derive(Debug, Default)]
struct Workbook {
    /// The names of the sheets that are shown, and the bytes that they begin at.
    sheets: Vec<(String, usize)>,
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
    /// Reads what stands before the sheets.
    fn read(path: &str, stream: &[u8]) -> Result<Workbook> {
        let mut records = Records::new(stream, 0);
        let mut workbook = Workbook { general: Format::built_in(0), ..Workbook::default() };
        let mut own: BTreeMap<u16, Format> = BTreeMap::new();
        let mut of_cells: Vec<u16> = Vec::new();
        loop {
            let at = records.at();
            let wrong = |problem: &str| damaged(path, PLACE, &format!("byte {at}: {problem}"));
            let Some(record) = records.next() else { return Err(wrong("it breaks off here")) };
            let mut data = record.data;
            let read = match record.kind {
                BEGIN if at == 0 && data.u16() != Some(BIFF8) => {
                    let looks_like = "a workbook of Excel before 97";
                    let path = path.to_owned();
                    return Err(ErrorKind::UnknownFormat { path, looks_like }.into());
                }
                END => break,
                ENCRYPTED => return Err(ErrorKind::Protected { path: path.to_owned() }.into()),
                DATES_OF_MACS => data.u16().map(|is| workbook.leap = i64::from(is) * MAC_DAYS),
                SHEET => workbook.listed(data),
                FORMAT => format_of(data).map(|(id, format)| drop(own.insert(id, format))),
                FORMAT_OF_CELL => {
                    data.skip(2).and_then(|()| data.u16()).map(|id| of_cells.push(id))
                }
                STRINGS => workbook.shared(records.whole(record)),
                _ => Some(()),
            };
            if read.is_none() {
                return Err(wrong("the record breaks off"));
            }
            if MOST_OTHERS < of_cells.len().max(workbook.sheets.len()) {
                return Err(wrong("there are more formats or sheets than a workbook may have"));
            }
            if MOST_CELLS < workbook.strings.len() {
                return Err(wrong("there are more texts than a workbook may have"));
            }
        }
        let format =
            |id: &u16| own.get(id).cloned().unwrap_or_else(|| Format::built_in(u32::from(*id)));
        workbook.formats = of_cells.iter().map(format).collect();
        Ok(workbook)
    }

    /// Takes the name and the place of a sheet, where it is shown.
    fn listed(&mut self, mut data: Bytes<'_>) -> Option<()> {
        let at = usize::try_from(data.u32()?).ok()?;
        let (hidden, _kind, count) = (data.u8()? & 3, data.u8()?, data.u8()?);
        let name = data.text(usize::from(count))?;
        if hidden == 0 {
            self.sheets.push((name, at));
        }
        Some(())
    }

    /// Takes the texts that all sheets share.
    fn shared(&mut self, mut pieces: Pieces<'_>) -> Option<()> {
        let (_uses, count) = (pieces.u32()?, pieces.u32()?);
        for _ in 0..count {
            if MOST_CELLS < self.strings.len() {
                break;
            }
            // Cut once: many cells may refer to one text.
            self.strings.push(clean(&pieces.counted_text()?).trim().to_owned());
        }
        Some(())
    }

    /// Reads the cells of a sheet; fails with the byte where one breaks off.
    fn cells(
        &self,
        sheet: &mut Sheet,
        shown: &Shown,
        mut records: Records<'_>,
    ) -> std::result::Result<(), usize> {
        let mut depth = 1;
        // The cell of a formula whose text comes behind it.
        let mut waiting: Option<Place> = None;
        loop {
            let at = records.at();
            let record = records.next().ok_or(at)?;
            match record.kind {
                BEGIN => depth += 1,
                END if depth == 1 => return Ok(()),
                END => depth -= 1,
                TEXT_OF_FORMULA if depth == 1 => {
                    let text = records.whole(record).counted_text().ok_or(at)?;
                    if let Some(place) = waiting.take() {
                        sheet.add(place.row, place.column, &clean(&text));
                    }
                }
                _ if depth == 1 => {
                    let (kind, data) = (record.kind, record.data);
                    self.cell(sheet, shown, kind, data, &mut waiting).ok_or(at)?;
                }
                _ => (),
            }
        }
    }

    /// Reads a cell, or some in a row.
    fn cell(
        &self,
        sheet: &mut Sheet,
        shown: &Shown,
        kind: u16,
        mut data: Bytes<'_>,
        waiting: &mut Option<Place>,
    ) -> Option<()> {
        if !matches!(kind, NUMBER | SHORT | SHORTS | SHARED | TEXT | RICH | YES_NO | FORMULA) {
            return Some(());
        }
        if sheet.overflows() {
            return Some(());
        }
        let place = Place { row: u32::from(data.u16()?) + 1, column: u32::from(data.u16()?) + 1 };
        if shown.hidden_rows.get(place.row as usize).is_some_and(|hidden| *hidden) {
            return Some(());
        }
        if kind == SHORTS {
            // The number of the last column stands behind them.
            for column in place.column.. {
                if data.len() < 6 || sheet.overflows() {
                    return Some(());
                }
                let (style, stored) = (data.u16()?, short(data.u32()?));
                sheet.add(place.row, column, &self.number(style, &stored, shown));
            }
        }
        let style = data.u16()?;
        let text = match kind {
            NUMBER => self.number(style, &long(data.u64()?), shown),
            SHORT => self.number(style, &short(data.u32()?), shown),
            SHARED => {
                let at = usize::try_from(data.u32()?).ok()?;
                let text = self.strings.get(at).map_or("", String::as_str);
                sheet.add(place.row, place.column, text);
                return Some(());
            }
            TEXT | RICH => {
                let count = data.u16()?;
                clean(&data.text(usize::from(count))?)
            }
            YES_NO => {
                let (value, is_error) = (data.u8()?, data.u8()? != 0);
                yes_no(value, is_error).to_owned()
            }
            _ => {
                let result = data.u64()?;
                let [kind, _, value, .., mark, marks] = result.to_le_bytes();
                match (mark, marks, kind) {
                    (0xFF, 0xFF, 0) => {
                        *waiting = Some(place);
                        return Some(());
                    }
                    (0xFF, 0xFF, 1 | 2) => yes_no(value, kind == 2).to_owned(),
                    (0xFF, 0xFF, _) => return Some(()),
                    _ => self.number(style, &long(result), shown),
                }
            }
        };
        sheet.add(place.row, place.column, &text);
        Some(())
    }

    /// Returns what is shown of a number.
    fn number(&self, style: u16, stored: &str, shown: &Shown) -> String {
        if shown.no_zeros && stored.trim_start_matches('-').starts_with("0e") {
            return String::new();
        }
        let format = self.formats.get(usize::from(style)).unwrap_or(&self.general);
        format.show(stored, self.leap)
    }
}

/// The row and the column of a cell, counted from 1.
#[derive(Clone, Copy, Debug)]
struct Place {
    row: u32,
    column: u32,
}

/// What is shown of a sheet, as far as cells are concerned.
#[derive(Debug, Default)]
struct Shown {
    /// Whether a cell of zero is empty.
    no_zeros: bool,
    /// Which rows are hidden, counted from 1.
    hidden_rows: Vec<bool>,
}

impl Shown {
    /// Reads what stands around the cells of a sheet, much of it behind them. Returns the byte
    /// that the sheet ends at; fails with the one where it breaks off.
    fn look(
        &mut self,
        sheet: &mut Sheet,
        mut records: Records<'_>,
    ) -> std::result::Result<usize, usize> {
        let mut depth = 1;
        loop {
            let at = records.at();
            let record = records.next().ok_or(at)?;
            match record.kind {
                BEGIN => depth += 1,
                END if depth == 1 => return Ok(records.at()),
                END => depth -= 1,
                _ if depth == 1 => self.around(sheet, record.kind, record.data).ok_or(at)?,
                _ => (),
            }
        }
    }

    fn around(&mut self, sheet: &mut Sheet, kind: u16, mut data: Bytes<'_>) -> Option<()> {
        match kind {
            ROW => {
                let row = usize::from(data.u16()?) + 1;
                data.skip(10)?;
                if data.u16()? & 0x20 != 0 {
                    self.hidden_rows.resize(self.hidden_rows.len().max(row + 1), false);
                    *self.hidden_rows.get_mut(row)? = true;
                }
            }
            COLUMNS => {
                let (from, to) = (u32::from(data.u16()?), u32::from(data.u16()?));
                data.skip(4)?;
                if data.u16()? & 1 != 0 {
                    sheet.hide(from + 1..=to + 1);
                }
            }
            WINDOW => self.no_zeros |= data.u16()? & 0x10 == 0,
            MERGED => {
                for _ in 0..data.u16()? {
                    let mut next = || Some(u32::from(data.u16()?) + 1);
                    let (top, bottom, left, right) = (next()?, next()?, next()?, next()?);
                    sheet.merge(top..=bottom, left..=right);
                }
            }
            _ => (),
        }
        Some(())
    }
}

/// Reads a format and its number.
fn format_of(mut data: Bytes<'_>) -> Option<(u16, Format)> {
    let (id, count) = (data.u16()?, data.u16()?);
    Some((id, Format::read(&data.text(usize::from(count))?)))
}

fn clean(text: &str) -> String {
    let mut cleaned = String::new();
    push_clean(&mut cleaned, text);
    cleaned
}

/// Returns what is shown of a yes, a no or an error.
fn yes_no(value: u8, is_error: bool) -> &'static str {
    match (is_error, value) {
        (false, 0) => "FALSE",
        (false, _) => "TRUE",
        (true, 0x00) => "#NULL!",
        (true, 0x07) => "#DIV/0!",
        (true, 0x0F) => "#VALUE!",
        (true, 0x17) => "#REF!",
        (true, 0x1D) => "#NAME?",
        (true, 0x24) => "#NUM!",
        (true, _) => "#N/A",
    }
}

/// Writes a binary fraction down, with as few digits as tell it from every other.
#[expect(clippy::disallowed_types, reason = "it is written down, and never reckoned with")]
fn long(bits: u64) -> String {
    format!("{:e}", f64::from_bits(bits)) // reason: that is how it is stored
}

/// Writes a number of four bytes down: whole, or the upper bits of a binary fraction, and
/// either perhaps a hundred times too large.
fn short(stored: u32) -> String {
    let mut digits = if stored & 2 == 0 {
        long(u64::from(stored & !3) << 32)
    } else {
        format!("{}e0", stored.cast_signed() >> 2)
    };
    if stored & 1 != 0
        && let Some((_, exponent)) = digits.split_once('e')
        && let Ok(exponent) = exponent.parse::<i32>()
    {
        digits.truncate(digits.find('e').unwrap_or(digits.len()));
        digits.extend([format!("e{}", exponent - 2)]);
    }
    digits
}
