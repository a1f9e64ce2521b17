//! Changes the order of columns and tables, and the titles above them.

use std::mem;

use fisc::accounts::token::TableKind;

use super::{
    check::Dice,
    head::Head,
    paper::{Paper, Sheet},
};

/// A way to put columns into another order; columns of text stay in front of their side.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Order {
    /// The groups, and the columns within each, stay together and change places.
    Groups,
    /// The columns change places only within their group.
    Within,
    /// Every column of figures goes anywhere on its side.
    Anywhere,
}

/// Puts the columns of figures of every table into another order.
pub(super) fn permute(paper: &mut Paper, dice: &mut Dice, order: Order, style: Head) {
    for sheet in paper.amounts() {
        let panels = 1 + sheet.columns.iter().map(|column| column.panel).max().unwrap_or(0);
        let mut all = Vec::new();
        for panel in 0..panels {
            let here = |at: &usize| sheet.columns[*at].panel == panel;
            all.extend((0..sheet.columns.len()).filter(here).filter(|at| !sheet.is_value(*at)));
            let values: Vec<usize> =
                (0..sheet.columns.len()).filter(here).filter(|at| sheet.is_value(*at)).collect();
            let mut groups: Vec<Vec<usize>> =
                values.chunk_by(|a, b| same_group(sheet, *a, *b)).map(<[usize]>::to_vec).collect();
            if order == Order::Groups {
                dice.shuffle(&mut groups);
            }
            for group in &mut groups {
                dice.shuffle(group);
                // Under a name printed once, a total that is not the first of its columns
                // leaves open where the group begins: names are also printed over the middle.
                if style == Head::Corner {
                    group.sort_by_key(|at| !is_subtotal(sheet, *at));
                }
            }
            let mut values: Vec<usize> = groups.concat();
            if order == Order::Anywhere {
                dice.shuffle(&mut values);
            }
            all.extend(values);
        }
        sheet.reorder(&all, style);
    }
}

fn is_subtotal(sheet: &Sheet, at: usize) -> bool {
    sheet.columns[at].path.last().is_some_and(|leaf| matches!(leaf.as_str(), "小计" | "合计"))
}

fn same_group(sheet: &Sheet, a: usize, b: usize) -> bool {
    let group = |at: usize| sheet.columns[at].path.split_last().map(|(_, groups)| groups);
    group(a) == group(b) && group(a).is_some_and(|group| !group.is_empty())
}

/// Prints the right side of tables of two sides on the left.
pub(super) fn swap_sides(paper: &mut Paper) {
    for sheet in paper.amounts() {
        let mut order: Vec<usize> = (0..sheet.columns.len()).collect();
        order.sort_by_key(|at| std::cmp::Reverse(sheet.columns[*at].panel));
        sheet.reorder(&order, Head::Corner);
    }
}

/// Prints the headers of tables that were set anew in another way.
pub(super) fn head(paper: &mut Paper, style: Head) {
    for sheet in paper.amounts() {
        let order: Vec<usize> = (0..sheet.columns.len()).collect();
        sheet.reorder(&order, style);
    }
}

/// Prints the tables in another order.
pub(super) fn shuffle_tables(paper: &mut Paper, dice: &mut Dice) {
    let mut sheets: Vec<Sheet> = paper.sheets().map(|sheet| sheet.clone()).collect();
    dice.shuffle(&mut sheets);
    for (place, sheet) in paper.sheets().zip(&mut sheets) {
        mem::swap(place, sheet);
    }
}

