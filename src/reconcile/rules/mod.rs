//! Lists the rules.

mod figures_disagree;
mod parent_differs_from_children;
mod part_exceeds_whole;
mod row_differs_from_columns;
mod sides_differ;
mod total_differs_from_items;

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
];
