//! Shows people and programs what does not add up in some documents.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    io::Write,
};

use crate::{
    accounts::{
        disclosure::{Disclosure, page_of},
        finding::{Finding, Message},
        gap::{Gap, GapKind},
        token::{Outcome, Severity, Source, Unchecked},
    },
    decode,
    draw::{self, Drawing, harmless},
    error::Result,
    sarif,
    store::render::{self, Cell, unwritten},
};

/// How many lines around one that a finding points at may be drawn with it.
const AROUND: u32 = 2;

/// How findings are printed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// Drawn in the source, for people.
    Text,
    /// An array with one object a finding.
    Json,
    /// SARIF 2.1.0, which code hosts and editors show.
    Sarif,
}

impl Format {
    /// Every format, in the order of the command line's help.
    pub const ALL: &[Format] = &[Format::Text, Format::Json, Format::Sarif];

    /// Returns the name as it stands on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Json => "json",
            Format::Sarif => "sarif",
        }
    }

    /// Reads a name back; nothing for any other text.
    pub fn parse(text: &str) -> Option<Format> {
        Format::ALL.iter().copied().find(|format| format.as_str() == text)
    }
}

/// The language of messages.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Language {
    /// English.
    English,
    /// Chinese.
    Chinese,
}

impl Language {
    /// Every language, in the order of the command line's help.
    pub const ALL: &[Language] = &[Language::English, Language::Chinese];

    /// Returns the name as it stands on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Chinese => "zh",
        }
    }

    /// Reads a name back; nothing for any other text.
    pub fn parse(text: &str) -> Option<Language> {
        Language::ALL.iter().copied().find(|language| language.as_str() == text)
    }

    /// Returns a message in this language.
    pub fn of(self, message: &Message) -> &str {
        self.pick(&message.english, &message.chinese)
    }

    /// Returns the one of two texts that is in this language.
    pub fn pick<'a>(self, english: &'a str, chinese: &'a str) -> &'a str {
        match self {
            Language::English => english,
            Language::Chinese => chinese,
        }
    }
}

/// What is shown of the findings, and how.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The least severity that is shown.
    pub least: Severity,
    /// The language of messages.
    pub language: Language,
    /// Whether text is coloured.
    pub colour: bool,
}

impl Options {
    fn shows(self, finding: &Finding) -> bool {
        self.least <= finding.severity
    }
}

/// What is kept of a document that was checked.
#[derive(Clone, Debug)]
pub struct Checked {
    /// BLAKE3 of the bytes, in hexadecimal.
    pub doc_id: String,
    /// The file as given.
    pub path: String,
    /// What does not add up, in the order of the document.
    pub findings: Vec<Finding>,
    /// Which of its pages stand in no line: pictures without a layer of text, counted from 1.
    pub scanned: Vec<u32>,
    /// The line that each page or sheet begins with; empty for what has none.
    pub pages: Vec<u32>,
    /// Whether these are the pages of paper, and not sheets.
    pub is_paper: bool,
    /// The printed lines that the findings point at and those around them, by their numbers.
    pub lines: BTreeMap<u32, String>,
    /// How far the document is proved.
    pub proof: Proof,
}

/// How far the figures of a document, or of several, are proved.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Proof {
    /// How many identities came to what.
    pub outcomes: BTreeMap<Outcome, usize>,
    /// How many were not checked, by the reason.
    pub unchecked: BTreeMap<Unchecked, usize>,
    /// How many figures the tables print.
    pub figures: usize,
    /// How many of them at least one identity proves.
    pub proved: usize,
    /// How many findings are errors.
    pub errors: usize,
}

impl Proof {
    fn of(disclosure: &Disclosure) -> Proof {
        let mut proof = Proof::default();
        for check in &disclosure.checks {
            *proof.outcomes.entry(check.outcome).or_default() += 1;
            if let Some(reason) = check.reason {
                *proof.unchecked.entry(reason).or_default() += 1;
            }
        }
        let printed = || disclosure.figures.iter().filter(|f| f.source == Source::Table);
        proof.figures = printed().count();
        proof.proved = printed().filter(|figure| 0 < figure.verified_by).count();
        let errors = disclosure.findings.iter().filter(|f| f.severity == Severity::Error);
        proof.errors = errors.count();
        proof
    }

