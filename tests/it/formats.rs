//! Reads the sample disclosures in other formats: what they come to must be what the text does.
//!
//! `tests/rendered` holds what `tests/render/render.py` made of `data/disclosures`.

use std::{
    collections::BTreeMap,
    fs,
    io::{Cursor, Read},
    path::Path,
    sync::LazyLock,
};

use fisc::{accounts::disclosure::Disclosure, run};
use proptest::{prelude::*, sample::Index};
use zip::ZipArchive;

use crate::{
    decoding::zipped,
    metamorphic::check::KNOWLEDGE,
    program::{disclosures, files, repository},
    robustness::config,
};

/// Reads a file, which must succeed.
fn read(path: &Path) -> Disclosure {
    let bytes = fs::read(path).unwrap();
    run::disclosure(&path.to_string_lossy(), &bytes, &KNOWLEDGE)
        .unwrap_or_else(|error| panic!("{error}"))
}

/// What a document came to, without the places, which differ between formats; white space is
/// put as formats keep it: `blank` between words, or not at all. Where there is none, a line
/// breaks wherever there is room, and what was mended in the text need not be.
fn figures(read: &Disclosure, blank: &str) -> BTreeMap<String, i32> {
    let folded = |text: &str| {
        // As `Debug` prints a blank that does not break.
        let text = text.replace("\\u{a0}", " ");
        text.split_whitespace().collect::<Vec<_>>().join(blank)
    };
    let mut all: BTreeMap<String, i32> = BTreeMap::new();
    for figure in &read.figures {
        let mut figure = figure.clone();
        (figure.line, figure.column, figure.row, figure.parent_row) = (0, 0, 0, None);
        if blank.is_empty() {
            figure.repairs.clear();
        }
        *all.entry(folded(&format!("{figure:?}"))).or_default() += 1;
    }
    for statement in &read.statements {
        let mut statement = statement.clone();
        (statement.line, statement.column) = (0, 0);
        *all.entry(folded(&format!("{statement:?}"))).or_default() += 1;
    }
    for indicator in &read.indicators {
        let mut indicator = indicator.clone();
        (indicator.line, indicator.column) = (0, 0);
        *all.entry(folded(&format!("{indicator:?}"))).or_default() += 1;
    }
    all
}

/// Renderings that do not come to all that the text does yet: how much is missed, and how much
/// is extra. A number that grows or goes fails the test.
const SHORT: &[(&str, usize, usize)] = &[
    // A character of its font stands in the file for another one, in one label.
    ("2023-budget-zengdu-medical-insurance-information-centre.office-ruled-portrait.pdf", 1, 1),
    // The values of charts stand in columns as those of tables do.
    ("2021-final-panzhihua-health-big-data-centre.typst-half-portrait.pdf", 7, 5),
    ("2021-final-panzhihua-health-big-data-centre.typst-unruled-landscape.pdf", 3, 3),
    // The rows of one form have three cells below some of four, in other places.
    ("2023-budget-zengdu-medical-insurance-information-centre.typst-half-portrait.pdf", 11, 7),
    ("2023-budget-zengdu-medical-insurance-information-centre.typst-unruled-landscape.pdf", 4, 2),
    // Without lines, rows that are set further to the right than those above them are not
    // understood,
    ("2024-budget-jilin-medical-insurance-department.typst-unruled-landscape.pdf", 17, 16),
    // nor how many blank columns are between two figures of a part that has no header.
    ("2026-budget-jilin-medical-insurance-service-centre.typst-half-portrait.pdf", 5, 5),
    ("2026-budget-jilin-medical-insurance-service-centre.typst-unruled-landscape.pdf", 5, 5),
];

/// Asserts that every rendering with an ending comes to what its text does; `FISC_RENDERED`
/// names a folder of others, and `FISC_EXAMPLES` tells of how many differences there are examples.
#[track_caller]
fn check(ending: &str, blank: &str) {
    let kept = repository().join("tests/rendered");
    let folder = std::env::var_os("FISC_RENDERED").map_or(kept, Into::into);
    let (compared, wrong) = compare(&folder, ending, blank);
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(compared, disclosures().len(), "{ending}");
}

/// A rendering, how much of it differs, and examples of what is missed and what is extra.
type Wrong = (String, Vec<String>, Vec<String>);

