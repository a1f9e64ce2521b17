//! Knows the things that prose counts by the words that name them.

use aho_corasick::{AhoCorasick, Anchored, Input, StartKind};
use serde::Deserialize;

use crate::accounts::{text, token::Topic};

/// A thing that is counted.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// The topic.
    pub topic: Topic,
    /// The units that it is counted in.
    units: Vec<String>,
    /// Its names, before or behind the number.
    nouns: Vec<String>,
    /// Whether money can be stated of what is counted: 公开5个项目，涉及金额200万元.
    #[serde(default)]
    pub money: bool,
    /// Words that decide wherever they stand in the clause.
    #[serde(default)]
    anywhere: Vec<String>,
}

impl Count {
    /// Returns whether it is counted in a unit.
    pub fn has_unit(&self, unit: &str) -> bool {
        self.units.iter().any(|own| own == unit)
    }
}

/// All things that are counted.
#[derive(Debug)]
pub struct Counts {
    things: Vec<Count>,
    words: Vec<Word>,
    /// Finds all words.
    finder: AhoCorasick,
    /// Finds the noun that begins a text.
    first: AhoCorasick,
}

/// A word that names a thing.
#[derive(Clone, Copy, Debug)]
struct Word {
    /// The place of the thing in the file.
    thing: usize,
    /// Whether it decides wherever it stands; a noun stands beside the number.
    decides: bool,
}

/// A word found in a clause.
#[derive(Clone, Copy, Debug)]
pub struct Counted<'w> {
    /// The thing that it names.
    pub thing: &'w Count,
    /// The place of the thing in the file: of things that fit equally the first counts.
    pub order: usize,
    /// Whether it decides wherever it stands; a noun stands beside the number.
    pub decides: bool,
    /// Which word it is.
    pub word: usize,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends, in bytes.
    pub end: usize,
}

impl Counts {
    pub(super) fn new(mut things: Vec<Count>) -> Result<Counts, String> {
        let mut words = Vec::new();
        let mut texts = Vec::new();
        for (thing, count) in things.iter_mut().enumerate() {
            for (own, decides) in [(&count.nouns, false), (&count.anywhere, true)] {
                if own.iter().any(String::is_empty) {
                    return Err(format!("count {}: an empty word matches everything", count.topic));
                }
                words.extend(own.iter().map(|_| Word { thing, decides }));
                texts.extend(own.iter().cloned());
            }
            for unit in &mut count.units {
                *unit = text::label(unit).into_owned();
            }
        }
        let nouns = texts.iter().zip(&words).filter(|(_, word)| !word.decides);
        let first = AhoCorasick::builder()
            .start_kind(StartKind::Anchored)
            .build(nouns.map(|(noun, _)| noun))
            .map_err(|error| error.to_string())?;
        let finder = AhoCorasick::new(&texts).map_err(|error| error.to_string())?;
        Ok(Counts { things, words, finder, first })
    }

    /// Returns every word in a clause, those inside longer ones included, by their ends.
    pub fn found(&self, clause: &str) -> impl Iterator<Item = Counted<'_>> {
        self.finder.find_overlapping_iter(clause).filter_map(|found| {
            let word = found.pattern().as_usize();
            let Word { thing: order, decides } = *self.words.get(word)?;
            let thing = self.things.get(order)?;
            Some(Counted { thing, order, decides, word, start: found.start(), end: found.end() })
        })
    }

    /// Returns whether a text begins with a noun.
    pub fn begin(&self, text: &str) -> bool {
        self.first.find(Input::new(text).anchored(Anchored::Yes)).is_some()
    }
}
