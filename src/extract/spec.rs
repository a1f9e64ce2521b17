//! Reads what the files under `pipelines/forms` say of the statutory tables.

use aho_corasick::{AhoCorasick, MatchKind};
use serde::Deserialize;

use crate::{
    accounts::{
        sources::Sources,
        table::Meaning,
        text,
        token::{Flow, Fund, Item, Nature, Period, Stage, TableKind},
    },
    error::{ErrorKind, Result},
};

/// The file of header words; every other file of the folder is a form.
const WORDS: &str = "forms/words.toml";

/// Every form, and the words of their headers.
#[derive(Debug)]
pub struct Forms {
    /// The statutory tables.
    pub forms: Vec<Form>,
    /// What header words say.
    pub words: Words,
    titles: Titles,
}

/// How one statutory table is recognised and read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Form {
    /// Which table.
    pub table: TableKind,
    /// Its usual title, for people.
    pub name: String,
    /// Printed titles without white space and quotation marks; `*` stands for anything.
    pub titles: Vec<String>,
    /// Words that no title of this table contains.
    #[serde(default)]
    pub not: Vec<String>,
    /// Sets of header words, parted by blanks, of which one suffices to know an untitled table.
    #[serde(default)]
    pub headers: Vec<String>,
    /// Header words that such a table never has.
    #[serde(default)]
    pub no_headers: Vec<String>,
    /// Whether income and expenditure stand side by side.
    #[serde(default)]
    pub two_sided: bool,
    /// The side of the ledger, where there is one.
    #[serde(default)]
    pub flow: Option<Flow>,
    /// What the rows are.
    pub rows: RowKind,
    /// The fund of columns that name none.
    #[serde(default = "all_funds")]
    pub fund: Fund,
    /// The nature of columns that name none.
    #[serde(default = "all_natures")]
    pub nature: Nature,
    /// The titles that make another fund the default, as in 一般公共预算“三公”经费.
    #[serde(default)]
    pub fund_by_title: Vec<FundByTitle>,
    /// The usual order of the columns, as `fund/period/nature` or as an item.
    #[serde(default)]
    pub order: Vec<String>,
    /// Whether its figures go into `amounts`.
    #[serde(default = "yes")]
    pub amounts: bool,
}

fn all_funds() -> Fund {
    Fund::All
}

fn all_natures() -> Nature {
    Nature::All
}

fn yes() -> bool {
    true
}

/// A default fund that depends on the title.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FundByTitle {
    /// The word in the title.
    pub contains: String,
    /// The default then.
    pub fund: Fund,
}

/// What the rows of a table are.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum RowKind {
    /// Items of income and classes of expenditure.
    Item,
    /// Units.
    Unit,
    /// The functional classification 类款项.
    Function,
    /// The economic classification 类款.
    Economy,
    /// The lines of the “三公” table.
    ThreePublic,
    /// Projects.
    Project,
}

/// What a column of text holds.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The label of the row.
    Label,
    /// Its code, or a part of it.
    Code,
    /// The code of a unit: the row's own only where it has no other.
    UnitCode,
    /// A unit: the label in tables of units, `row_unit` elsewhere.
    Unit,
    /// The type of a project.
    Level1,
    /// A first-level project.
    Level2,
    /// A second-level project.
    Level3,
    /// 行次, 序号
    Ordinal,
    /// A memo column that repeats money of another one.
    Memo,
    /// Anything else.
    Text,
}

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
    /// Every printed form with its word.
    phrases: Vec<Phrase>,
    exact: std::collections::BTreeMap<String, usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WordsFile {
    word: Vec<Word>,
}

impl Forms {
    /// Reads the forms; an error names the file and the key that is wrong.
    pub fn read(sources: &Sources) -> Result<Forms> {
        let mut forms = Vec::new();
        let mut words = None;
        for (path, text) in sources.under("forms", "toml") {
            let wrong = |problem: String| ErrorKind::Pipeline { path: path.to_owned(), problem };
            if path == WORDS {
                let file: WordsFile = toml::from_str(text).map_err(|e| wrong(e.to_string()))?;
                words = Some(Words::new(file.word).map_err(wrong)?);
            } else {
                let form: Form = toml::from_str(text).map_err(|e| wrong(e.to_string()))?;
                form.check().map_err(wrong)?;
                form.order(form.fund).map_err(wrong)?;
                forms.push(form);
            }
        }
        let words = words.ok_or_else(|| ErrorKind::Pipeline {
            path: WORDS.into(),
            problem: "the header words are missing".into(),
        })?;
        let titles = Titles::new(&forms)
            .map_err(|problem| ErrorKind::Pipeline { path: "forms".into(), problem })?;
        Ok(Forms { forms, words, titles })
    }

    /// Returns the form that a text is the title of, the one whose words cover most of it.
    ///
    /// `key` is the text as [`text::key`] makes it.
    pub fn titled(&self, key: &str) -> Option<&Form> {
        let bare = without_brackets(key);
        self.titled_exactly(key)
            .or_else(|| if bare == key { None } else { self.titled_exactly(bare) })
    }

