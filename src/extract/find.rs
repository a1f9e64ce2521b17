//! Finds the grids of a document and the titles and units that stand above them.

use std::borrow::Cow;

use crate::{
    accounts::{money::Unit, text},
    decode::{Document, Line},
    extract::{
        body::looks_like_amount,
        spec::{Form, Forms},
    },
};

/// The rows of a grid with what was printed above it.
#[derive(Debug)]
pub(super) struct Grid<'a> {
    /// The form of the title, where one was found.
    pub(super) form: Option<&'a Form>,
    /// The title in comparable form.
    pub(super) title: String,
    /// The line of the title or of the first row.
    pub(super) line: u32,
    /// The unit of money printed above the grid or in its first rows.
    pub(super) unit: Option<Unit>,
    /// Whether it stands under a title that no form knows.
    pub(super) foreign: bool,
    /// Indices into the document's lines.
    pub(super) lines: Vec<usize>,
}

/// A title that waits for its grid.
#[derive(Clone)]
struct Pending<'a> {
    form: &'a Form,
    title: String,
    line: u32,
    /// Lines of other text since the title.
    age: usize,
}

/// The longest title, in characters.
const LONGEST_TITLE: usize = 48;

/// How many lines of other text may stand between a title and its grid: the publisher, the
/// unit, a date.
const MOST_LINES_BETWEEN: usize = 5;

/// A line of more characters than this is prose, which ends a table; running heads, page
/// numbers and notes do not.
const SHORTEST_PROSE: usize = 60;

/// Cuts a document into grids.
///
/// A grid goes on over blank lines, page numbers, running heads and notes; it ends at the
/// next title, at a paragraph of prose and at a heading.
pub(super) fn grids<'a>(document: &Document, forms: &'a Forms) -> Vec<Grid<'a>> {
    let mut grids: Vec<Grid<'a>> = Vec::new();
    let mut open: Option<Grid<'a>> = None;
    let mut pending: Option<Pending<'a>> = None;
    let mut unit: Option<Unit> = None;
    let mut above = String::new();
    let mut foreign = false;
    for (index, line) in document.lines().enumerate() {
        let sole = line.sole_text();
        if let Some(text) = sole {
            // Titles are often set with a blank after every character.
            let short = text.len() <= LONGEST_TITLE
                || text.len() <= 8 * LONGEST_TITLE
                    && text.chars().filter(|c| !c.is_whitespace()).take(LONGEST_TITLE + 1).count()
                        <= LONGEST_TITLE;
            let mut key = if short { text::key(text) } else { Cow::default() };
            let beside = unit_beside_title(&mut key);
            let titled = if short { title(forms, &key, &mut above) } else { None };
            // A row of a grid that holds one text is no half of a title.
            if !short || 1 < line.len() {
                above.clear();
            }
            if let Some((form, title)) = titled.filter(|(_, title)| !title.contains("无数据")) {
                grids.extend(open.take());
                unit = beside;
                foreign = false;
                let line = line.number();
                pending = Some(Pending { form, title, line, age: 0 });
                continue;
            }
            if let Some(declared) = declared_unit(&key) {
                unit = Some(declared);
                if let Some(grid) = &mut open
                    && grid.lines.len() <= 3
                {
                    grid.unit = grid.unit.or(unit);
                }
                continue;
            }
            if short && is_title(&key) && !is_row_label(line) {
                grids.extend(open.take());
                foreign = true;
            }
            if !line.is_row() {
                let prose =
                    !short && (SHORTEST_PROSE <= text.chars().count() || text.contains('。'));
                if prose || is_heading(&key) {
                    grids.extend(open.take());
                    unit = None;
                }
                // The caption of a chart is no title, but its data are not the table's either.
                if key.ends_with('图') || key.ends_with("情况") {
                    pending = None;
                }
                if let Some(waiting) = &mut pending {
                    waiting.age += 1 + usize::from(prose) * MOST_LINES_BETWEEN;
                    if MOST_LINES_BETWEEN < waiting.age {
                        pending = None;
                    }
                }
                continue;
            }
        } else if line.is_row() {
            above.clear();
            if let Some(preamble) = preamble(forms, line) {
                unit = preamble.unit.or(unit);
                if let Some((form, title)) = preamble.title {
                    grids.extend(open.take());
                    pending = Some(Pending { form, title, line: line.number(), age: 0 });
                } else if let Some(grid) = &mut open
                    && grid.lines.len() <= 3
                {
                    grid.unit = grid.unit.or(unit);
                }
                continue;
            }
        } else {
            continue;
        }
        let grid = open.get_or_insert_with(|| {
            let waiting = pending.take();
            Grid {
                form: waiting.as_ref().map(|waiting| waiting.form),
                line: waiting.as_ref().map_or(line.number(), |waiting| waiting.line),
                foreign: foreign && waiting.is_none(),
                title: waiting.map(|waiting| waiting.title).unwrap_or_default(),
                unit,
                lines: Vec::new(),
            }
        });
        grid.unit = grid.unit.or(unit);
        grid.lines.push(index);
    }
    grids.extend(open);
    grids
}

