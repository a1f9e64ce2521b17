//! Reads what the words of performance forms say, from `pipelines/performance.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    accounts::{sources::Sources, text, token::Comparator},
    error::{ErrorKind, Result},
    extract::spec::without_brackets,
};

/// The file of these words.
const FILE: &str = "performance.toml";

/// What a field of a performance form holds: the cell beside or under a word, or the cells of
/// the column that it heads.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// 项目名称
    Project,
    /// 实施单位, 单位名称
    Unit,
    /// 主管部门
    Department,
    /// 年度资金总额, 预算数
    Amount,
    /// 年度绩效目标
    Goal,
    /// 一级指标
    Level1,
    /// 二级指标
    Level2,
    /// 三级指标
    Level3,
    /// 指标解释
    Explanation,
    /// 指标性质
    Comparator,
    /// 指标值
    Target,
    /// 度量单位
    TargetUnit,
    /// 实际完成值
    Actual,
    /// 权重, 分值
    Weight,
    /// 得分
    Score,
    /// Anything else that such forms print.
    Other,
}

impl Field {
    /// Returns whether it says something of one indicator, and not of its project.
    pub const fn is_of_indicator(self) -> bool {
        !matches!(
            self,
            Field::Project
                | Field::Unit
                | Field::Department
                | Field::Amount
                | Field::Goal
                | Field::Other
        )
    }
}

/// The words of performance forms.
#[derive(Debug)]
pub struct PerformanceWords {
    /// Words of titles of forms about all spending.
    pub overall: Vec<String>,
    /// The project of such forms.
    pub overall_project: String,
    /// How the second line of a title ends that names the project.
    pub project_endings: Vec<String>,
    /// How values are compared.
    pub comparators: Vec<ComparatorWords>,
    /// The units of target values, the longest first.
    pub units: Vec<String>,
    /// What follows the number of a date.
    pub dates: Vec<String>,
    totals: Labels,
    level1: Labels,
    level2: Labels,
    /// The fields that a word can stand for, each with its rank in the field's list.
    fields: BTreeMap<String, Vec<(Field, usize)>>,
    /// The first characters of all words, in order.
    firsts: Vec<char>,
}

