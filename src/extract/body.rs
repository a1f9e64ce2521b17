//! Parts a grid into header and body, and mends rows that extraction tore apart.

use std::borrow::Cow;

use crate::{
    accounts::{classification::Classifications, text, token::TableKind},
    decode::{Cell, Document, Line},
    extract::{
        RawRow, RawTable,
        find::Grid,
        header::{self, Content, HeaderColumn, Heading, Said},
        label::labels,
        packed, panels, rejoin,
        spec::{Form, Forms, Role},
        words::Words,
        wrapped,
    },
};

/// The most rows that a header has.
const MOST_HEADER_ROWS: usize = 8;

/// The most columns of a statutory table; the widest known one has 26.
const MOST_COLUMNS: usize = 96;

/// Makes a table of a grid; nothing where no form recognises it.
///
/// A grid without a title and header continues `last` if it is as wide.
pub(super) fn table<'a>(
    document: &'a Document,
    forms: &'a Forms,
    classes: &Classifications,
    grid: &Grid<'a>,
    last: Option<&RawTable<'a>>,
) -> Option<RawTable<'a>> {
    let lines: Vec<Line<'a>> = grid.lines.iter().filter_map(|at| document.line(*at)).collect();
    let header = Header::read(&forms.words, &lines);
    let header_rows = header.rows.len();
    let form = match grid.form {
        Some(form) => form,
        None if header_rows == 0 => last.filter(|last| goes_on(last, &lines))?.form,
        None if grid.foreign => return None,
        None => recognised(forms, &header.rows)?,
    };
    let headings = header.headings();
    let mut rows: Vec<RawRow<'a>> = Vec::with_capacity(lines.len());
    for line in lines.iter().skip(header_rows) {
        let cells: Vec<Cell<'a>> = line.cells().collect();
        let again = cells.iter().filter(|cell| !cell.text.is_empty()).count() > 0
            && headings.iter().any(|row| same_texts(row, &cells));
        let numbered =
            || is_ordinal(&cells.iter().map(|cell| text::key(cell.text)).collect::<Vec<_>>());
        let ordinal = cells.iter().any(|cell| may_be_ordinal(cell.text)) && numbered();
        if !again && !ordinal {
            rows.push(RawRow {
                line: line.number(),
                cells,
                labels: Vec::new(),
                packed: line.is_packed(),
            });
        }
    }
    let laid = if rows.iter().any(|row| row.packed) {
        Some(packed::header(form, &forms.words, &grid.title, &headings, &rows)?)
    } else {
        None
    };
    let headings = laid.as_ref().map_or(headings, |rows| rows.iter().map(Vec::as_slice).collect());
    let (columns, width) = if header_rows == 0 {
        let last = last.filter(|last| last.form.table == form.table)?;
        (None, last.width)
    } else {
        let width = width(&headings, &rows);
        if MOST_COLUMNS < width {
            return None;
        }
        let contents =
            if laid.is_some() { packed::contents(&headings) } else { contents(&rows, width) };
        (Some(header::columns(form, &forms.words, &grid.title, &headings, &contents)), width)
    };
    let panels = match columns {
        // The headers of performance forms have words of their own.
        Some(columns)
            if grid.form.is_some()
                && form.table != TableKind::Performance
                && !is_plausible(&columns) =>
        {
            return None;
        }
        Some(columns) => panels(form, &columns),
        None => last?.panels.clone(),
    };
    let strays = packed::place(&mut rows, &panels, width, classes);
    let mut table = RawTable {
        form,
        title: grid.title.clone(),
        line: grid.line,
        unit: grid.unit.or_else(|| unit_in_header(&headings)),
        header: lines.iter().take(header_rows).copied().collect(),
        panels,
        width,
        rows,
        strays,
    };
    rejoin::rejoin(&mut table, classes, &forms.words);
    Some(table)
}

