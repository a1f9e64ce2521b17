//! Reads the number, its unit and the comparison of a printed target.

use rust_decimal::Decimal;

use crate::{
    accounts::{text, token::Comparator},
    extract::performance::words::PerformanceWords,
    normalise::number,
};

/// What a target says, as far as it says it in one number.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Target {
    /// How the value is to be compared with the number.
    pub(super) comparator: Option<Comparator>,
    /// The number.
    pub(super) value: Option<Decimal>,
    /// Its unit as printed, without white space.
    pub(super) unit: Option<String>,
}

/// The longest target, in characters, in which a number is looked for.
const LONGEST_TARGET: usize = 200;

/// The most decimals and digits that are stored.
const MOST_DECIMALS: u32 = 6;
const MOST_DIGITS: usize = 16;

/// The longest text, in characters, that is a unit though no list has it.
const LONGEST_UNIT: usize = 4;

/// Reads a target. Text without a number, with several of them or with a date has no value.
pub(super) fn read(words: &PerformanceWords, printed: &str) -> Target {
    let mut target = Target::default();
    if LONGEST_TARGET < printed.chars().count() {
        return target;
    }
    // ‰ would become two numbers in a normalised text.
    let printed = folded(printed);
    let mut numbers = numbers(&printed);
    let Some(number) = numbers.next() else { return target };
    if numbers.next().is_some() || LONGEST_TARGET < printed.len() {
        return target;
    }
    let before = printed.get(..number.from).unwrap_or_default();
    let after = printed.get(number.to..).unwrap_or_default();
    let digits = printed.get(number.from..number.to).unwrap_or_default();
    let ahead = words
        .comparators
        .iter()
        .filter_map(|comparator| {
            let said = comparator.before.iter().filter(|word| before.ends_with(word.as_str()));
            Some((said.map(String::len).max()?, comparator.is))
        })
        .max_by_key(|(length, _)| *length);
    // 第3季度 counts nothing; a lone sign can be a dash.
    if ahead.is_none() && before.ends_with(['第', '-']) {
        return target;
    }
    let (unit, rest) = unit(words, after);
    let is_date = || words.dates.iter().any(|date| after.starts_with(date.as_str()));
    let is_year = digits.len() == 4 && after.starts_with('年');
    if ahead.is_none() && (is_date() || is_year) {
        return target;
    }
    // A number inside a sentence is one of things that are counted, or it is anything.
    let bare = before.is_empty() || ahead.is_some();
    if unit.is_none() && !(bare && rest.chars().count() <= LONGEST_UNIT) {
        return target;
    }
    let Some(value) = decimal(digits) else { return target };
    target.value = Some(value);
    target.comparator = ahead.map(|(_, is)| is).or_else(|| {
        let behind = words.comparators.iter().find(|c| c.after.iter().any(|word| word == rest));
        behind.map(|comparator| comparator.is)
    });
    let whole = (!rest.is_empty() && unit.is_none()).then(|| rest.to_owned());
    let worded = whole.as_deref().is_some_and(|rest| {
        words.comparators.iter().any(|comparator| comparator.after.iter().any(|word| word == rest))
    });
    target.unit = unit.or(whole.filter(|_| !worded));
    target
}

/// Returns whether a text is a value and nothing else: a comparison, a number and a unit.
pub(super) fn is_value(words: &PerformanceWords, printed: &str) -> bool {
    // In any form a number is something else than plain words.
    if LONGEST_VALUE < printed.len() || printed.chars().all(is_word) {
        return false;
    }
    let printed = folded(printed);
    let mut numbers = numbers(&printed);
    let (Some(number), None) = (numbers.next(), numbers.next()) else { return false };
    let before = printed.get(..number.from).unwrap_or_default();
    let after = printed.get(number.to..).unwrap_or_default();
    let signs = |word: &String| word == before;
    let compared = words.comparators.iter().any(|comparator| comparator.before.iter().any(signs));
    let counted = || {
        let (unit, rest) = unit(words, after);
        rest.is_empty() && (unit.is_some() || after.is_empty())
    };
    (compared && after.chars().count() <= LONGEST_UNIT + 2) || (before.is_empty() && counted())
}

/// Returns whether a character is one of words: none of a number, whatever its form.
fn is_word(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}')
}

/// The longest text, in bytes, that can be a value and nothing else.
const LONGEST_VALUE: usize = 60;

/// Reads a printed comparison: a sign or a word.
pub(super) fn comparator(words: &PerformanceWords, printed: &str) -> Option<Comparator> {
    let label = text::label(printed);
    let said = |word: &String| *word == label;
    words.comparators.iter().find(|c| c.before.iter().any(said)).map(|comparator| comparator.is)
}

/// Reads a weight: a number, with 分 or % behind it.
pub(super) fn weight(printed: &str) -> Option<Decimal> {
    if printed.starts_with(is_word) {
        return None;
    }
    let label = text::label(printed);
    let digits = label.trim_end_matches(['分', '%']);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if plain { decimal(digits) } else { None }
}

