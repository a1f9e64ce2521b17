//! Reads what the files under `pipelines/forms` say of the statutory tables.

use std::iter;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use memchr::memmem::{self, Finder};
use serde::Deserialize;

use crate::{
    accounts::{
        sources::Sources,
        table::Meaning,
        token::{Flow, Fund, Item, Nature, Period, TableKind},
    },
    error::{ErrorKind, Result},
    extract::words::{Word, Words},
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
    /// `key` is the text as [`text::key`](crate::accounts::text::key) makes it.
    pub fn titled(&self, key: &str) -> Option<&Form> {
        let bare = without_brackets(key);
        self.titled_exactly(key)
            .or_else(|| if bare == key { None } else { self.titled_exactly(bare) })
    }

    /// Returns whether a text can be a title, or the end of one, or the beginning of one that
    /// ends otherwise: nearly none can, and a few characters tell.
    pub(super) fn may_be_titled(&self, key: &str) -> bool {
        // What stands before a bracket counts too.
        key.ends_with(')') || self.titles.may_be(key)
    }

    fn titled_exactly(&self, key: &str) -> Option<&Form> {
        if !self.titles.may_be(key) {
            return None;
        }
        let (_, form) = self.titles.candidates(key).max()?;
        self.forms.get(form)
    }
}

/// Takes a bracket off the end of a title: 支出总表（续）.
pub(super) fn without_brackets(key: &str) -> &str {
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
    /// The patterns, each under the longest of its pieces.
    patterns: Vec<Vec<Pattern>>,
    /// The words that no title of a form contains, as pieces, by form.
    not: Vec<Vec<usize>>,
    /// The last characters of the patterns that end with none of `*`.
    ends: Vec<char>,
    /// Finds the last characters before the `*` of the others.
    open_ends: Vec<Finder<'static>>,
}

/// A printed title of a form.
#[derive(Debug)]
struct Pattern {
    form: usize,
    /// The texts around its `*`, of which the first and the last may be empty.
    parts: Vec<String>,
    /// How many characters these have.
    fixed: usize,
    pieces: Vec<usize>,
}

impl Pattern {
    /// Returns how many characters of a text are fixed by the pattern, where it matches.
    fn matches(&self, text: &str) -> Option<usize> {
        let (first, others) = self.parts.split_first()?;
        if !text.ends_with(others.last().unwrap_or(first)) {
            return None;
        }
        let mut rest = text.strip_prefix(first.as_str())?;
        for part in others {
            let at = memmem::find(rest.as_bytes(), part.as_bytes())?;
            rest = rest.get(at + part.len()..)?;
        }
        Some(self.fixed)
    }
}

/// The most different pieces that all patterns together have.
const MOST_PIECES: usize = 512;

/// A set of pieces.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Pieces([u64; MOST_PIECES / 64]);

impl Pieces {
    fn add(&mut self, piece: usize) {
        if let Some(word) = self.0.get_mut(piece / 64) {
            *word |= 1 << (piece % 64);
        }
    }

    /// Returns the pieces, the smallest first.
    fn all(self) -> impl Iterator<Item = usize> {
        (0..).step_by(64).zip(self.0).flat_map(|(first, mut word)| {
            iter::from_fn(move || {
                let bit = word.trailing_zeros() as usize;
                word &= word.wrapping_sub(1);
                (bit < 64).then_some(first + bit)
            })
        })
    }

    fn has(&self, piece: usize) -> bool {
        self.0.get(piece / 64).is_some_and(|word| word >> (piece % 64) & 1 == 1)
    }
}

impl Titles {
    fn new(forms: &[Form]) -> std::result::Result<Titles, String> {
        let mut known: Vec<&str> = Vec::new();
        let mut place = |piece| {
            known.iter().position(|other| *other == piece).unwrap_or_else(|| {
                known.push(piece);
                known.len() - 1
            })
        };
        let mut patterns: Vec<Vec<Pattern>> = Vec::new();
        let mut not = Vec::with_capacity(forms.len());
        for (form, printed) in forms.iter().enumerate() {
            for text in &printed.titles {
                let pieces = || text.split('*').filter(|piece| !piece.is_empty());
                let longest = pieces().max_by_key(|piece| piece.len()).unwrap_or_default();
                let under = place(longest);
                patterns.resize_with(patterns.len().max(under + 1), Vec::new);
                if let Some(patterns) = patterns.get_mut(under) {
                    let parts: Vec<String> = text.split('*').map(str::to_owned).collect();
                    let fixed = parts.iter().map(|part| part.chars().count()).sum();
                    let pieces = pieces().map(&mut place).collect();
                    patterns.push(Pattern { form, parts, fixed, pieces });
                }
            }
            not.push(printed.not.iter().map(|word| place(word)).collect());
        }
        if MOST_PIECES < known.len() {
            return Err(format!("the titles have {} pieces, {MOST_PIECES} at most", known.len()));
        }
        let finder = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .build(&known)
            .map_err(|error| error.to_string())?;
        let (mut ends, mut open_ends) = (Vec::new(), Vec::new());
        for text in forms.iter().flat_map(|form| &form.titles) {
            let fixed = text.trim_end_matches('*');
            let ends = if fixed.len() == text.len() { &mut ends } else { &mut open_ends };
            ends.extend(fixed.chars().next_back().filter(|last| !ends.contains(last)));
        }
        let finders = open_ends.iter().map(|last| Finder::new(&last.to_string()).into_owned());
        let open_ends = finders.collect();
        Ok(Titles { finder, patterns, not, ends, open_ends })
    }

    /// Returns whether a text ends as a pattern does.
    fn may_be(&self, key: &str) -> bool {
        key.ends_with(self.ends.as_slice())
            || self.open_ends.iter().any(|last| last.find(key.as_bytes()).is_some())
    }

    /// Returns the forms that a line can be the title of, each with how many characters of the
    /// line a pattern fixes.
    fn candidates(&self, key: &str) -> impl Iterator<Item = (usize, usize)> {
        let mut found = Pieces::default();
        for piece in self.finder.find_overlapping_iter(key) {
            found.add(piece.pattern().as_usize());
        }
        let patterns = found.all().filter_map(|piece| self.patterns.get(piece)).flatten();
        patterns.filter_map(move |pattern| {
            let refused =
                || self.not.get(pattern.form)?.iter().find(|piece| found.has(**piece)).copied();
            if !pattern.pieces.iter().all(|piece| found.has(*piece)) || refused().is_some() {
                return None;
            }
            Some((pattern.matches(key)?, pattern.form))
        })
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
