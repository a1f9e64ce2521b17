//! Finds the arrangements that a row can have been torn from, and how well each adds up.

use crate::reconcile::identity::{Closing, Grain, RowIdentity};

/// An arrangement of a row: the amount that stands in each column, in the table's [`Grain`].
pub(super) type Arrangement = Vec<Option<i128>>;

/// How many identities of a row hold and fail.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Score {
    pub(super) holds: usize,
    pub(super) fails: usize,
}

/// Counts the identities that an arrangement keeps and breaks.
pub(super) fn score(values: &[Option<i128>], identities: &[RowIdentity], grain: Grain) -> Score {
    let amount = |at: usize| values.get(at).copied().flatten();
    let mut score = Score::default();
    for identity in identities {
        let parts = identity.parts.iter().map(|at| amount(*at));
        match grain.close(amount(identity.total), parts) {
            Closing::Idle => (),
            Closing::Holds => score.holds += 1,
            Closing::Fails => score.fails += 1,
        }
    }
    score
}

/// Puts amounts into their columns, the other columns being blank.
pub(super) fn spread(
    values: &mut Arrangement,
    width: usize,
    columns: &[usize],
    amounts: impl Iterator<Item = i128>,
) {
    values.clear();
    values.resize(width, None);
    for (column, amount) in columns.iter().zip(amounts) {
        if let Some(value) = values.get_mut(*column) {
            *value = Some(amount);
        }
    }
}

/// Calls `visit` with every arrangement of one kind: as printed (0), one run of figures
/// shifted to the end of the row (1), two runs or a run in the middle (2). The order of the
/// figures never changes.
pub(super) fn shifted(
    columns: &[usize],
    width: usize,
    tier: usize,
    visit: &mut dyn FnMut(&[usize]),
) {
    let fits = |at: &[usize]| {
        at.last().is_some_and(|last| *last < width) && at.is_sorted_by(|left, right| left < right)
    };
    let farthest = isize::try_from(width).unwrap_or(isize::MAX);
    let shifts = || (1..farthest).flat_map(|by| [by, -by]);
    let (mut once, mut twice) = (Vec::new(), Vec::new());
    match tier {
        0 => visit(columns),
        1 => {
            for (from, by) in (0..columns.len()).flat_map(|from| shifts().map(move |by| (from, by)))
            {
                if move_run(columns, from, by, &mut once) && fits(&once) {
                    visit(&once);
                }
            }
        }
        _ => {
            for (from, by) in (0..columns.len()).flat_map(|from| shifts().map(move |by| (from, by)))
            {
                // The first shift may collide with what the second one then moves away.
                let apart = |at: &[usize]| from == 0 || at.get(from - 1) < at.get(from);
                if !move_run(columns, from, by, &mut once) || !apart(&once) {
                    continue;
                }
                for second in from + 1..columns.len() {
                    for by in shifts() {
                        if move_run(&once, second, by, &mut twice) && fits(&twice) {
                            visit(&twice);
                        }
                    }
                }
            }
        }
    }
}

/// Copies columns into `moved`, shifting those from the index `from` on; false where that would
/// put one of them left of the first column.
fn move_run(columns: &[usize], from: usize, by: isize, moved: &mut Vec<usize>) -> bool {
    moved.clear();
    moved.extend_from_slice(columns);
    let tail = moved.iter_mut().skip(from);
    tail.map(|at| at.checked_add_signed(by).map(|to| *at = to)).all(|to| to.is_some())
}
