//! Finds what the words of a header say, whole, inside longer texts, or damaged.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use serde::Deserialize;

use crate::{
    accounts::{
        text,
        token::{Flow, Fund, Item, Nature, Period, Stage},
    },
    extract::spec::{Role, without_brackets},
};

/// What header words say of a column.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Word {
    say: Vec<String>,
    #[serde(default)]
    exact: bool,
    /// Where the money comes from.
    pub fund: Option<Fund>,
    /// This year's or carried over.
    pub period: Option<Period>,
    /// What kind of spending.
    pub nature: Option<Nature>,
    /// Budget or final account.
    pub stage: Option<Stage>,
    /// The year, counted from that of the document: 上年预算数 is of -1.
    pub year: Option<i32>,
    /// A line of the “三公” table.
    pub item: Option<Item>,
    /// The side of the ledger.
    pub flow: Option<Flow>,
    /// The side of the ledger of this column alone, in a table that has both in one row.
    pub ledger: Option<Flow>,
    /// A column of text.
    pub role: Option<Role>,
    /// The funds that a group of columns can hold: `fiscal` or `other`.
    pub within: Option<Fund>,
    /// A total or an amount without further meaning.
    #[serde(default)]
    pub total: bool,
}

/// The words of table headers.
#[derive(Debug)]
pub struct Words {
    entries: Vec<Word>,
    /// Finds words inside headers; the patterns belong to `inside`.
    finder: AhoCorasick,
    inside: Vec<usize>,
    /// Every printed form with its word, by the number of its characters.
    phrases: BTreeMap<usize, Vec<Phrase>>,
    /// The word of every printed form, by the number of its bytes: that of most other texts is
    /// none of these.
    exact: BTreeMap<usize, BTreeMap<String, usize>>,
}

impl Words {
    pub(super) fn new(words: Vec<Word>) -> Result<Words, String> {
        let mut inside = Vec::new();
        let mut patterns = Vec::new();
        let mut phrases: BTreeMap<usize, Vec<Phrase>> = BTreeMap::new();
        let mut exact: BTreeMap<usize, BTreeMap<String, usize>> = BTreeMap::new();
        for (at, word) in words.iter().enumerate() {
            let silent = Word { say: word.say.clone(), exact: word.exact, ..Word::default() };
            if word.say.is_empty() || *word == silent {
                return Err(format!(
                    "say {:?}: a word needs a printed form and something to say",
                    word.say
                ));
            }
            for say in &word.say {
                let say = text::key(say).into_owned();
                if say.is_empty() {
                    return Err(format!("say {:?}: an empty text matches everything", word.say));
                }
                let known = exact.entry(say.len()).or_default().insert(say.clone(), at);
                if known.is_some_and(|other| other != at) && word.exact {
                    return Err(format!("`{say}` is said twice"));
                }
                let chars: Vec<char> = say.chars().collect();
                let phrase = Phrase { bag: bag(&chars), chars, word: at };
                phrases.entry(phrase.chars.len()).or_default().push(phrase);
                if !word.exact {
                    inside.push(at);
                    patterns.push(say);
                }
            }
        }
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&patterns)
            .map_err(|error| error.to_string())?;
        Ok(Words { entries: words, finder, inside, phrases, exact })
    }

    /// Returns the words that a header says, in printed order.
    pub fn said<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Word> {
        let whole = self.whole(key);
        let inside = whole.is_none().then(|| self.finder.find_iter(key)).into_iter().flatten();
        whole.into_iter().chain(
            inside.filter_map(|found| {
                self.entries.get(*self.inside.get(found.pattern().as_usize())?)
            }),
        )
    }

    /// Returns the word that a header is as a whole, but for a bracket.
    fn whole(&self, key: &str) -> Option<&Word> {
        let word = |text: &str| self.entries.get(self.exactly(text)?);
        // 项目（按功能分类）: what a column of labels is parted by stands in a bracket.
        let bare = without_brackets(key);
        word(key).or_else(|| {
            (bare.len() < key.len()).then(|| word(bare)).flatten().filter(|w| w.role.is_some())
        })
    }

    /// Returns how much of a header, in hundredths of its characters, is words.
    pub fn covered(&self, key: &str) -> u32 {
        let found: usize = self
            .finder
            .find_iter(key)
            .filter_map(|f| key.get(f.range()))
            .map(|w| w.chars().count())
            .sum();
        u32::try_from(100 * found / key.chars().count().max(1)).unwrap_or(0)
    }

    /// Returns whether a word begins in one text and goes on in the next.
    pub fn spans(&self, first: &str, second: &str) -> bool {
        let joined = format!("{first}{second}");
        let border = first.len();
        self.finder.find_iter(&joined).any(|found| found.start() < border && border < found.end())
    }

    /// Returns whether a header is, as a whole, one of the words.
    pub fn is_word(&self, key: &str) -> bool {
        self.exactly(key).is_some()
    }

    fn exactly(&self, key: &str) -> Option<usize> {
        self.exact.get(&key.len())?.get(key).copied()
    }

    /// Returns the word that a damaged header resembles most, with how much in a hundred;
    /// nothing below 60, or where two different words resemble it as much.
    ///
    /// The measure is the share of the characters in common: 3 · common / (2 · header +
    /// word), a word counting at most twice the header's length. Narrow cells scatter and lose
    /// characters, so in a single cell their order does not count, but the word must have
    /// all of them; in a label that was torn over several cells (`in_order`) order counts.
    pub fn resembles(&self, key: &str, in_order: bool) -> Option<(&Word, u32)> {
        let mut chars = ['\0'; LONGEST_DAMAGED];
        let mut length = 0;
        for c in key.chars().filter(|c| !c.is_ascii_punctuation()) {
            *chars.get_mut(length)? = c;
            length += 1;
        }
        let chars = chars.get(..length).filter(|chars| 2 <= chars.len())?;
        let own = bag(chars);
        let mut best: Option<(u32, usize)> = None;
        let mut tied = false;
        // An undamaged header is another word and not a misprint of this one.
        let fewest = if in_order { 2 } else { length };
        for (size, phrases) in self.phrases.range(3.max(length.saturating_sub(2))..) {
            let measure = 2 * length + (*size).min(2 * length);
            let least = best.map_or(60, |(top, _)| top.max(60) as usize);
            let Some(spare) = length.checked_sub(fewest.max((least * measure).div_ceil(300)))
            else {
                continue;
            };
            for Phrase { chars: phrase, bag, word: at } in phrases {
                // Characters of the header whose mark the phrase lacks are not in common.
                let absent = own & !bag;
                if has_more(absent, spare) {
                    continue;
                }
                let common =
                    if in_order { longest_common(chars, phrase) } else { in_common(chars, phrase) };
                if common < fewest {
                    continue;
                }
                let score = u32::try_from(300 * common / measure).unwrap_or(0);
                match best {
                    Some((top, word)) if top == score => {
                        tied |= word != *at && self.entries.get(word) != self.entries.get(*at);
                    }
                    Some((top, _)) if score < top => (),
                    _ => {
                        best = Some((score, *at));
                        tied = false;
                    }
                }
            }
        }
        let (score, at) = best?;
        (60 <= score && !tied).then(|| self.entries.get(at).map(|word| (word, score)))?
    }
}

