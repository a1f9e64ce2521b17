//! Cuts a passage into texts, marks and numbers, and tells what sort each number is.
//!
//! Every digit of the passage is in exactly one token. What sort a number is follows from the
//! characters around it alone: `2023年`, `〔2019〕18号`, `5.2%`, `单价50万元以上`.

use rust_decimal::Decimal;

use crate::{
    accounts::money::Unit,
    extract::prose::{Glyph, wording::Wording},
};

/// The most digits of a number; longer runs are no quantity.
const MOST_DIGITS: usize = 18;

/// The years that budgets are published of.
const YEARS: std::ops::RangeInclusive<u32> = 1949..=2100;

/// A part of a passage, by the places of its characters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Token {
    /// The first character.
    pub(super) start: usize,
    /// One past the last.
    pub(super) end: usize,
    /// What it is.
    pub(super) what: What,
}

/// What a part of a passage is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum What {
    /// Words, brackets without numbers included.
    Text,
    /// A mark that parts clauses.
    Stop(Stop),
    /// A year, or a date with its year.
    Year(i32),
    /// A quantity.
    Quantity(Decimal, Measure),
    /// A number that counts nothing: a code, an ordinal, a date without a year, a law's number.
    Name(Naming),
}

/// A mark that parts clauses.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Stop {
    /// ，
    Comma,
    /// 、
    Pause,
    /// ；
    Semicolon,
    /// ：
    Colon,
    /// 。
    Full,
    /// （ before numbers
    Open,
    /// ）
    Close,
}

/// What a quantity is measured in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Measure {
    /// Money, in a unit.
    Money(Unit),
    /// Per cent.
    Percent,
    /// Points of per cent.
    Points,
    /// Things or persons; the unit is the last so many characters of the token.
    Count(usize),
    /// Nothing is printed behind it.
    Bare,
}

/// What a number names.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Naming {
    /// A day, a month, an hour.
    Date,
    /// The number of an item, a table, a chart.
    Ordinal,
    /// A regulation or a telephone.
    Reference,
    /// A classification code.
    Code,
    /// A part of a name: 单价50万元以上设备, 5G.
    Word,
}

/// Cuts a passage; `item` says whether an enumerator can begin it.
pub(super) fn tokens(glyphs: &[Glyph], wording: &Wording, tokens: &mut Vec<Token>) {
    tokens.clear();
    let lexer = Lexer { glyphs, wording };
    let mut at = 0;
    let mut text: Option<usize> = None;
    // Brackets that hold a number, still open.
    let mut open = 0_usize;
    while let Some(c) = lexer.at(at) {
        // Most characters are neither digits nor marks.
        if matches!(c, '\u{4E00}'..='\u{9FFF}') {
            text.get_or_insert(at);
            at += 1;
            continue;
        }
        let token = if c.is_ascii_digit() {
            Some(lexer.number(at))
        } else {
            lexer.stop(at, &mut open).map(|stop| Token {
                start: at,
                end: at + 1,
                what: What::Stop(stop),
            })
        };
        let Some(token) = token else {
            text.get_or_insert(at);
            at = lexer.bracket(at).unwrap_or(at + 1);
            continue;
        };
        if let Some(start) = text.take() {
            tokens.push(Token { start, end: at, what: What::Text });
        }
        at = token.end.max(at + 1);
        tokens.push(Token { end: at, ..token });
    }
    if let Some(start) = text {
        tokens.push(Token { start, end: at, what: What::Text });
    }
}

struct Lexer<'p> {
    glyphs: &'p [Glyph],
    wording: &'p Wording,
}

