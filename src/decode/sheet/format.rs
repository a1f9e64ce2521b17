//! Shows a stored number as its number format does.
//!
//! Workbooks store binary fractions: 54.07 may be stored as 54.069999999999993, and what is
//! printed is decided by the format of the cell. Here it is done with decimals.

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};

/// A number format of a workbook.
#[derive(Clone, Debug, Default)]
pub(in crate::decode) struct Format {
    sections: Vec<Section>,
}

/// What a format says of some numbers: positive ones, negative ones, zero.
#[derive(Clone, Debug, Default)]
struct Section {
    pieces: Vec<Piece>,
    /// `[>=100]`: the comparison, and with what.
    condition: Option<(String, Decimal)>,
}

/// A piece of a section.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Piece {
    /// `0`, `#` or `?`: a digit; the first stands also where there is none.
    Digit(char),
    Point,
    Comma,
    Percent,
    /// A letter of a date or a time, and how many there are.
    Date(char, u8),
    /// The number without a format, or text.
    General,
    /// `E+`, or the stroke of a fraction: not shown as such.
    Other,
    Literal(char),
}

/// As many significant digits are exact in a stored number.
const STORED_DIGITS: u32 = 15;

/// As many digits are shown at most without a format.
const GENERAL_DIGITS: u32 = 10;

/// The longest format that is read, in characters, and the most sections of one.
const LONGEST: usize = 255;

impl Format {
    /// Returns the format that a workbook means by a number without saying more.
    pub(in crate::decode) fn built_in(id: u32) -> Format {
        Format::read(match id {
            1 => "0",
            2 => "0.00",
            3 | 37 | 38 => "#,##0",
            4 | 39 | 40 => "#,##0.00",
            9 => "0%",
            10 => "0.00%",
            14..=17 | 22 | 30 => "yyyy/m/d",
            27 | 36 | 50 | 52 | 57 => "yyyy年m月",
            28 | 29 | 31 | 51 | 53 | 54 | 58 => "yyyy年m月d日",
            41 | 42 => "#,##0;-#,##0;\"-\"",
            43 | 44 => "#,##0.00;-#,##0.00;\"-\"",
            _ => "General",
        })
    }

    /// Reads a format as it is written in a workbook.
    pub(in crate::decode) fn read(code: &str) -> Format {
        let mut sections = vec![Section::default()];
        let mut characters = code.chars().take(LONGEST).peekable();
        while let Some(c) = characters.next() {
            let Some(section) = sections.last_mut() else { break };
            let pieces = &mut section.pieces;
            match c {
                ';' => sections.push(Section::default()),
                '0' | '#' | '?' => pieces.push(Piece::Digit(c)),
                '.' => pieces.push(Piece::Point),
                ',' => pieces.push(Piece::Comma),
                '%' => pieces.push(Piece::Percent),
                '"' => {
                    let quoted = characters.by_ref().take_while(|c| *c != '"');
                    pieces.extend(quoted.map(Piece::Literal));
                }
                '\\' | '!' => pieces.extend(characters.next().map(Piece::Literal)),
                // A blank as wide as the next character, or that one as often as there is room.
                '_' | '*' => drop(characters.next()),
                '[' => {
                    let inside: String = characters.by_ref().take_while(|c| *c != ']').collect();
                    let digits = inside.trim_start_matches(['<', '>', '=']);
                    let comparison = inside.len() - digits.len();
                    if let (Some(comparison), Ok(limit)) =
                        (inside.get(..comparison).filter(|c| !c.is_empty()), digits.parse())
                    {
                        section.condition = Some((comparison.to_owned(), limit));
                    } else if let Some(currency) = inside.strip_prefix('$') {
                        let sign = currency.split('-').next().unwrap_or_default();
                        pieces.extend(sign.chars().map(Piece::Literal));
                    }
                }
                'y' | 'm' | 'd' | 'h' | 's' | 'Y' | 'M' | 'D' | 'H' | 'S' => {
                    let letter = c.to_ascii_lowercase();
                    let mut count = 1_u8;
                    while characters.next_if(|c| c.to_ascii_lowercase() == letter).is_some() {
                        count = count.saturating_add(1);
                    }
                    pieces.push(Piece::Date(letter, count));
                }
                'E' | 'e' => pieces.push(Piece::Other),
                '/' if pieces.iter().any(|piece| matches!(piece, Piece::Digit(_))) => {
                    pieces.push(Piece::Other);
                }
                'G' | 'g' if code.to_ascii_lowercase().contains("general") => {
                    pieces.push(Piece::General);
                    characters.by_ref().take("eneral".len()).for_each(drop);
                }
                '@' => pieces.push(Piece::General),
                c => pieces.push(Piece::Literal(c)),
            }
        }
        Format { sections }
    }

