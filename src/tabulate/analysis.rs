//! Reads the analyses of `pipelines/analyses`: one SQL file a mart, described in its head.
//!
//! Those in the folder `by_document` ask of each document for itself. They are carried out over
//! some documents at a time, and what they came to is kept until one of these changes.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::{BooleanChunked, ChunkCompareEq, DataFrame, PolarsError};

use crate::{
    accounts::sources::Sources,
    error::{Error, ErrorKind, Result},
    store::layout,
};

/// The folder of the analyses that ask of each document for itself.
const BY_DOCUMENT: &str = "analyses/by_document";

/// What tells documents apart: the grain of an analysis by document begins with it.
const DOCUMENT: [&str; 2] = ["doc_id", "path"];

/// How many rows are compared at once.
const PIECE: usize = 1 << 16;

/// What every head says, one line each.
const KEYS: [&str; 5] = ["title", "grain", "sums", "description", "chart"];

/// An analysis: what its file says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Analysis {
    /// The name of its file without the extension, and of its mart.
    pub name: String,
    /// Whether its rows depend on one document each, and on no table but what documents hold
    /// and other such analyses.
    pub by_document: bool,
    /// What it shows, in a few words.
    pub title: String,
    /// The columns of which no two rows have the same values, and by which the rows are sorted.
    pub grain: Vec<String>,
    /// The columns that may be added up over all rows of a year and stage: no money is in them
    /// twice. Empty where none may.
    pub sums: Vec<String>,
    /// What one row is and how it was made.
    pub description: String,
    /// How to draw it; nothing where a table says more.
    pub chart: Option<Chart>,
    /// The query.
    pub sql: String,
}

/// How to draw a mart.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Chart {
    /// `bar` or `line`.
    pub kind: String,
    /// The column along the axis.
    pub x: String,
    /// The column drawn.
    pub y: String,
    /// The column of which each value is drawn for itself.
    pub series: Option<String>,
}

impl Analysis {
    /// Reads every analysis, each after those that it names as tables.
    pub fn all(sources: &Sources) -> Result<Vec<Analysis>> {
        let mut waiting = sources
            .under("analyses", "sql")
            .map(|(path, text)| Analysis::parse(path, text))
            .collect::<Result<Vec<_>>>()?;
        waiting.sort_by(|a, b| (&a.name, a.by_document).cmp(&(&b.name, b.by_document)));
        if let Some([_, twin]) = waiting.array_windows().find(|[a, b]| a.name == b.name) {
            return Err(twin.problem("another analysis has its name"));
        }
        let mut ordered: Vec<Analysis> = Vec::new();
        while !waiting.is_empty() {
            let names: BTreeSet<String> = waiting.iter().map(|a| a.name.clone()).collect();
            let (ready, blocked): (Vec<_>, Vec<_>) =
                waiting.into_iter().partition(|analysis| !analysis.names_any(&names));
            if let ([], [stuck, ..]) = (ready.as_slice(), blocked.as_slice()) {
                return Err(stuck.problem("it and another analysis name each other"));
            }
            ordered.extend(ready);
            waiting = blocked;
        }
        Ok(ordered)
    }

    /// Reads one analysis; a head that says too little, too much or twice is refused.
    pub fn parse(path: &str, text: &str) -> Result<Analysis> {
        let problem = |problem: String| ErrorKind::Pipeline { path: path.to_owned(), problem };
        let mut head: BTreeMap<&str, &str> = BTreeMap::new();
        for line in text.lines().map_while(|line| line.strip_prefix("-- ")) {
            let (key, value) = line.split_once(": ").unwrap_or((line, ""));
            if !KEYS.contains(&key) {
                let known = KEYS.join(", ");
                return Err(problem(format!("`{key}` is no key of a head ({known})")).into());
            }
            if value.trim().is_empty() || head.insert(key, value.trim()).is_some() {
                return Err(problem(format!("`{key}` must be said once, and not empty")).into());
            }
        }
        let said = |key: &str| {
            let value = head.get(key).map(|value| (*value).to_owned());
            value.ok_or_else(|| Error::from(problem(format!("the head says no `{key}`"))))
        };
        let list =
            |value: String| value.split(',').map(|column| column.trim().to_owned()).collect();
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let name = name.trim_end_matches(".sql");
        let analysis = Analysis {
            name: name.to_owned(),
            by_document: folder == BY_DOCUMENT,
            title: said("title")?,
            grain: list(said("grain")?),
            sums: Some(said("sums")?).filter(|sums| sums != "none").map(list).unwrap_or_default(),
            description: said("description")?,
            chart: Chart::parse(&said("chart")?).map_err(problem)?,
            sql: text.to_owned(),
        };
        let order = format!("ORDER BY {}", analysis.grain.join(", "));
        if !text.trim_end().ends_with(&order) {
            return Err(analysis.problem(&format!("the query must end in `{order}`")));
        }
        if analysis.by_document && !analysis.grain.iter().take(2).eq(DOCUMENT) {
            return Err(
                analysis.problem("the grain of an analysis by document is `doc_id, path, …`")
            );
        }
        if analysis.is_by_unit() && analysis.grain.first().is_none_or(|first| first != "unit_id") {
            let problem = "the grain of an analysis of `units_asked` begins with `unit_id`";
            return Err(analysis.problem(problem));
        }
        Ok(analysis)
    }

    /// Returns whether the results of the analyses by document depend on a file of `pipelines/`:
    /// the texts about columns are written into them too.
    pub fn is_by_document(path: &str) -> bool {
        let text = path.strip_suffix(".toml").filter(|path| path.starts_with("analyses/"));
        text.is_some() || path.rsplit_once('/').is_some_and(|(folder, _)| folder == BY_DOCUMENT)
    }

