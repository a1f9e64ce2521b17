//! Says where figures belong: tables, their rows of totals and their other rows.

use crate::accounts::token::{Flow, Fund, Item, Nature, Period, RowRole, TableKind, Topic};

/// The label of a row of totals.
pub(super) const TOTAL: &str = "合计";

/// Where a figure belongs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place {
    /// The table.
    pub table: TableKind,
    /// The side of the ledger.
    pub flow: Flow,
    /// Where the money comes from.
    pub fund: Fund,
    /// Whether it is this year's.
    pub period: Period,
    /// What kind of spending it is.
    pub nature: Nature,
    /// The part that its row plays.
    pub role: RowRole,
    /// The token of a line of the “三公” table.
    pub code: Option<String>,
    /// The label of its row.
    pub label: String,
}

impl Place {
    pub(super) fn new(table: TableKind, flow: Flow, fund: Fund) -> Place {
        Place {
            table,
            flow,
            fund,
            period: Period::All,
            nature: Nature::All,
            role: RowRole::Total,
            code: None,
            label: TOTAL.to_owned(),
        }
    }

    pub(super) fn period(self, period: Period) -> Place {
        Place { period, ..self }
    }

    pub(super) fn nature(self, nature: Nature) -> Place {
        Place { nature, ..self }
    }

    /// Names a row of totals that keeps its name.
    pub(super) fn called(self, label: &str) -> Place {
        Place { label: label.to_owned(), ..self }
    }

    /// Names a row that is no total.
    pub(super) fn row(self, label: &str) -> Place {
        Place { role: RowRole::Leaf, ..self.called(label) }
    }
}

pub(super) fn of_all(fund: Option<Fund>) -> Fund {
    fund.unwrap_or(Fund::All)
}

pub(super) fn total_of(flow: Flow) -> &'static str {
    match flow {
        Flow::Income => "收入总计",
        Flow::Expenditure => "支出总计",
    }
}

/// Returns the table that shows the expenditure of a fund by function.
pub(super) fn expenditure_table(fund: Option<Fund>) -> Option<TableKind> {
    match fund {
        None => Some(TableKind::Expenditure),
        Some(Fund::Fiscal) => Some(TableKind::Appropriation),
        Some(Fund::General) => Some(TableKind::GeneralExpenditure),
        Some(Fund::GovernmentFund) => Some(TableKind::GovernmentFund),
        Some(Fund::StateCapital) => Some(TableKind::StateCapital),
        Some(_) => None,
    }
}

pub(super) fn is_procurement(topic: Topic) -> bool {
    matches!(
        topic,
        Topic::Procurement
            | Topic::ProcurementGoods
            | Topic::ProcurementWorks
            | Topic::ProcurementServices
    )
}

/// Returns the line of the “三公” table that a topic is.
pub(super) fn item(topic: Topic) -> Option<Item> {
    match topic {
        Topic::ThreePublic => Some(Item::Total),
        Topic::Abroad => Some(Item::Abroad),
        Topic::Reception => Some(Item::Reception),
        Topic::Vehicles => Some(Item::Vehicles),
        Topic::VehiclePurchase => Some(Item::VehiclePurchase),
        Topic::VehicleOperation => Some(Item::VehicleOperation),
        _ => None,
    }
}

/// Returns the places of a sum that both sides come to.
pub(super) fn both_sides(fund: Option<Fund>) -> Vec<Place> {
    let table = match fund {
        None => TableKind::Summary,
        Some(Fund::Fiscal) => TableKind::Appropriation,
        Some(_) => return Vec::new(),
    };
    let side = |flow: Flow| Place::new(table, flow, of_all(fund)).called(total_of(flow));
    vec![side(Flow::Income), side(Flow::Expenditure)]
}