    /// Shows a number as it is stored in a workbook; what is none is returned as it is.
    /// `leap` is the number of days by which its dates begin later than 1900.
    pub(in crate::decode) fn show(&self, stored: &str, leap: i64) -> String {
        let stored = stored.trim();
        let Some(number) = number_of(stored) else { return stored.to_owned() };
        let Some((section, signed)) = self.section(number) else { return String::new() };
        let has = |wanted: fn(&Piece) -> bool| section.pieces.iter().any(wanted);
        if has(|piece| matches!(piece, Piece::General | Piece::Other)) {
            return general(number);
        }
        if has(|piece| matches!(piece, Piece::Date('y' | 'd' | 'm', _))) {
            return section.date(number, leap).unwrap_or_else(|| general(number));
        }
        if has(|piece| matches!(piece, Piece::Date(..))) {
            return general(number);
        }
        let shown = section.number(number.abs());
        let zero = !shown.contains(|c: char| matches!(c, '1'..='9'));
        if signed && number.is_sign_negative() && !zero { format!("-{shown}") } else { shown }
    }

    /// Returns the section for a number, and whether a negative one gets its sign from us.
    fn section(&self, number: Decimal) -> Option<(&Section, bool)> {
        if self.sections.iter().any(|section| section.condition.is_some()) {
            let holds = |section: &&Section| match &section.condition {
                Some((comparison, limit)) => match comparison.as_str() {
                    "<" => number < *limit,
                    "<=" => number <= *limit,
                    ">" => number > *limit,
                    ">=" => number >= *limit,
                    "=" => number == *limit,
                    _ => number != *limit,
                },
                None => true,
            };
            return self.sections.iter().find(holds).map(|section| (section, true));
        }
        let first = self.sections.first()?;
        let numeric = self.sections.len().min(3);
        Some(match numeric {
            3 if number.is_zero() => (self.sections.get(2)?, false),
            2 | 3 if number.is_sign_negative() && !number.is_zero() => {
                (self.sections.get(1)?, false)
            }
            _ => (first, true),
        })
    }
}

impl Section {
    /// Shows a number without its sign.
    fn number(&self, number: Decimal) -> String {
        let digit = |piece: &Piece| matches!(piece, Piece::Digit(_));
        let point = self.pieces.iter().position(|piece| *piece == Piece::Point);
        let whole = self.pieces.get(..point.unwrap_or(self.pieces.len())).unwrap_or_default();
        let behind = point.and_then(|at| self.pieces.get(at + 1..)).unwrap_or_default();
        if !self.pieces.iter().any(digit) {
            return literals(&self.pieces);
        }
        // Commas behind the last digit of the whole part divide by a thousand each.
        let last = whole.iter().rposition(digit);
        let tail = last.and_then(|at| whole.get(at + 1..)).unwrap_or_default();
        let mut value = number;
        for _ in tail.iter().filter(|piece| **piece == Piece::Comma) {
            value /= Decimal::ONE_THOUSAND;
        }
        for _ in self.pieces.iter().filter(|piece| **piece == Piece::Percent) {
            value = value.checked_mul(Decimal::ONE_HUNDRED).unwrap_or(value);
        }
        let places = behind.iter().filter(|piece| digit(piece)).count().min(28);
        let places = u32::try_from(places).unwrap_or(0);
        let value = value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
        let printed = format!("{value:.*}", places as usize);
        let (integer, fraction) = printed.split_once('.').unwrap_or((&printed, ""));
        let integer = integer.trim_start_matches('0');
        let mut shown = Section::whole(whole, integer);
        let mut rest = fraction.chars();
        let mut decimals = String::new();
        for (at, piece) in behind.iter().enumerate() {
            match piece {
                Piece::Digit(kind) => {
                    let next = rest.next().unwrap_or('0');
                    let ends = next == '0' && rest.as_str().trim_matches('0').is_empty();
                    let owed = behind.iter().skip(at).any(|piece| *piece == Piece::Digit('0'));
                    match kind {
                        '0' => decimals.push(next),
                        _ if !ends || owed => decimals.push(next),
                        _ => (),
                    }
                }
                Piece::Percent => decimals.push('%'),
                Piece::Literal(c) => decimals.push(*c),
                _ => (),
            }
        }
        if decimals.starts_with(|c: char| c.is_ascii_digit()) {
            shown.push('.');
        }
        shown.push_str(&decimals);
        shown
    }

