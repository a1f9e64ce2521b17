//! Puts what the prose states and charts show into the cube, where no statutory table prints
//! it.
//!
//! A statement says what it is of by its topic, its label and its section. The section has
//! the last word on whose money it is: 基本支出 under 一般公共预算 is not that of all money. What
//! cannot be placed stays in `statements` alone.

mod parts;
pub mod place;
mod section;

pub use section::fund_of;

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::{
    accounts::{
        disclosure::{Identity, TablePresence},
        figure::Figure,
        gap::Gap,
        money::Unit,
        statement::Statement,
        tally::Fate,
        text,
        token::{
            Flow, Fund, Item, Nature, Period, RowRole, Source, Stage, StatementKind, TableKind,
            Topic,
        },
    },
    extract::{prose::wording::Wording, spec::Forms, words::Words},
    normalise::{
        cube::{
            place::{
                Place, TOTAL, both_sides, expenditure_table, is_procurement, item, of_all, total_of,
            },
            section::{Section, Sides},
        },
        figure::LARGEST_YUAN,
        tally::Claim,
    },
};

/// How much of a label of 公务接待, in hundredths, is the name of the item: 国内公务接待 is less.
const WHOLE_LABEL: u32 = 90;

/// What came into the cube without a table.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Untabled {
    /// The figures, those of the prose before those of charts, each in printed order.
    pub figures: Vec<Figure>,
    /// Where in the accounts statements belong, by their indices; what states both sides has two
    /// places.
    pub placed: Vec<(usize, Place)>,
    /// The places of the numbers of charts that are figures or repeat one.
    charted: BTreeSet<(u32, u32)>,
}

impl Untabled {
    /// Returns whether a gap was read after all.
    pub fn reads(&self, gap: &Gap) -> bool {
        self.charted.contains(&(gap.line, gap.column))
    }

    /// Returns the places of what was read, to be counted; prose claims its own.
    pub fn claims(&self) -> impl Iterator<Item = Claim> {
        let claim = |(line, from): &(u32, u32)| Claim {
            line: *line,
            from: *from,
            to: *from,
            fate: Fate::Fact,
        };
        self.charted.iter().map(claim)
    }
}

/// Makes figures of the amounts that the prose states and charts show.
///
/// Only amounts of the document's own stage and year count, of charts also those of the year
/// before. Tables that print figures speak for themselves; of several statements of one figure
/// the first counts.
pub fn untabled(
    stated: &[Statement],
    charted: &[Statement],
    tables: &[TablePresence],
    identity: &Identity,
    forms: &Forms,
    wording: &Wording,
) -> Untabled {
    let mut cube = Cube {
        words: &forms.words,
        wording,
        identity,
        printed: tables.iter().filter(|table| 0 < table.figures).map(|table| table.table).collect(),
        section: Section::default(),
        keys: BTreeMap::new(),
        rows: BTreeMap::new(),
        figures: Vec::new(),
        placed: Vec::new(),
    };
    let year = identity.fiscal_year;
    for (at, statement) in stated.iter().enumerate() {
        if statement.fiscal_year == year {
            cube.enter(statement, Source::Text, Some(at));
        }
    }
    let before = year.map(|year| year - 1);
    let mut read = BTreeSet::new();
    let recent = |statement: &&Statement| [year, before].contains(&statement.fiscal_year);
    for statement in charted.iter().filter(recent) {
        if cube.enter(statement, Source::Chart, None) {
            read.insert((statement.line, statement.column));
        }
    }
    // Each figure may be off by half a unit in the second place.
    let half = identity.money_unit.map_or(Decimal::ONE, Unit::yuan) / Decimal::from(200);
    parts::build(&mut cube.figures, half);
    Untabled { figures: cube.figures, placed: cube.placed, charted: read }
}

struct Cube<'k> {
    words: &'k Words,
    wording: &'k Wording,
    identity: &'k Identity,
    /// The tables that print figures.
    printed: BTreeSet<TableKind>,
    section: Section,
    /// The amounts in the cube by their places.
    keys: BTreeMap<(TableKind, u32, Fund, Nature, Option<i32>), Decimal>,
    /// The rows of each table by side and key.
    rows: BTreeMap<TableKind, BTreeMap<(Flow, String), u32>>,
    figures: Vec<Figure>,
    placed: Vec<(usize, Place)>,
}