    fn titled_exactly(&self, key: &str) -> Option<&Form> {
        let pieces = self.titles.pieces(key)?;
        let best = self
            .forms
            .iter()
            .zip(&self.titles.forms)
            .filter(|(_, needs)| needs.iter().any(|needed| pieces.hold(needed)))
            .filter_map(|(form, _)| Some((form.title_match(key)?, form)))
            .max_by_key(|(covered, _)| *covered);
        best.map(|(_, form)| form)
    }
}

/// Takes a bracket off the end of a title: 支出总表（续）.
fn without_brackets(key: &str) -> &str {
    match key.strip_suffix(')').and_then(|inner| inner.rfind('(')) {
        Some(at) => key.get(..at).unwrap_or(key),
        None => key,
    }
}

/// Tells in one pass over a line which forms it can be the title of.
#[derive(Debug)]
struct Titles {
    /// Finds the fixed pieces of all patterns.
    finder: AhoCorasick,
    /// The pieces that each pattern of each form needs.
    forms: Vec<Vec<Pieces>>,
}

/// The most different pieces that all patterns together have.
const MOST_PIECES: usize = 256;

/// A set of pieces.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Pieces([u64; MOST_PIECES / 64]);

impl Pieces {
    fn add(&mut self, piece: usize) {
        if let Some(word) = self.0.get_mut(piece / 64) {
            *word |= 1 << (piece % 64);
        }
    }

    fn hold(&self, needed: &Pieces) -> bool {
        self.0.iter().zip(needed.0).all(|(own, needed)| own & needed == needed)
    }
}

impl Titles {
    fn new(forms: &[Form]) -> std::result::Result<Titles, String> {
        let mut pieces: Vec<&str> = Vec::new();
        let mut needs = Vec::new();
        for form in forms {
            let mut patterns = Vec::new();
            for pattern in &form.titles {
                let mut needed = Pieces::default();
                for piece in pattern.split('*').filter(|piece| !piece.is_empty()) {
                    let at = pieces.iter().position(|known| *known == piece).unwrap_or_else(|| {
                        pieces.push(piece);
                        pieces.len() - 1
                    });
                    needed.add(at);
                }
                patterns.push(needed);
            }
            needs.push(patterns);
        }
        if MOST_PIECES < pieces.len() {
            return Err(format!("the titles have {} pieces, {MOST_PIECES} at most", pieces.len()));
        }
        let finder = AhoCorasick::new(&pieces).map_err(|error| error.to_string())?;
        Ok(Titles { finder, forms: needs })
    }

    /// Returns the pieces that a line holds; nothing where it holds none.
    fn pieces(&self, key: &str) -> Option<Pieces> {
        let mut found = Pieces::default();
        for piece in self.finder.find_overlapping_iter(key) {
            found.add(piece.pattern().as_usize());
        }
        (found != Pieces::default()).then_some(found)
    }
}

impl Form {
    /// Refuses what would match nothing, or everything.
    fn check(&self) -> std::result::Result<(), String> {
        if self.titles.is_empty() {
            return Err("titles: at least one printed title is needed".into());
        }
        let blank = |texts: &[String]| texts.iter().any(|text| text.trim_matches('*').is_empty());
        for (key, texts) in [
            ("titles", &self.titles),
            ("not", &self.not),
            ("headers", &self.headers),
            ("no-headers", &self.no_headers),
        ] {
            if blank(texts) {
                return Err(format!("{key}: an empty text matches everything"));
            }
        }
        Ok(())
    }

    /// Returns how many characters of a title the best pattern fixes; nothing where none fits.
    fn title_match(&self, key: &str) -> Option<usize> {
        if self.not.iter().any(|word| key.contains(word.as_str())) {
            return None;
        }
        self.titles.iter().filter_map(|pattern| glob(pattern, key)).max()
    }

    /// Returns the usual order of the columns, items with the table's fund; an error names what
    /// is no meaning.
    pub fn order(&self, fund: Fund) -> std::result::Result<Vec<Meaning>, String> {
        self.order
            .iter()
            .map(|text| {
                let wrong = || format!("order: `{text}` is no item and no fund/period/nature");
                if let Some(item) = Item::parse(text) {
                    return Ok(Meaning {
                        item: Some(item),
                        fund,
                        nature: self.nature,
                        ..Meaning::ALL
                    });
                }
                let mut parts = text.split('/');
                let fund = parts.next().and_then(Fund::parse).ok_or_else(wrong)?;
                let period = parts.next().and_then(Period::parse).ok_or_else(wrong)?;
                let nature = parts.next().and_then(Nature::parse).ok_or_else(wrong)?;
                if parts.next().is_some() {
                    return Err(wrong());
                }
                Ok(Meaning { fund, period, nature, ..Meaning::ALL })
            })
            .collect()
    }

    /// Returns the fund of columns that name none, under a title.
    pub fn default_fund(&self, title: &str) -> Fund {
        self.fund_by_title
            .iter()
            .find(|by| title.contains(&by.contains))
            .map_or(self.fund, |by| by.fund)
    }
}

