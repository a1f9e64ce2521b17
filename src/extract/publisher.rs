//! Finds the publisher of a document and the units that belong to it.

use std::{borrow::Cow, collections::BTreeMap};

use memchr::memmem::Finder;

use crate::{
    accounts::{classification::Classification, text},
    decode::Document,
    extract::{
        RawTable,
        identity::number,
        looks_like_amount,
        spec::{Role, RowKind},
    },
};

/// The longest name of a region that a publisher is known by, in characters.
const LONGEST_REGION: usize = 10;

/// How the names of public bodies end.
const ENDINGS: &[&str] = &[
    "中心",
    "局",
    "委员会",
    "委",
    "办公室",
    "厅",
    "院",
    "学校",
    "中学",
    "小学",
    "大学",
    "党校",
    "所",
    "站",
    "队",
    "处",
    "馆",
    "政府",
    "协会",
    "联合会",
    "会",
    "公司",
    "部",
    "园",
    "社",
    "署",
    "办",
    "室",
    "校",
    "台",
    "团",
    "行",
];

/// Returns whether a text can be the name of a public body: short, all words, and ending as
/// such names do.
pub fn is_name(name: &str) -> bool {
    let length = name.chars().count();
    let plain = name.strip_suffix(')').map_or(name, |_| name.split('(').next().unwrap_or(name));
    (4..=40).contains(&length)
        && ENDINGS.iter().any(|ending| plain.ends_with(ending))
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '(' | ')' | '·' | '、' | '“' | '”'))
        && !name.chars().next().is_some_and(|c| c.is_ascii_digit())
}

/// Returns the name that most lines such as `部门/单位：…` or `公开单位：…` declare.
pub(super) fn declared(document: &Document) -> Option<String> {
    let mut votes: BTreeMap<String, usize> = BTreeMap::new();
    for cell in document.lines().flat_map(|line| line.cells().take(3)) {
        let text = cell.text;
        if 60 < text.len() * 2 / 3 || !(text.contains("单位") || text.contains("部门")) {
            continue;
        }
        let label = text::label(text);
        let Some((head, name)) = label.split_once(':') else { continue };
        let declares = matches!(
            head,
            "部门/单位"
                | "部门"
                | "单位"
                | "单位名称"
                | "部门名称"
                | "公开单位"
                | "公开部门"
                | "编制单位"
                | "填报单位"
                | "预算单位"
                | "部门(单位)"
                | "部门(单位)名称"
        );
        if declares && is_name(name) {
            *votes.entry(name.to_owned()).or_default() += 1;
        }
    }
    votes.into_iter().max_by_key(|(_, count)| *count).map(|(name, _)| name)
}

/// Returns the name that clauses of the prose begin with most often: a region, words, and an
/// ending of a public body, followed by what is said of it.
pub(super) fn named_in_prose(lines: &[Cow<'_, str>], regions: &Classification) -> Option<String> {
    const SAID: [&str; 15] = [
        "20",
        "属于",
        "属",
        "隶属",
        "机关运行",
        "政府采购",
        "共有",
        "是",
        "为",
        "下设",
        "内设",
        "成立",
        "部门预算",
        "单位预算",
        "决算",
    ];
    let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
    for clause in
        lines.iter().flat_map(|line| line.split(['，', ',', '。', '；', '、', '：', ':', '(', ')']))
    {
        if !regions.begins(clause, LONGEST_REGION) {
            continue;
        }
        let said = SAID.iter().filter_map(|word| clause.find(word)).filter(|at| 0 < *at).min();
        let name = clause.get(..said.unwrap_or(clause.len()));
        if let Some(name) = name.filter(|name| is_name(name)) {
            *votes.entry(name).or_default() += 1;
        }
    }
    votes.into_iter().max_by_key(|(_, count)| *count).map(|(name, _)| name.to_owned())
}

/// What the prose says of the publisher.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// The department that it belongs to.
    pub(super) parent: Option<String>,
    /// How many budget units it has below it.
    pub(super) subordinates: Option<u32>,
}

