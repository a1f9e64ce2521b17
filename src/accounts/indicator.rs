//! Defines `Indicator`: a performance target or self-evaluation, a row of `indicators`.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::accounts::token::Comparator;

/// One performance indicator of a project: a row of the dataset `indicators` (`contract.md`).
///
/// Merged cells are filled down, so every row names its project and its levels; the texts of a
/// project are kept once.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Indicator {
    /// The line of the indicator's first cell of its own, counted from 1.
    pub line: u32,
    /// The first character of its name in that line, counted from 1.
    pub column: u32,
    /// The project, or 部门整体支出 where the form is about all spending.
    pub project: Option<Arc<str>>,
    /// The unit that carries the project out.
    pub row_unit: Option<Arc<str>>,
    /// The project's money of the year, in yuan.
    pub project_amount_yuan: Option<Decimal>,
    /// The project's goal.
    pub goal: Option<Arc<str>>,
    /// 一级指标
    pub level1: Option<String>,
    /// 二级指标
    pub level2: Option<String>,
    /// 三级指标, the indicator itself.
    pub level3: Option<String>,
    /// What the form says of the indicator.
    pub explanation: Option<String>,
    /// How the value is to be compared with the target.
    pub comparator: Option<Comparator>,
    /// The target as printed.
    pub target: Option<String>,
    /// The number of the target, in `target_unit`; nothing where it holds none or several.
    pub target_value: Option<Decimal>,
    /// The unit of that number as printed.
    pub target_unit: Option<String>,
    /// What was reached, as printed, in self-evaluations.
    pub actual: Option<String>,
    /// The weight (points) of the indicator.
    pub weight: Option<Decimal>,
}
