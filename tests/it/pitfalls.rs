//! Reads PDF files that each show what published ones do to a reader, and hostile ones.
//!
//! `tests/render/pitfalls.py` writes those of `tests/pitfalls`.

use std::{
    fmt::Write as _,
    fs,
    io::Write as _,
    time::{Duration, Instant},
};

use fisc::{
    accounts::gap::{Gap, GapKind},
    decode,
};
use flate2::{Compression, write::ZlibEncoder};

use crate::{metamorphic::check::KNOWLEDGE, program::repository};

/// Decodes a document into its lines; cells are parted by bars.
fn lines(name: &str) -> Vec<String> {
    let bytes = fs::read(repository().join(format!("tests/pitfalls/{name}.pdf"))).unwrap();
    let document = decode::document(name, &bytes).unwrap_or_else(|error| panic!("{error}"));
    let rows = document.lines().map(|line| {
        let cells: Vec<&str> = line.cells().map(|cell| cell.text).collect();
        cells.join("|")
    });
    // Rows of an empty grid.
    rows.filter(|row| row.chars().any(|c| c != '|')).collect()
}

/// What all of them show, in whatever way.
const TABLE: [&str; 5] = [
    "支出总表",
    "单位：万元",
    "科目名称|合计|基本支出|项目支出",
    "合计|1234.56|1000.06|234.50",
    "住房保障支出|1234.56|1000.06|234.50",
];

#[test]
fn each_pitfall_is_read_as_what_it_shows() {
    for name in [
        "ruled",
        "bold-twice",
        "several-runs",
        "lower-digits",
        "side-by-side",
        "title-inside",
        "rotated",
        "gbk-codes",
        "radicals",
        "type3",
    ] {
        assert_eq!(lines(name), TABLE, "{name}");
    }
}

/// A row that is drawn on two pages, and shown on one of them.
#[test]
fn what_a_page_does_not_show_is_not_read() {
    assert_eq!(lines("clipped"), TABLE);
}

/// A cell that goes on on the next page is drawn on both: 2 and 24 characters are not shown.
#[test]
fn what_overflows_a_page_is_read_once() {
    assert_eq!(lines("overflowing"), TABLE);
    let path = repository().join("tests/pitfalls/overflowing.pdf");
    let told = fisc::inspect::describe("it.pdf", &fs::read(path).unwrap(), &KNOWLEDGE).unwrap();
    assert!(told.contains("2 pages; 26 characters are drawn where no page shows them"), "{told}");
}

/// A stamp alone, an empty page and a title over a picture are no scans.
#[test]
fn a_page_that_is_a_picture_is_a_gap() {
    let [title, ..] = TABLE;
    assert_eq!(lines("part-scanned")[..2], ["部门预算", title]);
    let path = repository().join("tests/pitfalls/part-scanned.pdf");
    let bytes = fs::read(path).unwrap();
    let read = fisc::run::disclosure("it.pdf", &bytes, &KNOWLEDGE).unwrap();
    let scanned = |gap: &&Gap| gap.kind == GapKind::ScannedPage;
    let gaps: Vec<_> = read.gaps.iter().filter(scanned).map(|gap| read.page_of(gap.line)).collect();
    assert_eq!(gaps, [Some(2)]);
    assert_eq!(read.pages.len(), 5);
    let told = fisc::inspect::describe("it.pdf", &bytes, &KNOWLEDGE).unwrap();
    assert!(told.contains("scanned_page"), "{told}");
}

#[test]
fn a_total_that_stands_alone_on_a_page_is_a_row_of_its_table() {
    let [title, unit, header, total, row] = TABLE;
    assert_eq!(lines("total-alone"), [title, unit, header, row, total]);
}

#[test]
fn white_space_parts_columns() {
    let [.., header, total, row] = TABLE;
    assert_eq!(lines("unruled")[3..], [header, total, row]);
}

/// Codes that are too long for their cells, or just as long; figures on the right of their
/// columns, whose headers are on the left.
#[test]
fn what_stands_over_the_next_cell_is_not_in_it() {
    assert_eq!(
        lines("overprinted")[2..],
        [
            "编码|科目名称|基本支出|项目支出",
            "208|社会保障支出|30.00|10.00",
            "210|卫生健康支出|40.00|20.00",
            "42130322032R000161|一次性奖金|50.00|30.00",
            "4213032203|绩效工资|60.00|40.00",
            "221|住房保障支出|70.00|50.00",
        ]
    );
}

