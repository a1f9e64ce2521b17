//! Counts the paragraphs that Word numbers by itself: 一、 （一） 1. 第一部分.

use std::collections::BTreeMap;

use crate::{
    decode::{
        package::Package,
        xml::{self, Node},
    },
    error::Result,
};

/// Which list a paragraph is in, and how deep.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Place {
    pub(super) list: u32,
    pub(super) level: usize,
}

/// The deepest level of a list, which Word numbers from 0.
const DEEPEST: usize = 8;

/// The longest text of a level that is printed: every paragraph of a list repeats it.
const LONGEST: usize = 64;

/// One level of a list.
#[derive(Clone, Debug, Default)]
struct Level {
    start: u32,
    /// The numerals: `decimal`, `chineseCounting`.
    numerals: String,
    /// The text of a number, with `%1` for that of the first level.
    text: String,
}

/// The lists of a document, and how far each was counted.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    /// The levels of each kind of list.
    kinds: BTreeMap<u32, Vec<Level>>,
    /// The kind of each list.
    lists: BTreeMap<u32, u32>,
    /// Lists that begin anew and do not go on from others of their kind, with what they begin.
    restarts: BTreeMap<u32, BTreeMap<usize, u32>>,
    /// The lists of paragraphs of a style.
    styles: BTreeMap<String, Place>,
    /// The last number on each level, by kind, or by list for those that begin anew.
    counts: BTreeMap<(bool, u32), Vec<u32>>,
}

impl Numbering {
    /// Reads the lists and styles of a document.
    pub(super) fn read(package: &mut Package<'_>) -> Result<Numbering> {
        let mut numbering = Numbering::default();
        numbering.read_lists(package)?;
        numbering.read_styles(package)?;
        Ok(numbering)
    }

    fn read_lists(&mut self, package: &mut Package<'_>) -> Result<()> {
        const LISTS: &str = "word/numbering.xml";
        let path = package.path();
        let Some(bytes) = package.part(LISTS)? else { return Ok(()) };
        let (mut kind, mut list, mut level) = (None, None, 0);
        xml::read(path, LISTS, &bytes, |node| {
            let element = match node {
                Node::Open(element) => element,
                Node::Close(b"abstractNum") => {
                    kind = None;
                    return Ok(());
                }
                Node::Close(b"num") => {
                    list = None;
                    return Ok(());
                }
                _ => return Ok(()),
            };
            let value = || element.attribute("val").unwrap_or_default().into_owned();
            let number = || element.number("val");
            match element.name() {
                b"abstractNum" => kind = element.number("abstractNumId"),
                b"num" => list = element.number("numId"),
                b"abstractNumId" => {
                    if let (Some(list), Some(kind)) = (list, number()) {
                        self.lists.insert(list, kind);
                    }
                }
                b"lvl" | b"lvlOverride" => {
                    let deep = element.number("ilvl").unwrap_or(0) as usize;
                    level = deep.min(DEEPEST);
                }
                b"startOverride" => {
                    if let Some(list) = list {
                        let starts = self.restarts.entry(list).or_default();
                        starts.insert(level, number().unwrap_or(1));
                    }
                }
                name => {
                    let Some(kind) = kind else { return Ok(()) };
                    let levels = self.kinds.entry(kind).or_default();
                    if levels.len() <= level {
                        let new = Level { start: 1, ..Level::default() };
                        levels.resize(level + 1, new);
                    }
                    let Some(level) = levels.get_mut(level) else { return Ok(()) };
                    match name {
                        b"start" => level.start = number().unwrap_or(1),
                        b"numFmt" => level.numerals = value(),
                        b"lvlText" => level.text = value().chars().take(LONGEST).collect(),
                        _ => (),
                    }
                }
            }
            Ok(())
        })
    }

    fn read_styles(&mut self, package: &mut Package<'_>) -> Result<()> {
        const STYLES: &str = "word/styles.xml";
        let path = package.path();
        let Some(bytes) = package.part(STYLES)? else { return Ok(()) };
        let mut style = String::new();
        let mut place = Place::default();
        xml::read(path, STYLES, &bytes, |node| {
            match node {
                Node::Open(element) => match element.name() {
                    b"style" => {
                        style = element.attribute("styleId").unwrap_or_default().into_owned();
                        place = Place::default();
                    }
                    b"ilvl" => place.level = element.number("val").unwrap_or(0) as usize,
                    b"numId" => place.list = element.number("val").unwrap_or(0),
                    _ => (),
                },
                Node::Close(b"style") if place.list != 0 => {
                    self.styles.insert(std::mem::take(&mut style), place);
                }
                _ => (),
            }
            Ok(())
        })
    }

    /// Returns the list of the paragraphs of a style.
    pub(super) fn of_style(&self, style: &str) -> Option<Place> {
        self.styles.get(style).copied()
    }

