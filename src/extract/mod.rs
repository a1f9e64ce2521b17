//! Finds the statutory tables of a document and cuts them into rows and columns.
//!
//! Text only: what a header says of its column is found here, what a cell says is not.

mod body;
pub mod chart;
mod find;
mod group;
mod header;
pub mod identity;
mod label;
mod packed;
pub mod performance;
mod periods;
pub mod prose;
pub mod publisher;
mod rejoin;
pub mod spec;
pub mod words;
mod wrapped;

use crate::{
    accounts::{
        classification::Classifications,
        gap::{Gap, GapKind},
        money::Unit,
        table::Column,
        token::{Flow, Nature},
    },
    decode::{Cell, Document, Line},
    extract::{
        header::HeaderColumn,
        spec::{Form, Forms, Role},
    },
};

pub use body::{enumerator, looks_like_amount};

/// A statutory table as printed: columns understood, cells not.
#[derive(Clone, Debug)]
pub struct RawTable<'a> {
    /// The form that recognised it.
    pub form: &'a Form,
    /// The title in comparable form; empty where there is none.
    pub title: String,
    /// The line of the title or, without one, of the first row.
    pub line: u32,
    /// The unit of money printed above it.
    pub unit: Option<Unit>,
    /// The rows of the header as printed, for people.
    pub header: Vec<Line<'a>>,
    /// Its sides from left to right.
    pub panels: Vec<Panel>,
    /// The number of columns.
    pub width: usize,
    /// The rows of the body.
    pub rows: Vec<RawRow<'a>>,
    /// Figures whose column is not known.
    pub strays: Vec<Cell<'a>>,
}

/// One side of a table: columns of labels and the columns of figures that follow them.
#[derive(Clone, Debug)]
pub struct Panel {
    /// The side of the ledger.
    pub flow: Flow,
    /// The columns of text, with what they hold.
    pub texts: Vec<(usize, Role)>,
    /// The columns of figures.
    pub values: Vec<(usize, Column)>,
}

/// A row of a table as printed.
#[derive(Clone, Debug)]
pub struct RawRow<'a> {
    /// The line of its figures or, without any, of its label.
    pub line: u32,
    /// Its cells; a row can have fewer or more than its table has columns.
    pub cells: Vec<Cell<'a>>,
    /// Labels that continue in other rows, by column: they replace the cell's text.
    pub labels: Vec<(usize, String)>,
    /// Whether empty cells were left out of it, so that only the order of its figures is known.
    pub packed: bool,
}

/// Finds every statutory table of a document.
///
/// Figures in rows of a grid that belongs to no form are returned as gaps.
pub fn tables<'a>(
    document: &'a Document,
    forms: &'a Forms,
    classes: &Classifications,
) -> (Vec<RawTable<'a>>, Vec<Gap>) {
    let mut tables: Vec<RawTable<'a>> = Vec::new();
    let mut gaps = Vec::new();
    for found in find::grids(document, forms) {
        let Some(table) = body::table(document, forms, classes, &found, tables.last()) else {
            gaps.extend(unknown(document, &found));
            continue;
        };
        gaps.extend(table.strays.iter().map(|cell| Gap {
            line: cell.line,
            column: cell.column,
            token: cell.text.to_owned(),
            kind: GapKind::UnknownColumn,
            table: Some(table.form.table),
        }));
        match tables.last_mut() {
            Some(last) if body::continues(last, &table) => last.rows.extend(table.rows),
            _ => tables.push(table),
        }
    }
    (tables, gaps)
}

/// Returns the figures with decimals of a grid that no form recognises.
fn unknown(document: &Document, found: &find::Grid<'_>) -> Vec<Gap> {
    let cells = found.lines.iter().filter_map(|at| document.line(*at)).flat_map(|line| {
        line.cells().filter(|cell| cell.text.contains('.') && looks_like_amount(cell.text))
    });
    cells
        .map(|cell| Gap {
            line: cell.line,
            column: cell.column,
            token: cell.text.to_owned(),
            kind: GapKind::UnknownTable,
            table: None,
        })
        .collect()
}

/// Cuts the columns of a header into the sides of the table.
fn panels(form: &Form, columns: &[HeaderColumn]) -> Vec<Panel> {
    let mut panels: Vec<(Panel, Option<Flow>)> = Vec::new();
    // Texts before a column that says what another one of its side says begin a side too.
    let again = |at: usize, panel: &Panel| match columns.get(at + 1) {
        Some(HeaderColumn::Value(next, _)) => {
            panel.values.iter().any(|(_, known)| known.meaning == next.meaning)
        }
        _ => false,
    };
    for (at, column) in columns.iter().cloned().enumerate() {
        let fresh =
            || (Panel { flow: Flow::Expenditure, texts: Vec::new(), values: Vec::new() }, None);
        match column {
            HeaderColumn::Text(role, flow) => {
                let begins = matches!(role, Role::Label | Role::Code | Role::Unit | Role::UnitCode);
                let open = panels.last().is_some_and(|(panel, _)| panel.values.is_empty());
                let begins = begins
                    || role == Role::Text
                        && panels.last().is_some_and(|(panel, _)| again(at, panel));
                if panels.is_empty() || (begins && !open) {
                    panels.push(fresh());
                }
                if let Some((panel, said)) = panels.last_mut() {
                    panel.texts.push((at, role));
                    *said = said.or(flow);
                }
            }
            HeaderColumn::Value(column, flow) => {
                if panels.is_empty() {
                    panels.push(fresh());
                }
                if let Some((panel, said)) = panels.last_mut() {
                    panel.values.push((at, column));
                    *said = said.or(flow);
                }
            }
        }
    }
    panels.retain(|(panel, _)| !panel.values.is_empty());
    // Panels with one column each are one list: 人员经费 and 公用经费 over them head its parts.
    if 1 < panels.len() && form.nature != Nature::All {
        for (panel, _) in &mut panels {
            if let [(_, Column { meaning: Some(meaning), .. })] = panel.values.as_mut_slice() {
                meaning.nature = form.nature;
            }
        }
    }
    let sides = form.two_sided && 2 <= panels.len();
    let said: Vec<Option<Flow>> = panels.iter().map(|(_, said)| *said).collect();
    // A header that names one side names the other one too.
    let swapped = sides
        && panels.len() == 2
        && (said.first() == Some(&Some(Flow::Expenditure))
            || said.get(1) == Some(&Some(Flow::Income)))
        && said.first() != said.get(1);
    panels
        .into_iter()
        .enumerate()
        .map(|(index, (mut panel, said))| {
            panel.flow = match (sides, form.flow) {
                (true, _) if (index == 0) != swapped => Flow::Income,
                (true, _) => Flow::Expenditure,
                (false, Some(flow)) => flow,
                (false, None) => said.unwrap_or(Flow::Expenditure),
            };
            panel
        })
        .collect()
}