    /// Shows the whole part of a number, from right to left.
    fn whole(pieces: &[Piece], integer: &str) -> String {
        let digit = |piece: &Piece| matches!(piece, Piece::Digit(_));
        let first = pieces.iter().position(digit);
        let last = pieces.iter().rposition(digit);
        let between = first.zip(last).and_then(|(first, last)| pieces.get(first..last));
        let grouped = between.is_some_and(|between| between.contains(&Piece::Comma));
        let mut rest = integer.chars().rev().peekable();
        let mut shown: Vec<char> = Vec::new();
        let mut count = 0;
        let mut push = |shown: &mut Vec<char>, digit: char| {
            if grouped && 0 < count && count % 3 == 0 {
                shown.push(',');
            }
            count += 1;
            shown.push(digit);
        };
        for (at, piece) in pieces.iter().enumerate().rev() {
            match piece {
                Piece::Digit(kind) => {
                    match rest.next() {
                        Some(next) => push(&mut shown, next),
                        None if *kind == '0' => push(&mut shown, '0'),
                        None => (),
                    }
                    if first == Some(at) {
                        for next in rest.by_ref() {
                            push(&mut shown, next);
                        }
                    }
                }
                Piece::Percent => shown.push('%'),
                Piece::Literal(c) => shown.push(*c),
                _ => (),
            }
        }
        shown.iter().rev().collect()
    }

    /// Shows the date of a day number, where it is one.
    fn date(&self, number: Decimal, leap: i64) -> Option<String> {
        let days = number.trunc().to_i64().filter(|days| (1..2_958_466).contains(days))? + leap;
        // Day 60 of 1900 is the 29th of February, which there was not.
        let days = if days < 60 && leap == 0 { days + 1 } else { days };
        let (year, month, day) = civil(days - 25_569);
        let mut shown = String::new();
        let mut time = false;
        for piece in &self.pieces {
            match piece {
                Piece::Date('y', _) => shown.push_str(&year.to_string()),
                Piece::Date('m', _) if time => (),
                Piece::Date('m', 2) => padded(&mut shown, month),
                Piece::Date('m', _) => shown.push_str(&month.to_string()),
                Piece::Date('d', 2) => padded(&mut shown, day),
                Piece::Date('d', _) => shown.push_str(&day.to_string()),
                Piece::Date(..) => time = true,
                Piece::Literal(c) if !time => shown.push(*c),
                Piece::Other if !time => shown.push('/'),
                _ => (),
            }
        }
        Some(shown)
    }
}

/// Reads a stored number, with as many digits as are exact.
fn number_of(stored: &str) -> Option<Decimal> {
    if let Ok(number) = stored.parse::<Decimal>() {
        return number.round_sf(STORED_DIGITS);
    }
    let (digits, exponent) = stored.split_once(['e', 'E'])?;
    let digits = digits.parse::<Decimal>().ok()?.round_sf(STORED_DIGITS)?.normalize();
    let exponent: i32 = exponent.parse().ok()?;
    // What sums leave that should come to zero, as 5.684341886080802E-14: with 15 digits, so many
    // places are less than any format shows.
    let places = i64::from(digits.scale()) - i64::from(exponent);
    if i64::from(Decimal::MAX_SCALE) < places {
        return Some(Decimal::ZERO);
    }
    Decimal::from_scientific(&format!("{digits}e{exponent}")).ok()
}

