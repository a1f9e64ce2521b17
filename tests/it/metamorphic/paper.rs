//! Takes a disclosure apart into text and tables, so that it can be printed in another way.

use fisc::{
    accounts::{
        money::Unit,
        table::{Table, Value},
        text,
        token::{Flow, RowRole, TableKind},
    },
    decode,
    extract::{
        self, RawTable,
        spec::{Role, RowKind},
    },
    normalise, reconcile,
    run::Knowledge,
};

use super::head::{self, Head};

/// A disclosure: text and tables in printed order.
#[derive(Clone)]
pub(super) struct Paper {
    /// The publisher, as titles name it.
    pub(super) unit_name: String,
    /// The year, as titles name it.
    pub(super) year: i32,
    /// What is printed, from top to bottom.
    pub(super) blocks: Vec<Block>,
}

/// A piece of a disclosure.
#[derive(Clone)]
pub(super) enum Block {
    /// A line of text.
    Text(String),
    /// A statutory table with its title.
    Sheet(Sheet),
}

/// A statutory table.
#[derive(Clone)]
pub(super) struct Sheet {
    /// Which table.
    pub(super) kind: TableKind,
    /// What its rows are.
    pub(super) rows: RowKind,
    /// The lines of the title.
    pub(super) title: Vec<String>,
    /// Whether the title is the first row of the grid.
    pub(super) title_inside: bool,
    /// The lines between title and grid: publisher, unit of money.
    pub(super) between: Vec<String>,
    /// The unit of money.
    pub(super) unit: Unit,
    /// The rows of the header.
    pub(super) head: Vec<Vec<String>>,
    /// The rows of the body.
    pub(super) body: Vec<Row>,
    /// What the columns are.
    pub(super) columns: Vec<Column>,
}

/// A row of the body.
#[derive(Clone, Default)]
pub(super) struct Row {
    /// The cells.
    pub(super) cells: Vec<String>,
    /// Whether it is text between the rows (a page number) and no row.
    pub(super) text: bool,
    /// The part that it plays in the table, where that was understood.
    pub(super) role: Option<RowRole>,
    /// The standard code of its class, where it has one.
    pub(super) class: Option<String>,
}

/// A column of a table.
#[derive(Clone)]
pub(super) struct Column {
    /// The printed header from top to bottom.
    pub(super) path: Vec<String>,
    /// What a column of text holds; nothing for figures.
    pub(super) role: Option<Role>,
    /// Which side of the table it is in, counted from 0.
    pub(super) panel: usize,
}

impl Paper {
    /// Returns the tables.
    pub(super) fn sheets(&mut self) -> impl Iterator<Item = &mut Sheet> {
        self.blocks.iter_mut().filter_map(|block| match block {
            Block::Sheet(sheet) => Some(sheet),
            Block::Text(_) => None,
        })
    }

    /// Returns the tables of figures that were set anew.
    pub(super) fn amounts(&mut self) -> impl Iterator<Item = &mut Sheet> {
        self.sheets().filter(|sheet| !sheet.columns.is_empty() && !sheet.body.is_empty())
    }
}

impl Sheet {
    /// Returns the column with a role.
    pub(super) fn column(&self, role: Role) -> Option<usize> {
        self.columns.iter().position(|column| column.role == Some(role))
    }

    /// Returns whether a column holds figures.
    pub(super) fn is_value(&self, at: usize) -> bool {
        self.columns.get(at).is_some_and(|column| column.role.is_none())
    }

    /// Changes every printed figure.
    pub(super) fn each_figure(&mut self, mut change: impl FnMut(&str) -> String) {
        let values: Vec<usize> = (0..self.columns.len()).filter(|at| self.is_value(*at)).collect();
        for row in self.body.iter_mut().filter(|row| !row.text) {
            for at in &values {
                if let Some(cell) = row.cells.get_mut(*at).filter(|cell| !cell.is_empty()) {
                    *cell = change(cell);
                }
            }
        }
    }

