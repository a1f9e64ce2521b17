//! Defines the units of money that tables are printed in.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The unit that a table or a sentence says its amounts are in (单位).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub enum Unit {
    /// 元
    Yuan,
    /// 千元, a thousand yuan
    Thousand,
    /// 万元, ten thousand yuan: the usual unit of a department's tables
    TenThousand,
    /// 百万元, a million yuan
    Million,
    /// 亿元, a hundred million yuan
    HundredMillion,
}

/// The units by their printed names, the longest first: 万元 ends in 元.
const NAMES: [(&str, Unit); 5] = [
    ("百万元", Unit::Million),
    ("万元", Unit::TenThousand),
    ("千元", Unit::Thousand),
    ("亿元", Unit::HundredMillion),
    ("元", Unit::Yuan),
];

impl Unit {
    /// Finds the unit that a printed text names; nothing where it names none.
    ///
    /// ```
    /// use fisc::accounts::money::Unit;
    ///
    /// assert_eq!(Unit::find("人民币万元"), Some(Unit::TenThousand));
    /// assert_eq!(Unit::find("单价（元）"), Some(Unit::Yuan));
    /// assert_eq!(Unit::find("万"), None);
    /// ```
    pub fn find(text: &str) -> Option<Unit> {
        // Every name ends in it, and hardly a text that is asked holds it.
        let ends = text.match_indices('元').filter_map(|(at, last)| text.get(..at + last.len()));
        let place = |end: &str| NAMES.iter().position(|(name, _)| end.ends_with(name));
        NAMES.get(ends.filter_map(place).min()?).map(|(_, unit)| *unit)
    }

    /// Returns the printed name.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, unit)| *unit == self).map_or("元", |(name, _)| name)
    }

    /// Returns how many yuan one unit is.
    pub fn yuan(self) -> Decimal {
        Decimal::from(match self {
            Unit::Yuan => 1,
            Unit::Thousand => 1_000,
            Unit::TenThousand => 10_000,
            Unit::Million => 1_000_000,
            Unit::HundredMillion => 100_000_000,
        })
    }
}