/// Adds a number of at least two digits.
fn padded(shown: &mut String, number: i64) {
    if number < 10 {
        shown.push('0');
    }
    shown.push_str(&number.to_string());
}

/// Returns the literal characters of some pieces.
fn literals(pieces: &[Piece]) -> String {
    let literal = |piece: &Piece| match piece {
        Piece::Literal(c) => Some(*c),
        _ => None,
    };
    pieces.iter().filter_map(literal).collect()
}

/// Shows a number that has no format.
fn general(number: Decimal) -> String {
    let whole = u32::try_from(number.trunc().abs().to_string().len()).unwrap_or(u32::MAX);
    let places = GENERAL_DIGITS.saturating_sub(whole);
    number
        .round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
        .normalize()
        .to_string()
}

/// Returns the year, month and day of a day counted from 1970-01-01.
fn civil(days: i64) -> (i64, i64, i64) {
    // The calendar repeats every 400 years, which are 146,097 days; years begin in March here.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(format: &str, stored: &str, shown: &str) {
        assert_eq!(Format::read(format).show(stored, 0).trim(), shown, "{format}");
    }

    #[test]
    fn binary_tails_are_not_shown() {
        check("General", "54.069999999999993", "54.07");
        check("General", "0.30000000000000004", "0.3");
        check("General", "1234.5600000000001", "1234.56");
        check("General", "1.2E-3", "0.0012");
        check("0.00", "5.684341886080802E-14", "0.00");
        check("0.00", "-1.1368683772161603E-13", "0.00");
        check("General", "5.684341886080802E-14", "0");
        check("#,##0.00", "1.4551915228366852e-40", "0.00");
        check("0.00", "1e-2147483648", "0.00");
        check("0.00", "5.4069999999999993e1", "54.07");
        check("General", "146546900", "146546900");
        check("@", "2080505", "2080505");
    }

    #[test]
    fn decimals_are_those_of_the_format() {
        check("0.00", "54.069999999999993", "54.07");
        check("0.00_ ", "3", "3.00");
        check("#,##0.00", "14654690.5", "14,654,690.50");
        check("#,##0.0#", "2.5", "2.5");
        check("#,##0.00;[Red]-#,##0.00", "-3.2", "-3.20");
        check("0.00_);(0.00)", "-3.2", "(3.20)");
        check("0.00%", "0.5944", "59.44%");
        check("000", "7", "007");
        check("0.00\"万元\"", "7", "7.00万元");
        check("[$¥-804]#,##0.00", "1234", "¥1,234.00");
    }

    #[test]
    fn zero_can_be_a_dash_or_nothing() {
        check("_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * \"-\"??_ ;_ @_ ", "0", "-");
        check("0.00;-0.00;", "0", "");
        check("#,##0.00;-#,##0.00;;@", "0", "");
        check("#", "0", "");
        check("0.00", "-0.001", "0.00");
    }

    #[test]
    fn ten_thousands_are_shown_by_a_point_that_is_no_decimal_one() {
        check("0!.0,", "12345", "1.2");
        check("0\\.0000", "123456", "12.3456");
        check("0,", "12345", "12");
    }

    #[test]
    fn sections_can_have_conditions() {
        check("[>=10000]0!.0,\"万\";0", "20000", "2.0万");
        check("[>=10000]0!.0,\"万\";0", "300", "300");
    }

    #[test]
    fn dates_are_shown_as_dates() {
        check("yyyy\"年\"m\"月\"d\"日\"", "45365", "2024年3月14日");
        check("yyyy/mm/dd hh:mm", "45365.5", "2024/03/14");
        check("yyyy-m-d", "1", "1900-1-1");
    }

    #[test]
    fn what_is_no_number_stays() {
        check("0.00", "1e400", "1e400");
        check("0.00", "见附件", "见附件");
    }
}
