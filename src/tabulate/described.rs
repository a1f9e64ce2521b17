//! Says what the columns of the analyses hold: `pipelines/analyses/*.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    accounts::{columns, sources::Sources},
    error::{ErrorKind, Result},
};

/// What the columns of every analysis hold.
#[derive(Clone, Debug, Default)]
pub struct Described {
    /// In every analysis that says nothing else.
    every: BTreeMap<String, String>,
    /// In one analysis.
    own: BTreeMap<String, BTreeMap<String, String>>,
}

/// What stands behind a key: a text about a column, or the columns of one analysis.
#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Column(String),
    Analysis(BTreeMap<String, String>),
}

impl Described {
    /// Reads every file; a column that two of them describe is refused, and one without a text.
    pub fn read(sources: &Sources) -> Result<Described> {
        let mut described = Described::default();
        for (path, text) in sources.under("analyses", "toml") {
            let refused = |problem: String| ErrorKind::Pipeline { path: path.to_owned(), problem };
            let file: BTreeMap<String, Entry> =
                toml::from_str(text).map_err(|error| refused(error.to_string()))?;
            for (key, entry) in file {
                match entry {
                    Entry::Column(text) => described.add(None, &key, text).map_err(refused)?,
                    Entry::Analysis(columns) => {
                        for (column, text) in columns {
                            described.add(Some(&key), &column, text).map_err(refused)?;
                        }
                    }
                }
            }
        }
        Ok(described)
    }

    fn add(
        &mut self,
        analysis: Option<&str>,
        column: &str,
        text: String,
    ) -> std::result::Result<(), String> {
        let texts = match analysis {
            Some(analysis) => self.own.entry(analysis.to_owned()).or_default(),
            None => &mut self.every,
        };
        if text.trim().is_empty() {
            return Err(format!("`{column}` is not described"));
        }
        match texts.insert(column.to_owned(), text) {
            Some(_) => Err(format!("`{column}` is described in another file too")),
            None => Ok(()),
        }
    }

    /// Returns what a column of an analysis holds; one that is not described here is what a
    /// dataset calls so.
    pub fn of(&self, analysis: &str, column: &str) -> Option<&str> {
        let own = self.own.get(analysis).and_then(|columns| columns.get(column));
        let text = own.or_else(|| self.every.get(column)).map(String::as_str);
        text.or_else(|| columns::anywhere(column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_analysis_says_it_otherwise_than_all() {
        let mut described = Described::default();
        described.add(None, "share", "per cent".to_owned()).unwrap();
        described.add(Some("a"), "share", "of all money".to_owned()).unwrap();
        assert_eq!(described.of("a", "share"), Some("of all money"));
        assert_eq!(described.of("b", "share"), Some("per cent"));
        assert_eq!(described.of("b", "fiscal_year"), columns::anywhere("fiscal_year"));
        assert_eq!(described.of("b", "nonsense"), None);
        assert!(described.add(None, "share", "again".to_owned()).is_err());
        assert!(described.add(None, "new", " ".to_owned()).is_err());
    }
}