    /// Changes every label, in all columns of labels.
    pub(super) fn each_label(&mut self, mut change: impl FnMut(&str, Option<&str>) -> String) {
        let labels: Vec<usize> = (0..self.columns.len())
            .filter(|at| {
                let role = self.columns[*at].role;
                matches!(role, Some(Role::Label | Role::Level1 | Role::Level2 | Role::Level3))
            })
            .collect();
        for row in self.body.iter_mut().filter(|row| !row.text) {
            for at in &labels {
                if let Some(cell) = row.cells.get_mut(*at).filter(|cell| !cell.is_empty()) {
                    *cell = change(cell, row.class.as_deref());
                }
            }
        }
    }

    /// Puts the columns into another order, with all their cells, and prints the header anew.
    pub(super) fn reorder(&mut self, order: &[usize], style: Head) {
        self.columns = order.iter().map(|at| self.columns[*at].clone()).collect();
        for row in self.body.iter_mut().filter(|row| !row.text) {
            row.cells =
                order.iter().map(|at| row.cells.get(*at).cloned().unwrap_or_default()).collect();
        }
        self.head = head::rows(&self.columns, style);
    }
}

/// Takes a document apart as it is printed, damage and all.
pub(super) fn as_printed(source: &str, knowledge: &Knowledge) -> Paper {
    take_apart(source, knowledge, false)
}

/// Takes a document apart and sets each table of figures anew: every figure in its column,
/// under a header without damage.
pub(super) fn set_anew(source: &str, knowledge: &Knowledge) -> Paper {
    take_apart(source, knowledge, true)
}

fn take_apart(source: &str, knowledge: &Knowledge, anew: bool) -> Paper {
    let document = decode::document("paper", source.as_bytes()).unwrap();
    let (raws, _) = extract::tables(&document, &knowledge.forms, &knowledge.classes);
    let identity = extract::identity::identity(&document, &raws, &knowledge.classes);
    let lines: Vec<&str> = source.lines().collect();
    let mut blocks = Vec::new();
    let mut at = 0;
    for raw in &raws {
        let title = raw.line as usize - 1;
        let first = raw.header.first().map_or(title, |line| line.number() as usize - 1);
        let Some(last) = last_line(raw) else { continue };
        let mut sheet = Sheet {
            kind: raw.form.table,
            rows: raw.form.rows,
            title: lines[title..first.min(title + 1)]
                .iter()
                .map(|line| (*line).to_owned())
                .collect(),
            title_inside: false,
            between: lines[(title + 1).min(first)..first]
                .iter()
                .map(|line| (*line).to_owned())
                .collect(),
            unit: raw.unit.or(identity.money_unit).unwrap(),
            head: raw
                .header
                .iter()
                .map(|line| line.cells().map(|c| c.text.to_owned()).collect())
                .collect(),
            body: Vec::new(),
            columns: Vec::new(),
        };
        let typed = typed(raw, knowledge);
        if anew && typed.sides.iter().any(|side| !side.rows.is_empty()) {
            sheet.columns = columns(raw);
            sheet.body = rows(raw, &typed, &sheet.columns);
            sheet.head = head::rows(&sheet.columns, Head::Corner);
        } else {
            let body = raw.header.last().map_or(first, |line| line.number() as usize);
            sheet.body = lines[body..=last].iter().map(|line| printed_row(line)).collect();
            sheet.columns = if raw.form.amounts { columns(raw) } else { Vec::new() };
        }
        blocks.extend(lines[at..title].iter().map(|line| Block::Text((*line).to_owned())));
        blocks.push(Block::Sheet(sheet));
        at = last + 1;
    }
    blocks.extend(lines[at..].iter().map(|line| Block::Text((*line).to_owned())));
    Paper { unit_name: identity.unit_name.unwrap(), year: identity.fiscal_year.unwrap(), blocks }
}

/// Returns the index of the last line of a table; nothing without a header or a row.
fn last_line(raw: &RawTable<'_>) -> Option<usize> {
    let body =
        raw.rows.iter().flat_map(|row| row.cells.iter().map(|cell| cell.line).chain([row.line]));
    body.chain(raw.header.iter().map(|line| line.number())).max().map(|line| line as usize - 1)
}

/// Takes a printed line apart at its tabs.
fn printed_row(line: &str) -> Row {
    Row {
        cells: line.split('\t').map(|cell| cell.trim().to_owned()).collect(),
        text: !line.contains('\t'),
        ..Row::default()
    }
}