/// Recognises a title, alone or with the line above it; `above` keeps that line.
fn title<'a>(forms: &'a Forms, key: &str, above: &mut String) -> Option<(&'a Form, String)> {
    if !forms.may_be_titled(key) && !forms.may_be_titled(above) {
        above.clear();
        if !has_marks(key) {
            above.push_str(key);
        }
        return None;
    }
    let sentence = key.contains(['。', ';', ',']);
    let whole = (!sentence).then(|| forms.titled(key)).flatten();
    // A line that is a title, a heading or a name of its own is no first half.
    let half = !sentence && !above.is_empty() && (key.starts_with('表') || !is_whole(above));
    let split = if half { over_two_lines(forms, above, key, whole) } else { None };
    above.clear();
    let title = split.or_else(|| Some((whole?, key.to_owned())));
    if title.is_none() && !sentence && !key.contains(':') {
        above.push_str(key);
    }
    title
}

/// Returns whether a text has a mark that no half of a title has: 。 ; , or a colon.
fn has_marks(key: &str) -> bool {
    // 0xE3 begins 。 and, among others, 、.
    let may = key.bytes().fold(false, |may, byte| may | matches!(byte, b';' | b',' | b':' | 0xE3));
    may && key.contains(['。', ';', ',', ':'])
}

/// Recognises a title that goes on from the line above: half a title can be the whole title of
/// another table, as 支出预算表 under 一般公共预算.
///
/// Nothing where both lines say no more than the second one does as a whole: then the first
/// is something else, as 预算表 3 or the publisher's name.
fn over_two_lines<'a>(
    forms: &'a Forms,
    above: &str,
    key: &str,
    whole: Option<&Form>,
) -> Option<(&'a Form, String)> {
    if LONGEST_TITLE < above.chars().count() + key.chars().count() {
        return None;
    }
    let joined = format!("{above}{key}");
    let form = forms.titled(&joined)?;
    let says = |form: &Form, title: &str| (form.table, form.default_fund(title));
    let again = whole.is_some_and(|whole| says(whole, key) == says(form, &joined));
    (!again).then_some((form, joined))
}

/// Returns whether a line above a title stands for itself: it ends as titles of tables and of
/// documents do, or as the names of public bodies.
fn is_whole(line: &str) -> bool {
    const ENDINGS: [&str; 13] = [
        "表",
        ")",
        "部门预算",
        "单位预算",
        "部门决算",
        "单位决算",
        "年预算",
        "年度预算",
        "公开",
        "局",
        "中心",
        "厅",
        "院",
    ];
    ENDINGS.iter().any(|ending| line.ends_with(ending))
}

/// Returns whether a line that no form knows is the title of some table all the same.
///
/// 预算表 3 and 附表 4-1 only number the title that follows.
fn is_title(key: &str) -> bool {
    if !key.ends_with(['表', ')']) {
        return false;
    }
    let bare = key.trim_end_matches(|c: char| c != '表');
    let bracketed = key.ends_with(')') && bare.len() < key.len();
    let title = key.ends_with('表') || (bracketed && bare.ends_with('表'));
    title && 6 <= bare.chars().count() && !key.contains(['。', ';', ',', ':'])
}

/// Returns whether a line is a row of a grid that holds only its label.
fn is_row_label(line: Line<'_>) -> bool {
    line.is_row() && 2 < line.len() && line.cells().next().is_some_and(|cell| cell.text.is_empty())
}

/// Reads the unit of money from a line such as `单位：万元`.
fn declared_unit(key: &str) -> Option<Unit> {
    if !key.as_bytes().contains(&b':') {
        return None;
    }
    let (_, after) = key.rsplit_once(':')?;
    let unit = Unit::find(after)?;
    let declares = key.contains("单位") || key.contains("金额");
    (declares && after.chars().count() <= 8).then_some(unit)
}

/// Takes the unit of money off a title that has it on its line: 支出总表（单位：万元）.
fn unit_beside_title(key: &mut Cow<'_, str>) -> Option<Unit> {
    if !key.as_bytes().contains(&b':') {
        return None;
    }
    let mut colons = key.rmatch_indices(':');
    let (head, after) = colons.find_map(|(at, _)| {
        let (head, after) = key.split_at_checked(at)?;
        Some((head.strip_suffix("单位")?, after))
    })?;
    let head = head.trim_end_matches(['(', '金', '额']);
    let unit = Unit::find(after)?;
    if head.is_empty() || !head.ends_with(['表', ')']) {
        return None;
    }
    *key = head.to_owned().into();
    Some(unit)
}

/// What a row above a header declares.
struct Preamble<'a> {
    title: Option<(&'a Form, String)>,
    unit: Option<Unit>,
}

/// Reads a row of a grid that names the publisher, the unit or the title and no figure.
fn preamble<'a>(forms: &'a Forms, line: Line<'_>) -> Option<Preamble<'a>> {
    let filled = || line.cells().filter(|cell| !cell.text.is_empty());
    if 4 < filled().count() || filled().any(|cell| looks_like_amount(cell.text)) {
        return None;
    }
    let mut preamble = Preamble { title: None, unit: None };
    let mut other = 0;
    for cell in filled() {
        if LONGEST_TITLE < cell.text.chars().count() {
            return None;
        }
        let key = text::key(cell.text);
        if let Some(unit) = declared_unit(&key) {
            preamble.unit = Some(unit);
        } else if let Some(form) = forms.titled(&key) {
            preamble.title = Some((form, key.into_owned()));
        } else if !key.contains(':') && !key.contains("公开") {
            other += 1;
        }
    }
    let declares = preamble.title.is_some() || preamble.unit.is_some();
    (declares && other <= 1).then_some(preamble)
}

/// Returns whether a line is the heading of a part of the document.
fn is_heading(key: &str) -> bool {
    let part = key.strip_prefix('第').and_then(|rest| rest.split_once("部分"));
    part.is_some_and(|(number, _)| number.chars().count() <= 3)
}