    /// Refuses a result that lacks a column of the head, or has two rows of one grain.
    pub fn check(&self, frame: &DataFrame) -> Result<()> {
        let drawn = self.chart.iter().flat_map(|c| [Some(&c.x), Some(&c.y), c.series.as_ref()]);
        for column in self.grain.iter().chain(&self.sums).chain(drawn.flatten()) {
            if frame.column(column).is_err() {
                return Err(self.problem(&format!("the result has no column `{column}`")));
            }
        }
        let grain = frame
            .select(self.grain.iter().map(String::as_str))
            .map_err(|error| self.problem(&error.to_string()))?;
        // The rows are in the order of the grain, so that those of one are neighbours. Pieces,
        // because a comparison of all takes as much memory again as the rows.
        for from in (0..frame.height()).step_by(PIECE) {
            let at = |from: usize| grain.slice(i64::try_from(from).unwrap_or(i64::MAX), PIECE);
            let (rows, next) = (at(from), at(from + 1));
            let rows = rows.head(Some(next.height()));
            let mut pairs = rows.columns().iter().zip(next.columns());
            let same = pairs.try_fold(None, |same: Option<BooleanChunked>, (a, b)| {
                let equal = a.equal_missing(b)?;
                Ok::<_, PolarsError>(Some(match same {
                    Some(same) => same & equal,
                    None => equal,
                }))
            });
            let same = same.map_err(|error| self.problem(&error.to_string()))?;
            if same.is_some_and(|same| same.any()) {
                return Err(self.problem("two rows of the result have the same grain"));
            }
        }
        Ok(())
    }

    /// Returns whether it is carried out for some units after the other: its rows are each of one
    /// unit, by which they are sorted.
    pub fn is_by_unit(&self) -> bool {
        self.words().any(|word| word == layout::UNITS_ASKED)
    }

    fn names_any(&self, names: &BTreeSet<String>) -> bool {
        self.words().any(|word| word != self.name && names.contains(word))
    }

    /// Returns the words of the query.
    fn words(&self) -> impl Iterator<Item = &str> {
        let code = self.sql.lines().filter(|line| !line.trim_start().starts_with("--"));
        code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'))
    }

    fn problem(&self, problem: &str) -> Error {
        let folder = if self.by_document { BY_DOCUMENT } else { "analyses" };
        let path = format!("{folder}/{}.sql", self.name);
        ErrorKind::Pipeline { path, problem: problem.to_owned() }.into()
    }
}

impl Chart {
    /// Reads `none`, or as in `bar x=class_name y=amount series=fiscal_year`.
    fn parse(text: &str) -> std::result::Result<Option<Chart>, String> {
        if text == "none" {
            return Ok(None);
        }
        let refused =
            || format!("`chart: {text}` is neither `none` nor `bar|line x=… y=… [series=…]`");
        let mut words = text.split_whitespace();
        let kind =
            words.next().filter(|kind| ["bar", "line"].contains(kind)).ok_or_else(refused)?;
        let mut columns: BTreeMap<&str, String> = BTreeMap::new();
        for word in words {
            let (key, column) = word.split_once('=').ok_or_else(refused)?;
            if !["x", "y", "series"].contains(&key) {
                return Err(refused());
            }
            columns.insert(key, column.to_owned());
        }
        Ok(Some(Chart {
            kind: kind.to_owned(),
            x: columns.remove("x").ok_or_else(refused)?,
            y: columns.remove("y").ok_or_else(refused)?,
            series: columns.remove("series"),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let problem = Analysis::parse("analyses/a.sql", text).expect_err("a bad head");
        assert_eq!(problem.to_string(), format!("analyses/a.sql: {expected}"));
    }

    #[test]
    fn bad_heads_are_refused() {
        let head =
            "-- title: A\n-- grain: x, y\n-- sums: none\n-- description: B.\n-- chart: none\n";
        let good = format!("{head}SELECT 1 ORDER BY x, y\n");
        assert_eq!(Analysis::parse("analyses/a.sql", &good).expect("an analysis").grain.len(), 2);
        check(
            "-- titel: A\n",
            "`titel` is no key of a head (title, grain, sums, description, chart)",
        );
        check("-- title: A\n-- title: B\n", "`title` must be said once, and not empty");
        check("-- title: A\nSELECT 1", "the head says no `grain`");
        check(&format!("{head}SELECT 1"), "the query must end in `ORDER BY x, y`");
        let problem = Analysis::parse("analyses/by_document/a.sql", &good).expect_err("its grain");
        let expected = "analyses/by_document/a.sql: the grain of an analysis by document is";
        assert!(problem.to_string().starts_with(expected), "{problem}");
        check(
            &good.replace("SELECT 1", "SELECT 1 FROM units_asked"),
            "the grain of an analysis of `units_asked` begins with `unit_id`",
        );
        check(
            &head.replace("none", "pie x=a"),
            "`chart: pie x=a` is neither `none` nor `bar|line x=… y=… [series=…]`",
        );
    }

    #[test]
    fn an_analysis_comes_after_those_it_names() {
        let all = Analysis::all(&Sources::built_in()).expect("the built-in analyses");
        let mut later: BTreeSet<String> = all.iter().map(|one| one.name.clone()).collect();
        for analysis in &all {
            assert!(!analysis.names_any(&later), "{} comes too early", analysis.name);
            later.remove(&analysis.name);
        }
    }
}
