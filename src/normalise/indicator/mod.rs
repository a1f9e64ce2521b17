//! Turns performance forms into indicators: merged cells filled down, projects and their money
//! beside their indicators, targets parsed.

mod align;
mod body;
mod head;
mod project;
mod target;

use std::collections::BTreeMap;

use crate::{
    accounts::{
        disclosure::Identity,
        gap::{Gap, GapKind},
        indicator::Indicator,
        money::Unit,
        tally::Fate,
        text,
        token::TableKind,
    },
    decode::Cell,
    extract::{
        looks_like_amount,
        performance::{Columns, FormCell, FormRow, PerformanceForm, words::PerformanceWords},
    },
    normalise::indicator::{
        body::Found,
        head::Head,
        project::{Named, Project},
    },
    normalise::tally,
};

/// What the performance forms of a document came to.
#[derive(Debug, Default)]
pub struct Performance {
    /// The indicators in printed order.
    pub indicators: Vec<Indicator>,
    /// Every printed cell that an indicator or its project was read from, in printed order.
    pub claims: Vec<Claim>,
    /// The numbers of the forms that no indicator holds.
    pub gaps: Vec<Gap>,
}

impl Performance {
    /// Returns whether the number of a gap is read here after all.
    pub fn reads(&self, gap: &Gap) -> bool {
        let key = (gap.line, gap.column, gap.token.as_str());
        let place = |claim: &Claim| (claim.line, claim.column, claim.text.as_str()).cmp(&key);
        self.claims.binary_search_by(place).is_ok()
    }

    /// Returns the places of what was read and of what is a gap, to be counted.
    pub fn tally_claims(&self) -> impl Iterator<Item = tally::Claim> {
        let place =
            |line, column, text: &str, fate| tally::claim(Cell { text, line, column }, fate);
        let read = self.claims.iter();
        let gaps = self.gaps.iter();
        read.map(move |claim| place(claim.line, claim.column, &claim.text, Fate::Fact))
            .chain(gaps.map(move |gap| place(gap.line, gap.column, &gap.token, Fate::Unread)))
    }
}

/// A printed cell, or one line of it, that was read.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Claim {
    /// The line, counted from 1.
    pub line: u32,
    /// The first character in the line, counted from 1.
    pub column: u32,
    /// The text as printed.
    pub text: String,
}

/// Reads every performance form of a document.
pub fn indicators(
    forms: &[PerformanceForm<'_>],
    words: &PerformanceWords,
    identity: &Identity,
) -> Performance {
    let mut reader = Reader {
        words,
        projects: Vec::new(),
        found: Vec::new(),
        claims: Vec::new(),
        kinds: BTreeMap::new(),
        columns: None,
        level1: None,
        level2: None,
        title: String::new(),
        document_unit: identity.money_unit,
        unit: None,
    };
    for form in forms {
        reader.form(form);
    }
    let Reader { projects, found, mut claims, kinds, .. } = reader;
    // They come nearly in order.
    claims.sort();
    claims.dedup();
    let publisher = identity.unit_name.as_deref();
    let named: Vec<Named> =
        projects.iter().map(|project| project.named(words, publisher)).collect();
    let nameless = Named::default();
    let indicators = found
        .into_iter()
        .map(|found| indicator(words, named.get(found.project).unwrap_or(&nameless), found))
        .collect();
    let mut performance = Performance { indicators, claims, gaps: Vec::new() };
    let cells = forms.iter().flat_map(|form| &form.rows).filter(|row| !is_ordinal(row));
    for part in cells.flat_map(|row| &row.cells).flat_map(|cell| &cell.parts) {
        if !looks_like_amount(part.text) {
            continue;
        }
        let kind = kinds.get(&(part.line, part.column)).copied();
        let gap = Gap {
            line: part.line,
            column: part.column,
            token: part.text.to_owned(),
            kind: kind.unwrap_or(GapKind::NotYetRead),
            table: Some(TableKind::Performance),
        };
        if !performance.reads(&gap) {
            performance.gaps.push(gap);
        }
    }
    performance
}

/// Makes a row of the dataset.
fn indicator(words: &PerformanceWords, project: &Named, found: Found) -> Indicator {
    let printed = |text: Option<String>| text.filter(|text| !text.is_empty());
    let label = |text: Option<String>| printed(text.map(|text| text::label(&text).into_owned()));
    let target = found.target.as_deref().map(|target| target::read(words, target));
    let target = target.unwrap_or_default();
    let comparator = found.comparator.as_deref();
    let beside = found
        .target_unit
        .map(|unit| text::label(&unit).into_owned())
        .filter(|unit| !unit.is_empty());
    Indicator {
        line: found.line,
        column: found.column,
        project: project.name.clone(),
        row_unit: project.unit.clone(),
        project_amount_yuan: project.amount_yuan,
        goal: project.goal.clone(),
        level1: label(found.level1),
        level2: label(found.level2),
        level3: label(found.level3),
        explanation: label(found.explanation),
        comparator: comparator
            .and_then(|printed| target::comparator(words, printed))
            .or(target.comparator),
        target: printed(found.target),
        target_unit: target.unit.or(beside.filter(|_| target.value.is_some())),
        target_value: target.value,
        actual: printed(found.actual),
        weight: found.weight.as_deref().and_then(target::weight),
    }
}

/// Returns whether a row numbers the columns: 1, 2, 3 …
fn is_ordinal(row: &FormRow<'_>) -> bool {
    let mut filled = (1_u32..).zip(row.cells.iter().filter(|cell| !cell.is_empty())).peekable();
    filled.peek().is_some()
        && 3 <= row.cells.len()
        && filled.all(|(number, cell)| cell.text().parse() == Ok(number))
}

/// Reads forms from top to bottom.
struct Reader<'w> {
    words: &'w PerformanceWords,
    projects: Vec<Project>,
    found: Vec<Found>,
    claims: Vec<Claim>,
    /// Why numbers are gaps, by their places, where it is known.
    kinds: BTreeMap<(u32, u32), GapKind>,
    /// The columns of the last header; a table can go on without one.
    columns: Option<Columns>,
    level1: Option<String>,
    level2: Option<String>,
    /// The title of the last form.
    title: String,
    /// The unit of money of the document.
    document_unit: Option<Unit>,
    /// The unit of money that the form prints.
    unit: Option<Unit>,
}

