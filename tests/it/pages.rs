//! Pages that are drawn with what was understood of them, and pages that findings are on.

use std::{
    fs,
    io::Read as _,
    time::{Duration, Instant},
};

use fisc::{
    decode::{self, Area},
    inspect::page::{Page, page},
};
use flate2::read::ZlibDecoder;
use serde_json::Value;

use crate::{
    metamorphic::check::KNOWLEDGE,
    pitfalls::{one_page, stream},
    program::{Folder, repository},
};

/// A budget in which figures contradict each other, on several pages.
const WRONG: &str =
    "tests/rendered/2024-budget-jilin-medical-insurance-department.office-ruled-portrait.pdf";

/// The first table of a document is blue, what is read is green, what is wrong is red.
const BLUE: [u8; 3] = [0x1F, 0x5F, 0xBF];
const GREEN: [u8; 3] = [0xDC, 0xF5, 0xE0];
const RED: [u8; 3] = [0xD0, 0x1F, 0x2E];

/// What a PNG file shows.
struct Shown {
    width: usize,
    height: usize,
    lines: Vec<u8>,
}

impl Shown {
    fn of(png: &[u8]) -> Shown {
        assert!(png.starts_with(b"\x89PNG\r\n\x1A\n"), "a PNG file begins like this");
        let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
        let (mut at, mut packed, mut kinds) = (8, Vec::new(), Vec::new());
        while at < png.len() {
            let (length, kind) = (number(at), &png[at + 4..at + 8]);
            let data = &png[at + 8..at + 8 + length];
            let mut sum = flate2::Crc::new();
            sum.update(&png[at + 4..at + 8 + length]);
            assert_eq!(sum.sum() as usize, number(at + 8 + length));
            kinds.push(kind);
            if kind == b"IDAT" {
                packed.extend(data);
            }
            at += 12 + length;
        }
        assert_eq!(kinds, [b"IHDR", b"IDAT", b"IEND"]);
        let mut lines = Vec::new();
        ZlibDecoder::new(packed.as_slice()).read_to_end(&mut lines).unwrap();
        let (width, height) = (number(16), number(20));
        assert_eq!(lines.len(), (width * 3 + 1) * height);
        Shown { width, height, lines }
    }

    fn dot(&self, x: i32, y: i32) -> [u8; 3] {
        let (x, y) = (usize::try_from(x).unwrap(), usize::try_from(y).unwrap());
        let at = y * (self.width * 3 + 1) + 1 + x * 3;
        self.lines[at..at + 3].try_into().unwrap()
    }

    /// How many dots of an area have a colour.
    fn count(&self, area: Area, colour: [u8; 3]) -> usize {
        let dots =
            (area.top..area.bottom).flat_map(|y| (area.left..area.right).map(move |x| (x, y)));
        dots.filter(|(x, y)| self.dot(*x, *y) == colour).count()
    }
}

fn drawn(path: &str, number: u32) -> Page {
    let bytes = fs::read(repository().join(path)).unwrap();
    page(path, &bytes, number, &KNOWLEDGE).unwrap()
}

/// Returns where the cells of the figures are on a page of a document, in dots.
fn figures(path: &str, number: u32) -> Vec<(Area, String)> {
    let bytes = fs::read(repository().join(path)).unwrap();
    let document = decode::document(path, &bytes).unwrap();
    let read = fisc::run::disclosure(path, &bytes, &KNOWLEDGE).unwrap();
    let places = read.figures.iter().filter_map(|figure| {
        let (place, _) = document.place(figure.line, figure.column)?;
        let Area { left, top, right, bottom } = place.area;
        let [left, top, right, bottom] = [left, top, right, bottom].map(|at| at / 50);
        (place.page == number).then(|| (Area { left, top, right, bottom }, figure.raw.clone()))
    });
    places.collect()
}

#[test]
fn a_page_is_drawn_with_its_table_and_its_figures() {
    let path = "tests/pitfalls/ruled.pdf";
    let page = drawn(path, 1);
    let shown = Shown::of(&page.png);
    // A4 at two dots a point, with a strip below.
    assert_eq!(shown.width, 1190);
    assert!((1684..1800).contains(&shown.height), "{}", shown.height);
    let cells = figures(path, 1);
    assert_eq!(cells.len(), 6);
    let mut table = Area::default();
    for (area, raw) in &cells {
        let dots = area.wider(-3);
        let all = usize::try_from((dots.right - dots.left) * (dots.bottom - dots.top)).unwrap();
        assert!(all / 2 < shown.count(dots, GREEN), "{raw} is not green");
        assert!(0 < shown.count(dots, [0, 0, 0]), "{raw} is not drawn");
        table = table.with(*area);
    }
    // The frame is around the table, and around nothing else.
    let right = Area { left: table.right, right: table.right + 6, ..table };
    assert!(usize::try_from(table.bottom - table.top).unwrap() <= shown.count(right, BLUE));
    let below = Area { top: table.bottom + 8, bottom: 1684, ..table };
    assert_eq!(shown.count(below, BLUE), 0);
    assert!(page.told.contains("page 1 of 1"), "{}", page.told);
    assert!(page.told.contains("table expenditure, line 1: 支出总表"), "{}", page.told);
    assert!(page.told.contains("6 numbers are read (green)"), "{}", page.told);
    assert_eq!(page.png, drawn(path, 1).png, "the same page gives the same picture");
}

