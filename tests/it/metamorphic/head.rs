//! Prints the headers of tables, in the ways in which text extraction hands them over.

use std::fmt::Write;

use fisc::{
    accounts::{
        table::Meaning,
        token::{Fund, Item, Nature, Period, TableKind},
    },
    extract::spec::{Role, RowKind},
};

use super::paper::Column;

/// A way to print the header of columns with groups.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Head {
    /// A group's name over its first column, the names of columns of text at the top.
    Corner,
    /// A group's name over its first column, the names of columns of text, and of figures in
    /// front of all groups, at the bottom.
    Bottom,
    /// A group's name over each of its columns, that of a text in each row.
    Repeated,
    /// A group's name over its middle column.
    Middle,
    /// One row: the group's name before the column's.
    OneRow,
    /// The names of columns broken over two rows.
    Broken,
}

/// Returns whether spending of this nature is a part of the basic spending.
pub(super) fn is_part_of_basic(nature: Nature) -> bool {
    matches!(nature, Nature::Personnel | Nature::Public)
}

/// Returns the usual name of a column of text; nothing where the printed one should stay.
pub(super) fn text_name(role: Role, rows: RowKind) -> Option<&'static str> {
    Some(match (role, rows) {
        (Role::Label, RowKind::Item | RowKind::ThreePublic) => "项目",
        (Role::Label, RowKind::Function) => "功能分类科目名称",
        (Role::Label, RowKind::Economy) => "经济分类科目名称",
        (Role::Label, RowKind::Project) => "项目名称",
        (Role::Code, RowKind::Function | RowKind::Economy) => "科目编码",
        (Role::Code, RowKind::Project) => "项目编码",
        (Role::UnitCode, _) | (Role::Code, RowKind::Unit) => "单位代码",
        (Role::Unit, _) => "单位名称",
        (Role::Level1, _) => "类型",
        (Role::Level2, _) => "一级项目",
        (Role::Level3, _) => "二级项目",
        _ => return None,
    })
}

/// Returns the names of a column of figures from top to bottom.
///
/// `side` is 收入 or 支出 in tables of two sides; `basic` tells that the parts of the basic
/// spending have columns of their own.
pub(super) fn path(
    kind: TableKind,
    meaning: Meaning,
    side: Option<&str>,
    basic: bool,
) -> Vec<String> {
    let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    if let Some(side) = side {
        let leaf = match meaning.period {
            Period::All if meaning.fund == Fund::All || meaning.fund == Fund::Fiscal => "预算数",
            Period::All => fund(meaning.fund),
            Period::Current => "本年预算",
            Period::Carryover => "上年结转",
        };
        return own(&[side, leaf]);
    }
    if let Some(item) = meaning.item {
        return match item {
            Item::Total => own(&["“三公”经费合计"]),
            Item::Abroad => own(&["因公出国（境）费"]),
            Item::Reception => own(&["公务接待费"]),
            Item::Vehicles => own(&["公务用车购置及运行费", "小计"]),
            Item::VehiclePurchase => own(&["公务用车购置及运行费", "公务用车购置费"]),
            Item::VehicleOperation => own(&["公务用车购置及运行费", "公务用车运行费"]),
            Item::OperatingCosts => own(&["机关运行经费"]),
            Item::Meetings => own(&["会议费"]),
            Item::Training => own(&["培训费"]),
        };
    }
    match kind {
        TableKind::ThreePublic => return own(&["预算数"]),
        TableKind::CommissionedServices if meaning.fund == Fund::Fiscal => {
            return own(&["财政拨款收入", "合计"]);
        }
        TableKind::CommissionedServices => return own(&["财政拨款收入", fund(meaning.fund)]),
        TableKind::GeneralBasic if meaning.nature == Nature::Basic => return own(&["合计"]),
        TableKind::GeneralBasic => return own(&[nature(meaning.nature)]),
        _ => (),
    }
    let money = if meaning.fund == Fund::All { "小计" } else { fund(meaning.fund) };
    match (meaning.period, meaning.nature) {
        (Period::Current, _) if kind == TableKind::Income => own(&["本年收入", money]),
        (Period::Current, _) => own(&["本年预算", money]),
        (Period::Carryover, _) => own(&["上年结转结余", money]),
        (Period::All, Nature::Basic) if basic => own(&["基本支出", "小计"]),
        (Period::All, part) if is_part_of_basic(part) => own(&["基本支出", nature(part)]),
        (Period::All, Nature::All) if matches!(meaning.fund, Fund::All | Fund::General) => {
            own(&["合计"])
        }
        (Period::All, Nature::All) => own(&[money]),
        (Period::All, other) => own(&[nature(other)]),
    }
}

