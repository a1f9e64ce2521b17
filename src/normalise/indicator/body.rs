//! Reads the rows of indicators: fills merged cells down and puts torn ones together.

use std::borrow::Cow;

use crate::{
    accounts::{gap::GapKind, text},
    extract::performance::{Columns, FormCell, FormRow, words::Field},
    normalise::indicator::{
        Reader,
        align::{self, Filled},
        project::Project,
    },
};

/// An indicator as printed, and the project that it belongs to.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) project: usize,
    pub(super) level1: Option<String>,
    pub(super) level2: Option<String>,
    pub(super) level3: Option<String>,
    pub(super) explanation: Option<String>,
    pub(super) comparator: Option<String>,
    pub(super) target: Option<String>,
    pub(super) target_unit: Option<String>,
    pub(super) actual: Option<String>,
    pub(super) weight: Option<String>,
    /// Whether its first level stands in its own row.
    own_level1: bool,
}

/// The indicators under one header.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// The index of its first indicator.
    from: usize,
    /// Whether merged cells are printed in the middle of their rows, so that the first rows
    /// have none above them.
    centred: bool,
}

impl Block {
    pub(super) fn begin(from: usize, centred: bool) -> Block {
        Block { from, centred }
    }

    pub(super) fn is_centred(&self) -> bool {
        self.centred
    }

    /// Gives the first rows of a block of centred cells their first level, and takes it from
    /// those that stand between two: nothing says where one ends.
    pub(super) fn end(&mut self, found: &mut [Found]) {
        let Some(rows) = found.get_mut(self.from..) else { return };
        let leading = rows.iter().take_while(|row| row.level1.is_none()).count();
        let Some(first) = rows.get(leading).filter(|_| 0 < leading) else { return };
        let first = first.level1.clone();
        self.centred = true;
        for row in rows.iter_mut().take(leading) {
            row.level1.clone_from(&first);
        }
        let last = rows.iter().rposition(|row| row.own_level1).unwrap_or(0);
        for row in rows.iter_mut().take(last).skip(leading + 1) {
            if !row.own_level1 {
                row.level1 = None;
            }
        }
    }
}