/// The longest damaged header that is compared with the words, in characters.
const LONGEST_DAMAGED: usize = 16;

/// A printed form of a header word.
#[derive(Debug)]
struct Phrase {
    chars: Vec<char>,
    bag: u64,
    word: usize,
}

/// Returns a set with a mark for each character; different characters may share a mark.
fn bag(chars: &[char]) -> u64 {
    chars.iter().fold(0, |bag, c| bag | 1 << (u32::from(*c).wrapping_mul(0x9E37_79B1) >> 26))
}

/// Returns whether more than `most` bits are set; cheaper than to count them where few may be.
fn has_more(bits: u64, most: usize) -> bool {
    (0..most).fold(bits, |bits, _| bits & bits.wrapping_sub(1)) != 0
}

/// Counts the characters that two texts have in common, in any order; of the second, the first 64.
fn in_common(a: &[char], b: &[char]) -> usize {
    let mut taken: u64 = 0;
    let mut take = |c: &char| {
        let free = |at: &usize| taken >> at & 1 == 0;
        let at = b.iter().take(64).enumerate().filter(|(_, other)| *other == c);
        let at = at.map(|(at, _)| at).find(free);
        at.map(|at| taken |= 1 << at).is_some()
    };
    a.iter().filter(|c| take(c)).count()
}

/// Counts the characters of the longest common subsequence of two texts, the first of at most
/// [`LONGEST_DAMAGED`].
///
/// A bit for each character of `a` is off where the row of the usual table steps up by one
/// (Hyyrö 2004), so that a character of `b` costs a few operations and not a row.
fn longest_common(a: &[char], b: &[char]) -> usize {
    let mut row = u32::MAX;
    for y in b {
        let same = a.iter().rev().fold(0, |same, x| same << 1 | u32::from(x == y));
        let steps = row & same;
        row = row.wrapping_add(steps) | (row - steps);
    }
    row.count_zeros() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_in_common_keep_their_order() {
        let common = |a: &str, b: &str| {
            let chars = |text: &str| text.chars().collect::<Vec<char>>();
            longest_common(&chars(a), &chars(b))
        };
        assert_eq!(common("一般公预算", "一般公共预算"), 5);
        assert_eq!(common("算预共公般一", "一般公共预算"), 1);
        assert_eq!(common("年年结转", "上年结转结余"), 3);
        assert_eq!(common("合计", "基本支出"), 0);
    }
}