fn fund(fund: Fund) -> &'static str {
    match fund {
        Fund::All => "合计",
        Fund::Fiscal => "财政拨款",
        Fund::General => "一般公共预算",
        Fund::GovernmentFund => "政府性基金预算",
        Fund::StateCapital => "国有资本经营预算",
        Fund::SpecialAccount => "财政专户管理资金",
        Fund::Unit => "单位资金",
        Fund::Business => "事业收入",
        Fund::Operating => "事业单位经营收入",
        Fund::Superior => "上级补助收入",
        Fund::Subsidiary => "附属单位上缴收入",
        Fund::Other => "其他收入",
        Fund::BusinessFund => "用事业基金弥补收支差额",
    }
}

fn nature(nature: Nature) -> &'static str {
    match nature {
        Nature::All => "合计",
        Nature::Basic => "基本支出",
        Nature::Personnel => "人员经费",
        Nature::Public => "公用经费",
        Nature::Project => "项目支出",
        Nature::Operating => "事业单位经营支出",
        Nature::RemitSuperior => "上缴上级支出",
        Nature::SubsidiseSubsidiary => "对附属单位补助支出",
    }
}

/// Prints the header of columns.
pub(super) fn rows(columns: &[Column], style: Head) -> Vec<Vec<String>> {
    let depth = columns.iter().map(|column| column.path.len()).max().unwrap_or(1);
    let sided = depth == 2 && columns.iter().all(|column| column.path.len() == 2);
    if style == Head::OneRow && !sided {
        return vec![columns.iter().map(|column| joined(&column.path)).collect()];
    }
    let mut rows = vec![vec![String::new(); columns.len()]; depth];
    for (at, column) in columns.iter().enumerate() {
        let (Some(leaf), groups) = (column.path.last(), &column.path[..column.path.len() - 1])
        else {
            continue;
        };
        let single = groups.is_empty();
        // At the bottom, nothing would part it from the group on its left.
        let behind =
            columns[..at].iter().any(|other| 1 < other.path.len()) && column.role.is_none();
        let lowest = match style {
            Head::Bottom if single && behind => 0,
            Head::Corner | Head::Middle | Head::OneRow | Head::Broken if single => 0,
            _ => depth - 1,
        };
        rows[lowest][at].clone_from(leaf);
        if style == Head::Repeated && single {
            for row in &mut rows {
                row[at].clone_from(leaf);
            }
        }
        for (level, name) in groups.iter().enumerate() {
            let same = |other: &Column| {
                other.path.get(level) == Some(name) && other.path.len() == column.path.len()
            };
            let first =
                (0..=at).rev().take_while(|other| same(&columns[*other])).last().unwrap_or(at);
            let last =
                (at..columns.len()).take_while(|other| same(&columns[*other])).last().unwrap_or(at);
            let over = match style {
                Head::Repeated => true,
                Head::Middle => at == usize::midpoint(first, last),
                _ => at == first,
            };
            if over {
                rows[level][at].clone_from(name);
            }
        }
    }
    if style == Head::Broken { broken(rows) } else { rows }
}

/// Returns the name of a column in a header of one row.
fn joined(path: &[String]) -> String {
    match path {
        [group, leaf] if group == "基本支出" && leaf != "小计" => leaf.clone(),
        [group, leaf] if group == "财政拨款收入" && leaf == "合计" => leaf.clone(),
        [group, leaf] if group == "财政拨款收入" || group == "科目编码" => leaf.clone(),
        [group, leaf] if leaf == "小计" && group.starts_with("公务用车") => group.clone(),
        [group, leaf] if group.starts_with("公务用车") => leaf.clone(),
        _ => path.concat(),
    }
}

/// Breaks the names in the last row over two rows.
fn broken(mut rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let Some(last) = rows.pop() else { return rows };
    let cut = |name: &str| {
        let half = name.chars().count().div_ceil(2);
        let upper: String = name.chars().take(half).collect();
        let lower: String = name.chars().skip(half).collect();
        if half < 3 { (name.to_owned(), String::new()) } else { (upper, lower) }
    };
    let (upper, lower): (Vec<String>, Vec<String>) = last.iter().map(|name| cut(name)).unzip();
    rows.push(upper);
    rows.push(lower);
    rows
}

/// Prints the header of columns as rows of HTML with merged cells.
pub(super) fn merged(columns: &[Column]) -> String {
    let depth = columns.iter().map(|column| column.path.len()).max().unwrap_or(1);
    let mut html = String::new();
    for level in 0..depth {
        html.push_str("<tr>");
        let upper = |at: usize| columns.get(at).and_then(|column| column.path.get(..=level));
        let is_group = |at: usize| level + 1 < columns[at].path.len();
        for at in (0..columns.len()).filter(|at| upper(*at).is_some()) {
            let wide = (at..columns.len()).take_while(|to| is_group(at) && upper(*to) == upper(at));
            let inside = is_group(at) && 0 < at && is_group(at - 1) && upper(at - 1) == upper(at);
            let high = if is_group(at) { 1 } else { depth - level };
            let name = &columns[at].path[level];
            if !inside {
                write!(
                    html,
                    "<td colspan=\"{}\" rowspan='{high}'>{name}</td>",
                    wide.count().max(1)
                )
                .unwrap();
            }
        }
        html.push_str("</tr>\n");
    }
    html
}