/// Writes a file of objects that are numbered from 1; the first one is the catalogue.
fn pdf(objects: &[String], trailer: &str) -> Vec<u8> {
    let mut text = String::from("%PDF-1.7\n");
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(text.len());
        write!(text, "{} 0 obj\n{object}\nendobj\n", at + 1).unwrap();
    }
    let table = text.len();
    write!(text, "xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).unwrap();
    for place in &places {
        writeln!(text, "{place:010} 00000 n ").unwrap();
    }
    let size = places.len() + 1;
    write!(text, "trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{table}\n%%EOF\n")
        .unwrap();
    text.into_bytes()
}

pub(crate) fn stream(entries: &str, content: &str) -> String {
    format!("<< /Length {} {entries}>>\nstream\n{content}\nendstream", content.len())
}

/// A file of one page with a content, and more objects from the fourth on.
pub(crate) fn one_page(content: &str, resources: &str, more: &[String]) -> Vec<u8> {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
             /Resources << {resources} >> >>"
        ),
        stream("", content),
    ];
    objects.extend_from_slice(more);
    pdf(&objects, "")
}

/// Returns why a document cannot be decoded, which is told soon.
#[track_caller]
fn refused(bytes: &[u8]) -> String {
    let begun = Instant::now();
    let refused = decode::document("hostile.pdf", bytes).map(|_| ()).unwrap_err().to_string();
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    refused
}

/// A file of a page whose content is packed; `parts` is how often the page has it.
fn packed(content: &[u8], layers: usize, parts: usize) -> Vec<u8> {
    let mut content = content.to_vec();
    for _ in 0..layers {
        content = deflated(&content);
    }
    filtered(&content, &"/FlateDecode ".repeat(layers), parts)
}

fn deflated(content: &[u8]) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::best());
    packer.write_all(content).unwrap();
    packer.finish().unwrap()
}

/// A file of a page with a content that some filters unpack.
fn filtered(content: &[u8], filter: &str, parts: usize) -> Vec<u8> {
    let contents = "4 0 R ".repeat(parts);
    let mut file = format!(
        "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n\
         2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n\
         3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] \
         /Contents [{contents}] >>\nendobj\n\
         4 0 obj\n<< /Filter [{filter}] /Length {} >>\nstream\n",
        content.len()
    )
    .into_bytes();
    file.extend_from_slice(content);
    file.extend(b"\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n");
    file
}

#[test]
fn a_stream_that_unpacks_to_too_much_is_refused() {
    let blanks = vec![b' '; 272 << 20];
    for layers in [1, 2] {
        let refused = refused(&packed(&blanks, layers, 1));
        assert!(refused.contains("unpacks to more than it may"), "{layers}: {refused}");
    }
}

/// Blanks as LZW packs them: each code stands for one blank more than the one before.
fn lzw_of_blanks(count: usize) -> Vec<u8> {
    let (mut out, mut buffer, mut bits) = (Vec::new(), 0_u64, 0);
    let mut put = |code: usize, width: u32| {
        buffer = (buffer << width) | code as u64;
        bits += width;
        while 8 <= bits {
            bits -= 8;
            out.push(u8::try_from(buffer >> bits).unwrap());
            buffer &= (1 << bits) - 1;
        }
    };
    put(256, 9);
    put(usize::from(b' '), 9);
    // The next code that the table will define; the last one stands for the most.
    let (mut made, mut next) = (1, 258);
    while made < count {
        let width = match next + 1 {
            2048.. => 12,
            1024.. => 11,
            512.. => 10,
            _ => 9,
        };
        put(next.min(4095), width);
        made += next.min(4095) - 256;
        next = (next + 1).min(4096);
    }
    put(257, 12);
    put(0, 8);
    out
}

