//! Completes codes whose first parts stand in rows above.
//!
//! Where 类, 款 and 项 have columns of their own, a row can print its own part alone: 201 above
//! 03 above 01 is 2010301. So can a table whose merged cells were lost.

/// The digits of a 类 and of what is below it.
const DIGITS: [usize; 3] = [3, 2, 2];

/// The parts of a code that stand in the columns of codes, from the left.
#[derive(Debug, Default)]
pub(super) struct Standing {
    parts: Vec<String>,
}

impl Standing {
    /// Returns what stands in the columns left of one, counted from 1, where the part that it
    /// prints goes on from there; else nothing.
    pub(super) fn above(&self, place: usize, part: &str) -> String {
        match self.parts.get(..place.saturating_sub(1)) {
            Some(before) if fits(place, part) => before.concat(),
            _ => String::new(),
        }
    }

    /// Notes what a column prints: what stood below it is over.
    pub(super) fn enter(&mut self, place: usize, part: &str) {
        let before = place.saturating_sub(1);
        if before <= self.parts.len() && fits(place, part) {
            self.parts.truncate(before);
            self.parts.push(part.to_owned());
        } else {
            self.parts.clear();
        }
    }
}

/// Returns whether a text is the part of a code that belongs in a column.
fn fits(place: usize, part: &str) -> bool {
    let digits = place.checked_sub(1).and_then(|at| DIGITS.get(at));
    digits == Some(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use crate::normalise::standing::Standing;

    #[test]
    fn parts_go_on_below_their_class() {
        let mut standing = Standing::default();
        for (place, part, above) in [
            (1, "201", ""),
            (2, "03", "201"),
            (3, "01", "20103"),
            (3, "02", "20103"),
            (2, "32", "201"),
        ] {
            assert_eq!(standing.above(place, part), above);
            standing.enter(place, part);
        }
        // What has no class above it, and what is no part, is as it is printed.
        assert_eq!(standing.above(2, "2010301"), "");
        standing.enter(1, "合计");
        assert_eq!(standing.above(2, "03"), "");
    }
}