    fn add(&mut self, other: &Proof) {
        for (outcome, count) in &other.outcomes {
            *self.outcomes.entry(*outcome).or_default() += count;
        }
        for (reason, count) in &other.unchecked {
            *self.unchecked.entry(*reason).or_default() += count;
        }
        self.figures += other.figures;
        self.proved += other.proved;
        self.errors += other.errors;
    }

    fn count(&self, outcome: Outcome) -> usize {
        self.outcomes.get(&outcome).copied().unwrap_or(0)
    }

    fn identities(&self) -> usize {
        self.outcomes.values().sum()
    }

    /// Returns the proved share of the figures in per cent, rounded down; nothing without any.
    fn share(&self) -> Option<String> {
        let thousandths = self.proved.saturating_mul(1_000).checked_div(self.figures)?;
        Some(format!("{}.{} %", thousandths / 10, thousandths % 10))
    }
}

impl Checked {
    /// Keeps what is shown of a document; `bytes` are those that it was read from.
    pub fn of(disclosure: Disclosure, bytes: &[u8]) -> Checked {
        let proof = Proof::of(&disclosure);
        let mut wanted = BTreeSet::new();
        for finding in &disclosure.findings {
            for line in finding.evidence() {
                wanted.extend(line.saturating_sub(AROUND)..=line.saturating_add(AROUND));
            }
        }
        let is_scan = |gap: &&Gap| gap.kind == GapKind::ScannedPage;
        let scans = disclosure.gaps.iter().filter(is_scan);
        let scanned = scans.filter_map(|gap| disclosure.page_of(gap.line)).collect();
        let is_paper = disclosure.encoding == "pdf";
        let Disclosure { doc_id, path, findings, pages, .. } = disclosure;
        let mut lines = BTreeMap::new();
        // A document that was read can be decoded.
        if !wanted.is_empty()
            && let Ok(document) = decode::document(&path, bytes)
        {
            let numbered = (1_u32..).zip(document.source_lines());
            let kept = numbered.filter(|(number, _)| wanted.contains(number));
            lines.extend(kept.map(|(number, line)| (number, line.to_owned())));
        }
        Checked { doc_id, path, findings, scanned, pages, is_paper, lines, proof }
    }

    /// Returns the page or the sheet that a line is on, counted from 1.
    pub fn page_of(&self, line: u32) -> Option<u32> {
        page_of(&self.pages, line)
    }

    /// Says which page or sheet a line is on; nothing where there are none.
    pub fn place(&self, line: u32, language: Language) -> Option<String> {
        let page = self.page_of(line)?;
        Some(match (language, self.is_paper) {
            (Language::English, true) => format!("page {page}"),
            (Language::English, false) => format!("sheet {page}"),
            (Language::Chinese, true) => format!("第{page}页"),
            (Language::Chinese, false) => format!("第{page}个工作表"),
        })
    }

    /// Says which pages are pictures, and not read; nothing where all are read.
    pub fn unread(&self, language: Language) -> Option<String> {
        let path = &self.path;
        let numbers: Vec<String> = self.scanned.iter().map(ToString::to_string).collect();
        let (first, rest) = numbers.split_first()?;
        Some(match language {
            Language::English if rest.is_empty() => format!(
                "{path}: page {first} is a picture without a layer of text, and was not read; \
                 `ocr-command` of a job reads it"
            ),
            Language::English => format!(
                "{path}: pages {} are pictures without a layer of text, and were not read; \
                 `ocr-command` of a job reads them",
                numbers.join(", ")
            ),
            Language::Chinese => format!(
                "{path}：第{}页为扫描图片，没有文字层，未读取；可在任务中设置 ocr-command",
                numbers.join("、")
            ),
        })
    }

    /// Returns whether it has an error, shown or not.
    pub fn has_errors(&self) -> bool {
        0 < self.proof.errors
    }

    /// Returns the findings that are shown.
    pub fn shown(&self, options: Options) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| options.shows(finding))
    }

    /// Returns the shown findings by their causes, the most telling of each cause first.
    fn causes(&self, options: Options) -> Vec<Vec<&Finding>> {
        let mut causes: BTreeMap<u32, Vec<&Finding>> = BTreeMap::new();
        for finding in self.shown(options) {
            causes.entry(finding.cause).or_default().push(finding);
        }
        let mut causes: Vec<Vec<&Finding>> = causes.into_values().collect();
        for findings in &mut causes {
            findings.sort_by_key(|finding| {
                (
                    finding.suggestion.is_none(),
                    Reverse(finding.severity),
                    finding.marks.len(),
                    finding.line,
                )
            });
        }
        causes
    }
}

