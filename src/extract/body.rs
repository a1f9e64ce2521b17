//! Parts a grid into header and body, and mends rows that extraction tore apart.

use crate::{
    accounts::{classification::Classifications, text},
    decode::{Cell, Document, Line},
    extract::{
        RawRow, RawTable,
        find::Grid,
        header::{self, Content, HeaderColumn, Said},
        label::labels,
        panels, rejoin,
        spec::{Form, Forms, Role},
        words::Words,
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
    let top: Vec<Vec<String>> = lines
        .iter()
        .take(MOST_HEADER_ROWS)
        .map(|line| line.cells().map(|cell| text::key(cell.text)).collect())
        .collect();
    let header_rows = header_rows(&forms.words, &top);
    let form = match grid.form {
        Some(form) => form,
        None if header_rows == 0 => last.filter(|last| goes_on(last, &lines))?.form,
        None if grid.foreign => return None,
        None => recognised(forms, top.get(..header_rows)?)?,
    };
    let header: Vec<(u32, Vec<String>)> = lines
        .iter()
        .take(header_rows)
        .map(|line| (line.number(), line.cells().map(|cell| cell.text.to_owned()).collect()))
        .collect();
    let keys: Vec<Vec<String>> =
        top.iter().take(header_rows).filter(|row| !is_ordinal(row)).cloned().collect();
    let mut rows: Vec<RawRow<'a>> = Vec::with_capacity(lines.len());
    for line in lines.iter().skip(header_rows) {
        let cells: Vec<Cell<'a>> = line.cells().collect();
        let again = cells.iter().filter(|cell| !cell.text.is_empty()).count() > 0
            && keys.iter().any(|row| same_texts(row, &cells));
        let numbered =
            || is_ordinal(&cells.iter().map(|cell| text::key(cell.text)).collect::<Vec<_>>());
        let ordinal = cells.iter().any(|cell| may_be_ordinal(cell.text)) && numbered();
        if !again && !ordinal {
            rows.push(RawRow { line: line.number(), cells, labels: Vec::new() });
        }
    }
    let (columns, width) = if header_rows == 0 {
        let last = last.filter(|last| last.form.table == form.table)?;
        (None, last.width)
    } else {
        let width = width(&keys, &rows);
        if MOST_COLUMNS < width {
            return None;
        }
        let contents = contents(&rows, width);
        (Some(header::columns(form, &forms.words, &grid.title, &keys, &contents)), width)
    };
    let panels = match columns {
        Some(columns) if grid.form.is_some() && !is_plausible(&columns) => return None,
        Some(columns) => panels(form, &columns),
        None => last?.panels.clone(),
    };
    let mut table = RawTable {
        form,
        title: grid.title.clone(),
        line: grid.line,
        unit: grid.unit.or_else(|| unit_in_header(&keys)),
        header,
        panels,
        width,
        rows,
    };
    rejoin::rejoin(&mut table, classes);
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
fn recognised<'a>(forms: &'a Forms, header: &[Vec<String>]) -> Option<&'a Form> {
    let text: String = header.iter().flatten().fold(String::new(), |mut text, cell| {
        text.push_str(cell);
        text.push('|');
        text
    });
    let best = forms.forms.iter().filter_map(|form| {
        if form.no_headers.iter().any(|word| text.contains(word.as_str())) {
            return None;
        }
        let sets = form.headers.iter().filter(|set| set.split(' ').all(|word| text.contains(word)));
        Some((sets.map(|set| set.chars().count()).max()?, form))
    });
    best.max_by_key(|(covered, _)| *covered).map(|(_, form)| form)
}

/// Returns how many of the first rows are the header.
fn header_rows(words: &Words, rows: &[Vec<String>]) -> usize {
    // Columns whose label says that they hold text: a row that fills only these is body.
    let mut texts: Vec<usize> = Vec::new();
    let mut understood = 0;
    for (index, row) in rows.iter().enumerate() {
        if is_ordinal(row) {
            // The numbers of the columns are the header's last row.
            let more = rows.get(index + 1..).unwrap_or_default();
            return index + 1 + more.iter().take_while(|row| is_ordinal(row)).count();
        }
        if has_figures(words, row) {
            return index;
        }
        let filled = || row.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
        if filled().next().is_none() {
            continue;
        }
        let said: Vec<(usize, Said)> =
            filled().map(|(at, cell)| (at, Said::read(words, cell, false))).collect();
        let known = said.iter().filter(|(_, said)| said.is_known()).count();
        if 0 < index {
            let row_label = |(_, cell): (usize, &String)| enumerator(cell).is_some();
            if filled().any(row_label) {
                return index;
            }
            let only_texts = filled().all(|(at, _)| texts.contains(&at));
            // Whatever stands beside the labels before the first figures heads their columns.
            if filled().all(|(at, _)| !texts.contains(&at)) && !texts.is_empty() {
                understood += known;
                continue;
            }
            let says_roles = said.iter().any(|(_, said)| said.role.is_some());
            if only_texts && !says_roles {
                return index;
            }
            let torn = || {
                labels(words, row, true)
                    .iter()
                    .any(|label| label.from < label.to && label.said.is_known())
            };
            if known * 2 < said.len() && 2 <= understood && !torn() {
                return index;
            }
        }
        understood += known;
        texts.extend(said.iter().filter(|(_, said)| said.role.is_some()).map(|(at, _)| *at));
    }
    rows.len()
}

/// Returns whether a row holds figures; a lone digit between header words is a stray mark.
fn has_figures(words: &Words, row: &[String]) -> bool {
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
fn is_ordinal(row: &[String]) -> bool {
    let mut filled = row.iter().filter(|cell| !cell.is_empty()).peekable();
    let named =
        filled.peek().is_some_and(|cell| matches!(cell.as_str(), "栏次" | "行次" | "栏目" | "**"));
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
    let number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十廿卅".contains(c);
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
fn same_texts(keys: &[String], cells: &[Cell<'_>]) -> bool {
    let mut printed = cells.iter().filter(|cell| !cell.text.is_empty());
    let mut wanted = keys.iter().filter(|key| !key.is_empty());
    loop {
        match (printed.next(), wanted.next()) {
            (None, None) => return true,
            (Some(cell), Some(key)) if text::key(cell.text) == *key => (),
            _ => return false,
        }
    }
}

/// Returns the number of columns: that of the header or, where most rows have more, theirs.
fn width(header: &[Vec<String>], rows: &[RawRow<'_>]) -> usize {
    let header = header.iter().map(Vec::len).max().unwrap_or(0);
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
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            let code = 3 <= digits && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ');
            if code {
                content.codes += 1;
            } else if looks_like_amount(text) {
                content.money += 1;
            } else {
                content.texts += 1;
            }
        }
    }
    contents
}

/// Reads the unit of money from a header such as 年度资金总额(万元).
fn unit_in_header(rows: &[Vec<String>]) -> Option<crate::accounts::money::Unit> {
    rows.iter().flatten().find_map(|cell| {
        let (_, after) = cell.rsplit_once(['(', ':'])?;
        crate::accounts::money::Unit::find(after)
    })
}