#[test]
fn whatever_packs_a_stream_it_unpacks_to_no_more_than_it_may() {
    let blanks = vec![b' '; 272 << 20];
    let lzw = lzw_of_blanks(272 << 20);
    let runs = [129, b' '].repeat(3 << 20);
    let digits = |byte: &u8| format!("{byte:02X}").into_bytes();
    let text: Vec<u8> = deflated(&blanks).iter().flat_map(digits).collect();
    let bombs: [(&[u8], &str); 5] = [
        (&lzw, "/LZWDecode"),
        (&deflated(&lzw), "/FlateDecode /LZWDecode"),
        (&text, "/ASCIIHexDecode /FlateDecode"),
        (&runs, "/RunLengthDecode"),
        (&deflated(&runs), "/FlateDecode /RunLengthDecode"),
    ];
    for (bomb, filter) in bombs {
        let refused = refused(&filtered(bomb, filter, 1));
        assert!(refused.contains("unpacks to more than it may"), "{filter}: {refused}");
    }
    let few = lzw_of_blanks(1 << 20);
    assert!(decode::document("hostile.pdf", &filtered(&few, "/LZWDecode", 1)).is_ok());
}

/// A page has the same content again and again.
#[test]
fn a_content_that_is_shared_is_counted_each_time() {
    let blanks = vec![b' '; 8 << 20];
    assert!(decode::document("hostile.pdf", &packed(&blanks, 1, 2)).is_ok());
    let refused = refused(&packed(&blanks, 1, 64));
    assert!(refused.contains("page 1") && refused.contains("draws more"), "{refused}");
}

#[test]
fn a_file_that_is_cut_off_is_damaged() {
    let whole = fs::read(repository().join("tests/pitfalls/ruled.pdf")).unwrap();
    let refused = refused(&whole[..200]);
    assert!(refused.starts_with("hostile.pdf: "), "{refused}");
}

#[test]
fn a_file_without_pages_is_damaged() {
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [] /Count 0 >>".to_owned(),
    ];
    let refused = refused(&pdf(&objects, ""));
    assert!(refused.contains("hostile.pdf") && refused.contains("pages"), "{refused}");
}

#[test]
fn a_file_that_asks_for_a_password_is_protected() {
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [] /Count 0 >>".to_owned(),
        format!(
            "<< /Filter /Standard /V 1 /R 2 /P -44 /O <{}> /U <{}> >>",
            "11".repeat(32),
            "22".repeat(32)
        ),
    ];
    let id = "0123456789abcdef0123456789abcdef";
    let refused = refused(&pdf(&objects, &format!("/Encrypt 3 0 R /ID [<{id}> <{id}>]")));
    assert!(refused.contains("hostile.pdf") && refused.contains("password"), "{refused}");
}

#[test]
fn a_file_of_five_thousand_pages_is_refused() {
    let kids: Vec<String> = (0..5000).map(|at| format!("{} 0 R", at + 3)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count 5000 >>", kids.join(" ")),
    ];
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>".to_owned();
    objects.extend(std::iter::repeat_n(page, 5000));
    let refused = refused(&pdf(&objects, ""));
    assert!(refused.contains("5000 pages"), "{refused}");
}

#[test]
fn a_page_of_millions_of_lines_is_refused() {
    let refused = refused(&one_page(&"0 0 m 9 9 l S ".repeat(2_000_000), "", &[]));
    assert!(refused.contains("page 1") && refused.contains("draws more"), "{refused}");
}

/// Each form draws the next one twice: fifty of them would be drawn for years.
#[test]
fn forms_within_forms_are_refused() {
    let form = |at: usize| {
        let next = at + 1;
        stream(
            &format!(
                "/Type /XObject /Subtype /Form /BBox [0 0 595 842] \
                 /Resources << /XObject << /F {next} 0 R >> >> "
            ),
            "/F Do /F Do",
        )
    };
    let forms: Vec<String> = (5..60).map(form).collect();
    let refused = refused(&one_page("/F Do", "/XObject << /F 5 0 R >>", &forms));
    assert!(refused.contains("page 1") && refused.contains("draws more"), "{refused}");
}

/// A form that draws itself is drawn as often as forms may be in each other.
#[test]
fn a_form_that_draws_itself_ends() {
    let form = stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 595 842] \
         /Resources << /XObject << /F 5 0 R >> >> ",
        "/F Do",
    );
    let begun = Instant::now();
    let read =
        decode::document("hostile.pdf", &one_page("/F Do", "/XObject << /F 5 0 R >>", &[form]));
    assert!(read.is_ok() && begun.elapsed() < Duration::from_secs(10));
}