/// Returns a text in NFKC; white space stays where it parts two numbers.
fn folded(printed: &str) -> String {
    let mut folded = String::with_capacity(printed.len());
    let mut blank = false;
    for c in printed.chars() {
        if c.is_whitespace() {
            blank = true;
            continue;
        }
        let digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
        if blank && digit(c) && folded.chars().next_back().is_some_and(digit) {
            folded.push(' ');
        }
        blank = false;
        match c {
            '‰' | '!'..='~' | '\u{4E00}'..='\u{9FFF}' => folded.push(c),
            _ => folded.push_str(&text::label(c.encode_utf8(&mut [0; 4]))),
        }
    }
    folded
}

/// Where a number stands in a text.
struct Place {
    from: usize,
    to: usize,
}

/// Finds the numbers of a text: digits with separators of thousands and a point between them.
fn numbers(text: &str) -> impl Iterator<Item = Place> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() && !digit(at) {
            at += 1;
        }
        let from = at;
        while digit(at)
            || (bytes.get(at).is_some_and(|b| matches!(b, b'.' | b',')) && digit(at + 1))
        {
            at += 1;
        }
        (from < at).then_some(Place { from, to: at })
    })
}

/// Reads the unit at the beginning of a text: what is counted, and per what. Returns the rest.
fn unit<'a>(words: &PerformanceWords, text: &'a str) -> (Option<String>, &'a str) {
    let Some(first) = words.units.iter().find(|unit| text.starts_with(unit.as_str())) else {
        return (None, text);
    };
    let rest = text.get(first.len()..).unwrap_or_default();
    let per = rest.strip_prefix('/').and_then(|rest| {
        let unit = words.units.iter().find(|unit| rest.starts_with(unit.as_str()))?;
        text.get(..first.len() + 1 + unit.len())
    });
    let unit = per.unwrap_or(first.as_str());
    (Some(unit.to_owned()), text.get(unit.len()..).unwrap_or_default())
}

/// Reads digits; nothing where they are more than can be stored, or badly grouped.
fn decimal(digits: &str) -> Option<Decimal> {
    let value = number::value(digits).0.amount()?;
    let short = digits.bytes().filter(u8::is_ascii_digit).count() <= MOST_DIGITS;
    (short && value.scale() <= MOST_DECIMALS).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::sources::Sources;

    /// Shows the comparison, the number and the unit of a target.
    fn check(printed: &[&str]) -> String {
        let words = PerformanceWords::read(&Sources::built_in()).expect("the built-in words");
        let one = |printed: &&str| {
            let target = read(&words, printed);
            let comparator = target.comparator.map_or("", Comparator::as_str);
            let value = target.value.map(|value| value.to_string()).unwrap_or_default();
            format!("{comparator}|{value}|{}", target.unit.unwrap_or_default())
        };
        printed.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn signs_and_words_compare() {
        let signs = [">=240 次", "≥95%", "<=40 万", "=100%", "＞3期", "<400元/人", ">=90 百 分比"];
        assert_eq!(
            check(&signs),
            ">=|240|次 >=|95|% <=|40|万 =|100|% >|3|期 <|400|元/人 >=|90|百分比"
        );
        let said = ["不低于95%", "控制在5万元以内", "95％以上", "10天内", "完成率大于等于90%"];
        assert_eq!(check(&said), ">=|95|% <=|5|万元 >=|95|% <=|10|天 >=|90|%");
    }

    #[test]
    fn one_number_with_its_unit_is_a_value_wherever_it_stands() {
        let texts = [
            "硬件和软件维护费12万元/年",
            "完成全市10家二级以上医疗机构测试",
            "1,200人次",
            "１００",
            "99.5%",
            "服务3个月",
        ];
        assert_eq!(check(&texts), "|12|万元/年 |10|家 |1200|人次 |100| |99.5|% |3|个月");
    }

    #[test]
    fn what_is_no_single_quantity_has_no_value() {
        let texts = [
            "",
            "有效提升",
            "8月底前",
            "2020年12月",
            "2024年",
            "光纤13条，机柜9个",
            "90-95%",
            "9 5%",
            "第3季度",
            "依据标准2023执行",
            "1:2",
            "-5%",
            "3333333333333333333333333个",
            "0.12345678%",
        ];
        assert_eq!(check(&texts), ["||"; 14].join(" "));
        assert_eq!(check(&[">=12 月"]), ">=|12|月");
    }

    #[test]
    fn a_weight_is_points() {
        let shown = |printed: &str| weight(printed).map(|weight| weight.to_string());
        assert_eq!(shown("10分").as_deref(), Some("10"));
        assert_eq!(shown("12.5%").as_deref(), Some("12.5"));
        assert_eq!(shown("见附件"), None);
        assert_eq!(shown("-5"), None);
    }
}