/// Writes the findings of some documents.
pub fn write(
    checked: &[Checked],
    format: Format,
    options: Options,
    out: &mut dyn Write,
) -> Result<()> {
    match format {
        Format::Text => text(checked, options, out),
        Format::Json => sarif::json(checked, options, out),
        Format::Sarif => sarif::sarif(checked, options, out),
    }
}

/// Draws every cause in the source, and closes with what was found.
fn text(checked: &[Checked], options: Options, out: &mut dyn Write) -> Result<()> {
    let mut causes = 0;
    for document in checked {
        for findings in document.causes(options) {
            causes += 1;
            let drawing = Drawing { document, findings: &findings };
            writeln!(out, "{}\n", draw::cause(&drawing, options)).map_err(unwritten)?;
        }
    }
    for text in checked.iter().filter_map(|document| document.unread(options.language)) {
        let note = options.language.pick("note: ", "注：");
        writeln!(out, "{note}{}\n", harmless(&text)).map_err(unwritten)?;
    }
    writeln!(out, "{}", closing(checked, causes, options)).map_err(unwritten)
}

/// Says what was found, and how much holds.
fn closing(checked: &[Checked], causes: usize, options: Options) -> String {
    let mut proof = Proof::default();
    for document in checked {
        proof.add(&document.proof);
    }
    let count = |severity: Severity| {
        let shown = checked.iter().flat_map(|document| document.shown(options));
        shown.filter(|finding| finding.severity == severity).count()
    };
    let (errors, notices, roundings) =
        (count(Severity::Error), count(Severity::Notice), count(Severity::Rounding));
    let identities = proof.identities();
    let held = proof.count(Outcome::Exact) + proof.count(Outcome::Rounding);
    let unchecked = proof.count(Outcome::Unchecked);
    let documents = checked.len();
    match options.language {
        Language::English => {
            let several = |count: usize, what: &str| {
                format!("{count} {what}{}", if count == 1 { "" } else { "s" })
            };
            let mut found = several(errors, "error");
            for (count, what) in [(notices, "notice"), (roundings, "rounding")] {
                if 0 < count {
                    found = format!("{found}, {}", several(count, what));
                }
            }
            let of = if causes == 0 {
                String::new()
            } else {
                format!(" with {}", several(causes, "cause"))
            };
            format!(
                "{}: {found}{of}; of {identities} identities {held} hold, {unchecked} could not be checked",
                several(documents, "document")
            )
        }
        Language::Chinese => {
            let mut found = format!("错误{errors}处");
            for (count, what) in [(notices, "提示"), (roundings, "尾差")] {
                if 0 < count {
                    found = format!("{found}，{what}{count}处");
                }
            }
            let of =
                if causes == 0 { String::new() } else { format!("，归为{causes}个原因") };
            format!(
                "{documents}份文件：{found}{of}；{identities}项勾稽关系中{held}项成立，{unchecked}项无法核对"
            )
        }
    }
}

/// Writes a table with how far each document is proved.
pub fn summary(checked: &[Checked], out: &mut dyn Write) -> Result<()> {
    let columns = [
        "document",
        "identities",
        "exact",
        "rounding",
        "fails",
        "unchecked",
        "figures",
        "proved",
        "errors",
        "unchecked because",
    ];
    let row = |name: String, proof: &Proof| -> Vec<Cell<'static>> {
        let number = |count: usize| Cell::Number(count.to_string());
        let reasons: Vec<String> =
            proof.unchecked.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
        vec![
            Cell::Text(name.into()),
            number(proof.identities()),
            number(proof.count(Outcome::Exact)),
            number(proof.count(Outcome::Rounding)),
            number(proof.count(Outcome::Fails)),
            number(proof.count(Outcome::Unchecked)),
            number(proof.figures),
            proof.share().map_or(Cell::Absent, Cell::Number),
            number(proof.errors),
            Cell::Text(reasons.join(", ").into()),
        ]
    };
    let mut rows: Vec<Vec<Cell<'static>>> =
        checked.iter().map(|document| row(document.path.clone(), &document.proof)).collect();
    if 1 < checked.len() {
        let mut all = Proof::default();
        for document in checked {
            all.add(&document.proof);
        }
        rows.push(row("all".to_owned(), &all));
    }
    render::table(&columns, rows, out)
}