/// Matches a text against a pattern with `*` and returns how many characters are fixed by it.
fn glob(pattern: &str, text: &str) -> Option<usize> {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let mut rest = text.strip_prefix(first)?;
    let mut fixed = first.chars().count();
    let mut last = first;
    for piece in pieces {
        let at = rest.find(piece)?;
        rest = rest.get(at + piece.len()..)?;
        fixed += piece.chars().count();
        last = piece;
    }
    (last.is_empty() || rest.is_empty() || text.ends_with(last)).then_some(fixed)
}

impl Words {
    fn new(words: Vec<Word>) -> std::result::Result<Words, String> {
        let mut inside = Vec::new();
        let mut patterns = Vec::new();
        let mut phrases = Vec::new();
        let mut exact = std::collections::BTreeMap::new();
        for (at, word) in words.iter().enumerate() {
            let silent = Word { say: word.say.clone(), exact: word.exact, ..Word::default() };
            if word.say.is_empty() || *word == silent {
                return Err(format!(
                    "say {:?}: a word needs a printed form and something to say",
                    word.say
                ));
            }
            for say in &word.say {
                let say = text::key(say);
                if say.is_empty() {
                    return Err(format!("say {:?}: an empty text matches everything", word.say));
                }
                if exact.insert(say.clone(), at).is_some_and(|other| other != at) && word.exact {
                    return Err(format!("`{say}` is said twice"));
                }
                let chars: Vec<char> = say.chars().collect();
                phrases.push(Phrase { bag: bag(&chars), chars, word: at });
                if !word.exact {
                    inside.push(at);
                    patterns.push(say);
                }
            }
        }
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&patterns)
            .map_err(|error| error.to_string())?;
        Ok(Words { entries: words, finder, inside, phrases, exact })
    }

    /// Returns the words that a header says, in printed order.
    pub fn said<'a>(&'a self, key: &'a str) -> Vec<&'a Word> {
        if let Some(word) = self.exact.get(key).and_then(|at| self.entries.get(*at)) {
            return vec![word];
        }
        self.finder
            .find_iter(key)
            .filter_map(|found| self.entries.get(*self.inside.get(found.pattern().as_usize())?))
            .collect()
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

    /// Returns whether a header is, as a whole, one of the words.
    pub fn is_word(&self, key: &str) -> bool {
        self.exact.contains_key(key)
    }

    /// Returns the word that a damaged header resembles most, with how much in a hundred;
    /// nothing below 60, or where two different words resemble it as much.
    ///
    /// The measure is the share of the characters in common: 3 · common / (2 · header +
    /// word), a word counting at most twice the header's length. Narrow cells scatter and lose
    /// characters, so in a single cell their order does not count, but the word must have
    /// all of them; in a label that was torn over several cells (`in_order`) order counts.
    pub fn resembles(&self, key: &str, in_order: bool) -> Option<(&Word, u32)> {
        let chars: Vec<char> = key.chars().filter(|c| !c.is_ascii_punctuation()).collect();
        if chars.len() < 2 || 16 < chars.len() {
            return None;
        }
        let mut best: Option<(u32, usize)> = None;
        let mut tied = false;
        let own = bag(&chars);
        for Phrase { chars: phrase, bag, word: at } in &self.phrases {
            if phrase.len() < 3 || phrase.len() + 2 < chars.len() {
                continue;
            }
            // Characters of the header whose mark the phrase lacks are not in common.
            let missing = (own & !bag).count_ones() as usize;
            let most = chars.len().saturating_sub(missing);
            if 300 * most < 60 * (2 * chars.len() + phrase.len().min(2 * chars.len())) {
                continue;
            }
            let common =
                if in_order { longest_common(&chars, phrase) } else { in_common(&chars, phrase) };
            // An undamaged header is another word and not a misprint of this one.
            if common < 2 || (!in_order && common < chars.len()) {
                continue;
            }
            let score = 300 * common / (2 * chars.len() + phrase.len().min(2 * chars.len()));
            let score = u32::try_from(score).unwrap_or(0);
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
        let (score, at) = best?;
        (60 <= score && !tied).then(|| self.entries.get(at).map(|word| (word, score)))?
    }
}

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

/// Counts the characters that two texts have in common, in any order.
fn in_common(a: &[char], b: &[char]) -> usize {
    let mut left = b.to_vec();
    let mut taken = |c: &char| {
        left.iter().position(|other| other == c).map(|at| left.swap_remove(at)).is_some()
    };
    a.iter().filter(|c| taken(c)).count()
}

/// Counts the characters of the longest common subsequence of two texts.
fn longest_common(a: &[char], b: &[char]) -> usize {
    let mut above = vec![0; b.len() + 1];
    for x in a {
        let mut diagonal = 0;
        for (at, y) in b.iter().enumerate() {
            let left = above.get(at).copied().unwrap_or(0);
            let Some(cell) = above.get_mut(at + 1) else { break };
            let kept = (*cell).max(left);
            let next = if x == y { diagonal + 1 } else { kept };
            diagonal = *cell;
            *cell = next;
        }
    }
    above.last().copied().unwrap_or(0)
}