/// Reads whose unit the publisher is (属于…的二级预算单位) and how many units it has
/// (下设4家预算单位).
pub(super) fn said(lines: &[Cow<'_, str>], name: &str) -> Said {
    let mut said = Said::default();
    let (names, sets_up) = (Finder::new(name), Finder::new("下设"));
    let behind = |finder: &Finder<'_>, line: &'_ str| {
        finder.find(line.as_bytes()).map(|at| at + finder.needle().len())
    };
    for line in lines {
        if said.parent.is_none()
            && name.len() < line.len()
            && let Some(after) = behind(&names, line).and_then(|at| line.get(at..))
        {
            let clause = after.split(['，', ',', '。', '；']).take(2).find_map(|clause| {
                [":", "：", "属于", "隶属于", "隶属", "属", "系", "为", "是"]
                    .iter()
                    .find_map(|word| clause.strip_prefix(word))
            });
            let parent = clause.filter(|clause| clause.contains("单位")).and_then(|clause| {
                let ends = ["部门下属", "下属", "所属", "部门", "直属", "二级", "的"];
                let end = ends.iter().filter_map(|word| clause.find(word)).min()?;
                clause.get(..end).filter(|parent| is_name(parent) && *parent != name)
            });
            said.parent = parent.map(str::to_owned);
        }
        if said.subordinates.is_none()
            && "下设1家预算单位".len() <= line.len()
            && let Some(after) = behind(&sets_up, line).and_then(|at| line.get(at..))
        {
            let count: String = after.chars().take_while(|c| c.is_numeric()).collect();
            let rest = after.get(count.len()..).unwrap_or_default();
            if rest.starts_with(['家', '个'])
                && rest.chars().take(10).collect::<String>().contains("预算单位")
            {
                said.subordinates = number(&count);
            }
        }
    }
    said
}

/// The rows of tables that name units, with their codes.
#[derive(Debug, Default)]
pub(super) struct UnitRows {
    /// Code and name in printed order, without repetitions; a code may be missing.
    rows: Vec<(Option<String>, String)>,
    /// Names by code in all tables, the most frequent last.
    names: BTreeMap<String, BTreeMap<String, usize>>,
}

/// Where a unit stands among the printed rows.
#[derive(Debug, Default)]
pub(super) struct Place {
    pub(super) code: Option<String>,
    pub(super) parent_name: Option<String>,
    pub(super) parent_code: Option<String>,
    /// How many units are printed below it.
    pub(super) units: u32,
}

/// Collects the rows that name units: those of the income table, and those of the project
/// table that print a unit's code.
pub(super) fn unit_rows(tables: &[RawTable<'_>]) -> UnitRows {
    let mut found = UnitRows::default();
    for table in tables {
        let listing = table.form.rows == RowKind::Unit;
        if !listing && table.form.rows != RowKind::Project {
            continue;
        }
        let Some(panel) = table.panels.first() else { continue };
        for row in &table.rows {
            let text = |wanted: &[Role]| {
                let column = panel.texts.iter().find(|(_, role)| wanted.contains(role))?;
                row.cells.get(column.0).map(|cell| text::label(cell.text).into_owned())
            };
            let code = text(&[Role::UnitCode]).or_else(|| text(&[Role::Code])).filter(|code| {
                (3..=9).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit())
            });
            let name = if listing {
                text(&[Role::Unit]).or_else(|| text(&[Role::Label]))
            } else {
                text(&[Role::Label])
            };
            let Some(name) = name.filter(|name| !name.is_empty()) else { continue };
            if let Some(code) = &code {
                *found.names.entry(code.clone()).or_default().entry(name.clone()).or_default() += 1;
            }
            let figures = row.cells.iter().any(|cell| looks_like_amount(cell.text));
            let classes = code.as_deref().is_some_and(|code| {
                code.starts_with('2')
                    && matches!(code.len(), 3 | 5 | 7)
                    && listing
                    && table.panels.len() > 1
            });
            if listing && figures && !classes && !matches!(name.as_str(), "合计" | "总计") {
                let known = found.rows.iter().any(|(_, other)| *other == name);
                if !known {
                    found.rows.push((code, name));
                }
            }
        }
    }
    found
}

impl UnitRows {
    /// Returns the name of the only unit that the tables name.
    pub(super) fn sole_name(&self) -> Option<String> {
        match self.rows.as_slice() {
            [(_, only)] if is_name(only) => Some(only.clone()),
            _ => None,
        }
    }

    /// Returns the name of a code, the one that a body of the government can have.
    fn name(&self, code: &str) -> Option<String> {
        let names = self.names.get(code)?;
        names
            .iter()
            .filter(|(name, _)| is_name(name))
            .max_by_key(|(_, n)| **n)
            .map(|(name, _)| name.clone())
    }

    /// Finds a unit among the rows.
    pub(super) fn place(&self, name: &str) -> Place {
        let coded = self.names.iter().find(|(_, names)| names.contains_key(name));
        if let Some((code, _)) = coded {
            let outer = self
                .names
                .keys()
                .filter(|other| other.len() < code.len() && code.starts_with(other.as_str()))
                .max_by_key(|other| other.len());
            let below =
                |other: &&String| code.len() < other.len() && other.starts_with(code.as_str());
            let units =
                self.rows.iter().filter_map(|(code, _)| code.as_ref()).filter(below).count();
            return Place {
                code: Some(code.clone()),
                parent_name: outer.and_then(|code| self.name(code)),
                parent_code: outer.cloned(),
                units: u32::try_from(units).unwrap_or(u32::MAX),
            };
        }
        let names: Vec<&str> = self
            .rows
            .iter()
            .filter(|(_, name)| is_name(name))
            .map(|(_, name)| name.as_str())
            .collect();
        match names.split_first() {
            // The department's own row comes first, its units follow.
            Some((first, units)) if *first == name => {
                Place { units: u32::try_from(units.len()).unwrap_or(u32::MAX), ..Place::default() }
            }
            Some((first, units)) if units.contains(&name) => {
                Place { parent_name: Some((*first).to_owned()), ..Place::default() }
            }
            _ => Place::default(),
        }
    }
}