#[test]
fn a_page_on_its_side_is_drawn_as_it_is_read() {
    let shown = Shown::of(&drawn("tests/pitfalls/rotated.pdf", 1).png);
    assert_eq!(shown.width, 1684);
    for (area, raw) in figures("tests/pitfalls/rotated.pdf", 1) {
        assert!(0 < shown.count(area.wider(-3), [0, 0, 0]), "{raw} is not drawn");
    }
}

#[test]
fn what_does_not_add_up_is_marked_at_its_cell() {
    let bytes = fs::read(repository().join(WRONG)).unwrap();
    let read = fisc::run::disclosure(WRONG, &bytes, &KNOWLEDGE).unwrap();
    let finding = read.findings.iter().find(|one| one.rule == "figures-disagree").unwrap();
    let number = read.page_of(finding.line).unwrap();
    let page = drawn(WRONG, number);
    let shown = Shown::of(&page.png);
    let document = decode::document(WRONG, &bytes).unwrap();
    let (place, _) = document.place(finding.line, finding.column).unwrap();
    let cell = Area {
        left: place.area.left / 50,
        top: place.area.top / 50,
        right: place.area.right / 50,
        bottom: place.area.bottom / 50,
    };
    let around = usize::try_from(cell.right - cell.left + cell.bottom - cell.top).unwrap() * 2;
    assert!(around <= shown.count(cell.wider(4), RED), "no frame around {}", finding.label);
    let told = format!("error[figures-disagree] line {}: ", finding.line);
    assert!(page.told.contains(&told), "{}", page.told);
}

/// A sentence is parted into what is read of it, number by number.
#[test]
fn numbers_in_sentences_are_drawn_where_they_are() {
    let path =
        "tests/rendered/2021-final-panzhihua-health-big-data-centre.typst-ruled-portrait.pdf";
    let shown = Shown::of(&drawn(path, 1).png);
    let whole = Area { left: 0, top: 0, right: 1190, bottom: 1600 };
    let green = shown.count(whole, GREEN);
    assert!((2_000..200_000).contains(&green), "{green} dots are green");
}

#[test]
fn a_page_that_is_a_picture_says_so() {
    let page = drawn("tests/pitfalls/part-scanned.pdf", 2);
    assert!(page.told.contains("the page is a picture without a layer of text"), "{}", page.told);
    assert_eq!(Shown::of(&page.png).width, 1190);
}

#[test]
fn a_page_of_any_size_is_a_picture_of_a_bounded_one() {
    for size in ["9999999 9999999", "1000000 3", "1 1", "0 0", "3 1000000"] {
        let content = "BT /F 12 Tf 20 20 Td (12.34) Tj ET";
        let font = "/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>";
        let file = String::from_utf8(one_page(content, font, &[])).unwrap();
        let file = file.replace("595 842", size).into_bytes();
        let page = page("large.pdf", &file, 1, &KNOWLEDGE).unwrap();
        let shown = Shown::of(&page.png);
        assert!((640..=4_000).contains(&shown.width), "{size}: {}", shown.width);
        assert!(shown.height < 4_500 && shown.width * shown.height < 8_000_000, "{size}");
    }
}

