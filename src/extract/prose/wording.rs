//! Reads what `pipelines/prose/wording.toml` says of the words of the prose.

use aho_corasick::{AhoCorasick, Anchored, Input, MatchKind, StartKind};
use serde::Deserialize;

use crate::{
    accounts::{
        sources::Sources,
        text,
        token::{Stage, Topic},
    },
    error::{ErrorKind, Result},
    extract::prose::{
        counts::{Count, Counts},
        filler::Filler,
    },
};

/// The file of the words.
const WORDING: &str = "prose/wording.toml";

/// The words with which prose states figures.
#[derive(Debug)]
pub struct Wording {
    /// Headings of sections that state figures.
    pub figures: Phrases,
    /// Headings of sections that tell a story.
    pub narrative: Phrases,
    /// Headings of sections that say who publishes.
    pub facts: Phrases,
    /// What headings end with.
    heading_ends: Vec<String>,
    /// Words of headings whose sums are those of a part of the money.
    pub apart: Phrases,
    /// Words of the captions of charts.
    pub captions: Phrases,
    /// Verbs of change; the value is true where they mean more.
    pub changes: Phrases,
    more: usize,
    /// What may stand between a verb of change and its number.
    pub after_change: Filler,
    /// What begins the phrase that a change is measured against.
    pub comparisons: Phrases,
    /// Words in such a phrase that mean an earlier figure.
    pub bases: Phrases,
    /// Words of a share.
    pub shares: Phrases,
    /// Words of a share of the budget.
    pub budget_shares: Phrases,
    /// Words that open a scope.
    pub scopes: Phrases,
    /// Words after which no figure of its own is named.
    pub uses: Phrases,
    /// Words before a reason.
    pub reasons: Phrases,
    /// Words for the year before.
    pub last_year: Phrases,
    /// Words for the year of the document.
    pub this_year: Phrases,
    /// Words that tell the stage of an amount.
    stages: Stages,
    /// Words that name nothing.
    pub empty: Filler,
    /// Words before a label that are no part of it.
    pub before: Phrases,
    /// Names of what amounts are stated of.
    pub topics: Names,
    /// Things that are counted.
    pub counts: Counts,
    /// Units of counts, the longest first.
    pub count_units: Vec<Vec<char>>,
}

/// Texts that are looked for inside other texts.
#[derive(Debug)]
pub struct Phrases {
    finder: AhoCorasick,
}

/// The names of the topics.
#[derive(Debug)]
pub struct Names {
    finder: AhoCorasick,
    names: Vec<Name>,
}

/// What a name says.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    /// The topic.
    pub topic: Topic,
    /// Whether it wins wherever it stands in a label.
    pub strong: bool,
    /// Whether it speaks of the item before where the sentence has one.
    pub weak: bool,
    /// Whether it is a name only at the start of a label: 项目, but not 信息化项目.
    pub whole: bool,
    /// Where alone it is a name: 服务 is one in a sentence of 政府采购.
    pub within: Option<Topic>,
    /// Its place in the file: of names that are equal the first counts.
    order: usize,
}

impl Named {
    /// Returns what orders the names of a label, the best last.
    pub fn rank(&self) -> (usize, usize, std::cmp::Reverse<usize>) {
        (self.end, self.end - self.start, std::cmp::Reverse(self.name.order))
    }
}