/// The texts of a row by what they are.
struct Texts<'r, 'a>(Vec<(Field, &'r FormCell<'a>, Cow<'a, str>)>);

impl Texts<'_, '_> {
    /// Returns the text of a field; cells under one header are one text.
    fn get(&self, wanted: Field) -> Option<String> {
        let mut texts = self.0.iter().filter(|(field, ..)| *field == wanted).peekable();
        texts.peek()?;
        Some(texts.map(|(.., text)| text.as_ref()).collect())
    }

    fn has(&self, wanted: Field) -> bool {
        self.0.iter().any(|(field, ..)| *field == wanted)
    }
}

impl Reader<'_> {
    /// Reads a row under a header of indicators.
    pub(super) fn body_row(&mut self, row: &FormRow<'_>, block: &mut Block) {
        let Some(columns) = self.columns.take() else { return };
        self.body_cells(row, &columns, block);
        self.columns = Some(columns);
    }

    fn body_cells(&mut self, row: &FormRow<'_>, columns: &Columns, block: &mut Block) {
        let words = self.words;
        let cells: Vec<(usize, &FormCell<'_>, Cow<'_, str>)> = row
            .cells
            .iter()
            .enumerate()
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(at, cell)| (at, cell, cell.text()))
            .collect();
        let total = cells.iter().take(2).any(|(.., text)| words.is_total(text));
        if cells.is_empty() || total {
            return;
        }
        let filled: Vec<Filled<'_>> =
            cells.iter().map(|(at, _, text)| Filled::read(words, *at, text)).collect();
        let Some(placing) = align::place(words, columns, &filled, row.cells.len()) else {
            for (_, cell, _) in &cells {
                self.gap(cell, GapKind::Ambiguous);
            }
            return;
        };
        let mut texts = Texts(Vec::with_capacity(cells.len()));
        for ((_, cell, text), at) in cells.iter().zip(placing) {
            let Some(column) = at.and_then(|at| columns.columns.get(at)) else { continue };
            match column.field {
                Field::Other if !column.is_known() => self.gap(cell, GapKind::UnknownColumn),
                Field::Other | Field::Score | Field::Department => (),
                Field::Amount => texts.0.push((Field::Amount, cell, text.clone())),
                field => {
                    self.claim(cell);
                    texts.0.push((field, cell, text.clone()));
                }
            }
        }
        self.project_of(&texts, columns);
        if self.projects.is_empty() {
            self.begin_project(Project::default());
        }
        self.levels_of(&texts);
        if !self.continued(&texts, block) {
            self.indicator_of(&texts);
        }
    }

    /// Begins the project that a row of a list names, or goes on with the one above.
    fn project_of(&mut self, texts: &Texts<'_, '_>, columns: &Columns) {
        let leads = texts.has(Field::Level1) || !columns.has(Field::Level1);
        let (name, goal) = (texts.get(Field::Project), texts.get(Field::Goal));
        if let Some(name) = &name {
            let current = self.projects.last().filter(|project| !project.is_nameless());
            let again = current.is_some_and(|project| project.is_named(name));
            let goes_on = current.is_some_and(|project| project.in_list)
                && !leads
                && !texts.has(Field::Amount);
            if !again && !goes_on {
                let mut project = Project::of_list(leads);
                if let Some(unit) = texts.get(Field::Unit) {
                    project.add_unit(&unit);
                } else if let Some(above) = self.projects.last() {
                    let empty = self.found.last().map(|found| found.project)
                        != Some(self.projects.len() - 1);
                    project.inherit_unit(above, empty);
                }
                self.begin_project(project);
            }
        }
        let Some(project) = self.projects.last_mut() else { return };
        if let Some(name) = &name {
            project.add_name(name);
        }
        if let Some(goal) = goal {
            project.add_goal(&goal);
        }
        if let Some(unit) = texts.get(Field::Unit).filter(|_| name.is_none() && !leads) {
            project.add_unit(&unit);
        }
        let amount = texts.0.iter().find(|(field, ..)| *field == Field::Amount);
        if let Some((_, cell, text)) = amount {
            let unit = columns.columns.iter().find(|column| column.field == Field::Amount);
            self.say_amount(0, cell, text, unit.and_then(|column| column.unit));
        }
    }

    /// Fills the levels down; a new first level has no second one yet.
    fn levels_of(&mut self, texts: &Texts<'_, '_>) {
        let words = self.words;
        let alone = !texts.has(Field::Level3) && !texts.has(Field::Target);
        if let Some(level) = texts.get(Field::Level1) {
            let joined = format!("{}{level}", self.level1.as_deref().unwrap_or_default());
            if alone && !words.is_level1(&level) && words.is_level1(&joined) {
                // A word torn over two rows: 满意度指 and 标.
                if let Some(found) = self.found.last_mut().filter(|f| f.level1 == self.level1) {
                    found.level1 = Some(joined.clone());
                }
                self.level1 = Some(joined);
            } else {
                let same = self.level1.as_deref().is_some_and(|known| same(known, &level));
                if !same {
                    self.level2 = None;
                }
                self.level1 = Some(level);
            }
        }
        if let Some(level) = texts.get(Field::Level2) {
            let joined = format!("{}{level}", self.level2.as_deref().unwrap_or_default());
            if alone && !words.is_level2(&level) && words.is_level2(&joined) {
                if let Some(found) = self.found.last_mut().filter(|f| f.level2 == self.level2) {
                    found.level2 = Some(joined.clone());
                }
                self.level2 = Some(joined);
            } else {
                self.level2 = Some(level);
            }
        }
    }

    /// Takes in a row that only goes on with the cells of the indicator above; returns whether
    /// it is one.
    fn continued(&mut self, texts: &Texts<'_, '_>, block: &Block) -> bool {
        const OWN: [Field; 3] = [Field::Target, Field::Actual, Field::Weight];
        let own = OWN.iter().filter(|field| texts.has(**field)).count();
        let levels = texts.has(Field::Level1) || texts.has(Field::Level2);
        let named = texts.has(Field::Level3);
        let speaks = named || texts.has(Field::Explanation) || 0 < own;
        if !speaks {
            return true;
        }
        if levels || texts.has(Field::Weight) || (named && 0 < own) {
            return !named;
        }
        let current = self.projects.len() - 1;
        let from = block.from;
        let last = self.found.len().checked_sub(1).filter(|last| from <= *last);
        let Some(found) = last.and_then(|last| self.found.get_mut(last)) else { return !named };
        if found.project != current {
            return !named;
        }
        let parts = [
            (Field::Level3, &mut found.level3),
            (Field::Explanation, &mut found.explanation),
            (Field::Target, &mut found.target),
            (Field::Actual, &mut found.actual),
        ];
        for (field, whole) in parts {
            if let Some(text) = texts.get(field) {
                whole.get_or_insert_default().push_str(&text);
            }
        }
        true
    }

    fn indicator_of(&mut self, texts: &Texts<'_, '_>) {
        let named = texts.0.iter().find(|(field, ..)| *field == Field::Level3);
        let Some((line, column)) = named.map(|(_, cell, _)| cell.place()) else { return };
        self.found.push(Found {
            line,
            column,
            project: self.projects.len().saturating_sub(1),
            level1: self.level1.clone(),
            level2: self.level2.clone(),
            level3: texts.get(Field::Level3),
            explanation: texts.get(Field::Explanation),
            comparator: texts.get(Field::Comparator),
            target: texts.get(Field::Target),
            target_unit: texts.get(Field::TargetUnit),
            actual: texts.get(Field::Actual),
            weight: texts.get(Field::Weight),
            own_level1: texts.has(Field::Level1),
        });
    }
}

/// Returns whether two printed labels are the same.
fn same(a: &str, b: &str) -> bool {
    a == b || text::label(a) == text::label(b)
}