/// Returns whether rows without a header can go on a table: they are as wide, and most have
/// texts under its texts and figures under its figures.
fn goes_on(last: &RawTable<'_>, lines: &[Line<'_>]) -> bool {
    let values: Vec<usize> =
        last.panels.iter().flat_map(|panel| &panel.values).map(|(at, _)| *at).collect();
    let fits = |line: &&Line<'_>| {
        line.len() == last.width
            && line.cells().enumerate().all(|(at, cell)| {
                let figure = cell.text.contains('.') && looks_like_amount(cell.text);
                if values.contains(&at) {
                    figure || cell.text.is_empty() || looks_like_amount(cell.text)
                } else {
                    !figure
                }
            })
    };
    5 * lines.iter().filter(fits).count() >= 4 * lines.len()
}

/// Returns whether a table goes on where another of the same form stopped.
pub(super) fn continues(last: &RawTable<'_>, next: &RawTable<'_>) -> bool {
    let again = next.title.is_empty() || next.title.contains('续') || next.title == last.title;
    let same = |a: &RawTable<'_>, b: &RawTable<'_>| {
        a.panels.len() == b.panels.len()
            && a.panels.iter().zip(&b.panels).all(|(a, b)| {
                a.values
                    .iter()
                    .map(|(at, column)| (at, column.meaning))
                    .eq(b.values.iter().map(|(at, column)| (at, column.meaning)))
            })
    };
    last.form.table == next.form.table && last.form.amounts && again && same(last, next)
}

/// Returns whether a header can be that of a statutory table: it names what its rows are and
/// figures, or half of its columns say what they hold. The data of charts do not.
fn is_plausible(columns: &[HeaderColumn]) -> bool {
    let value = |c: &HeaderColumn| matches!(c, HeaderColumn::Value(c, _) if c.meaning.is_some());
    let named = |c: &HeaderColumn| matches!(c, HeaderColumn::Text(..));
    if columns.iter().any(value) && columns.iter().any(named) {
        return true;
    }
    let understood = |column: &&HeaderColumn| match column {
        HeaderColumn::Value(column, _) => column.meaning.is_some(),
        HeaderColumn::Text(role, _) => *role != Role::Text,
    };
    2 * columns.iter().filter(understood).count() >= columns.len()
}

/// Recognises a table without a title by the words of its header.
fn recognised<'f>(forms: &'f Forms, header: &[Vec<Heading<'_>>]) -> Option<&'f Form> {
    let text: String = header.iter().flatten().flat_map(|cell| [cell.text.as_ref(), "|"]).collect();
    let best = forms.forms.iter().filter_map(|form| {
        if form.no_headers.iter().any(|word| text.contains(word.as_str())) {
            return None;
        }
        let sets = form.headers.iter().filter(|set| set.split(' ').all(|word| text.contains(word)));
        Some((sets.map(|set| set.chars().count()).max()?, form))
    });
    best.max_by_key(|(covered, _)| *covered).map(|(_, form)| form)
}

/// The first rows of a grid, which say what its columns hold.
struct Header<'a> {
    rows: Vec<Vec<Heading<'a>>>,
    /// How many of them, at the end, only number the columns.
    ordinals: usize,
}