/// What is painted over the whole page again and again, and what draws itself in characters.
#[test]
fn a_page_that_draws_without_end_is_drawn_in_part() {
    let painted = "0 0 595 842 re f ".repeat(60_000);
    let clipped = "0 0 m 595 842 l 595 0 l W n ".repeat(60_000);
    let glyph = stream("", &"0 0 1000 1000 re f ".repeat(2_000));
    let font = "/Font << /F << /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] \
                /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 97 /LastChar 97 /Widths [1000] \
                /Encoding << /Type /Encoding /Differences [97 /a] >> \
                /CharProcs << /a 5 0 R >> >> >>";
    let letters = format!("BT /F 12 Tf ({}) Tj ET", "a".repeat(10_000));
    for (content, resources) in [(painted, ""), (clipped, ""), (letters, font)] {
        let file = one_page(&content, resources, std::slice::from_ref(&glyph));
        let begun = Instant::now();
        match page("hostile.pdf", &file, 1, &KNOWLEDGE) {
            Ok(page) => assert!(page.told.contains("the rest is left out"), "{}", page.told),
            Err(error) => assert!(error.to_string().contains("draws more"), "{error}"),
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    }
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let folder = Folder::with_data("undrawn");
    let scan = fs::read(repository().join("tests/pitfalls/part-scanned.pdf")).unwrap();
    folder.write("a.pdf", &scan);
    let text = "data/disclosures/2024-budget-jilin-health-information-centre.txt";
    let said = |arguments: &[&str]| {
        folder.fisc(&[&["inspect"], arguments].concat()).ended(2).lines().next().unwrap().to_owned()
    };
    assert_eq!(
        said(&["a.pdf", "--page", "9", "--png", "a.png"]),
        "error: a.pdf: there is no page 9; the document has pages 1 to 5"
    );
    let no_pages = said(&[text, "--page", "1", "--png", "a.png"]);
    assert!(no_pages.contains("this is no PDF file, and only those have pages"), "{no_pages}");
    let nowhere = said(&["a.pdf", "--page", "1", "--png", "no/folder.png"]);
    assert_eq!(nowhere, "error: no/folder.png: cannot write");
    let over = said(&["a.pdf", "--page", "1", "--png", "a.pdf"]);
    assert!(over.contains("a picture is a PNG file: end its name in `.png`"), "{over}");
    for half in [["--page", "1"], ["--png", "a.png"]] {
        let said = said(&[&["a.pdf"], half.as_slice()].concat());
        assert!(said.contains("required arguments were not provided"), "{said}");
    }
    assert!(said(&["a.pdf", "--page", "0", "--png", "a.png"]).contains("invalid value '0'"));
    assert_eq!(fs::read(folder.path("a.pdf")).unwrap(), scan, "the document is as it was");
    folder.fisc(&["inspect", "a.pdf", "--page", "3", "--png", "a.png"]).ended(0);
    Shown::of(&fs::read(folder.path("a.png")).unwrap());
}

#[test]
fn a_finding_says_which_page_it_is_on() {
    let folder = Folder::new("pages-of-findings");
    folder.write("wrong.pdf", &fs::read(repository().join(WRONG)).unwrap());
    let text = folder.fisc(&["check", "wrong.pdf"]);
    text.ended(1);
    // Its line, drawn as in a text, and its page.
    let drawn = "  --> wrong.pdf:91:";
    let at = text.out.find(drawn).unwrap_or_else(|| panic!("{}", text.out));
    assert!(text.out[at..].contains("一、社会保障和就业支出    299.39    299.9"), "{}", text.out);
    assert!(text.out[at..].contains("note: on page 6\n"), "{}", text.out);
    let chinese = folder.fisc(&["check", "wrong.pdf", "--lang", "zh"]);
    assert!(chinese.out.contains("在第6页"), "{}", chinese.out);
    let json = folder.fisc(&["check", "wrong.pdf", "--format", "json"]);
    let findings: Vec<Value> = serde_json::from_str(&json.out).unwrap();
    let first = findings.iter().find(|one| one["line"] == 91).unwrap();
    assert_eq!((&first["page"], &first["marks"][0]["page"]), (&6.into(), &6.into()));
}

#[test]
fn pages_that_are_pictures_are_told_of() {
    let folder = Folder::new("pictures-of-pages");
    let bytes = fs::read(repository().join("tests/pitfalls/part-scanned.pdf")).unwrap();
    folder.write("scan.pdf", &bytes);
    let told = "scan.pdf: page 2 is a picture without a layer of text, and was not read";
    let text = folder.fisc(&["check", "scan.pdf"]);
    assert!(text.out.contains(&format!("note: {told}")), "{text:?}");
    for arguments in [["--format", "json"].as_slice(), &["--summary"]] {
        let output = folder.fisc(&[&["check", "scan.pdf"], arguments].concat());
        assert!(output.ended(0).contains(told), "{output:?}");
    }
    let sarif = folder.fisc(&["check", "scan.pdf", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&sarif.out).unwrap();
    let notices = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert!(notices[0]["message"]["text"].as_str().unwrap().starts_with(told), "{notices}");
}

/// What is drawn of the source needs its lines, whatever the format.
#[test]
fn every_line_of_a_document_can_be_shown() {
    let folder = fs::read_dir(repository().join("tests/rendered")).unwrap();
    let mut read = 0;
    for path in folder.map(|entry| entry.unwrap().path()) {
        let document = decode::document("any", &fs::read(&path).unwrap()).unwrap();
        assert_eq!(document.source_lines().count(), document.line_count as usize, "{path:?}");
        let sorted = document.places.is_sorted_by_key(|place| (place.line, place.column));
        assert!(sorted, "{path:?}: places are looked up by their lines");
        read += 1;
    }
    assert!(40 < read);
}
