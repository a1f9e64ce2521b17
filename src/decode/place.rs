//! Defines `Place`: where on a page something is printed.

/// A rectangle on a page, in hundredths of a point from its upper left corner; or in a picture
/// of one, in its dots.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Area {
    /// Where it begins from the left.
    pub left: i32,
    /// Where it begins from above.
    pub top: i32,
    /// Where it ends.
    pub right: i32,
    /// Where it ends below.
    pub bottom: i32,
}

impl Area {
    /// Returns whether nothing can be printed in it.
    pub fn is_empty(self) -> bool {
        self.right <= self.left || self.bottom <= self.top
    }

    /// Returns the least rectangle around two; one that is empty counts for nothing.
    #[must_use]
    pub fn with(self, other: Area) -> Area {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        Area {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// Returns it with so much more on every side.
    #[must_use]
    pub fn wider(self, by: i32) -> Area {
        Area {
            left: self.left.saturating_sub(by),
            top: self.top.saturating_sub(by),
            right: self.right.saturating_add(by),
            bottom: self.bottom.saturating_add(by),
        }
    }
}

/// Where on the pages some characters of a line are printed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Place {
    /// The line, counted from 1.
    pub line: u32,
    /// The first of the characters in it, counted from 1.
    pub column: u32,
    /// The page, counted from 1.
    pub page: u32,
    /// What they cover there.
    pub area: Area,
    /// Whether it is that of a cell of a table, which can be blank, and not that of a text.
    pub is_cell: bool,
}
