//! Finds which stated figure is part of which, so that a sum over leaves counts money once.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::accounts::{
    figure::Figure,
    token::{Flow, Fund, Item, Nature, RowRole, TableKind},
};

/// The column that a figure stands in.
type Column = (TableKind, Flow, Fund, Nature, Option<i32>);

/// Sets the parent, the role and `is_leaf` of every figure that is no total.
///
/// Prose often names only some parts. Where the parts come to their whole, `half` a unit a
/// figure aside, they count and the whole is a subtotal; else the whole counts and they do not.
pub(super) fn build(figures: &mut [Figure], half: Decimal) {
    let mut places: BTreeMap<(Column, String), usize> = BTreeMap::new();
    for (at, figure) in figures.iter().enumerate() {
        if figure.role != RowRole::Total
            && let Some(key) = key(figure)
        {
            places.insert((column(figure), key.to_owned()), at);
        }
    }
    let parent = |figure: &Figure| {
        let here = column(figure);
        wholes(figure).into_iter().find_map(|key| places.get(&(here, key)).copied())
    };
    let parents: Vec<Option<usize>> = figures.iter().map(parent).collect();
    // The sum of the parts of each figure, and how many there are.
    let mut sums = vec![(Decimal::ZERO, 0_u32); figures.len()];
    for (figure, parent) in figures.iter().zip(&parents) {
        if let Some((sum, count)) = parent.and_then(|at| sums.get_mut(at)) {
            *sum = sum.saturating_add(figure.amount_yuan);
            *count += 1;
        }
    }
    // Wholes before their parts.
    let mut order: Vec<usize> = (0..figures.len()).collect();
    order.sort_by_key(|at| figures.get(*at).map(depth));
    for at in order {
        let whole = parents.get(at).copied().flatten().and_then(|above| figures.get(above));
        let above = whole.map(|whole| (whole.row, whole.role));
        let (sum, parts) = sums.get(at).copied().unwrap_or_default();
        let Some(figure) = figures.get_mut(at) else { continue };
        if figure.role == RowRole::Total {
            continue;
        }
        let slack = half.saturating_mul(Decimal::from(parts + 1));
        let complete = 0 < parts && (sum - figure.amount_yuan).abs() <= slack;
        figure.parent_row = above.map(|(row, _)| row);
        figure.role = match above {
            Some((_, role)) if role != RowRole::Subtotal => RowRole::Memo,
            _ if complete => RowRole::Subtotal,
            _ => RowRole::Leaf,
        };
        figure.is_leaf = figure.role == RowRole::Leaf;
    }
}

fn column(figure: &Figure) -> Column {
    (figure.table, figure.flow, figure.fund, figure.nature, figure.fiscal_year)
}

fn key(figure: &Figure) -> Option<&str> {
    figure.class_code.as_deref().or(figure.code.as_deref())
}

/// Returns the keys that a figure can be part of, the nearest first.
fn wholes(figure: &Figure) -> Vec<String> {
    if let Some(class) = &figure.class_code {
        let above = [5, 3].into_iter().filter(|length| *length < class.len());
        return above.filter_map(|length| class.get(..length).map(str::to_owned)).collect();
    }
    let item = figure.code.as_deref().and_then(Item::parse).and_then(Item::whole);
    item.filter(|item| *item != Item::Total)
        .map(|item| item.as_str().to_owned())
        .into_iter()
        .collect()
}

/// Returns how deep a figure stands in its classification.
fn depth(figure: &Figure) -> usize {
    let class = figure.class_code.as_ref().map(String::len);
    class.unwrap_or_else(|| wholes(figure).len())
}
