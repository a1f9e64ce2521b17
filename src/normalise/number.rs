//! Reads numbers as they are printed.

use rust_decimal::Decimal;

use crate::accounts::{
    money::Unit,
    table::{Reading, Value},
    token::Repair,
};

/// The most digits that an amount has: with more it is a code or a misread.
const MOST_DIGITS: usize = 16;

/// The longest printed number, in bytes; full-width digits have three.
const LONGEST_NUMBER: usize = 120;

/// Reads a cell of an amount column.
///
/// Full-width digits, thousands separators, bracketed and signed negatives and blanks beside
/// the decimal point are understood. Blanks between digits leave a choice: the digits belong
/// together, or those of one side belong to the neighbouring cell. The second value is the
/// unit of money where the number names one.
///
/// ```
/// use fisc::{accounts::table::Value, normalise::number::value};
///
/// let amount = |text: &str| value(text).0.amount().map(|amount| amount.to_string());
/// assert_eq!(amount("１，２３４．５０").as_deref(), Some("1234.50"));
/// assert_eq!(amount("54. 07").as_deref(), Some("54.07"));
/// assert_eq!(amount("(3.2)").as_deref(), Some("-3.2"));
/// assert_eq!(value("—").0, Value::Dash);
/// assert_eq!(value("").0, Value::Blank);
/// assert!(matches!(value("7 1.17").0, Value::Choice(_)));
/// assert_eq!(value("见附件").0, Value::Unread);
/// ```
pub fn value(text: &str) -> (Value, Option<Unit>) {
    if text.is_empty() {
        return (Value::Blank, None);
    }
    if let Some(reading) = grouped(text) {
        return (Value::Number(reading), None);
    }
    if LONGEST_NUMBER < text.len() {
        return (Value::Unread, None);
    }
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return (Value::Blank, None);
    }
    if trimmed.chars().all(|c| is_dash(c) || c.is_whitespace()) {
        return (Value::Dash, None);
    }
    let (digits, unit) = without_unit(trimmed);
    if !trimmed.contains(|c| matches!(c, '0'..='9' | '０'..='９')) {
        return (Value::Unread, unit);
    }
    let folded: String = digits.chars().map(half_width).collect();
    let (folded, negative) = without_sign(folded.trim());
    let groups: Vec<&str> = folded.split_whitespace().collect();
    let sign = |reading: Reading| Reading {
        amount: if negative { -reading.amount } else { reading.amount },
        ..reading
    };
    (choices(&groups).map_or(Value::Unread, |readings| read(readings, sign)), unit)
}

/// Turns the readings of a cell into its value.
fn read(mut readings: Vec<Reading>, sign: impl Fn(Reading) -> Reading) -> Value {
    for reading in &mut readings {
        *reading = sign(*reading);
    }
    match readings.as_slice() {
        [] => Value::Unread,
        [only] => Value::Number(*only),
        _ => Value::Choice(readings),
    }
}

/// Reads a number of ASCII digits and one point, which is how nearly all are printed.
fn plain(bytes: impl Iterator<Item = u8>) -> Option<Reading> {
    let mut mantissa: i64 = 0;
    let mut places = 0;
    let mut point = false;
    let mut digits = 0;
    let mut last = None;
    for byte in bytes {
        last = Some(byte);
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa * 10 + i64::from(byte - b'0');
                places += u32::from(point);
                digits += 1;
                if MOST_DIGITS < digits {
                    return None;
                }
            }
            b'.' if !point && 0 < digits => point = true,
            _ => return None,
        }
    }
    let complete = 0 < digits && last != Some(b'.');
    complete.then(|| Reading { amount: Decimal::new(mantissa, places), places, repair: None })
}

/// Reads digits with well-placed thousands separators.
fn grouped(text: &str) -> Option<Reading> {
    let reading = plain(text.bytes().filter(|byte| *byte != b','))?;
    if !text.contains(',') {
        return Some(reading);
    }
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(w, f)| (w, Some(f)));
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let well_placed = (1..=3).contains(&first.len())
        && groups.all(|group| group.len() == 3)
        && fraction.is_none_or(|fraction| !fraction.contains(','));
    well_placed.then_some(reading)
}

/// Returns the ways to read groups of digits between blanks, the most natural first; nothing
/// where they are no number.
fn choices(groups: &[&str]) -> Option<Vec<Reading>> {
    let whole = grouped(&groups.concat());
    // Blanks beside a point or a separator part nothing.
    let parts = |at: usize| {
        let before =
            groups.get(at).is_some_and(|group| group.ends_with(|c: char| c.is_ascii_digit()));
        let after = groups.get(at + 1).is_some_and(|g| g.starts_with(|c: char| c.is_ascii_digit()));
        before && after
    };
    let cuts: Vec<usize> = (0..groups.len().saturating_sub(1)).filter(|at| parts(*at)).collect();
    if groups.len() == 1 || (cuts.is_empty() && whole.is_some()) {
        let repair = (1 < groups.len()).then_some(Repair::SplitNumber);
        return Some(vec![Reading { repair, ..whole? }]);
    }
    let mut readings: Vec<Reading> = Vec::new();
    // Blanks instead of commas: 1 234.50.
    readings.extend(whole.map(|reading| Reading { repair: Some(Repair::SplitNumber), ..reading }));
    for cut in cuts {
        for side in [groups.get(cut + 1..), groups.get(..=cut)] {
            let Some(reading) = side.and_then(|side| grouped(&side.concat())) else { continue };
            // A stray digit is left out only where a whole amount remains.
            let zeros = |text: &str| text.starts_with('0') && !text.starts_with("0.");
            let whole = reading.places == 2 && side.is_some_and(|side| !zeros(&side.concat()));
            if whole && !readings.iter().any(|known| known.amount == reading.amount) {
                readings.push(Reading { repair: Some(Repair::StrayCharacter), ..reading });
            }
        }
    }
    (!readings.is_empty()).then_some(readings)
}

