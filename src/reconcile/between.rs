//! Reads the identities between tables: `pipelines/identities.toml`.

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::Deserialize;

use crate::{
    accounts::{
        sources::Sources,
        token::{Flow, Fund, Item, Nature, Period, Stage, TableKind},
    },
    error::{ErrorKind, Result},
};

/// The file of identities.
const FILE: &str = "identities.toml";

/// The identities between tables.
#[derive(Clone, Debug, Default)]
pub struct Between {
    pub(super) identities: Vec<Spec>,
    /// Words that only a template has.
    pub(super) template: Template,
}

/// Finds the words that only a template has, in one pass over a text.
#[derive(Clone, Debug, Default)]
pub(super) struct Template {
    words: Vec<String>,
    /// Each word in the ways it is printed: with either kind of bracket, and with a blank
    /// before a digit.
    finder: Option<AhoCorasick>,
    /// The word of each printed way.
    of: Vec<usize>,
}

impl Template {
    fn new(words: Vec<String>) -> std::result::Result<Template, String> {
        let mut of = Vec::new();
        let mut printed = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let wide = word.replace('(', "（").replace(')', "）");
            let apart: String = word
                .chars()
                .flat_map(|c| c.is_ascii_digit().then_some(' ').into_iter().chain([c]))
                .collect();
            for way in [word.clone(), wide, apart] {
                if !printed.contains(&way) {
                    of.push(at);
                    printed.push(way);
                }
            }
        }
        // Words of this kind are looked for many bytes at once.
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .build(&printed)
            .map_err(|error| error.to_string())?;
        Ok(Template { words, finder: Some(finder), of })
    }

    /// Returns such words in a text, each with the bytes that it is printed in.
    pub(super) fn found<'t>(
        &'t self,
        text: &'t str,
    ) -> impl Iterator<Item = (Range<usize>, &'t str)> {
        self.finder.iter().flat_map(move |finder| finder.find_iter(text)).filter_map(|found| {
            let word = self.of.get(found.pattern().as_usize())?;
            Some((found.range(), self.words.get(*word)?.as_str()))
        })
    }
}

/// One of them.
#[derive(Clone, Debug)]
pub(super) struct Spec {
    pub(super) rule: Kind,
    pub(super) stage: Option<Stage>,
    pub(super) when: Option<When>,
    pub(super) left: Pattern,
    /// What adds up to the left; the first way to put it, then the others.
    pub(super) ways: Vec<Vec<Pattern>>,
}

/// Which rule an identity belongs to.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// One figure is printed in two places.
    #[default]
    FiguresDisagree,
    /// The two sides of a table have one total.
    SidesDiffer,
    /// The left is a whole that the right is part of.
    PartExceedsWhole,
}

/// What must be known of a document for an identity to be owed.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum When {
    /// It has no money but appropriations.
    OnlyFiscal,
    /// It has no money but that of the general public budget.
    OnlyGeneral,
}

/// A place with variables.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Pattern {
    pub(super) optional: bool,
    pub(super) table: TableKind,
    pub(super) flow: Flow,
    pub(super) row: RowPattern,
    /// Nothing stands for each.
    pub(super) fund: Option<Fund>,
    pub(super) period: Option<Period>,
    pub(super) nature: Option<Nature>,
}

/// A row with variables.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum RowPattern {
    Total,
    Year,
    /// Each 类.
    EachClass,
    /// Each 类, 款 and 项.
    EachCode,
    /// Each fund.
    EachFund,
    Code(String),
    Item(Item),
    Fund(Fund),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    identity: Vec<Printed>,
    #[serde(default)]
    template: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Printed {
    /// The identities of the reference, for people.
    #[serde(rename = "ids")]
    _ids: String,
    #[serde(default)]
    rule: Kind,
    stage: Option<Stage>,
    when: Option<When>,
    left: String,
    right: Vec<String>,
    or: Option<Vec<String>>,
}

impl Between {
    /// Reads the file; an error names the key that is wrong.
    pub fn read(sources: &Sources) -> Result<Between> {
        let wrong = |problem: String| ErrorKind::Pipeline { path: FILE.to_owned(), problem };
        let text = sources.get(FILE).unwrap_or_default();
        let file: File = toml::from_str(text).map_err(|problem| wrong(problem.to_string()))?;
        let one = |printed: Printed| -> std::result::Result<Spec, String> {
            let all = |places: &[String]| -> std::result::Result<Vec<Pattern>, String> {
                places.iter().map(|place| pattern(place)).collect()
            };
            let mut ways = vec![all(&printed.right)?];
            if let Some(other) = &printed.or {
                ways.push(all(other)?);
            }
            let Printed { rule, stage, when, .. } = printed;
            Ok(Spec { rule, stage, when, left: pattern(&printed.left)?, ways })
        };
        let identities: std::result::Result<Vec<Spec>, String> =
            file.identity.into_iter().map(one).collect();
        let template = Template::new(file.template).map_err(wrong)?;
        Ok(Between { identities: identities.map_err(wrong)?, template })
    }
}

/// Reads a place: `summary income total all/period/all`.
fn pattern(place: &str) -> std::result::Result<Pattern, String> {
    let printed = place.strip_prefix('?').unwrap_or(place);
    let wrong = |what: &str| format!("`{place}`: {what} is not known");
    let mut words = printed.split_whitespace();
    let mut next = || words.next().unwrap_or_default();
    let table = TableKind::parse(next()).ok_or_else(|| wrong("the table"))?;
    let flow = Flow::parse(next()).ok_or_else(|| wrong("the flow"))?;
    let row = match next() {
        "total" => RowPattern::Total,
        "year" => RowPattern::Year,
        "class" => RowPattern::EachClass,
        "code" => RowPattern::EachCode,
        "fund" => RowPattern::EachFund,
        code if !code.is_empty() && code.bytes().all(|b| b.is_ascii_digit()) => {
            RowPattern::Code(code.to_owned())
        }
        other => match (Fund::parse(other), Item::parse(other)) {
            (Some(fund), _) => RowPattern::Fund(fund),
            (None, Some(item)) => RowPattern::Item(item),
            (None, None) => return Err(wrong("the row")),
        },
    };
    let mut column = next().split('/');
    let mut axis = || column.next().unwrap_or_default();
    let fund = match axis() {
        "fund" => None,
        token => Some(Fund::parse(token).ok_or_else(|| wrong("the fund"))?),
    };
    let period = match axis() {
        "period" => None,
        token => Some(Period::parse(token).ok_or_else(|| wrong("the period"))?),
    };
    let nature = match axis() {
        "nature" => None,
        token => Some(Nature::parse(token).ok_or_else(|| wrong("the nature"))?),
    };
    if column.next().is_some() || words.next().is_some() {
        return Err(wrong("what follows"));
    }
    Ok(Pattern { optional: printed.len() < place.len(), table, flow, row, fund, period, nature })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_identities_are_read() {
        let between = Between::read(&Sources::built_in()).unwrap();
        assert!(20 < between.identities.len());
    }

    #[test]
    fn a_place_that_is_no_place_is_refused() {
        assert!(pattern("?summary income total all/period/all").is_ok());
        for wrong in ["summary", "summary income total", "x income total all/all/all"] {
            assert!(pattern(wrong).is_err(), "{wrong}");
        }
    }
}