impl<'a> Header<'a> {
    /// Reads the rows above the first one that is body.
    fn read(words: &Words, lines: &[Line<'a>]) -> Header<'a> {
        let mut header = Header { rows: Vec::new(), ordinals: 0 };
        // Columns whose label says that they hold text: a row that fills only these is body.
        let mut texts: Vec<usize> = Vec::new();
        let mut understood = 0;
        for (index, line) in lines.iter().enumerate().take(MOST_HEADER_ROWS) {
            let keys: Vec<Cow<'a, str>> = line.cells().map(|cell| text::key(cell.text)).collect();
            let ordinal = is_ordinal(&keys);
            // The numbers of the columns are the header's last row.
            if !ordinal && (0 < header.ordinals || has_figures(words, &keys)) {
                break;
            }
            let row: Vec<Heading<'a>> =
                keys.into_iter().map(|key| Heading::read(words, key)).collect();
            header.ordinals += usize::from(ordinal);
            if ordinal || row.iter().all(|cell| cell.text.is_empty()) {
                header.rows.push(row);
                continue;
            }
            let filled = || row.iter().enumerate().filter(|(_, cell)| !cell.text.is_empty());
            // A label that goes on in the next row.
            let goes_on = |at: usize, cell: &Heading<'_>| {
                let lower = lines.get(index + 1).and_then(|line| line.cells().nth(at));
                lower.filter(|lower| !lower.text.is_empty()).is_some_and(|lower| {
                    words.is_word(&format!("{}{}", cell.text, text::key(lower.text)))
                })
            };
            // The rest of a label of the row before.
            let completes = |at: usize, cell: &Heading<'_>| {
                let upper = header.rows.last().and_then(|row| row.get(at));
                upper
                    .filter(|upper| !upper.text.is_empty())
                    .is_some_and(|upper| wrapped::completes(words, &upper.text, &cell.text))
            };
            let known = filled()
                .filter(|(at, cell)| {
                    cell.said.is_known() || goes_on(*at, cell) || completes(*at, cell)
                })
                .count();
            let beside = filled().all(|(at, _)| !texts.contains(&at)) && !texts.is_empty();
            if !header.rows.is_empty() {
                if filled().any(|(_, cell)| enumerator(&cell.text).is_some()) {
                    break;
                }
                let only_texts = filled().all(|(at, _)| texts.contains(&at));
                let says_roles = || filled().any(|(_, cell)| cell.said.role.is_some());
                let torn = || {
                    labels(words, &row, true)
                        .iter()
                        .any(|label| label.from < label.to && label.said.is_known())
                };
                // Whatever stands beside the labels before the first figures heads their columns.
                let strange = known * 2 < filled().count() && 2 <= understood;
                if !beside && ((only_texts && !says_roles()) || (strange && !torn())) {
                    break;
                }
            }
            understood += known;
            if !beside {
                texts.extend(filled().filter(|(_, c)| c.said.role.is_some()).map(|(at, _)| at));
            }
            header.rows.push(row);
        }
        header
    }

    /// Returns the rows that say something of the columns.
    fn headings(&self) -> Vec<&[Heading<'a>]> {
        let count = self.rows.len().saturating_sub(self.ordinals);
        self.rows.iter().take(count).map(Vec::as_slice).collect()
    }
}

/// Returns whether a row holds figures; a lone digit between header words is a stray mark.
fn has_figures(words: &Words, row: &[Cow<'_, str>]) -> bool {
    let mut figures = row.iter().filter(|cell| looks_like_amount(cell));
    match (figures.next(), figures.next()) {
        (None, _) => false,
        (Some(lone), None) if lone.len() == 1 => {
            !row.iter().any(|cell| Said::read(words, cell, false).is_known())
        }
        _ => true,
    }
}

/// Returns whether a row numbers the columns or fills them with asterisks.
fn is_ordinal(row: &[Cow<'_, str>]) -> bool {
    let mut filled = row.iter().filter(|cell| !cell.is_empty()).peekable();
    let named =
        filled.peek().is_some_and(|cell| matches!(cell.as_ref(), "栏次" | "行次" | "栏目" | "**"));
    let filler = |cell: &str| {
        matches!(cell, "栏次" | "行次" | "栏目" | "**" | "—" | "-" | "类" | "款" | "项")
    };
    let mut numbers = 0;
    let mut last = 0;
    for cell in filled.filter(|cell| !filler(cell)) {
        match cell.split('=').next().unwrap_or_default().parse::<u32>() {
            Ok(number) if number <= 99 && (last < number || named) => {
                numbers += 1;
                last = number;
            }
            _ => return false,
        }
    }
    named && 0 < numbers + usize::from(row.iter().any(|cell| cell == "**"))
        || 3 <= numbers && last as usize <= row.len() + 2
}

/// Cheap test before [`is_ordinal`]: one cell of such a row is short and has no decimals.
fn may_be_ordinal(text: &str) -> bool {
    text.starts_with("**")
        || text.starts_with('栏')
        || text.starts_with('行')
        || text == "1"
        || text == "１"
}

/// Returns whether a text is a printed number that can be an amount: digits, separators, a
/// sign, and nothing else.
pub fn looks_like_amount(text: &str) -> bool {
    let mut digits = false;
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => digits = true,
            b'.' | b',' | b'-' | b'(' | b')' | b'+' | b' ' => (),
            // Nearly all cells are plain amounts or begin as words do.
            b'!'..=b'~' | 0xE4..=0xE9 => return false,
            _ => return looks_like_wide_amount(text),
        }
    }
    digits
}