    /// Counts a paragraph and returns its number as it is printed; nothing for one in no list.
    pub(super) fn count(&mut self, place: Place) -> Option<String> {
        let kind = *self.lists.get(&place.list)?;
        let levels = self.kinds.get(&kind)?;
        let level = levels.get(place.level)?;
        let restarts = self.restarts.get(&place.list);
        let key = if restarts.is_some() { (true, place.list) } else { (false, kind) };
        let counts = self.counts.entry(key).or_default();
        counts.truncate(place.level + 1);
        let begin = |at: usize| {
            let own = restarts.and_then(|starts| starts.get(&at)).copied();
            own.or_else(|| levels.get(at).map(|level| level.start)).unwrap_or(1)
        };
        if let Some(last) = counts.get_mut(place.level) {
            *last = last.saturating_add(1);
        }
        while counts.len() <= place.level {
            counts.push(begin(counts.len()));
        }
        if matches!(level.numerals.as_str(), "bullet" | "none") {
            return None;
        }
        let mut printed = String::new();
        let mut characters = level.text.chars();
        while let Some(c) = characters.next() {
            let of = if c == '%' {
                characters.clone().next().and_then(|c| c.to_digit(10))
            } else {
                None
            };
            match of {
                Some(of) => {
                    characters.next();
                    let at = (of as usize).saturating_sub(1);
                    let numerals = levels.get(at).map_or("decimal", |level| &level.numerals);
                    printed.push_str(&numeral(counts.get(at).copied().unwrap_or(1), numerals));
                }
                None => printed.push(c),
            }
        }
        Some(printed)
    }
}

/// Writes a number in some numerals.
fn numeral(number: u32, numerals: &str) -> String {
    let letter = |first: u8| {
        let at = u8::try_from(number.saturating_sub(1) % 26).unwrap_or(0);
        char::from(first + at).to_string()
    };
    match numerals {
        "chineseCounting"
        | "chineseCountingThousand"
        | "japaneseCounting"
        | "taiwaneseCounting"
        | "taiwaneseCountingThousand"
        | "ideographDigital"
        | "japaneseDigitalTenThousand" => chinese(number),
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" if (1..=20).contains(&number) => {
            char::from_u32(0x2460 + number - 1).map(String::from).unwrap_or_default()
        }
        "decimalFullWidth" | "decimalFullWidth2" => {
            let wide = |c: char| char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c);
            number.to_string().chars().map(wide).collect()
        }
        "decimalZero" => format!("{number:02}"),
        "upperLetter" => letter(b'A'),
        "lowerLetter" => letter(b'a'),
        "upperRoman" => roman(number),
        "lowerRoman" => roman(number).to_lowercase(),
        _ => number.to_string(),
    }
}

/// Writes a number as 一 十 十一 二十 一百零五.
fn chinese(number: u32) -> String {
    const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    const PLACES: [(u32, &str); 4] = [(1000, "千"), (100, "百"), (10, "十"), (1, "")];
    if number == 0 || 9999 < number {
        return number.to_string();
    }
    let mut written = String::new();
    let mut skipped = false;
    for (value, name) in PLACES {
        let digit = number / value % 10;
        if digit == 0 {
            skipped = !written.is_empty();
            continue;
        }
        if std::mem::take(&mut skipped) {
            written.push('零');
        }
        // Ten is 十, not 一十, where it comes first.
        if !(digit == 1 && value == 10 && written.is_empty()) {
            written.extend(DIGITS.get(digit as usize));
        }
        written.push_str(name);
    }
    written
}

/// Writes a number in Roman numerals.
fn roman(mut number: u32) -> String {
    const NUMERALS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if 3999 < number {
        return number.to_string();
    }
    let mut written = String::new();
    for (value, name) in NUMERALS {
        while value <= number {
            written.push_str(name);
            number -= value;
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_numerals_leave_out_what_nobody_writes() {
        let written: Vec<String> =
            [1, 10, 11, 20, 35, 101, 110, 1003, 2020].into_iter().map(chinese).collect();
        let expected = [
            "一",
            "十",
            "十一",
            "二十",
            "三十五",
            "一百零一",
            "一百一十",
            "一千零三",
            "二千零二十",
        ];
        assert_eq!(written, expected);
    }

    #[test]
    fn levels_begin_anew_below_a_new_number() {
        let level = |numerals: &str, text: &str| Level {
            start: 1,
            numerals: numerals.to_owned(),
            text: text.to_owned(),
        };
        let mut numbering = Numbering::default();
        let levels = vec![level("chineseCounting", "%1、"), level("decimal", "（%1.%2）")];
        numbering.kinds.insert(7, levels);
        numbering.lists.extend([(1, 7), (2, 7)]);
        let mut count = |list, level| numbering.count(Place { list, level }).unwrap_or_default();
        assert_eq!(count(1, 0), "一、");
        assert_eq!(count(1, 1), "（一.1）");
        assert_eq!(count(1, 1), "（一.2）");
        assert_eq!(count(2, 0), "二、");
        assert_eq!(count(2, 1), "（二.1）");
        assert_eq!(count(9, 0), "");
    }
}