/// Compares the renderings with an ending in a folder with their texts; returns
/// their number, and those that differ in another way than is known.
fn compare(folder: &Path, ending: &str, blank: &str) -> (usize, Vec<Wrong>) {
    let mut compared = 0;
    let mut wrong = Vec::new();
    for text in disclosures() {
        let name = text.file_stem().unwrap().to_string_lossy().into_owned();
        let expected = figures(&read(&text), blank);
        for rendered in files(folder) {
            let own = rendered.file_name().unwrap().to_string_lossy().into_owned();
            if !(own.starts_with(&name) && own.ends_with(ending)) {
                continue;
            }
            let found = figures(&read(&rendered), blank);
            let differing = |a: &BTreeMap<String, i32>, b: &BTreeMap<String, i32>| {
                a.iter()
                    .filter(|(key, count)| b.get(*key) != Some(count))
                    .map(|(key, _)| key.clone())
                    .collect::<Vec<_>>()
            };
            let (missed, extra) = (differing(&expected, &found), differing(&found, &expected));
            let known = SHORT.iter().find(|(short, ..)| *short == own);
            let known = known.map_or((0, 0), |(_, missed, extra)| (*missed, *extra));
            if (missed.len(), extra.len()) != known {
                let most = std::env::var("FISC_EXAMPLES").map_or(3, |most| most.parse().unwrap());
                let some = |all: &[String]| all.iter().take(most).cloned().collect::<Vec<_>>();
                let counts = format!("(\"{own}\", {}, {}),", missed.len(), extra.len());
                wrong.push((counts, some(&missed), some(&extra)));
            }
            compared += 1;
        }
    }
    (compared, wrong)
}

#[test]
fn word_documents_come_to_what_their_text_does() {
    check(".docx", " ");
}

#[test]
fn excel_workbooks_come_to_what_their_text_does() {
    check(".xlsx", " ");
}

#[test]
fn old_excel_workbooks_come_to_what_their_text_does() {
    check(".xls", " ");
}

#[test]
fn open_document_workbooks_come_to_what_their_text_does() {
    check(".ods", " ");
}

#[test]
fn web_pages_come_to_what_their_text_does() {
    check(".html", " ");
}

#[test]
fn pdf_files_of_typst_come_to_what_their_text_does() {
    check(".typst-ruled-portrait.pdf", "");
}

#[test]
fn pdf_files_of_an_office_come_to_what_their_text_does() {
    check(".office-ruled-portrait.pdf", "");
}

#[test]
fn tables_without_lines_come_to_what_their_text_does() {
    check(".typst-unruled-landscape.pdf", "");
    check(".typst-half-portrait.pdf", "");
}

/// The renderings of one disclosure, for damage.
static RENDERED: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let all = files(&repository().join("tests/rendered"));
    let own = all.iter().filter(|path| path.to_string_lossy().contains("2021-final"));
    own.map(|path| fs::read(path).unwrap()).collect()
});

fn sound(bytes: &[u8]) -> Result<(), TestCaseError> {
    let once = run::disclosure("damaged", bytes, &KNOWLEDGE).map_err(|error| error.to_string());
    let again = run::disclosure("damaged", bytes, &KNOWLEDGE).map_err(|error| error.to_string());
    prop_assert!(once == again, "another result on a second run");
    if let Err(error) = once {
        prop_assert!(error.starts_with("damaged: "), "{error}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn truncated_files_are_read_or_refused(file in 0..RENDERED.len(), part in any::<Index>()) {
        let bytes = &RENDERED[file];
        sound(&bytes[..part.index(bytes.len())])?;
    }

    #[test]
    fn files_with_other_bytes_are_read_or_refused(
        file in 0..RENDERED.len(),
        changes in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..20),
    ) {
        let mut bytes = RENDERED[file].clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        sound(&bytes)?;
    }

    /// Damage inside the parts, which the sums of an archive would else give away.
    #[test]
    fn files_with_damaged_parts_are_read_or_refused(
        file in 0..RENDERED.len(),
        changes in proptest::collection::vec((any::<Index>(), any::<Index>(), any::<u8>()), 1..8),
        cut in proptest::option::of((any::<Index>(), any::<Index>())),
    ) {
        let Ok(mut archive) = ZipArchive::new(Cursor::new(&RENDERED[file])) else { return Ok(()) };
        let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
        for at in 0..archive.len() {
            let mut part = archive.by_index(at).unwrap();
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).unwrap();
            parts.push((part.name().unwrap().into_owned(), bytes));
        }
        let count = parts.len();
        for (part, at, byte) in changes {
            let bytes = &mut parts[part.index(count)].1;
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
        }
        if let Some((part, at)) = cut {
            let bytes = &mut parts[part.index(count)].1;
            bytes.truncate(at.index(bytes.len() + 1));
        }
        let parts: Vec<(&str, &[u8])> =
            parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        sound(&zipped(&parts))?;
    }
}