impl Lexer<'_> {
    fn at(&self, at: usize) -> Option<char> {
        self.glyphs.get(at).map(|glyph| glyph.c)
    }

    fn before(&self, at: usize) -> Option<char> {
        at.checked_sub(1).and_then(|before| self.at(before))
    }

    /// Returns whether the characters at a place are a text.
    fn is(&self, at: usize, text: &str) -> bool {
        text.chars().enumerate().all(|(offset, c)| self.at(at + offset) == Some(c))
    }

    /// Returns whether the characters before a place are a text.
    fn was(&self, at: usize, text: &str) -> bool {
        let before = self.glyphs.get(..at).unwrap_or_default().iter().rev();
        let mut before = before.map(|glyph| glyph.c);
        text.chars().rev().all(|c| before.next() == Some(c))
    }

    /// Counts the digits from a place; blanks part them unless they part thousands: 4 512.60.
    fn digits(&self, at: usize) -> usize {
        let rest = self.glyphs.get(at..).unwrap_or_default();
        let mut count = 0;
        let mut groups = 0;
        for (place, glyph) in rest.iter().enumerate() {
            let parted = 0 < place && glyph.spaced;
            if !glyph.c.is_ascii_digit() {
                break;
            }
            if parted {
                let mut group = rest.iter().skip(place).take(4);
                let three = group
                    .by_ref()
                    .take(3)
                    .enumerate()
                    .all(|(at, digit)| digit.c.is_ascii_digit() && (at == 0 || !digit.spaced));
                let ends = group.next().is_none_or(|next| !next.c.is_ascii_digit() || next.spaced);
                let first = 0 < groups || count <= 3;
                if !(three && ends && first && place + 3 <= rest.len()) {
                    break;
                }
                groups += 1;
            }
            count += 1;
        }
        count
    }

    fn stop(&self, at: usize, open: &mut usize) -> Option<Stop> {
        Some(match self.at(at)? {
            ',' => Stop::Comma,
            '、' => Stop::Pause,
            ';' => Stop::Semicolon,
            ':' => Stop::Colon,
            '。' | '!' | '?' => Stop::Full,
            '(' | '[' | '【' if self.bracket(at).is_none() && !self.code_bracket(at) => {
                *open += 1;
                Stop::Open
            }
            ')' | ']' | '】' if 0 < *open => {
                *open -= 1;
                Stop::Close
            }
            _ => return None,
        })
    }

    /// Returns where a bracket without numbers ends; such a bracket is part of the text around
    /// it: 因公出国（境）费, （205类）.
    fn bracket(&self, at: usize) -> Option<usize> {
        const LONGEST: usize = 30;
        if !matches!(self.at(at)?, '(' | '[' | '【') {
            return None;
        }
        let inside = |at: usize| self.at(at).filter(|c| !matches!(c, ')' | ']' | '】'));
        let length = (at + 1..at + 1 + LONGEST).take_while(|at| inside(*at).is_some()).count();
        let end = at + 1 + length;
        self.at(end).filter(|_| length < LONGEST)?;
        let digits =
            (at + 1..end).filter_map(|at| self.at(at)).filter(char::is_ascii_digit).count();
        (digits == 0).then_some(end + 1)
    }

    /// Returns whether a bracket holds a classification code alone: （2080505）, （205类）.
    fn code_bracket(&self, at: usize) -> bool {
        let digits = self.digits(at + 1);
        let end = at + 1 + digits;
        let unit = usize::from(matches!(self.at(end), Some('类' | '款' | '项')));
        matches!(digits, 2 | 3 | 5 | 7) && matches!(self.at(end + unit), Some(')' | ']' | '】'))
    }

    /// Reads the number that begins at a place.
    fn number(&self, start: usize) -> Token {
        let whole = self.digits(start);
        let token = |end: usize, what: What| Token { start, end, what };
        let name = |end: usize, naming: Naming| token(end, What::Name(naming));
        // 1.2024年: the point belongs to the enumerator.
        let before = self.before(start);
        let first = start == 0 || before.is_some_and(|c| matches!(c, '。' | '(' | ':' | ';' | ','));
        let mark = self.at(start + whole);
        if first && whole <= 2 && matches!(mark, Some('.' | '、' | ')' | ',')) {
            let next = start + whole + 1;
            let year = self.digits(next) == 4 && self.at(next + 4) == Some('年');
            let text = self.at(next).is_none_or(|c| !c.is_ascii_digit());
            // 1.完成标准,2,处理问题: points of a list, whatever marks them.
            let listed = start == 0 || mark != Some(',') || before == Some(',');
            if year || (text && listed) {
                return name(start + whole, Naming::Ordinal);
            }
        }
        if let Some(end) = self.date(start, whole) {
            // 2023年12月底
            let end = end + usize::from(matches!(self.at(end), Some('底' | '末' | '初')));
            let year = self.value(start, start + whole).filter(|_| whole == 4);
            let year = year.and_then(|year| i32::try_from(year).ok());
            return year.map_or(name(end, Naming::Date), |year| token(end, What::Year(year)));
        }
        if let Some(naming) = self.named(start, whole) {
            return name(start + whole, naming);
        }
        if start.checked_sub(1).is_some_and(|at| self.code_bracket(at)) {
            return name(start + whole, Naming::Code);
        }
        let end = self.fraction(start, whole);
        let Some(quantity) = self.value(start, end) else {
            return name(end, Naming::Reference);
        };
        let (measure, end) = self.measure(end);
        if self.threshold(start, end) && measure != Measure::Percent {
            return name(end, Naming::Word);
        }
        if measure == Measure::Bare && whole == end - start {
            let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
            if letter(self.before(start)) || letter(self.at(end)) {
                return name(end, Naming::Word);
            }
            let name_follows = self.at(end).is_some_and(|c| !c.is_ascii() && !is_mark(c));
            let part = self.was(start, "类)") || self.was(start, "款)");
            if name_follows && (matches!(whole, 3 | 5 | 7) || (whole == 2 && part)) {
                return name(end, Naming::Code);
            }
            if 7 <= whole {
                return name(end, Naming::Reference);
            }
        }
        token(end, What::Quantity(quantity, measure))
    }

    /// Returns where a date ends that begins with so many digits; nothing for what is no date.
    fn date(&self, start: usize, whole: usize) -> Option<usize> {
        let number = self.value(start, start + whole).filter(|_| whole <= 4)?;
        let number = u32::try_from(number).ok()?;
        let after = start + whole;
        let dotted = |at: usize| matches!(self.at(at), Some('.' | '-' | '/'));
        if whole == 4 && YEARS.contains(&number) {
            if self.at(after) == Some('年') {
                let month = self.part(after + 1, &['月']);
                return Some(
                    month.map_or(after + 1, |end| self.part(end, &['日', '号']).unwrap_or(end)),
                );
            }
            // 2021-2023年, 2021至2023年
            if matches!(self.at(after), Some('-' | '~' | '至' | '—' | '、' | '和'))
                && self.digits(after + 1) == 4
                && self.at(after + 5) == Some('年')
            {
                return Some(after);
            }
            // 2024-03-14, 2024.3.14
            let month = self.digits(after + 1);
            let day = self.digits(after + 2 + month);
            if dotted(after)
                && (1..=2).contains(&month)
                && dotted(after + 1 + month)
                && (1..=2).contains(&day)
            {
                return Some(after + 2 + month + day);
            }
            return None;
        }
        // 12月31日 without a year; 12个月 is a quantity.
        (whole <= 2)
            .then(|| self.part(start, &['月']))
            .flatten()
            .map(|end| self.part(end, &['日', '号']).unwrap_or(end))
            .or_else(|| {
                let hour = self.at(after) == Some(':') && self.digits(after + 1) == 2;
                (whole <= 2 && hour).then_some(after + 3)
            })
            .or_else(|| (whole <= 2 && self.at(after) == Some('日')).then_some(after + 1))
    }

    /// Returns where one or two digits with a unit of the calendar end.
    fn part(&self, at: usize, units: &[char]) -> Option<usize> {
        let digits = self.digits(at);
        let unit = self.at(at + digits)?;
        ((1..=2).contains(&digits) && units.contains(&unit)).then_some(at + digits + 1)
    }

    /// Tells a number that names something by what stands around it.
    fn named(&self, start: usize, whole: usize) -> Option<Naming> {
        let before = self.before(start);
        let after = self.at(start + whole);
        // 〔2019〕18号, [2016]143号
        let bracketed = matches!(before, Some('〔' | '[' | '【' | '('))
            && matches!(after, Some('〕' | ']' | '】' | ')'));
        if bracketed && whole == 4 {
            return Some(Naming::Reference);
        }
        if bracketed && whole <= 2 {
            return Some(Naming::Ordinal);
        }
        if matches!(before, Some('〕' | ']')) || (after == Some('号') && !self.was(start, "共"))
        {
            return Some(Naming::Reference);
        }
        // 0432-12345678
        let joined = |c: Option<char>| matches!(c, Some('-' | '—'));
        if joined(after) && 3 <= whole && 4 <= self.digits(start + whole + 1)
            || joined(before)
                && 4 <= whole
                && start
                    .checked_sub(2)
                    .and_then(|at| self.at(at))
                    .is_some_and(|c| c.is_ascii_digit())
        {
            return Some(Naming::Reference);
        }
        let label =
            ["第", "附件", "附表", "表", "图", "目标", "注", "表格", "公开", "编号", "No.", "NO."];
        if whole <= 3
            && label.iter().any(|label| self.was(start, label))
            && !matches!(after, Some('.' | '%'))
        {
            return Some(Naming::Ordinal);
        }
        (joined(before) && whole <= 3 && joined_label(self, start)).then_some(Naming::Ordinal)
    }

    /// Returns where the number ends that begins with so many digits: thousands and a fraction
    /// may follow.
    fn fraction(&self, start: usize, whole: usize) -> usize {
        let mut end = start + whole;
        if whole <= 3 {
            while self.at(end) == Some(',') && self.digits(end + 1) == 3 {
                end += 4;
            }
        }
        let places = self.digits(end + 1);
        if self.at(end) == Some('.') && 0 < places { end + 1 + places } else { end }
    }

    /// Returns the value of the digits, commas and point in a range; nothing where they are too
    /// many.
    fn value(&self, start: usize, end: usize) -> Option<Decimal> {
        let mut number: i64 = 0;
        // Characters so far, and those behind the point.
        let (mut count, mut places) = (0, None);
        for glyph in self.glyphs.get(start..end)?.iter().filter(|glyph| glyph.c != ',') {
            count += 1;
            places = places.map(|places| places + 1);
            match glyph.c.to_digit(10) {
                _ if MOST_DIGITS < count => return None,
                Some(digit) => number = 10 * number + i64::from(digit),
                None if glyph.c == '.' && places.is_none() => places = Some(0),
                None => return None,
            }
        }
        (0 < count).then(|| Decimal::new(number, places.unwrap_or(0)))
    }

    /// Reads the unit behind a number and where it ends.
    fn measure(&self, end: usize) -> (Measure, usize) {
        if self.is(end, "个百分点") {
            return (Measure::Points, end + 4);
        }
        if self.is(end, "百分点") {
            return (Measure::Points, end + 3);
        }
        if self.at(end) == Some('%') {
            return (Measure::Percent, end + 1);
        }
        for (name, unit) in [
            ("亿元", Unit::HundredMillion),
            ("百万元", Unit::Million),
            ("万元", Unit::TenThousand),
            ("千元", Unit::Thousand),
            ("元", Unit::Yuan),
        ] {
            if self.is(end, name) {
                let end = end + name.chars().count();
                // 10000元/年
                let rate =
                    self.at(end) == Some('/') && self.at(end + 1).is_some_and(|c| !c.is_ascii());
                return (Measure::Money(unit), if rate { end + 2 } else { end });
            }
        }
        let alone = |at: usize| self.at(at).is_none_or(|c| is_mark(c) || c == '(' || c == ')');
        for (name, unit) in [('万', Unit::TenThousand), ('亿', Unit::HundredMillion)] {
            if self.at(end) == Some(name) && alone(end + 1) {
                return (Measure::Money(unit), end + 1);
            }
        }
        let scale = usize::from(matches!(self.at(end), Some('万' | '余' | '多')));
        for unit in &self.wording.count_units {
            let same = unit.iter().enumerate().all(|(at, c)| self.at(end + scale + at) == Some(*c));
            if same {
                // 家次, 人次, 户次 count visits.
                let visits = usize::from(self.at(end + scale + unit.len()) == Some('次'));
                let length = scale + unit.len() + visits;
                return (Measure::Count(length), end + length);
            }
        }
        (Measure::Bare, end)
    }

    /// Returns whether a quantity is a limit in a name: 单价50万元（含）以上.
    fn threshold(&self, start: usize, end: usize) -> bool {
        let limit = [
            "以上",
            "及以上",
            "(含)以上",
            "含以上",
            "以下",
            "及以下",
            "(含)以下",
            "(含)及以上",
            "以内",
        ];
        limit.iter().any(|limit| self.is(end, limit))
            || self.was(start, "单价")
            || self.was(start, "单位价值")
    }
}

/// Returns whether 附表4-1 or 图2-3 stands before the second number.
fn joined_label(lexer: &Lexer<'_>, start: usize) -> bool {
    let Some(mut at) = start.checked_sub(2) else { return false };
    while lexer.at(at).is_some_and(|c| c.is_ascii_digit()) {
        let Some(before) = at.checked_sub(1) else { return false };
        at = before;
    }
    matches!(lexer.at(at), Some('表' | '图' | '件'))
}

/// Marks that end a word.
fn is_mark(c: char) -> bool {
    matches!(c, ',' | '、' | '。' | ';' | ':' | ')' | '(' | '!' | '?' | '”' | '"' | '》')
}