/// Reads a table as the program does.
fn typed(raw: &RawTable<'_>, knowledge: &Knowledge) -> Table {
    let (mut table, _) = normalise::table(raw, &knowledge.forms.words, &knowledge.classes);
    reconcile::place(&mut table);
    table
}

/// Returns the columns of a table with headers as they are usually printed.
fn columns(raw: &RawTable<'_>) -> Vec<Column> {
    let mut columns: Vec<Option<Column>> = vec![None; raw.width];
    let own = |at: usize| {
        let cells = raw.header.iter().rev().filter_map(|line| line.cells().nth(at));
        cells
            .map(|cell| text::key(cell.text).into_owned())
            .find(|cell| !cell.is_empty())
            .unwrap_or_default()
    };
    let basic = raw.panels.iter().flat_map(|panel| &panel.values).any(|(_, column)| {
        column.meaning.is_some_and(|meaning| head::is_part_of_basic(meaning.nature))
    });
    for (index, panel) in raw.panels.iter().enumerate() {
        let side = raw.form.two_sided.then_some(match panel.flow {
            Flow::Income => "收入",
            Flow::Expenditure => "支出",
        });
        for (at, role) in &panel.texts {
            let name =
                head::text_name(*role, raw.form.rows).map_or_else(|| own(*at), str::to_owned);
            let path = side.iter().map(|side| (*side).to_owned()).chain([name]).collect();
            columns[*at] = Some(Column { path, role: Some(*role), panel: index });
        }
        for (at, column) in &panel.values {
            let path = match column.meaning {
                Some(meaning) => head::path(raw.form.table, meaning, side, basic),
                None => vec![own(*at)],
            };
            columns[*at] = Some(Column { path, role: None, panel: index });
        }
    }
    let unused = |at: usize| Column { path: vec![own(at)], role: Some(Role::Text), panel: 0 };
    columns
        .into_iter()
        .enumerate()
        .map(|(at, column)| column.unwrap_or_else(|| unused(at)))
        .collect()
}

/// Returns the rows of a table with every figure in its column.
fn rows(raw: &RawTable<'_>, table: &Table, columns: &[Column]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (number, raw_row) in (1..).zip(&raw.rows) {
        let mut printed = Row { cells: vec![String::new(); columns.len()], ..Row::default() };
        for (panel, side) in raw.panels.iter().zip(&table.sides) {
            let Some(row) = side.rows.iter().find(|row| row.number == number) else { continue };
            printed.role = Some(row.role);
            printed.class.clone_from(&row.class_code);
            let name = if row.label_raw.is_empty() { &row.label } else { &row.label_raw };
            let name = name.split_whitespace().collect::<String>();
            let roles: Vec<Role> = panel.texts.iter().map(|(_, role)| *role).collect();
            let level = match row.level {
                Some(1) => Role::Level1,
                Some(2) => Role::Level2,
                _ => Role::Level3,
            };
            let label = [Role::Label, level, Role::Level1, Role::Unit, Role::Text];
            let label = label.into_iter().find(|role| roles.contains(role));
            for (at, role) in &panel.texts {
                printed.cells[*at] = match role {
                    _ if Some(*role) == label => name.clone(),
                    Role::Code => row.code.clone().unwrap_or_default(),
                    Role::Unit => row.row_unit.clone().unwrap_or_default(),
                    Role::UnitCode if raw.form.rows == RowKind::Unit => {
                        row.code.clone().unwrap_or_default()
                    }
                    Role::Text | Role::Memo | Role::UnitCode => {
                        raw_row.cells.get(*at).map_or("", |cell| cell.text).to_owned()
                    }
                    _ => String::new(),
                };
            }
            for ((at, _), cell) in panel.values.iter().zip(&row.cells) {
                printed.cells[*at] = match &cell.value {
                    Value::Number(reading) => reading.amount.to_string(),
                    _ => cell.raw.clone(),
                };
            }
        }
        if printed.cells.iter().any(|cell| !cell.is_empty()) {
            rows.push(printed);
        }
    }
    rows
}
