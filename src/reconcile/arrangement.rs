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
/// figures, which stand in ascending `columns`, never changes.
pub(super) fn shifted(
    columns: &[usize],
    width: usize,
    tier: usize,
    visit: &mut dyn FnMut(&[usize]),
) {
    if tier == 0 {
        return visit(columns);
    }
    let farthest = isize::try_from(width).unwrap_or(isize::MAX);
    let shifts = || (1..farthest).flat_map(|by| [by, -by]);
    let inside = |columns: &[usize], by: isize| {
        let last = columns.last().and_then(|last| last.checked_add_signed(by));
        last.is_some_and(|last| last < width)
    };
    let (mut once, mut twice) = (Vec::new(), Vec::new());
    for (from, by) in (0..columns.len()).flat_map(|from| shifts().map(move |by| (from, by))) {
        if !stays_apart(columns, from, by) {
            continue;
        }
        if tier == 1 {
            if inside(columns, by) {
                move_run(columns, from, by, &mut once);
                visit(&once);
            }
            continue;
        }
        // Behind the last column there may be what the second shift then moves back.
        move_run(columns, from, by, &mut once);
        for second in from + 1..columns.len() {
            for by in shifts().filter(|by| inside(&once, *by)) {
                if stays_apart(&once, second, by) {
                    move_run(&once, second, by, &mut twice);
                    visit(&twice);
                }
            }
        }
    }
}

/// Returns whether the run from the index `from` on stays right of what stands before it, and of
/// the left end of the row, where it is shifted.
fn stays_apart(columns: &[usize], from: usize, by: isize) -> bool {
    let first = columns.get(from).and_then(|first| first.checked_add_signed(by));
    let before = from.checked_sub(1).and_then(|before| columns.get(before));
    first.is_some_and(|first| before.is_none_or(|before| *before < first))
}

/// Copies columns into `moved`, shifting those from the index `from` on.
fn move_run(columns: &[usize], from: usize, by: isize, moved: &mut Vec<usize>) {
    moved.clear();
    moved.extend_from_slice(columns);
    for at in moved.iter_mut().skip(from) {
        *at = at.saturating_add_signed(by);
    }
}
