//! Lists the rules.

mod account_differs_from_budget;
mod chart_differs_from_prose;
mod figure_under_other_column;
pub(in crate::reconcile) mod figures_disagree;
mod form_differs_from_its_formula;
mod name_differs;
mod opening_differs_from_closing;
mod parent_differs_from_children;
mod part_exceeds_whole;
mod project_amount_differs;
mod prose_differs_from_its_parts;
mod prose_differs_from_table;
mod row_differs_from_columns;
mod share_differs_from_amounts;
mod sides_differ;
mod template_is_left;
mod total_differs_from_items;
mod unit_differs_from_department;
mod unit_slips;
mod year_is_stale;

use crate::reconcile::rule::Rule;

/// Every rule, in the order in which a reader of the accounts would look: within a table, between
/// tables, prose against tables, what is no arithmetic, and across documents.
pub static RULES: &[&Rule] = &[
    &row_differs_from_columns::RULE,
    &parent_differs_from_children::RULE,
    &total_differs_from_items::RULE,
    &sides_differ::RULE,
    &figures_disagree::RULE,
    &part_exceeds_whole::RULE,
    &project_amount_differs::RULE,
    &form_differs_from_its_formula::RULE,
    &prose_differs_from_table::RULE,
    &prose_differs_from_its_parts::RULE,
    &share_differs_from_amounts::RULE,
    &chart_differs_from_prose::RULE,
    &year_is_stale::RULE,
    &unit_slips::RULE,
    &name_differs::RULE,
    &figure_under_other_column::RULE,
    &template_is_left::RULE,
    &unit_differs_from_department::RULE,
    &opening_differs_from_closing::RULE,
    &account_differs_from_budget::RULE,
];
