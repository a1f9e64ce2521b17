//! Workbooks of Excel 97 to 2003, each cut to the one thing that it shows.

use std::io::{Cursor, Write};

use fisc::decode;

/// Packs streams into a compound file.
pub(crate) fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (name, bytes) in streams {
        file.create_stream(name).unwrap().write_all(bytes).unwrap();
    }
    file.into_inner().into_inner()
}

/// Makes a record.
pub(crate) fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
}

/// Makes a record of numbers of two bytes and what follows them.
fn numbers(kind: u16, numbers: &[u16], more: &[u8]) -> Vec<u8> {
    let mut data: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    data.extend(more);
    record(kind, &data)
}

/// Writes a text with two bytes a character, and how long it is in one byte or two.
fn text(text: &str, count: usize) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut data = units.len().to_le_bytes()[..count].to_vec();
    data.push(1);
    data.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    data
}

/// What begins the workbook, and a sheet.
const WORKBOOK: [u16; 2] = [0x0600, 0x0005];
const SHEET: [u16; 2] = [0x0600, 0x0010];

/// Makes a workbook of sheets, each with its name, whether it is hidden and its records; `before`
/// are those of the workbook.
pub(crate) fn xls(before: &[u8], sheets: &[(&str, u8, Vec<u8>)]) -> Vec<u8> {
    let head = [numbers(0x0809, &WORKBOOK, &[0; 12]), before.to_vec()].concat();
    let listed = |(name, hidden, _): &(&str, u8, Vec<u8>), at: usize| {
        let at = u32::try_from(at).unwrap().to_le_bytes();
        record(0x0085, &[&at[..], &[*hidden, 0], &text(name, 1)].concat())
    };
    let names: usize = sheets.iter().map(|sheet| listed(sheet, 0).len()).sum();
    let mut at = head.len() + names + 4;
    let (mut list, mut parts) = (Vec::new(), Vec::new());
    for sheet in sheets {
        list.extend(listed(sheet, at));
        let part = [numbers(0x0809, &SHEET, &[0; 12]), sheet.2.clone(), record(0x000A, &[])];
        at += part.concat().len();
        parts.extend(part.concat());
    }
    let stream = [head, list, record(0x000A, &[]), parts].concat();
    compound(&[("Workbook", &stream)])
}

/// A cell with a number of eight bytes.
#[expect(clippy::disallowed_types, reason = "workbooks store binary fractions")]
pub(crate) fn number(row: u16, column: u16, format: u16, value: &str) -> Vec<u8> {
    let bits = value.parse::<f64>().unwrap().to_bits();
    numbers(0x0203, &[row, column, format], &bits.to_le_bytes())
}

/// A cell with a number of four bytes.
fn short(row: u16, column: u16, format: u16, stored: u32) -> Vec<u8> {
    numbers(0x027E, &[row, column, format], &stored.to_le_bytes())
}

/// A cell with one of the texts that all sheets share.
pub(crate) fn shared(row: u16, column: u16, at: u32) -> Vec<u8> {
    numbers(0x00FD, &[row, column, 0], &at.to_le_bytes())
}

/// The formats `General`, `0.00` and `0.00;-0.00;`.
fn formats() -> Vec<u8> {
    let own = [&164_u16.to_le_bytes()[..], &text("0.00;-0.00;", 2)].concat();
    let of_cell = |id: u16| numbers(0x00E0, &[0, id], &[0; 16]);
    [record(0x041E, &own), of_cell(0), of_cell(2), of_cell(164)].concat()
}

/// The texts that all sheets share.
fn texts(texts: &[&str]) -> Vec<u8> {
    let count = u32::try_from(texts.len()).unwrap().to_le_bytes();
    let all: Vec<u8> = texts.iter().flat_map(|one| text(one, 2)).collect();
    record(0x00FC, &[&count[..], &count, &all].concat())
}

fn lines(bytes: &[u8]) -> Vec<String> {
    let document = decode::document("fixture", bytes).unwrap_or_else(|error| panic!("{error}"));
    let cells = |line: decode::Line<'_>| {
        line.cells().map(|cell| cell.text.to_owned()).collect::<Vec<_>>().join("|")
    };
    document.lines().map(cells).collect()
}