/// Titles that finance departments of several provinces prescribe for a table.
pub(super) fn titles(kind: TableKind) -> &'static [&'static str] {
    match kind {
        TableKind::Summary => &[
            "收支总表",
            "部门收支总表",
            "部门收支预算总表",
            "部门收支总体情况表",
            "单位收支总体情况表",
            "部门综合预算收支总表",
            "收支预算总表",
            "财务收支预算总表",
            "单位财务收支预算总表",
            "收入支出预算总表",
            "部门预算收支总表",
            "部门收支总表（部门公开表1）",
        ],
        TableKind::Income => &[
            "收入总表",
            "部门收入总表",
            "部门收入预算总表",
            "收入总体情况表",
            "单位收入总体情况表",
            "部门综合预算收入总表",
            "收入预算总表",
            "部门收入预算表",
            "单位收入预算总表",
            "部门预算收入总表",
        ],
        TableKind::Expenditure => &[
            "支出总表",
            "部门支出总表",
            "部门支出预算总表",
            "支出总体情况表",
            "单位支出总体情况表",
            "部门综合预算支出总表",
            "支出预算总表",
            "部门支出预算表",
            "单位支出预算总表",
            "部门预算支出总表",
            "支出总表（按功能科目分类）",
        ],
        TableKind::Appropriation => &[
            "财政拨款收支总表",
            "财政拨款收支预算总表",
            "财政拨款收支总体情况表",
            "部门综合预算财政拨款收支总表",
            "部门财政拨款收支预算总表",
            "单位财政拨款收支预算总表",
            "部门预算财政拨款收支总表",
            "财政拨款收支预算表",
        ],
        TableKind::GeneralExpenditure => &[
            "一般公共预算支出表",
            "一般公共预算支出预算表",
            "一般公共预算支出情况表",
            "一般公共预算财政拨款支出预算表",
            "一般公共预算财政拨款支出表",
            "一般公共预算支出情况表（按功能分类科目）",
            "一般公共预算支出预算表（按功能科目分类）",
            "单位一般公共预算支出功能分类预算表",
            "一般公共预算支出表（功能科目）",
            "部门综合预算一般公共预算支出明细表（按支出功能分类科目）",
            "部门一般公共预算支出预算表",
        ],
        TableKind::GeneralBasic => &[
            "一般公共预算基本支出表",
            "一般公共预算基本支出预算表",
            "一般公共预算基本支出情况表",
            "一般公共预算财政拨款基本支出预算表",
            "一般公共预算基本支出表（经济科目）",
            "一般公共预算基本支出情况表（按支出经济分类科目）",
            "单位一般公共预算基本支出部门预算经济分类预算表",
            "部门综合预算一般公共预算基本支出明细表（支出经济分类科目）",
            "部门一般公共预算基本支出表",
        ],
        TableKind::ThreePublic => &[
            "一般公共预算“三公”经费支出表",
            "一般公共预算“三公”经费支出预算表",
            "一般公共预算\"三公\"经费支出情况表",
            "一般公共预算财政拨款“三公”经费支出预算表",
            "一般公共预算‘三公’经费支出表",
            "部门一般公共预算“三公”经费支出预算表",
            "一般公共预算“三公”经费、会议费、培训费支出预算表",
            "一般公共预算三公经费支出表",
            "一般公共预算安排的行政经费及“三公”经费预算表",
        ],
        TableKind::Projects => &[
            "项目支出表",
            "项目支出预算表",
            "部门项目支出预算表",
            "部门预算项目支出表",
            "项目支出预算表（其他运转类、特定目标类项目）",
            "项目支出情况表",
            "部门项目支出情况表",
        ],
        TableKind::CommissionedServices => {
            &["委托业务费支出表", "财政拨款委托业务费支出预算表", "委托业务费支出预算表"]
        }
        _ => &[],
    }
}

/// A way to print a title and what stands around it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Setting {
    /// Alone.
    Bare,
    /// With the year before it: 2024年…
    Year,
    /// With 2024年度 and the publisher before it.
    YearAndUnit,
    /// With the publisher on the line above.
    UnitAbove,
    /// With the year in brackets behind it.
    YearBehind,
    /// 附表3 on the line above.
    NumberAbove,
    /// 公开03表 on the line above.
    PublicAbove,
    /// （公开03表） on the line below.
    PublicBelow,
    /// 表3： before it on the same line.
    NumberBefore,
    /// 三、 before it.
    Enumerated,
    /// Publisher and year on one line, the title on the next.
    TwoLines,
    /// Broken in the middle over two lines.
    Broken,
    /// The first row of the grid.
    Inside,
    /// The first row of the grid, the publisher and the unit of money in the second.
    InsideWithUnit,
    /// With the unit of money behind it on the same line.
    UnitOfMoney,
    /// A Markdown heading in bold.
    Markdown,
    /// Blanks between all its characters.
    Spaced,
}

