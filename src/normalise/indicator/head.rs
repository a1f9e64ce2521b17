//! Reads what stands beside, under and after the words of a form: its project, unit, money and
//! goal.

use crate::{
    accounts::{gap::GapKind, table::Value},
    extract::performance::{
        Columns, FormCell, FormRow,
        columns::unit_in,
        words::{Field, PerformanceWords},
    },
    normalise::{
        figure,
        indicator::{Reader, project::Project},
        number,
    },
};

/// What the rows of a form have said that holds for the rows below.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// Words whose values stand under them in the next row.
    under: Vec<Under>,
    /// The column of the latest year.
    year: Option<(i32, usize)>,
}

/// A word that waits for the value under it.
#[derive(Clone, Copy, Debug)]
struct Under {
    at: usize,
    field: Field,
    rank: usize,
    width: usize,
}

/// The rank of an amount that a row of totals states.
const RANK_OF_TOTALS: usize = usize::MAX - 1;

/// Returns whether the columns are those of a list of projects.
pub(super) fn is_list(columns: &Columns) -> bool {
    columns.has(Field::Project)
}

/// Returns whether a row prints the name of the project beside its word.
pub(super) fn names_project(words: &PerformanceWords, row: &FormRow<'_>) -> bool {
    let project = |cell: &FormCell<'_>| {
        said(words, &cell.text()).is_some_and(|(field, _)| field == Field::Project)
    };
    let only_words =
        || row.cells.iter().filter(|cell| !cell.is_empty()).all(|cell| words.is_word(&cell.text()));
    row.cells.iter().any(project) && !only_words()
}

/// Returns whether a row under a header of indicators is none of them but says something of
/// the next project.
pub(super) fn is_key_row(words: &PerformanceWords, row: &FormRow<'_>) -> bool {
    let mut filled = row.cells.iter().filter(|cell| !cell.is_empty());
    let Some(first) = filled.next() else { return false };
    let text = first.text();
    let key = said(words, &text).or_else(|| said(words, labelled(&text)?.0));
    matches!(key, Some((Field::Project | Field::Unit | Field::Department | Field::Amount, _)))
        || matches!(key, Some((Field::Goal, _))) && filled.count() <= 2
}

/// Returns what a cell is the word of outside of headers of indicators.
fn said(words: &PerformanceWords, cell: &str) -> Option<(Field, usize)> {
    words.fields(cell).iter().find(|(field, _)| !field.is_of_indicator()).copied()
}

/// Splits 项目名称：维修 into a word and its value.
fn labelled(text: &str) -> Option<(&str, &str)> {
    let (word, value) = text.split_once([':', '：'])?;
    let value = value.trim();
    (!value.is_empty()).then_some((word, value))
}

impl Reader<'_> {
    /// Reads a row outside of the indicators.
    pub(super) fn head_row(&mut self, row: &FormRow<'_>, head: &mut Head) {
        let words = self.words;
        let filled: Vec<(usize, &FormCell<'_>)> =
            row.cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()).collect();
        for under in std::mem::take(&mut head.under) {
            // Where the rows are not as wide, cells were lost and nothing is under anything.
            let cell = row.cells.get(under.at).filter(|_| under.width == row.cells.len());
            if let Some(cell) = cell.filter(|cell| !cell.is_empty() && !words.is_word(&cell.text()))
            {
                self.say(under.field, under.rank, cell, &cell.text());
            }
        }
        for (index, (at, cell)) in filled.iter().enumerate() {
            let text = cell.text();
            let next = filled.get(index + 1).map(|(_, next)| *next);
            let Some((field, rank)) = said(words, &text) else {
                if let Some((word, value)) = labelled(&text)
                    && let Some((field, rank)) = said(words, word)
                {
                    self.say(field, rank, cell, value);
                }
                continue;
            };
            self.unit = unit_in(&text).or(self.unit);
            match next.filter(|next| !words.is_word(&next.text())) {
                Some(next) => self.say(field, rank, next, &next.text()),
                None => {
                    head.under.push(Under { at: *at, field, rank, width: row.cells.len() });
                }
            }
        }
        self.overall_row(row, head);
    }

    /// Reads the amount of a form about all spending from its first row of totals.
    fn overall_row(&mut self, row: &FormRow<'_>, head: &mut Head) {
        let words = self.words;
        let Some(project) = self.projects.last().filter(|project| project.overall) else { return };
        let known = project.has_amount();
        let filled = || row.cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
        let Some((total, _)) = filled().find(|(_, cell)| words.is_total(&cell.text())) else {
            for (at, cell) in filled() {
                if let Some(year) = year(&cell.text())
                    && head.year.is_none_or(|(known, _)| known < year)
                {
                    head.year = Some((year, at));
                }
            }
            return;
        };
        let is_figure =
            |cell: &FormCell<'_>| matches!(number::value(&cell.text()).0, Value::Number(_));
        let figure = match head.year {
            Some((_, at)) => row.cells.get(at).filter(|cell| is_figure(cell)),
            None => {
                filled().find(|(at, cell)| total < *at && is_figure(cell)).map(|(_, cell)| cell)
            }
        };
        if let Some(cell) = figure.filter(|_| !known) {
            self.say(Field::Amount, RANK_OF_TOTALS, cell, &cell.text());
        }
    }

    /// Takes in a value.
    fn say(&mut self, field: Field, rank: usize, cell: &FormCell<'_>, value: &str) {
        let found = self.found.last().map(|found| found.project);
        let Some(project) = self.projects.last_mut() else { return };
        match field {
            Field::Project if !project.overall => {
                let full = !project.is_nameless() || found == Some(self.projects.len() - 1);
                if full {
                    self.begin_project(Project::default());
                }
                if let Some(project) = self.projects.last_mut() {
                    project.add_name(value);
                }
                self.claim(cell);
            }
            Field::Unit if project.say_unit(value, rank) => self.claim(cell),
            Field::Goal if !project.has_goal() => {
                project.add_goal(value);
                self.claim(cell);
            }
            Field::Amount => self.say_amount(rank, cell, value, None),
            _ => (),
        }
    }

    /// Gives the last project an amount, or notes why its cell is a gap.
    pub(super) fn say_amount(
        &mut self,
        rank: usize,
        cell: &FormCell<'_>,
        value: &str,
        column_unit: Option<crate::accounts::money::Unit>,
    ) {
        let (value, own_unit) = number::value(value);
        let Some(amount) = value.amount() else {
            self.gap(cell, GapKind::NotAnAmount);
            return;
        };
        let unit = own_unit.or(column_unit).or(self.unit).or(self.document_unit);
        let yuan = unit.ok_or(GapKind::NoUnit).and_then(|unit| figure::yuan(amount, unit));
        match (yuan, self.projects.last_mut()) {
            (Ok(yuan), Some(project)) => {
                project.say_amount(yuan, rank);
                self.claim(cell);
            }
            (Err(kind), _) => self.gap(cell, kind),
            (Ok(_), None) => (),
        }
    }
}

/// The longest header, in bytes, that names a year.
const LONGEST_YEAR_HEADER: usize = 60;

/// Returns the year that a header prints: 2023年预算金额.
fn year(header: &str) -> Option<i32> {
    if LONGEST_YEAR_HEADER < header.len() {
        return None;
    }
    let (before, _) = header.split_once('年')?;
    let digits = before.trim_end();
    let start = digits.len().checked_sub(4)?;
    digits.get(start..)?.parse().ok().filter(|year| (1990..2100).contains(year))
}
