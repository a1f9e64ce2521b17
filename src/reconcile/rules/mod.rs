//! Lists the rules.

mod chart_differs_from_prose;
mod figures_disagree;
mod form_differs_from_its_formula;
mod parent_differs_from_children;
mod part_exceeds_whole;
mod prose_differs_from_its_parts;
mod prose_differs_from_table;
mod row_differs_from_columns;
mod sides_differ;
mod total_differs_from_items;
mod year_is_stale;

use crate::reconcile::rule::Rule;

/// Every rule, in the order in which a reader of the accounts would look: within a table, between
/// tables, prose against tables, and what is no arithmetic.
pub static RULES: &[&Rule] = &[
    &row_differs_from_columns::RULE,
    &parent_differs_from_children::RULE,
    &total_differs_from_items::RULE,
    &sides_differ::RULE,
    &figures_disagree::RULE,
    &part_exceeds_whole::RULE,
    &form_differs_from_its_formula::RULE,
    &prose_differs_from_table::RULE,
    &prose_differs_from_its_parts::RULE,
    &chart_differs_from_prose::RULE,
    &year_is_stale::RULE,
];
