//! Compares what a changed disclosure gives with what the unchanged one gave.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    ops::Range,
    path::Path,
    sync::LazyLock,
};

use fisc::{
    accounts::{
        disclosure::Disclosure,
        figure::Figure,
        sources::Sources,
        token::{Flow, Fund, Nature, Period, Repair, Source, Stage, TableKind},
    },
    run::{self, Knowledge},
};
use rust_decimal::Decimal;

use super::{
    columns::{self, Setting},
    paper::{self, Block, Paper},
    print::{self, Dialect, Encoding},
};

/// What is known before any document is read.
pub(crate) static KNOWLEDGE: LazyLock<Knowledge> =
    LazyLock::new(|| Knowledge::read(&Sources::built_in()).unwrap());

/// The transcriptions that hold tables of figures.
pub(super) static ORIGINALS: LazyLock<Vec<Original>> = LazyLock::new(|| {
    let mut originals: Vec<Original> = transcriptions()
        .into_iter()
        .filter_map(|(name, text)| Original::read(name, &text))
        .collect();
    originals.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(originals.len(), 4, "the transcriptions with tables");
    originals
});

/// Returns the names and texts of all transcriptions.
pub(crate) fn transcriptions() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/disclosures");
    let mut all: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect();
    all.sort();
    all
}

/// A transcription with what the program makes of it.
pub(super) struct Original {
    /// Its file name.
    pub(super) name: String,
    /// Its tables as printed.
    pub(super) printed: Paper,
    /// Its tables set anew, without damage.
    pub(super) anew: Paper,
    /// Its figures.
    pub(super) disclosure: Disclosure,
}

impl Original {
    fn read(name: String, text: &str) -> Option<Original> {
        let disclosure = read(text.as_bytes());
        (!disclosure.figures.is_empty()).then(|| Original {
            printed: paper::as_printed(text, &KNOWLEDGE),
            anew: paper::set_anew(text, &KNOWLEDGE),
            name,
            disclosure,
        })
    }
}

/// Reads a document; what its prose states is for other tests.
pub(super) fn read(bytes: &[u8]) -> Disclosure {
    let mut disclosure = run::disclosure("paper.txt", bytes, &KNOWLEDGE).unwrap();
    disclosure.figures.retain(|figure| figure.source == Source::Table);
    disclosure
}

/// Numbers that look random and are the same in every run.
pub(super) struct Dice(u64);

impl Dice {
    /// Starts a sequence.
    pub(super) fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Returns a number below `limit`, which is not 0.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    /// Puts things into another order.
    pub(super) fn shuffle<T>(&mut self, things: &mut [T]) {
        for at in (1..things.len()).rev() {
            things.swap(at, self.below(at + 1));
        }
    }
}

/// How a changed disclosure is printed and what it owes.
#[derive(Clone, Copy)]
pub(super) struct Variant {
    /// Whether the tables are first set anew, without the damage of the transcription.
    pub(super) anew: bool,
    /// How rows are printed.
    pub(super) dialect: Dialect,
    /// How text is written.
    pub(super) encoding: Encoding,
    /// What must be the same.
    pub(super) owed: Owed,
    /// How many seeds it is tried with.
    pub(super) seeds: u64,
}

/// What must be the same in a changed disclosure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Owed {
    /// Every figure with all that is said of it.
    Everything,
    /// Every figure with all that is said of it but its code.
    ButCodes,
    /// Every figure with all that is said of it but its code, stage and period.
    ButStage,
    /// Every figure with its label and amount. Its column only where a repair says that it was
    /// moved there: where the identities leave the place open it may stay as printed.
    Rows,
}

/// The tables as they are printed, in their own dialect.
pub(super) const PRINTED: Variant = Variant {
    anew: false,
    dialect: Dialect::Tabs,
    encoding: Encoding::Utf8,
    owed: Owed::Everything,
    seeds: 1,
};

/// The tables set anew.
pub(super) const ANEW: Variant = Variant { anew: true, ..PRINTED };

/// Changes each transcription and asks that it still gives what it owes.
pub(super) fn check(variant: Variant, change: impl Fn(&mut Paper, &mut Dice)) {
    let mut report = String::new();
    for original in ORIGINALS.iter() {
        let mut seeds = 0..variant.seeds;
        report.extend(seeds.find_map(|seed| check_one(original, variant, seed, &change).err()));
    }
    assert!(report.is_empty(), "{report}");
}

/// Changes one transcription; an error tells what it owes.
pub(super) fn check_one(
    original: &Original,
    variant: Variant,
    seed: u64,
    change: impl Fn(&mut Paper, &mut Dice),
) -> Result<(), String> {
    let mut paper = if variant.anew { original.anew.clone() } else { original.printed.clone() };
    change(&mut paper, &mut Dice::new(seed));
    let text = print::text(&paper, variant.dialect);
    let disclosure = read(&print::bytes(&text, variant.encoding));
    let differences = differences(&original.disclosure, &disclosure, variant.owed);
    if differences.is_empty() {
        return Ok(());
    }
    let mut report = format!("== {}, seed {seed}\n", original.name);
    for (table, lines) in differences {
        writeln!(report, "-- {table}: {} differences", lines.len()).unwrap();
        lines.iter().take(6).for_each(|line| writeln!(report, "{line}").unwrap());
        // The printed table, for who wants to see it.
        if std::env::var("METAMORPHIC_KEEP").is_ok() {
            report.push_str(&shown(&paper, table, variant.dialect));
        }
    }
    Err(report)
}