/// All ways to print a title.
pub(super) const SETTINGS: [Setting; 17] = [
    Setting::Bare,
    Setting::Year,
    Setting::YearAndUnit,
    Setting::UnitAbove,
    Setting::YearBehind,
    Setting::NumberAbove,
    Setting::PublicAbove,
    Setting::PublicBelow,
    Setting::NumberBefore,
    Setting::Enumerated,
    Setting::TwoLines,
    Setting::Broken,
    Setting::Inside,
    Setting::InsideWithUnit,
    Setting::UnitOfMoney,
    Setting::Markdown,
    Setting::Spaced,
];

/// Prints the titles of all tables of figures in another form: the `form`th of those that are
/// known for each, set in one way; with `only`, that of one table.
pub(super) fn title(paper: &mut Paper, form: usize, setting: Setting, only: Option<TableKind>) {
    let (unit, year) = (paper.unit_name.clone(), paper.year);
    for (number, sheet) in (1..).zip(paper.amounts()) {
        if only.is_some_and(|kind| kind != sheet.kind) {
            continue;
        }
        let known = titles(sheet.kind);
        let Some(title) = known.get(form % known.len().max(1)).copied() else { continue };
        let money = format!("单位：{}", sheet.unit.name());
        let name = sheet.unit.name();
        let has_money = sheet.between.iter().any(|line| line.contains(name));
        sheet.between.retain(|line| !line.trim().is_empty());
        let half = title.char_indices().nth(title.chars().count() / 2).map_or(0, |(at, _)| at);
        sheet.title = match setting {
            Setting::Bare => vec![title.to_owned()],
            Setting::YearAndUnit => vec![format!("{year}年度{unit}{title}")],
            Setting::UnitAbove => vec![unit.clone(), title.to_owned()],
            Setting::YearBehind if title.ends_with('）') => vec![title.to_owned()],
            Setting::YearBehind => vec![format!("{title}（{year}年）")],
            Setting::NumberAbove => vec![format!("附表{number}"), String::new(), title.to_owned()],
            Setting::PublicAbove => vec![format!("公开0{number}表"), title.to_owned()],
            Setting::PublicBelow => vec![title.to_owned(), format!("（公开0{number}表）")],
            Setting::NumberBefore => vec![format!("表{number}：{title}")],
            Setting::Enumerated => {
                vec![format!("{}、{title}", ["一", "二", "三", "四"][number % 4])]
            }
            Setting::TwoLines => vec![format!("{unit}{year}年"), title.to_owned()],
            Setting::Broken => vec![title[..half].to_owned(), title[half..].to_owned()],
            Setting::Year | Setting::Inside | Setting::InsideWithUnit => {
                vec![format!("{year}年{title}")]
            }
            Setting::UnitOfMoney => {
                sheet.between.retain(|line| !line.contains(name));
                vec![format!("{title}  {money}")]
            }
            Setting::Markdown => vec![format!("## **{title}**"), String::new()],
            Setting::Spaced => vec![title.chars().flat_map(|c| [c, ' ']).collect()],
        };
        sheet.title_inside = matches!(setting, Setting::Inside | Setting::InsideWithUnit);
        if setting == Setting::Inside && has_money {
            sheet.title.extend(sheet.between.pop());
        }
        if setting == Setting::InsideWithUnit {
            sheet.between.clear();
            let width = sheet.columns.len();
            let mut row = vec![String::new(); width];
            row[0] = format!("部门：{unit}");
            row[width - 1] = if width == 1 { row[0].clone() } else { money };
            sheet.head.insert(0, row);
        }
    }
}

/// Prints titles of final accounts for the tables whose columns are the same there.
pub(super) fn final_titles(paper: &mut Paper, form: usize) {
    for sheet in paper.amounts() {
        let titles: &[&str] = match sheet.kind {
            TableKind::Expenditure => &["支出决算表", "部门支出决算总表"],
            TableKind::GeneralExpenditure => {
                &["一般公共预算财政拨款支出决算表", "一般公共预算支出决算表"]
            }
            TableKind::GeneralBasic => {
                &["一般公共预算财政拨款基本支出决算表", "一般公共预算基本支出决算表"]
            }
            _ => continue,
        };
        sheet.title = vec![titles[form % titles.len()].to_owned()];
    }
}
