//! Finds what a label of the prose names: a topic, a classified item, or nothing of its own.

use std::{borrow::Cow, cell::LazyCell};

use memchr::memmem::FinderRev;

use crate::{
    accounts::{classification::Classifications, token::Topic},
    extract::{
        enumerator,
        prose::wording::{Named, Wording},
    },
};

/// Stands for a year in a label.
pub(super) const YEAR: char = '\u{E000}';

/// The longest label that is looked up; what is longer is a sentence.
const LONGEST_LABEL: usize = 240;

/// What a figure is stated of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Subject {
    /// The topic.
    pub(super) topic: Topic,
    /// The label.
    pub(super) label: String,
    /// The code of a classified item.
    pub(super) class_code: Option<String>,
    /// Whether the topic keeps its name wherever it stands: “三公”, 政府采购.
    pub(super) strong: bool,
}

/// What a label came to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Label {
    /// Words that name nothing: the figure belongs to the item before.
    Nothing,
    /// A known item.
    Known(Subject),
    /// A known name that gives way to the item before where there is one.
    Weak(Subject),
    /// Words that are no known name.
    Unknown(String),
}

/// Knows the names.
#[derive(Clone, Debug)]
pub(super) struct Namer<'k> {
    /// The words of the prose.
    pub(super) wording: &'k Wording,
    /// The classifications.
    pub(super) classes: &'k Classifications,
    /// Finds the name of who publishes, in comparable form: a sentence that names it says
    /// nothing by that.
    publisher: Option<FinderRev<'static>>,
}