/// Changes the title of one table at a time and asks that its figures stay; names the titles
/// that are not understood.
pub(super) fn check_titles(settings: &[Setting], forms: Range<usize>) {
    let mut report: BTreeSet<String> = BTreeSet::new();
    for original in ORIGINALS.iter() {
        let kinds: Vec<TableKind> =
            original.printed.clone().amounts().map(|sheet| sheet.kind).collect();
        for (kind, setting) in
            kinds.into_iter().flat_map(|kind| settings.iter().map(move |s| (kind, *s)))
        {
            for form in forms.clone().take(columns::titles(kind).len()) {
                let mut paper = original.printed.clone();
                columns::title(&mut paper, form, setting, Some(kind));
                let disclosure = read(print::text(&paper, Dialect::Tabs).as_bytes());
                let differences = differences(&original.disclosure, &disclosure, Owed::Everything);
                if !differences.is_empty() {
                    let sheet = paper.sheets().find(|sheet| sheet.kind == kind).unwrap();
                    let title = sheet.title.join(" / ");
                    report.insert(format!("{kind} ({}), {setting:?}: {title}", original.name));
                }
            }
        }
    }
    assert!(report.is_empty(), "{}", report.into_iter().collect::<Vec<_>>().join("\n"));
}

/// Prints the first rows of a table, for people.
fn shown(paper: &Paper, table: TableKind, dialect: Dialect) -> String {
    let mut text = String::new();
    for block in &paper.blocks {
        if let Block::Sheet(sheet) = block
            && sheet.kind == table
        {
            print::sheet(&mut text, sheet, dialect);
        }
    }
    let lines: Vec<&str> = text.lines().take(24).collect();
    format!("{}\n", lines.join("\n"))
}

/// Everything that is said of a figure.
type Said = (
    TableKind,
    Option<Flow>,
    Option<String>,
    String,
    Option<(Fund, Period, Nature)>,
    Stage,
    Option<i32>,
    Decimal,
);

/// Returns what a figure says; `place` asks for its column.
fn said(figure: &Figure, owed: Owed, place: bool) -> Said {
    let code = figure.code.clone().filter(|_| owed == Owed::Everything);
    let staged = owed != Owed::ButStage;
    let period = if staged { figure.period } else { Period::All };
    (
        figure.table,
        place.then_some(figure.flow),
        code,
        figure.label.clone(),
        place.then_some((figure.fund, period, figure.nature)),
        if staged { figure.stage } else { Stage::Budget },
        figure.fiscal_year,
        figure.amount_yuan.normalize(),
    )
}

/// Returns the figures that one result has and the other has not, by table.
pub(super) fn differences(
    before: &Disclosure,
    after: &Disclosure,
    owed: Owed,
) -> BTreeMap<TableKind, Vec<String>> {
    let mut count: BTreeMap<Said, i64> = BTreeMap::new();
    let mut places: BTreeMap<Said, i64> = BTreeMap::new();
    let everything = owed != Owed::Rows;
    for figure in &before.figures {
        *count.entry(said(figure, owed, everything)).or_default() += 1;
        *places.entry(said(figure, owed, true)).or_default() += 1;
    }
    for figure in &after.figures {
        *count.entry(said(figure, owed, everything)).or_default() -= 1;
    }
    let mut differences: BTreeMap<TableKind, Vec<String>> = BTreeMap::new();
    for (said, count) in count {
        let line = match count {
            0 => continue,
            1.. => format!("   lost {}", shown_figure(&said)),
            _ => format!("  wrong {}", shown_figure(&said)),
        };
        differences.entry(said.0).or_default().push(line);
    }
    if owed == Owed::Rows {
        for figure in after.figures.iter().filter(|f| f.repairs.contains(&Repair::Moved)) {
            let said = said(figure, owed, true);
            let left = places.entry(said.clone()).or_default();
            *left -= 1;
            if *left < 0 {
                let line = format!("  moved where it does not belong {}", shown_figure(&said));
                differences.entry(figure.table).or_default().push(line);
            }
        }
    }
    differences
}

fn shown_figure((_, flow, code, label, place, stage, year, amount): &Said) -> String {
    let place =
        place.map_or(String::new(), |(fund, period, nature)| format!("{fund}/{period}/{nature}"));
    let code = code.as_deref().unwrap_or("-");
    let flow = flow.map_or("", Flow::as_str);
    format!("{flow} {code} {label} {place} {stage} {} = {amount}", year.unwrap_or(0))
}
