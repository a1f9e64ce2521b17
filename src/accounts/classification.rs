//! Reads the standard classifications: functional 类款项, economic 类款, regions.

use std::{collections::BTreeMap, ops::Bound};

use crate::{
    accounts::{sources::Sources, text},
    error::{ErrorKind, Result},
};

/// Names and codes of one classification.
#[derive(Clone, Debug, Default)]
pub struct Classification {
    /// Every code with its name, in the order of the codes.
    names: BTreeMap<String, String>,
    /// Every printed name, aliases included, with the codes it stands for; by first
    /// characters, in their order.
    codes: Vec<(char, BTreeMap<String, Vec<String>>)>,
}

/// The classifications that the stages look names up in.
#[derive(Clone, Debug, Default)]
pub struct Classifications {
    /// 支出功能分类: 类 (3 digits), 款 (5), 项 (7).
    pub functional: Classification,
    /// 支出经济分类: 类 (3 digits), 款 (5).
    pub economic: Classification,
    /// Administrative divisions by GB/T 2260: 6 digits.
    pub regions: Classification,
}

impl Classifications {
    /// Reads the files under `classifications/`; an error names the file and the line.
    pub fn read(sources: &Sources) -> Result<Classifications> {
        let one = |name: &str| -> Result<Classification> {
            let path = format!("classifications/{name}.csv");
            let text = sources.get(&path).unwrap_or_default();
            Classification::read(text)
                .map_err(|problem| ErrorKind::Pipeline { path, problem }.into())
        };
        let functional = one("functional")?;
        let economic = one("economic")?;
        Ok(Classifications { functional, economic, regions: one("regions")? })
    }

    /// Returns whether a label is the name of a functional or economic class.
    ///
    /// `label` is in the form of [`text::label`].
    pub fn knows(&self, label: &str) -> bool {
        !self.functional.codes(label).is_empty() || !self.economic.codes(label).is_empty()
    }
}

impl Classification {
    fn read(csv: &str) -> std::result::Result<Classification, String> {
        let mut classification = Classification::default();
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        for record in reader.records() {
            let record = record.map_err(|error| error.to_string())?;
            let field = |at: usize| record.get(at).unwrap_or_default().trim();
            let (code, name) = (field(0), text::label(field(1)).into_owned());
            if code.is_empty() || name.is_empty() {
                return Err(format!("line {}: a code or a name is missing", record_line(&record)));
            }
            for printed in field(2).split('|').map(text::label).chain([name.as_str().into()]) {
                classification.add(&printed, code);
            }
            classification.names.insert(code.to_owned(), name);
        }
        Ok(classification)
    }

    fn add(&mut self, printed: &str, code: &str) {
        let Some(first) = printed.chars().next() else { return };
        let at =
            self.codes.binary_search_by_key(&first, |(known, _)| *known).unwrap_or_else(|at| {
                self.codes.insert(at, (first, BTreeMap::new()));
                at
            });
        if let Some((_, names)) = self.codes.get_mut(at) {
            names.entry(printed.to_owned()).or_default().push(code.to_owned());
        }
    }

    /// Returns the names that begin as a text does, with their codes.
    fn names_like(&self, text: &str) -> Option<&BTreeMap<String, Vec<String>>> {
        let first = text.chars().next()?;
        let at = self.codes.binary_search_by_key(&first, |(known, _)| *known).ok()?;
        self.codes.get(at).map(|(_, names)| names)
    }

    /// Returns whether a name begins with the first character of a text.
    pub fn begins_like(&self, text: &str) -> bool {
        self.names_like(text).is_some()
    }

    /// Returns the codes that a printed name stands for, none for an unknown name.
    pub fn codes(&self, label: &str) -> &[String] {
        let names = self.names_like(label);
        names.and_then(|names| names.get(label)).map_or(&[], Vec::as_slice)
    }

    /// Returns whether a text begins with a name of at most `most` characters.
    pub fn begins(&self, text: &str, most: usize) -> bool {
        let Some(names) = self.names_like(text) else { return false };
        let ends = text.char_indices().map(|(at, c)| at + c.len_utf8()).take(most);
        for head in ends.filter_map(|end| text.get(..end)) {
            let from = (Bound::Included(head), Bound::Unbounded);
            match names.range::<str, _>(from).next() {
                Some((name, _)) if name == head => return true,
                Some((name, _)) if name.starts_with(head) => (),
                // No name goes on from here.
                _ => return false,
            }
        }
        false
    }

    /// Returns the standard name of a code.
    pub fn name(&self, code: &str) -> Option<&str> {
        self.names.get(code).map(String::as_str)
    }

    /// Returns every code with its name, in the order of the codes.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.iter().map(|(code, name)| (code.as_str(), name.as_str()))
    }
}

fn record_line(record: &csv::StringRecord) -> u64 {
    record.position().map_or(0, csv::Position::line)
}