#[test]
fn numbers_are_shown_as_their_formats_do() {
    let hundredth = short(0, 3, 0, (5407 << 2) | 3);
    let upper = u32::try_from(1234.5_f64.to_bits() >> 32).unwrap();
    let row = [
        shared(0, 0, 0),
        number(0, 1, 1, "54.069999999999993"),
        number(0, 2, 0, "0.30000000000000004"),
        hundredth,
        short(0, 4, 1, upper),
        number(0, 5, 2, "0"),
        number(0, 6, 1, "5.684341886080802E-14"),
        short(0, 7, 0, ((-7_i32) << 2).cast_unsigned() | 2),
    ];
    let several = numbers(
        0x00BD,
        &[1, 1, 1],
        &[&[0x0A, 0, 0, 0, 1, 0][..], &[0x0E, 0, 0, 0], &2_u16.to_le_bytes()].concat(),
    );
    let sheet = [row.concat(), shared(1, 0, 1), several].concat();
    let book = xls(&[formats(), texts(&["合计", "基本支出"])].concat(), &[("Sheet1", 0, sheet)]);
    assert_eq!(lines(&book), ["合计|54.07|0.3|54.07|1234.50||0.00|-7", "基本支出|2.00|3.00|||||"]);
}

#[test]
fn only_what_is_shown_is_printed() {
    let cells: Vec<u8> = (0..4_u16)
        .flat_map(|row| {
            (0..4).flat_map(move |column| number(row, column, 0, &format!("{row}{column}")))
        })
        .collect();
    let hidden_row = numbers(0x0208, &[1, 0, 4, 0, 0, 0, 0x20, 0], &[]);
    let hidden_column = numbers(0x007D, &[2, 2, 0, 0, 1], &[]);
    let merged = numbers(0x00E5, &[1, 2, 2, 0, 1], &[]);
    // What stands behind the cells counts for them: no zeros, the cells that are merged.
    let window = numbers(0x023E, &[0x06A6], &[]);
    let chart =
        [numbers(0x0809, &[0x0600, 0x0020], &[0; 12]), number(9, 9, 0, "99"), record(0x000A, &[])];
    let shown = [hidden_column, hidden_row, chart.concat(), cells, window, merged].concat();
    let hidden = number(0, 0, 0, "77");
    let book = xls(&[], &[("Sheet1", 0, shown), ("字典", 1, hidden.clone()), ("密", 2, hidden)]);
    assert_eq!(lines(&book), ["|1|3", "20||23", "30|31|33"]);
}

#[test]
fn formulas_show_their_last_result() {
    let formula = |column: u16, result: [u8; 8]| {
        numbers(0x0006, &[0, column, 1], &[&result[..], &[0; 8]].concat())
    };
    let sheet = [
        formula(0, [0, 0, 0, 0, 0, 0, 0xFF, 0xFF]),
        record(0x0207, &text("合计", 2)),
        formula(1, 12.5_f64.to_le_bytes()),
        formula(2, [1, 0, 1, 0, 0, 0, 0xFF, 0xFF]),
        formula(3, [2, 0, 0x07, 0, 0, 0, 0xFF, 0xFF]),
        formula(4, [3, 0, 0, 0, 0, 0, 0xFF, 0xFF]),
        numbers(0x0205, &[0, 5, 0, 1], &[]),
    ]
    .concat();
    assert_eq!(lines(&xls(&formats(), &[("Sheet1", 0, sheet)])), ["合计|12.50|TRUE|#DIV/0!||TRUE"]);
}

#[test]
fn texts_go_on_in_the_next_record() {
    // Of one text the first half has one byte a character and the second two.
    let count = 3_u32.to_le_bytes();
    let begun = [&count[..], &count, &text("收入", 2), &4_u16.to_le_bytes(), &[0], b"ab"].concat();
    let units = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let rich = [&2_u16.to_le_bytes()[..], &[0x09], &1_u16.to_le_bytes(), &units("支出"), &[0; 2]];
    let second = [&[1][..], &units("预算"), &rich.concat()].concat();
    let strings =
        [record(0x00FC, &begun), record(0x003C, &second), record(0x003C, &[0; 2])].concat();
    let sheet = [shared(0, 0, 0), shared(0, 1, 1), shared(0, 2, 2), shared(0, 3, 9)].concat();
    assert_eq!(lines(&xls(&strings, &[("Sheet1", 0, sheet)])), ["收入|ab预算|支出"]);
}

#[test]
fn the_name_of_a_sheet_and_dates_are_printed() {
    let dates = [record(0x0022, &[1, 0]), numbers(0x00E0, &[0, 14], &[0; 16])].concat();
    let sheet = [number(0, 0, 0, "43903"), number(0, 1, 0, "1")].concat();
    let book = xls(&dates, &[("预算01表", 0, sheet)]);
    assert_eq!(lines(&book), ["预算01表", "2024/3/14|1904/1/2"]);
}
