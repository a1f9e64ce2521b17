//! Exact numbers of a report, as people read them and as they are drawn.

use crate::store::render::grouped;

/// How many parts of one the numbers are kept in: a millionth.
const PLACES: usize = 6;

/// One, in the parts that the numbers are kept in.
const ONE: i128 = 1_000_000;

/// Where a drawing has a point; the charting crate knows no other number.
pub type Coordinate = f32; // reason: it is drawn and never read back

/// An exact number: yuan, a count, a share.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Quantity(i128);

/// The unit in which amounts are shown to people.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scale {
    /// As it is.
    One,
    /// 万元, ten thousand yuan.
    TenThousand,
    /// 亿元, a hundred million yuan.
    HundredMillion,
}

impl Scale {
    /// Returns the unit in which a sum of money is short.
    pub const fn of(money: Quantity) -> Scale {
        match money.0.unsigned_abs() / ONE.unsigned_abs() {
            100_000_000.. => Scale::HundredMillion,
            10_000.. => Scale::TenThousand,
            _ => Scale::One,
        }
    }

    /// Returns its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Scale::One => "元",
            Scale::TenThousand => "万元",
            Scale::HundredMillion => "亿元",
        }
    }

    const fn divisor(self) -> i128 {
        match self {
            Scale::One => 1,
            Scale::TenThousand => 10_000,
            Scale::HundredMillion => 100_000_000,
        }
    }
}

impl Quantity {
    /// Nothing.
    pub const ZERO: Quantity = Quantity(0);

    /// Reads a decimal as `1234.5`; what is finer than a millionth is left out. Nothing where it
    /// is none, or too large to be of this world.
    pub fn parse(text: &str) -> Option<Quantity> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fraction: String = fraction.chars().chain("000000".chars()).take(PLACES).collect();
        let all = whole.chars().chain(fraction.chars());
        if whole.is_empty() || 24 < whole.len() || !all.clone().all(|c| c.is_ascii_digit()) {
            return None;
        }
        let parts: i128 = all.collect::<String>().parse().ok()?;
        Some(Quantity(if digits.len() < text.len() { -parts } else { parts }))
    }

    /// Makes a number of things.
    pub fn of(count: u64) -> Quantity {
        Quantity(i128::from(count).saturating_mul(ONE))
    }

    /// Returns the same without its sign.
    #[must_use]
    pub const fn magnitude(self) -> Quantity {
        Quantity(self.0.saturating_abs())
    }

    /// Returns how many per cent of another it is; nothing where that is zero.
    pub const fn percent_of(self, whole: Quantity) -> Option<Quantity> {
        match whole.0 {
            0 => None,
            whole => match self.0.saturating_mul(100).saturating_mul(ONE).checked_div(whole) {
                Some(parts) => Some(Quantity(parts)),
                None => None,
            },
        }
    }

    /// Returns how many of so many parts of a whole it is, rounded; none of a whole of nothing.
    pub fn share_of(self, whole: Quantity, parts: usize) -> usize {
        let parts = i128::try_from(parts).unwrap_or(i128::MAX);
        let twice = self.0.saturating_mul(parts).saturating_mul(2).saturating_add(whole.0);
        let share = twice.checked_div(whole.0.saturating_mul(2)).unwrap_or(0);
        usize::try_from(share).unwrap_or(0)
    }

    /// Adds another.
    #[must_use]
    pub const fn plus(self, other: Quantity) -> Quantity {
        Quantity(self.0.saturating_add(other.0))
    }

    /// Returns a sum of money as people say it: `1.47 亿元`.
    pub fn money(self) -> String {
        let scale = Scale::of(self);
        let places = if scale == Scale::One && self.0 % ONE == 0 { 0 } else { 2 };
        format!("{} {}", grouped(&self.rounded(scale, places)), scale.as_str())
    }

    /// Returns a sum of money to the fen: `146,546,900.00 元`.
    pub fn yuan(self) -> String {
        format!("{} 元", grouped(&self.rounded(Scale::One, 2)))
    }

    /// Returns a number that is no money, to four places, with its thousands apart from five
    /// digits on: a year is no thousands.
    pub fn plain(self) -> String {
        let text = trimmed(self.rounded(Scale::One, 4));
        let whole = text.split('.').next().unwrap_or_default();
        if whole.trim_start_matches('-').len() < 5 { text } else { grouped(&text) }
    }

    /// Returns a number of per cent, to one place.
    pub fn percent(self) -> String {
        self.rounded(Scale::One, 1)
    }

    /// Returns a third of it.
    #[must_use]
    pub const fn third(self) -> Quantity {
        Quantity(self.0 / 3)
    }

    /// Returns where it is drawn, in a unit; the one place where a number becomes a float.
    ///
    /// It goes through the text of four places, so that two numbers that are shown alike are
    /// drawn alike. No amount is read back from a drawing.
    pub fn coordinate(self, scale: Scale) -> Coordinate {
        self.rounded(scale, 4).parse().unwrap_or_default()
    }

    /// Returns it in a unit with so many places, rounded half away from zero.
    fn rounded(self, scale: Scale, places: u32) -> String {
        let step = scale.divisor() * ONE / 10_i128.pow(places);
        let negative = self.0 < 0;
        let parts = (self.0.saturating_abs().saturating_add(step / 2)) / step;
        let unit = 10_i128.pow(places);
        let sign = if negative && parts != 0 { "-" } else { "" };
        let (whole, fraction) = (parts / unit, parts % unit);
        if places == 0 {
            return format!("{sign}{whole}");
        }
        format!("{sign}{whole}.{fraction:0width$}", width = places as usize)
    }
}

fn trimmed(text: String) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(text: &str) -> Quantity {
        Quantity::parse(text).expect("a decimal")
    }

    #[test]
    fn money_is_short_for_people_and_exact_beside_it() {
        for (text, short, exact) in [
            ("146546900.00", "1.47 亿元", "146,546,900.00 元"),
            ("-10707900.05", "-1,070.79 万元", "-10,707,900.05 元"),
            ("99999999.99", "10,000.00 万元", "99,999,999.99 元"),
            ("8200.00", "8,200 元", "8,200.00 元"),
            ("0.015", "0.02 元", "0.02 元"),
            ("-0.001", "0.00 元", "0.00 元"),
            ("0", "0 元", "0.00 元"),
        ] {
            assert_eq!(quantity(text).money(), short, "{text}");
            assert_eq!(quantity(text).yuan(), exact, "{text}");
        }
    }

    #[test]
    fn other_numbers_keep_their_places() {
        for (text, shown) in
            [("2024", "2024"), ("31415.9265", "31,415.9265"), ("-0.33333333", "-0.3333")]
        {
            assert_eq!(quantity(text).plain(), shown);
        }
        assert_eq!(
            quantity("1").percent_of(quantity("3")).map(Quantity::plain).as_deref(),
            Some("33.3333")
        );
        assert_eq!(quantity("1").percent_of(Quantity::ZERO), None);
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        for text in ["", "-", ".5", "1e9", "1,000", "NaN", "9999999999999999999999999999"] {
            assert_eq!(Quantity::parse(text), None, "{text}");
        }
    }

    #[test]
    fn alike_amounts_are_drawn_alike() {
        let place = |text: &str| quantity(text).coordinate(Scale::TenThousand).to_string();
        assert_eq!(place("146546900.00"), "14654.69");
        assert_eq!(place("146546900.004"), place("146546900.00"));
    }
}