impl Cube<'_> {
    /// Enters what a statement states; returns whether all of it stands in the cube now. `at`
    /// is the index of a statement of the prose.
    fn enter(&mut self, statement: &Statement, source: Source, at: Option<usize>) -> bool {
        if statement.kind != StatementKind::Amount || statement.stage != self.identity.stage {
            return false;
        }
        self.section.enter(statement.section.as_deref(), self.words, self.wording);
        let places = self.places(statement);
        let mut entered = !places.is_empty();
        if let Some(at) = at {
            self.placed.extend(places.iter().map(|place| (at, place.clone())));
        }
        // Of the tables that may show the spending on a class one was meant.
        let meant = if statement.topic == Topic::Functional { 1 } else { places.len() };
        for place in places.into_iter().take(meant) {
            // The cube of a document without tables knows no periods.
            entered &= place.period == Period::All && self.add(place, statement, source);
        }
        entered
    }

    /// Returns where the figure of a statement belongs; what states both sides has two places.
    fn places(&mut self, statement: &Statement) -> Vec<Place> {
        let label = statement.label.as_str();
        let one = |place: Option<Place>| place.into_iter().collect();
        match statement.topic {
            Topic::ThreePublic
            | Topic::Abroad
            | Topic::Reception
            | Topic::Vehicles
            | Topic::VehiclePurchase
            | Topic::VehicleOperation => return one(self.three_public(statement.topic, label)),
            Topic::OperatingCosts => {
                let here = matches!(self.section.own, None | Some(Topic::OperatingCosts));
                let place = Place::new(TableKind::OperatingCosts, Flow::Expenditure, Fund::General)
                    .nature(Nature::Public);
                return one(here.then_some(place));
            }
            Topic::Procurement
            | Topic::ProcurementGoods
            | Topic::ProcurementWorks
            | Topic::ProcurementServices => {
                let here = self.section.own.is_none_or(is_procurement);
                let place = Place::new(TableKind::Procurement, Flow::Expenditure, Fund::All);
                let total = statement.topic == Topic::Procurement;
                let place = if total { place } else { place.row(label) };
                return one(here.then_some(place));
            }
            _ if !self.section.whole => return Vec::new(),
            _ => (),
        }
        let fund = fund_of(label, self.words);
        let of_parts = fund.filter(|fund| expenditure_table(Some(*fund)).is_some());
        self.section.open(statement.topic, label, of_parts);
        let of = fund.or(self.section.fund);
        match statement.topic {
            Topic::Functional => self.functional(statement),
            Topic::Economic => one(self.economic(statement)),
            Topic::Basic => one(self.nature(of, Nature::Basic)),
            Topic::Personnel => one(self.nature(of, Nature::Personnel)),
            Topic::Public => one(self.nature(of, Nature::Public)),
            Topic::Project | Topic::Other => one(self.named_nature(statement, of)),
            // A sum in a section of a part is the sum of that part.
            _ if self.section.nature.is_some() => Vec::new(),
            Topic::Total => both_sides(of),
            Topic::IncomeTotal => one(self.income_total(label, of)),
            Topic::ExpenditureTotal => one(self.expenditure_total(label, of)),
            Topic::Current => self.of_period(of, Period::Current),
            Topic::Carryover => self.of_period(of, Period::Carryover),
            Topic::Fund => {
                if of_parts.is_some() && label.contains('支') && !label.contains('收') {
                    self.section.spent = of_parts;
                }
                fund.map_or_else(Vec::new, |fund| self.of_fund(label, fund))
            }
            _ => Vec::new(),
        }
    }

    fn three_public(&self, topic: Topic, label: &str) -> Option<Place> {
        let line = item(topic)?;
        if self.section.own.is_some_and(|own| item(own).is_none()) {
            return None;
        }
        // 轿车, 国内公务接待 are parts of an item.
        let named = self.wording.topics.found(label);
        let mut named = named.filter(|named| named.start == 0 && named.name.topic == topic);
        named.next()?;
        if line == Item::Reception && self.words.covered(&text::key(label)) < WHOLE_LABEL {
            return None;
        }
        let fund = match fund_of(label, self.words).or(self.section.fund) {
            Some(Fund::General) => Fund::General,
            Some(Fund::GovernmentFund | Fund::StateCapital) => return None,
            _ => Fund::Fiscal,
        };
        let place = Place::new(TableKind::ThreePublic, Flow::Expenditure, fund);
        let place = if line == Item::Total { place } else { place.row(label) };
        Some(Place { code: Some(line.as_str().to_owned()), ..place })
    }

    /// Places the spending on a class; below 财政拨款支出 of a section of all money it may be of that.
    fn functional(&self, statement: &Statement) -> Vec<Place> {
        if statement.class_code.is_none() || !self.section.may_state(Flow::Expenditure) {
            return Vec::new();
        }
        let nature = self.section.nature.unwrap_or(Nature::All);
        let place = |fund: Option<Fund>| {
            let place = Place::new(expenditure_table(fund)?, Flow::Expenditure, of_all(fund));
            Some(place.nature(nature).row(&statement.label))
        };
        let of = self.section.fund;
        let spent = self.section.spent.filter(|_| of.is_none()).and_then(|fund| place(Some(fund)));
        place(of).into_iter().chain(spent).collect()
    }

    fn economic(&self, statement: &Statement) -> Option<Place> {
        statement.class_code.as_ref()?;
        let fund = self.section.fund;
        let table = match (fund, self.section.nature) {
            (Some(Fund::General | Fund::Fiscal), Some(Nature::Basic)) => TableKind::GeneralBasic,
            // Where the list of general public money is printed, prose repeats it.
            (None, None | Some(Nature::Basic))
                if !self.printed.contains(&TableKind::GeneralBasic) =>
            {
                TableKind::Economic
            }
            _ => return None,
        };
        let nature = self.section.nature.unwrap_or(Nature::All);
        let place = Place::new(table, Flow::Expenditure, of_all(fund));
        Some(place.nature(nature).row(&statement.label))
    }

    /// Places 基本支出, 项目支出 … of a fund: they are columns of the row of totals.
    fn nature(&self, fund: Option<Fund>, nature: Nature) -> Option<Place> {
        let basic = nature == Nature::Basic || nature.whole() == Some(Nature::Basic);
        let table = match fund {
            Some(Fund::General | Fund::Fiscal)
                if basic && self.section.nature == Some(Nature::Basic) =>
            {
                TableKind::GeneralBasic
            }
            // The table of appropriations has no such column.
            Some(Fund::Fiscal) => return None,
            _ => expenditure_table(fund)?,
        };
        let here = self.section.may_state(Flow::Expenditure);
        here.then(|| Place::new(table, Flow::Expenditure, of_all(fund)).nature(nature))
    }

    /// Places 项目支出, 经营支出, 上缴上级支出 where the label is the name and nothing else.
    fn named_nature(&self, statement: &Statement, fund: Option<Fund>) -> Option<Place> {
        let key = text::key(&statement.label);
        let nature = self.words.said(&key).find_map(|word| word.nature)?;
        let known = match nature {
            Nature::Project => statement.topic == Topic::Project,
            Nature::Operating | Nature::RemitSuperior | Nature::SubsidiseSubsidiary => {
                self.words.is_word(&key)
            }
            _ => false,
        };
        self.nature(fund, nature).filter(|_| known)
    }

    /// Places 本年收入, 上年结转: they are columns of the rows of totals, and of income where the
    /// section speaks of that alone.
    fn of_period(&self, fund: Option<Fund>, period: Period) -> Vec<Place> {
        let Sides { income, expenditure } = self.section.sides;
        let places = match (income, expenditure) {
            (true, false) if fund.is_none() => {
                vec![Place::new(TableKind::Income, Flow::Income, Fund::All)]
            }
            (true, true) => {
                both_sides(fund).into_iter().filter(|p| p.flow == Flow::Income).collect()
            }
            _ => Vec::new(),
        };
        places.into_iter().map(|place| place.period(period)).collect()
    }

    fn income_total(&self, label: &str, fund: Option<Fund>) -> Option<Place> {
        let place = match fund {
            None if self.is_year(label) => {
                Place::new(TableKind::Summary, Flow::Income, Fund::All).called("本年收入合计")
            }
            None if self.is_grand(label) => {
                Place::new(TableKind::Summary, Flow::Income, Fund::All).called("收入总计")
            }
            None => Place::new(TableKind::Income, Flow::Income, Fund::All),
            Some(Fund::Fiscal) => self.appropriated(label, Flow::Income),
            Some(_) => return None,
        };
        self.section.may_state(Flow::Income).then_some(place)
    }

    fn expenditure_total(&self, label: &str, fund: Option<Fund>) -> Option<Place> {
        let place = match fund {
            None if self.is_year(label) => {
                Place::new(TableKind::Summary, Flow::Expenditure, Fund::All).called("本年支出合计")
            }
            None if self.is_grand(label) => {
                Place::new(TableKind::Summary, Flow::Expenditure, Fund::All).called("支出总计")
            }
            Some(Fund::Fiscal) => self.appropriated(label, Flow::Expenditure),
            _ => Place::new(expenditure_table(fund)?, Flow::Expenditure, of_all(fund)),
        };
        self.section.may_state(Flow::Expenditure).then_some(place)
    }

    /// Returns whether a sum is that of the 收支总表, which has the money left over in it.
    fn is_grand(&self, label: &str) -> bool {
        let both = self.section.sides.income && self.section.sides.expenditure;
        label.contains("总计") || both && !label.contains(TOTAL)
    }

    /// Returns whether a sum beside that of the 收支总表 is the one of the year: 本年支出 beside 总计.
    fn is_year(&self, label: &str) -> bool {
        let both = self.section.sides.income && self.section.sides.expenditure;
        both && !label.contains(TOTAL) && !label.contains("总计") && label.starts_with("本年")
    }

    /// Places a sum of 财政拨款 in its table: 合计 is this year's, 总计 everything.
    fn appropriated(&self, label: &str, flow: Flow) -> Place {
        let both = self.section.sides.income && self.section.sides.expenditure;
        let current = label.contains(TOTAL) || !both && !label.contains("总计");
        Place::new(TableKind::Appropriation, flow, Fund::Fiscal).called(match (current, flow) {
            (true, Flow::Income) => "本年收入合计",
            (true, Flow::Expenditure) => "本年支出合计",
            (false, flow) => total_of(flow),
        })
    }

    /// Places a source of money, or the spending from it.
    fn of_fund(&self, label: &str, fund: Fund) -> Vec<Place> {
        let key = text::key(label);
        if self.words.said(&key).any(|word| word.period == Some(Period::Carryover)) {
            return Vec::new();
        }
        let (income, expenditure) = match (label.contains('收'), label.contains('支')) {
            (false, false) => {
                let Sides { income, expenditure } = self.section.sides;
                (income && !expenditure, expenditure && !income)
            }
            sides => sides,
        };
        if income && expenditure {
            return both_sides(Some(fund));
        }
        let flow = if income { Flow::Income } else { Flow::Expenditure };
        if !(income || expenditure) || !self.section.may_state(flow) {
            return Vec::new();
        }
        let of = self.section.fund;
        let place = match (flow, of, fund) {
            (flow, Some(Fund::Fiscal), Fund::Fiscal) => self.appropriated(label, flow),
            (Flow::Income, None, fund) => Place::new(TableKind::Income, flow, fund),
            (Flow::Income, Some(Fund::Fiscal), _) if fund.whole() == Some(Fund::Fiscal) => {
                Place::new(TableKind::Appropriation, flow, Fund::Fiscal).row(label)
            }
            (Flow::Expenditure, None, Fund::Fiscal) => {
                Place::new(TableKind::Expenditure, flow, fund)
            }
            (Flow::Expenditure, _, fund)
                if of != Some(fund) && fund.whole() != Some(Fund::Fiscal) =>
            {
                return Vec::new();
            }
            (Flow::Expenditure, _, fund) => match expenditure_table(Some(fund)) {
                Some(table) => Place::new(table, flow, fund),
                None => return Vec::new(),
            },
            (Flow::Income, ..) => return Vec::new(),
        };
        vec![place]
    }

    /// Enters a figure where nothing stands in its place; returns whether the place holds its
    /// amount now.
    fn add(&mut self, place: Place, statement: &Statement, source: Source) -> bool {
        let Some(amount_yuan) = fen(statement.value) else { return false };
        if self.printed.contains(&place.table) {
            return false;
        }
        let name = place.code.as_ref().or(statement.class_code.as_ref()).unwrap_or(&place.label);
        let rows = self.rows.entry(place.table).or_default();
        let next = u32::try_from(rows.len()).unwrap_or(u32::MAX).saturating_add(1);
        let row = *rows.entry((place.flow, name.clone())).or_insert(next);
        let key = (place.table, row, place.fund, place.nature, statement.fiscal_year);
        if let Some(there) = self.keys.get(&key) {
            return *there == amount_yuan;
        }
        self.keys.insert(key, amount_yuan);
        let total = place.role == RowRole::Total;
        self.figures.push(Figure {
            table: place.table,
            line: statement.line,
            column: statement.column,
            row,
            flow: place.flow,
            code: place.code,
            class_code: statement.class_code.clone(),
            label_raw: statement.label.clone(),
            label: place.label,
            row_unit: None,
            fund: place.fund,
            period: Period::All,
            nature: place.nature,
            stage: self.identity.stage.unwrap_or(Stage::Budget),
            fiscal_year: statement.fiscal_year,
            amount_yuan,
            raw: statement.raw.clone(),
            source,
            repairs: Vec::new(),
            role: place.role,
            parent_row: None,
            is_leaf: !total,
            verified_by: 0,
        });
        true
    }
}

/// Returns an amount that is believed, in whole fen.
fn fen(yuan: Decimal) -> Option<Decimal> {
    let yuan = yuan.normalize();
    (yuan.scale() <= 2 && yuan.abs() <= Decimal::from(LARGEST_YUAN)).then_some(yuan)
}

#[cfg(test)]
mod tests;