/// Takes a unit of money off the end of a number.
fn without_unit(text: &str) -> (&str, Option<Unit>) {
    if !text.ends_with('元') {
        return (text, None);
    }
    let end = text.trim_end_matches(|c: char| {
        !c.is_ascii_digit() && !is_closing(c) && !('０'..='９').contains(&c)
    });
    let word = text.get(end.len()..).unwrap_or_default().trim();
    match Unit::find(word) {
        Some(unit) if unit.name() == word => (end, Some(unit)),
        _ => (text, None),
    }
}

/// Takes the sign off a number: a minus, an accountant's triangle, or brackets.
fn without_sign(text: &str) -> (&str, bool) {
    if let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        return (inner.trim(), true);
    }
    match text.strip_prefix(['-', '−', '△', '▲']) {
        Some(rest) => (rest.trim_start(), true),
        None => (text.strip_prefix('+').unwrap_or(text), false),
    }
}

/// Splits a cell that holds a whole amount and something else; the amount is its start or
/// its end. Returns the parts in printed order, with whether the amount comes first.
///
/// ```
/// use fisc::normalise::number::split;
///
/// assert_eq!(split("54.07支 出 总 计"), Some(("54.07", "支 出 总 计", true)));
/// assert_eq!(split("支出总计 54.07"), Some(("支出总计", "54.07", false)));
/// assert_eq!(split("7.出"), None);
/// ```
pub fn split(text: &str) -> Option<(&str, &str, bool)> {
    if 3 * LONGEST_NUMBER < text.len() {
        return None;
    }
    let numeric = |c: char| matches!(c, '0'..='9' | '０'..='９' | '.' | '．' | ',' | '，' | ' ');
    let whole = |text: &str| {
        let decimals =
            text.trim().rsplit_once(['.', '．']).map_or(0, |(_, part)| part.trim().chars().count());
        decimals == 2 && value(text.trim()).0.amount().is_some()
    };
    let start = text.trim_start_matches(numeric);
    let (amount, rest) = text.split_at_checked(text.len() - start.len())?;
    if !rest.is_empty() && whole(amount) {
        return Some((amount.trim(), rest.trim(), true));
    }
    let end = text.trim_end_matches(numeric);
    let (rest, amount) = text.split_at_checked(end.len())?;
    (!rest.is_empty() && whole(amount)).then(|| (rest.trim(), amount.trim(), false))
}

/// Splits a cell that holds two whole amounts.
///
/// ```
/// use fisc::normalise::number::pair;
///
/// assert_eq!(pair("54.07 4.02"), Some(("54.07", "4.02")));
/// assert_eq!(pair("7 1.17"), None);
/// ```
pub fn pair(text: &str) -> Option<(&str, &str)> {
    let (left, right) = text.trim().split_once(char::is_whitespace)?;
    let whole = |text: &str| plain(text.bytes()).is_some_and(|reading| reading.places == 2);
    (whole(left) && whole(right.trim())).then(|| (left, right.trim()))
}

/// Returns whether the blanks of a printed number part thousands: 1 234.50.
pub fn has_blank_thousands(text: &str) -> bool {
    let mut groups = text.split_whitespace();
    let first = groups.next().is_some_and(|group| (1..=3).contains(&group.len()));
    let mut more = groups.map(|group| group.split('.').next().unwrap_or_default()).peekable();
    first && more.peek().is_some() && more.all(|group| group.len() == 3)
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '—' | '–' | '－' | '─' | '―' | '−' | '/' | '／')
}

fn is_closing(c: char) -> bool {
    matches!(c, ')' | '）')
}

/// Maps the full-width forms U+FF01..U+FF5E to ASCII and leaves the rest.
fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn printed_amounts_are_read_back(fen in -9_999_999_999_i64..9_999_999_999) {
            let amount = Decimal::new(fen, 2);
            prop_assert_eq!(value(&amount.to_string()).0.amount(), Some(amount));
        }

        #[test]
        fn no_cell_panics(cell in "\\PC*") {
            value(&cell);
            split(&cell);
            pair(&cell);
        }
    }

    #[test]
    fn a_stray_digit_leaves_a_choice() {
        let Value::Choice(readings) = value("7 1.17").0 else { panic!("no choice") };
        let amounts: Vec<String> = readings.iter().map(|r| r.amount.to_string()).collect();
        assert_eq!(amounts, ["71.17", "1.17"]);
    }

    #[test]
    fn misplaced_separators_are_not_read() {
        assert_eq!(value("12,34.5").0, Value::Unread);
        assert_eq!(value("1.2.3").0, Value::Unread);
        assert_eq!(value("7.").0, Value::Unread);
    }
}