/// How one comparison is printed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComparatorWords {
    /// The comparison.
    pub is: Comparator,
    /// Signs and words right before the number.
    pub before: Vec<String>,
    /// Words right after it, at the end of the text.
    pub after: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    overall: Vec<String>,
    overall_project: String,
    project_endings: Vec<String>,
    totals: Vec<String>,
    level1: Vec<String>,
    level2: Vec<String>,
    field: Vec<FieldWords>,
    comparator: Vec<ComparatorWords>,
    units: UnitWords,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldWords {
    role: Field,
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitWords {
    words: Vec<String>,
    dates: Vec<String>,
}

impl PerformanceWords {
    /// Reads the file; an error names it and the key that is wrong.
    pub fn read(sources: &Sources) -> Result<PerformanceWords> {
        let wrong = |problem: String| ErrorKind::Pipeline { path: FILE.into(), problem };
        let text = sources.get(FILE).ok_or_else(|| wrong("the file is missing".into()))?;
        let file: File = toml::from_str(text).map_err(|problem| wrong(problem.to_string()))?;
        let mut fields: BTreeMap<String, Vec<(Field, usize)>> = BTreeMap::new();
        for field in &file.field {
            for (rank, word) in field.words.iter().enumerate() {
                let known = fields.entry(text::key(word).into_owned()).or_default();
                if word.trim().is_empty() || known.iter().any(|(role, _)| *role == field.role) {
                    return Err(wrong(format!("words: `{word}` is empty or said twice")).into());
                }
                known.push((field.role, rank));
            }
        }
        let mut firsts: Vec<char> = fields.keys().filter_map(|word| word.chars().next()).collect();
        firsts.dedup();
        let labels =
            |words: Vec<String>| words.iter().map(|word| text::label(word).into_owned()).collect();
        let mut comparators = file.comparator;
        for words in &mut comparators {
            for list in [&mut words.before, &mut words.after] {
                *list = labels(std::mem::take(list));
                if list.iter().any(String::is_empty) {
                    return Err(wrong("comparator: an empty text matches everything".into()).into());
                }
            }
        }
        let mut units: Vec<String> = labels(file.units.words);
        // ‰ is a fraction in NFKC and stays as it is printed.
        units.sort_by(|a, b| b.chars().count().cmp(&a.chars().count()).then_with(|| a.cmp(b)));
        units.dedup();
        let keys =
            |words: Vec<String>| words.iter().map(|word| text::key(word).into_owned()).collect();
        Ok(PerformanceWords {
            overall: keys(file.overall),
            overall_project: file.overall_project,
            project_endings: keys(file.project_endings),
            comparators,
            units,
            dates: labels(file.units.dates),
            totals: Labels::new(keys(file.totals)),
            level1: Labels::new(keys(file.level1)),
            level2: Labels::new(keys(file.level2)),
            fields,
            firsts,
        })
    }

    /// Returns the fields that a cell can be the word of, each with its rank: one comes before
    /// another where several values are printed for one thing.
    pub fn fields(&self, cell: &str) -> &[(Field, usize)] {
        // No word is longer; most cells of a form are values.
        if LONGEST_WORD < cell.len() {
            return &[];
        }
        // What is taken off a cell stands behind the word.
        let first =
            cell.chars().next().filter(|c| matches!(c, '0'..='9' | '\u{4E00}'..='\u{9FFF}'));
        if first.is_some_and(|first| self.firsts.binary_search(&first).is_err()) {
            return &[];
        }
        let key = text::key(cell);
        let mut word: &str = &key;
        loop {
            if let Some(fields) = self.fields.get(word) {
                return fields;
            }
            let bare = without_brackets(word.trim_end_matches(':'));
            if bare.len() == word.len() {
                return &[];
            }
            word = bare;
        }
    }

    /// Returns whether a cell is a word of the form, whatever it stands for.
    pub fn is_word(&self, cell: &str) -> bool {
        !self.fields(cell).is_empty()
    }

    /// Returns whether a cell names a first level of indicators.
    pub fn is_level1(&self, cell: &str) -> bool {
        self.levels(cell).0
    }

    /// Returns whether a cell names a second level of indicators.
    pub fn is_level2(&self, cell: &str) -> bool {
        self.levels(cell).1
    }

    /// Returns whether a cell names a first and a second level of indicators.
    pub fn levels(&self, cell: &str) -> (bool, bool) {
        if self.level1.longest.max(self.level2.longest) < cell.len() {
            return (false, false);
        }
        let key = text::key(cell);
        let bare = without_brackets(key.trim_end_matches(':'));
        (self.level1.has(cell, bare), self.level2.has(cell, bare))
    }

    /// Returns whether a cell labels a row that adds up others.
    pub fn is_total(&self, cell: &str) -> bool {
        self.totals.holds(cell)
    }

    /// Returns whether the title of a form is about all spending of its publisher.
    pub fn is_overall(&self, title: &str) -> bool {
        self.overall.iter().any(|word| title.contains(word.as_str()))
    }
}

/// The longest cell, in bytes, that is compared with words.
const LONGEST_WORD: usize = 160;

/// Some labels, in order.
#[derive(Debug)]
struct Labels {
    labels: Vec<String>,
    /// The longest cell, in bytes, that can be one of them, with points in a bracket behind it.
    longest: usize,
}

impl Labels {
    fn new(mut labels: Vec<String>) -> Labels {
        labels.sort_unstable();
        let longest = labels.iter().map(String::len).max().unwrap_or(0) + 40;
        Labels { labels, longest }
    }

    /// Returns whether a cell is one of them; points in a bracket behind it say no more.
    fn holds(&self, cell: &str) -> bool {
        if self.longest < cell.len() {
            return false;
        }
        let key = text::key(cell);
        self.has(cell, without_brackets(key.trim_end_matches(':')))
    }

    /// Returns whether a cell is one of them; `bare` is its key without what says no more.
    fn has(&self, cell: &str, bare: &str) -> bool {
        let find = || self.labels.binary_search_by(|label| label.as_str().cmp(bare));
        cell.len() <= self.longest && find().is_ok()
    }
}