/// Does so for a text that has characters beyond ASCII.
fn looks_like_wide_amount(text: &str) -> bool {
    let mut digits = false;
    for c in text.chars() {
        match c {
            '0'..='9' | '０'..='９' => digits = true,
            '.' | ',' | '-' | '(' | ')' | '．' | '，' | '－' | '（' | '）' | '+' => (),
            _ if c.is_whitespace() => (),
            _ => return false,
        }
    }
    digits
}

/// Splits an enumerator such as 一、 （二） 3. from a label; nothing where there is none.
pub fn enumerator(label: &str) -> Option<(&str, &str)> {
    let number = |c: char| {
        c.is_ascii_digit()
            || matches!(
                c,
                '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十' | '廿' | '卅'
            )
    };
    let (inner, close) = match label.strip_prefix(['(', '（']) {
        Some(inner) => (inner, true),
        None => (label, false),
    };
    let length: usize = inner.chars().take_while(|c| number(*c)).map(char::len_utf8).sum();
    if length == 0 || 12 < length {
        return None;
    }
    let rest = inner.get(length..)?;
    let mark = rest.chars().next()?;
    let fits =
        if close { matches!(mark, ')' | '）') } else { matches!(mark, '、' | '.' | '．' | ',') };
    let rest = rest.get(mark.len_utf8()..)?;
    // 3.5 is a number, not the third point.
    let point = !close && mark != '、';
    if !fits || point && rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let end = label.len() - rest.len();
    Some((label.get(..end)?, rest))
}

/// Returns whether the cells of a row repeat those of the header.
fn same_texts(headings: &[Heading<'_>], cells: &[Cell<'_>]) -> bool {
    let mut printed = cells.iter().filter(|cell| !cell.text.is_empty());
    let mut wanted = headings.iter().map(|cell| &cell.text).filter(|text| !text.is_empty());
    loop {
        match (printed.next(), wanted.next()) {
            (None, None) => return true,
            (Some(cell), Some(text)) if is_key(cell.text, text) => (),
            _ => return false,
        }
    }
}

/// Returns whether a text has a key; most have another, which begins with another character.
fn is_key(text: &str, key: &str) -> bool {
    let plain = |c: &char| matches!(c, '0'..='9' | '\u{4E00}'..='\u{9FFF}');
    let first = text.chars().next().filter(plain);
    first.is_none_or(|first| key.starts_with(first)) && text::key(text) == key
}

/// Returns the number of columns: that of the header or, where most rows have more, theirs.
fn width(header: &[&[Heading<'_>]], rows: &[RawRow<'_>]) -> usize {
    let header = header.iter().map(|row| row.len()).max().unwrap_or(0);
    let mut widths: Vec<usize> = rows.iter().map(|row| row.cells.len()).collect();
    widths.sort_unstable();
    header.max(widths.get(widths.len() / 2).copied().unwrap_or(0))
}

/// Counts what the body shows of each column.
fn contents(rows: &[RawRow<'_>], width: usize) -> Vec<Content> {
    let mut contents = vec![Content::default(); width];
    for row in rows {
        for (content, cell) in contents.iter_mut().zip(&row.cells) {
            let text = cell.text;
            if text.is_empty() {
                continue;
            }
            if is_word(text) {
                content.texts += 1;
                continue;
            }
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            let code = 3 <= digits && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ');
            if code {
                content.codes += 1;
            } else if looks_like_amount(text) {
                content.money += 1;
                content.pieces += usize::from(digits == 2 && text.len() == 2);
            } else {
                content.texts += 1;
            }
        }
    }
    contents
}

/// Returns whether a text begins with a Chinese character, so that it is no number and no code.
fn is_word(text: &str) -> bool {
    matches!(text.as_bytes().first(), Some(0xE4..=0xE9))
}

/// Reads the unit of money from a header such as 年度资金总额(万元).
fn unit_in_header(rows: &[&[Heading<'_>]]) -> Option<crate::accounts::money::Unit> {
    rows.iter().copied().flatten().find_map(|cell| {
        let (_, after) = cell.text.rsplit_once(['(', ':'])?;
        crate::accounts::money::Unit::find(after)
    })
}