impl<'k> Namer<'k> {
    /// Knows the names in the document of a publisher.
    pub(super) fn new(
        wording: &'k Wording,
        classes: &'k Classifications,
        publisher: &str,
    ) -> Namer<'k> {
        let publisher = Some(publisher).filter(|name| !name.is_empty());
        let publisher = publisher.map(|name| FinderRev::new(name).into_owned());
        Namer { wording, classes, publisher }
    }

    /// Reads a label; `domain` is the classification that its neighbours belong to.
    pub(super) fn name(&self, printed: &str, domain: Option<Topic>) -> Label {
        let text = self.trimmed(self.without_publisher(printed));
        if text.is_empty() {
            return Label::Nothing;
        }
        if LONGEST_LABEL < text.len() {
            return Label::Unknown(text.to_owned());
        }
        if let Some(subject) = self.marked(text) {
            return Label::Known(subject);
        }
        let plain = without_years(text);
        let item = LazyCell::new(|| self.item(&plain, domain));
        let topic = self.topic(&plain, domain);
        if self.wording.empty.covers(&plain) && item.is_none() {
            // 收入预算 consists of empty words and is a name all the same.
            return match topic {
                Some((named, subject)) if !named.name.weak && named.start == 0 => {
                    Label::Known(subject)
                }
                Some((_, subject)) => Label::Weak(subject),
                None => Label::Nothing,
            };
        }
        let Some((named, subject)) = topic else {
            return match LazyCell::force(&item) {
                Some((_, item)) => Label::Known(item.clone()),
                None => Label::Unknown(plain.into_owned()),
            };
        };
        // A strong name gives way to items only among items of 支出经济分类.
        let strong = named.name.strong && domain != Some(Topic::Economic);
        let item = if strong { None } else { LazyCell::force(&item).as_ref() };
        match item {
            Some((covered, item)) if named.end - named.start <= *covered => {
                Label::Known(item.clone())
            }
            None if named.name.weak && !named.name.strong => Label::Weak(subject),
            _ => Label::Known(subject),
        }
    }

    /// Returns what follows the name of the publisher in a text.
    fn without_publisher<'t>(&self, text: &'t str) -> &'t str {
        let name = self.publisher.as_ref().filter(|name| name.needle().len() <= text.len());
        let end = name.and_then(|name| Some(name.rfind(text)? + name.needle().len()));
        end.and_then(|end| text.get(end..)).unwrap_or(text)
    }

    /// Takes enumerators and words that are no part of a label off its start.
    pub(super) fn trimmed<'t>(&self, printed: &'t str) -> &'t str {
        let mut text = printed;
        // No label has more words before it.
        for _ in 0..8 {
            let mut rest = text.trim_start_matches([
                YEAR, '-', '—', '"', '”', ',', '、', '.', ')', '+', '①', '②', '③', '④', '⑤', '⑥',
                '⑦', '⑧',
            ]);
            if let Some((_, after)) = enumerator(rest) {
                rest = after;
            } else if let Some(inner) = rest.strip_prefix('(') {
                // （部门本级）共 472.5 万元
                let end = inner.find(')').filter(|end| inner.len() != end + 1);
                rest = end.and_then(|end| inner.get(end + 1..)).unwrap_or(rest);
            }
            if let Some(after) = self.wording.before.after(rest)
                && !self.begins_name(rest)
            {
                rest = after;
            }
            if rest.len() == text.len() {
                break;
            }
            text = rest;
        }
        text
    }

    /// Returns whether a name begins a text: 中小企业 is not 中 and 小企业.
    fn begins_name(&self, text: &str) -> bool {
        self.wording.topics.begin(text)
            || self.wording.counts.begin(text)
            || self.classes.knows(text)
    }

    /// Reads 社会保障和就业（类）行政事业单位养老支出（款）事业单位离退休（项）.
    fn marked(&self, text: &str) -> Option<Subject> {
        let mut parts: Vec<(&str, char, usize)> = Vec::new();
        let mut from = 0;
        for (at, _) in text.match_indices('(') {
            let inner = text.get(at + 1..).unwrap_or_default();
            let digits = inner.bytes().take_while(u8::is_ascii_digit).count();
            let mut chars = inner.get(digits..).unwrap_or_default().chars();
            let Some(level @ ('类' | '款' | '项')) = chars.next() else { continue };
            let close = if matches!(chars.next(), Some(')')) { 1 } else { continue };
            let end = at + 1 + digits + level.len_utf8() + close;
            parts.push((text.get(from..at).unwrap_or_default(), level, end));
            from = end;
        }
        let (last, level, end) = *parts.last()?;
        let rest = text.get(end..).unwrap_or_default();
        let mut label = unquoted(self.trimmed(without_code(last))).to_owned();
        // 教育（类）支出
        if level == '类' && rest.starts_with("支出") && !label.ends_with("支出") {
            label.push_str("支出");
        }
        if label.is_empty() {
            return None;
        }
        let above: Vec<&str> =
            parts.iter().rev().skip(1).map(|(name, ..)| without_code(name)).collect();
        let class_code = self.functional(&label, level, &above);
        Some(Subject { topic: Topic::Functional, label, class_code, strong: false })
    }

    /// Returns the code of a functional item: of those of its name the one whose level and
    /// classes above fit.
    fn functional(&self, label: &str, level: char, above: &[&str]) -> Option<String> {
        let length = match level {
            '类' => 3,
            '款' => 5,
            _ => 7,
        };
        let functional = &self.classes.functional;
        let codes: Vec<&String> =
            functional.codes(label).iter().filter(|code| code.len() == length).collect();
        let named = |code: &str, name: &str| {
            let standard = functional.name(code).unwrap_or_default();
            let short = |text: &str| text.trim_end_matches("支出").to_owned();
            short(standard) == short(self.trimmed(name))
        };
        let fits = |code: &&&String| {
            above.iter().enumerate().all(|(up, name)| {
                let end = length.saturating_sub(2 * (up + 1));
                code.get(..end).is_some_and(|code| named(code, name))
            })
        };
        match codes.as_slice() {
            [only] => Some((*only).clone()),
            several => several.iter().find(fits).map(|code| (**code).clone()),
        }
    }

    /// Returns the best name of a topic in a label, if nothing but empty words follows it.
    fn topic(&self, text: &str, domain: Option<Topic>) -> Option<(Named, Subject)> {
        let names: Vec<Named> = self.wording.topics.found(text).collect();
        let best = |strong: bool| {
            let fit = names.iter().filter(|named| {
                named.name.strong == strong
                    && named.name.within.is_none_or(|within| domain == Some(within))
            });
            fit.copied().max_by_key(Named::rank)
        };
        let named = best(true).or_else(|| {
            let named = best(false)?;
            let rest = text.get(named.end..)?;
            self.wording.empty.covers(rest).then_some(named)
        })?;
        let label = match named.name.topic {
            Topic::Other => text.trim_end_matches(['为', '是', '约']),
            // A fund is the name itself; before other names stand those that they are parts of.
            Topic::Fund => text.get(named.start..named.end)?,
            _ => {
                let mut start = named.start;
                let touches = |start: usize| {
                    let touching =
                        names.iter().filter(|other| other.start < start && start <= other.end);
                    touching.map(|other| other.start).min()
                };
                while let Some(before) = touches(start) {
                    start = before;
                }
                let rest = text.get(named.end..)?;
                let sums = ["预算总额", "支出总额", "总额", "金额"];
                let sum = sums.into_iter().find(|sum| rest.starts_with(sum)).unwrap_or_default();
                text.get(start..named.end + sum.len())?
            }
        };
        let label = label.to_owned();
        let Named { name, .. } = named;
        Some((named, Subject { topic: name.topic, label, class_code: None, strong: name.strong }))
    }

    /// Looks a label up in the classifications, and returns how many bytes the name covers.
    fn item(&self, text: &str, domain: Option<Topic>) -> Option<(usize, Subject)> {
        let (bare, code) = code_and_name(text);
        // 公共安全支出——法院——行政运行: the last name of a path.
        let bare = bare.rsplit(['—', '-']).find(|name| !name.is_empty()).unwrap_or(bare);
        // 基本工资、津贴补贴、奖金 15.17: the figure belongs to the last of them.
        let last = bare.rfind('、').and_then(|at| bare.get(at + '、'.len_utf8()..));
        // “教育支出”科目
        let quoted = bare.strip_prefix('“').and_then(|rest| rest.split_once('”'));
        let quoted = quoted.filter(|(_, rest)| self.wording.empty.covers(rest));
        let names = [Some(bare), last, quoted.map(|(name, _)| name)];
        let found = names.into_iter().flatten().find_map(|name| self.exactly(name, domain));
        if found.is_none()
            && let Some(code) = code.filter(|code| matches!(code.len(), 3 | 5 | 7))
            && !bare.is_empty()
        {
            let economic = code.starts_with('3') && code.len() < 7;
            let topic = if economic { Topic::Economic } else { Topic::Functional };
            let label = self.without_filler(bare).to_owned();
            return Some((
                text.len(),
                Subject { topic, label, class_code: Some(code), strong: false },
            ));
        }
        found
    }

    /// Looks a name up as it is, then without the empty words behind it.
    fn exactly(&self, name: &str, domain: Option<Topic>) -> Option<(usize, Subject)> {
        let Classifications { functional, economic, .. } = self.classes;
        if !functional.begins_like(name) && !economic.begins_like(name) {
            return None;
        }
        let ends = self.wording.empty.tails(name);
        ends.take_while(|end| 0 < *end).find_map(|end| {
            let (head, rest) = (name.get(..end)?, name.get(end..)?);
            let functional = functional.codes(head).first();
            // 309 repeats the items of 310 for capital construction, which no unit budgets alone.
            let mut economic = economic.codes(head).iter();
            let economic =
                economic.clone().find(|code| !code.starts_with("309")).or(economic.next());
            let (topic, code) = match (functional, economic) {
                (None, None) => return None,
                (None, Some(code)) => (Topic::Economic, code),
                (Some(_), Some(code)) if domain == Some(Topic::Economic) => (Topic::Economic, code),
                (Some(code), _) => (Topic::Functional, code),
            };
            let class_code = Some(code.clone());
            // 职工基本医疗保险 + 费 is how the item is printed.
            let whole = matches!(rest, "费" | "支出" | "费用");
            let label = if whole { name } else { head }.to_owned();
            Some((end, Subject { topic, label, class_code, strong: false }))
        })
    }

    /// Takes the empty words off the end of a label, if anything remains.
    fn without_filler<'t>(&self, label: &'t str) -> &'t str {
        let cut = self.wording.empty.tails(label).take_while(|at| 0 < *at).last();
        cut.and_then(|at| label.get(..at)).unwrap_or(label)
    }
}