/// A name found in a label.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// What it says.
    pub name: Name,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends, in bytes.
    pub end: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    sections: Sections,
    charts: Charts,
    changes: Changes,
    comparisons: Comparisons,
    shares: Shares,
    scopes: Scopes,
    reasons: Begin,
    years: Years,
    stages: StageWords,
    empty: Empty,
    topic: Vec<TopicNames>,
    count: Vec<Count>,
    units: Units,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sections {
    figures: Vec<String>,
    narrative: Vec<String>,
    facts: Vec<String>,
    ends: Vec<String>,
    apart: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Charts {
    captions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Changes {
    more: Vec<String>,
    less: Vec<String>,
    after: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Comparisons {
    begin: Vec<String>,
    last_year: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shares {
    of: Vec<String>,
    budget: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scopes {
    begin: Vec<String>,
    #[serde(rename = "use")]
    uses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Begin {
    begin: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Years {
    last: Vec<String>,
    this: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StageWords {
    budget: Vec<String>,
    adjusted_budget: Vec<String>,
    #[serde(rename = "final")]
    final_account: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Empty {
    words: Vec<String>,
    before: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TopicNames {
    topic: Topic,
    names: Vec<String>,
    #[serde(default)]
    endings: Vec<String>,
    #[serde(default)]
    strong: bool,
    #[serde(default)]
    weak: bool,
    #[serde(default)]
    whole: bool,
    within: Option<Topic>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Units {
    counts: Vec<String>,
}

impl Wording {
    /// Reads the words; an error names the file and what is wrong.
    pub fn read(sources: &Sources) -> Result<Wording> {
        let wrong = |problem: String| ErrorKind::Pipeline { path: WORDING.into(), problem };
        let text = sources.get(WORDING).ok_or_else(|| wrong("the file is missing".into()))?;
        let file: File = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
        Wording::new(file).map_err(|problem| wrong(problem).into())
    }

    fn new(file: File) -> std::result::Result<Wording, String> {
        let phrases = |key: &str, texts: &[String]| Phrases::new(key, texts);
        let mut verbs = file.changes.more;
        let more = verbs.len();
        verbs.extend(file.changes.less);
        let mut count_units: Vec<Vec<char>> =
            file.units.counts.iter().map(|unit| unit.chars().collect()).collect();
        count_units.sort_by_key(|unit| std::cmp::Reverse(unit.len()));
        Ok(Wording {
            stages: Stages::new(file.stages)?,
            figures: phrases("sections.figures", &file.sections.figures)?,
            narrative: phrases("sections.narrative", &file.sections.narrative)?,
            facts: phrases("sections.facts", &file.sections.facts)?,
            heading_ends: file.sections.ends,
            apart: phrases("sections.apart", &file.sections.apart)?,
            captions: phrases("charts.captions", &file.charts.captions)?,
            changes: phrases("changes", &verbs)?,
            more,
            after_change: Filler::new(file.changes.after),
            comparisons: phrases("comparisons.begin", &file.comparisons.begin)?,
            bases: phrases("comparisons.last_year", &file.comparisons.last_year)?,
            shares: phrases("shares.of", &file.shares.of)?,
            budget_shares: phrases("shares.budget", &file.shares.budget)?,
            scopes: phrases("scopes.begin", &file.scopes.begin)?,
            uses: phrases("scopes.use", &file.scopes.uses)?,
            reasons: phrases("reasons.begin", &file.reasons.begin)?,
            last_year: phrases("years.last", &file.years.last)?,
            this_year: phrases("years.this", &file.years.this)?,
            empty: Filler::new(file.empty.words),
            before: phrases("empty.before", &file.empty.before)?,
            topics: Names::new(&file.topic)?,
            counts: Counts::new(file.count)?,
            count_units,
        })
    }

    /// Returns whether a heading is whole, though another line stands right below it: it names
    /// what it heads, and no sentence has begun.
    pub fn is_whole_heading(&self, compact: &str) -> bool {
        let ends = || self.heading_ends.iter().any(|end| compact.ends_with(end));
        !compact.contains([',', ':', ';']) && ends()
    }

    /// Returns the stage that the words before an amount name: the last of them counts.
    pub fn stage(&self, text: &str) -> Option<Stage> {
        let found = self.stages.finder.find_overlapping_iter(text);
        // Of words that begin together the later in the file is the stronger.
        let last = found.max_by_key(|found| (found.start(), found.pattern()))?;
        self.stages.stages.get(last.pattern().as_usize()).copied()
    }

    /// Returns the last verb of change in a text that nothing but filler follows, as its place
    /// and whether it means more.
    pub fn change(&self, text: &str) -> Option<(usize, bool)> {
        let verbs = self.changes.finder.find_iter(text);
        let verb = verbs
            .filter(|verb| {
                text.get(verb.end()..).is_some_and(|rest| self.after_change.covers(rest))
            })
            .last()?;
        Some((verb.start(), verb.pattern().as_usize() < self.more))
    }
}

/// Words that tell the stage of an amount.
#[derive(Debug)]
struct Stages {
    finder: AhoCorasick,
    stages: Vec<Stage>,
}

impl Stages {
    fn new(words: StageWords) -> std::result::Result<Stages, String> {
        let (mut texts, mut stages) = (Vec::new(), Vec::new());
        for (words, stage) in [
            (words.budget, Stage::Budget),
            (words.adjusted_budget, Stage::AdjustedBudget),
            (words.final_account, Stage::Final),
        ] {
            stages.extend(words.iter().map(|_| stage));
            texts.extend(words);
        }
        let finder = AhoCorasick::new(texts).map_err(|error| error.to_string())?;
        Ok(Stages { finder, stages })
    }
}

impl Phrases {
    fn new(key: &str, texts: &[String]) -> std::result::Result<Phrases, String> {
        let texts: Vec<String> = texts.iter().map(|text| text::label(text).into_owned()).collect();
        if texts.iter().any(String::is_empty) {
            return Err(format!("{key}: an empty text matches everything"));
        }
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .start_kind(StartKind::Both)
            .build(&texts)
            .map_err(|error| error.to_string())?;
        Ok(Phrases { finder })
    }

    /// Returns whether a text holds one of them.
    pub fn within(&self, text: &str) -> bool {
        self.finder.is_match(text)
    }

    /// Returns the range of the first of them in a text.
    pub fn first(&self, text: &str) -> Option<(usize, usize)> {
        self.finder.find(text).map(|found| (found.start(), found.end()))
    }

    /// Returns the ranges of all of them in a text.
    pub fn all(&self, text: &str) -> impl Iterator<Item = (usize, usize)> {
        self.finder.find_iter(text).map(|found| (found.start(), found.end()))
    }

    /// Returns what follows the one that a text begins with.
    pub fn after<'t>(&self, text: &'t str) -> Option<&'t str> {
        let input = Input::new(text).anchored(Anchored::Yes);
        let found = self.finder.find(input)?;
        text.get(found.end()..)
    }

    /// Returns whether a text ends with one of them.
    pub fn ends(&self, text: &str) -> bool {
        self.finder.find_iter(text).any(|found| found.end() == text.len())
    }
}

impl Names {
    fn new(topics: &[TopicNames]) -> std::result::Result<Names, String> {
        let mut patterns = Vec::new();
        let mut names = Vec::new();
        for (order, of) in topics.iter().enumerate() {
            let TopicNames { topic, names: own, endings, strong, weak, whole, within } = of;
            let none = [String::new()];
            let endings = if endings.is_empty() { &none[..] } else { endings.as_slice() };
            for (name, ending) in own.iter().flat_map(|n| endings.iter().map(move |e| (n, e))) {
                let pattern = text::label(&format!("{name}{ending}")).into_owned();
                if pattern.is_empty() {
                    return Err(format!("topic {topic}: an empty name matches everything"));
                }
                patterns.push(pattern);
                names.push(Name {
                    topic: *topic,
                    strong: *strong,
                    weak: *weak,
                    whole: *whole,
                    within: *within,
                    order,
                });
            }
        }
        let finder = AhoCorasick::builder()
            .start_kind(StartKind::Both)
            .build(&patterns)
            .map_err(|error| error.to_string())?;
        Ok(Names { finder, names })
    }

    /// Returns whether a label begins with a name.
    pub fn begin(&self, label: &str) -> bool {
        self.finder.find(Input::new(label).anchored(Anchored::Yes)).is_some()
    }

    /// Returns every name in a label, those inside longer ones included.
    pub fn found(&self, label: &str) -> impl Iterator<Item = Named> {
        self.finder.find_overlapping_iter(label).filter_map(|found| {
            let name = *self.names.get(found.pattern().as_usize())?;
            let named = Named { name, start: found.start(), end: found.end() };
            (!name.whole || named.start == 0).then_some(named)
        })
    }
}