impl Reader<'_> {
    fn form(&mut self, form: &PerformanceForm<'_>) {
        let words = self.words;
        let headers: Vec<Option<Columns>> = form
            .rows
            .iter()
            .enumerate()
            .map(|(at, row)| {
                let above = at.checked_sub(1).and_then(|above| form.rows.get(above));
                Columns::read(words, row, above)
            })
            .collect();
        let mut head = Head::default();
        let named = form.rows.iter().any(|row| head::names_project(words, row));
        let list = headers.iter().flatten().any(head::is_list);
        let goes_on = form.title.is_empty() || form.title.contains('续');
        let again = form.title == self.title && form.subtitle.is_none();
        self.unit = form.unit;
        self.title.clone_from(&form.title);
        let overall = words.is_overall(&form.title);
        // Lists name their projects in their rows, and can go on under a title printed again.
        if !list && !named && (goes_on || again) && !self.projects.is_empty() {
            // The form goes on with its project.
        } else if !list {
            self.begin_project(Project::of_form(overall));
        }
        if let Some(subtitle) = &form.subtitle
            && let Some(project) = self.projects.last_mut().filter(|_| !named && !overall && !list)
        {
            project.add_name(&subtitle.text());
            self.claim(subtitle);
        }
        let mut block = body::Block::default();
        let mut in_body = self.columns.is_some() && headers.iter().all(Option::is_none) && goes_on;
        let mut rows = form.rows.iter().zip(headers).peekable();
        while let Some((row, header)) = rows.next() {
            if let Some(mut columns) = header {
                // A second row parts merged columns.
                rows.next_if(|(next, header)| header.is_none() && columns.extend(words, next));
                block.end(&mut self.found);
                block = body::Block::begin(self.found.len(), block.is_centred());
                if block.is_centred() {
                    (self.level1, self.level2) = (None, None);
                }
                self.columns = Some(columns);
                in_body = true;
                continue;
            }
            if in_body && !head::is_key_row(words, row) {
                self.body_row(row, &mut block);
            } else {
                in_body = false;
                self.head_row(row, &mut head);
            }
        }
        block.end(&mut self.found);
    }

    /// Begins a project; its levels are its own.
    fn begin_project(&mut self, project: Project) {
        self.projects.push(project);
        (self.level1, self.level2) = (None, None);
    }

    /// Notes that a cell was read.
    fn claim(&mut self, cell: &FormCell<'_>) {
        self.claims.extend(cell.parts.iter().map(|part| Claim {
            line: part.line,
            column: part.column,
            text: part.text.to_owned(),
        }));
    }

    /// Notes why the numbers of a cell are gaps.
    fn gap(&mut self, cell: &FormCell<'_>, kind: GapKind) {
        for part in &cell.parts {
            self.kinds.insert((part.line, part.column), kind);
        }
    }
}