/// Takes the marks of years out of a text.
fn without_years(text: &str) -> Cow<'_, str> {
    if text.contains(YEAR) {
        Cow::Owned(text.chars().filter(|c| *c != YEAR).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Parts a name from the code before or behind it: 208社会保障和就业支出, 农林水支出(213).
fn code_and_name(text: &str) -> (&str, Option<String>) {
    let text = unquoted(text);
    let bare = without_code(text);
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let before = text.get(..text.len() - bare.len()).map(digits).filter(|code| !code.is_empty());
    if before.is_none()
        && let Some((name, behind)) =
            bare.strip_suffix(')').and_then(|inner| inner.rsplit_once('('))
        && behind.bytes().all(|byte| byte.is_ascii_digit())
    {
        return (unquoted(name), Some(behind.to_owned()));
    }
    (unquoted(bare), before)
}

/// Takes quotation marks off the ends of a name: “教育支出”.
fn unquoted(name: &str) -> &str {
    match name.strip_prefix(['“', '"']) {
        Some(rest) if rest.matches(['”', '"']).count() == 1 => {
            rest.strip_suffix(['”', '"']).unwrap_or(name)
        }
        _ => name,
    }
}

/// Takes a code off the start of a name.
fn without_code(name: &str) -> &str {
    name.trim_start_matches(|c: char| {
        c.is_ascii_digit() || matches!(c, '-' | '.' | '(' | ')' | '[' | ']' | '_')
    })
}
