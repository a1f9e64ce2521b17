//! Word documents, workbooks, web pages and archives, each cut to the one thing that it shows.

use std::{
    fmt::Write as _,
    io::{Cursor, Write as _},
};

use fisc::decode::{self, Allowance, Archive};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// Packs parts into an archive.
pub(crate) fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let stored = *name == "mimetype";
        let method = if stored { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options = SimpleFileOptions::default().compression_method(method);
        archive.start_file(*name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// Decodes a document into its lines; cells are parted by bars.
fn lines(bytes: &[u8]) -> Vec<String> {
    let document = decode::document("fixture", bytes).unwrap_or_else(|error| panic!("{error}"));
    document
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.cells().map(|cell| cell.text).collect();
            cells.join("|")
        })
        .collect()
}

/// Returns why a document cannot be decoded.
fn refused(bytes: &[u8]) -> String {
    decode::document("fixture", bytes).map(|_| ()).unwrap_err().to_string()
}

pub(crate) fn docx(body: &str) -> Vec<u8> {
    docx_with(body, &[])
}

fn docx_with(body: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let document = format!(
        "<?xml version=\"1.0\"?><w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>"
    );
    let mut parts: Vec<(&str, &[u8])> =
        vec![("[Content_Types].xml", b"<Types/>"), ("word/document.xml", document.as_bytes())];
    parts.extend(more);
    zipped(&parts)
}

fn paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn cell(properties: &str, text: &str) -> String {
    format!("<w:tc><w:tcPr>{properties}</w:tcPr>{}</w:tc>", paragraph(text))
}

#[test]
fn cells_of_word_tables_span_columns_and_rows() {
    let table = [
        "<w:tbl><w:tr>",
        &cell("<w:vMerge w:val=\"restart\"/>", "项目"),
        &cell("<w:gridSpan w:val=\"2\"/>", "预算数"),
        "</w:tr><w:tr>",
        &cell("<w:vMerge/>", ""),
        &cell("", "本年"),
        &cell("", "上年"),
        "</w:tr><w:tr>",
        &cell("", "合计"),
        &cell("", "1.00"),
        &cell("", "2.00"),
        "</w:tr></w:tbl>",
    ]
    .concat();
    assert_eq!(lines(&docx(&table)), ["项目|预算数|", "|本年|上年", "合计|1.00|2.00"]);
}

#[test]
fn tables_inside_cells_and_text_boxes_are_read() {
    let inner = ["<w:tbl><w:tr>", &cell("", "合计"), &cell("", "1.00"), "</w:tr></w:tbl>"].concat();
    let outer = format!("<w:tbl><w:tr><w:tc>{inner}<w:p/></w:tc></w:tr></w:tbl>");
    let text_box = format!(
        "<w:p><w:r><w:t>前</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>{}\
         </w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>{}</w:txbxContent></mc:Fallback>\
         </mc:AlternateContent></w:r></w:p>",
        paragraph("单位：万元"),
        paragraph("单位：万元"),
    );
    let body = format!("{outer}{text_box}");
    assert_eq!(lines(&docx(&body)), ["合计|1.00", "前", "单位：万元"]);
}

#[test]
fn numbers_that_word_counts_are_printed() {
    let numbering = "<w:numbering xmlns:w=\"w\"><w:abstractNum w:abstractNumId=\"3\">\
        <w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt w:val=\"chineseCounting\"/>\
        <w:lvlText w:val=\"%1、\"/></w:lvl></w:abstractNum>\
        <w:num w:numId=\"1\"><w:abstractNumId w:val=\"3\"/></w:num></w:numbering>";
    let styles = "<w:styles xmlns:w=\"w\"><w:style w:styleId=\"a1\"><w:pPr><w:numPr>\
        <w:numId w:val=\"1\"/></w:numPr></w:pPr></w:style></w:styles>";
    let listed = |properties: &str, text: &str| {
        format!("<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
    };
    let own = "<w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr>";
    let body = [
        listed(own, "收入情况"),
        listed("<w:pStyle w:val=\"a1\"/>", "支出情况"),
        listed("<w:pStyle w:val=\"a1\"/><w:numPr><w:numId w:val=\"0\"/></w:numPr>", "说明"),
    ]
    .concat();
    let parts: [(&str, &[u8]); 2] =
        [("word/numbering.xml", numbering.as_bytes()), ("word/styles.xml", styles.as_bytes())];
    assert_eq!(lines(&docx_with(&body, &parts)), ["一、收入情况", "二、支出情况", "说明"]);
}

#[test]
fn what_is_deleted_or_hidden_is_not_read() {
    let body = "<w:p><w:r><w:t>收入</w:t></w:r><w:del><w:r><w:delText>1.00</w:delText></w:r></w:del>\
        <w:r><w:rPr><w:vanish/></w:rPr><w:t>2.00</w:t></w:r><w:r><w:t>3.00</w:t></w:r></w:p>";
    assert_eq!(lines(&docx(body)), ["收入3.00"]);
}

#[test]
fn charts_print_the_numbers_that_word_keeps_beside_them() {
    let chart = "<c:chartSpace><c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>支出决算结构图</a:t>\
        </a:r></a:p></c:rich></c:tx></c:title><c:plotArea><c:ser><c:cat><c:strRef><c:strCache>\
        <c:pt><c:v>基本支出</c:v></c:pt><c:pt><c:v>项目支出</c:v></c:pt></c:strCache></c:strRef>\
        </c:cat><c:val><c:numRef><c:numCache><c:formatCode>0.00</c:formatCode>\
        <c:pt><c:v>265.49000000000001</c:v></c:pt><c:pt><c:v>457.39</c:v></c:pt></c:numCache>\
        </c:numRef></c:val></c:ser></c:plotArea></c:chart></c:chartSpace>";
    let relations = "<Relationships><Relationship Id=\"rId5\" Type=\"x/chart\" \
        Target=\"charts/chart1.xml\"/></Relationships>";
    let body = "<w:p><w:r><w:drawing><c:chart r:id=\"rId5\"/></w:drawing></w:r></w:p>";
    let parts: [(&str, &[u8]); 2] = [
        ("word/charts/chart1.xml", chart.as_bytes()),
        ("word/_rels/document.xml.rels", relations.as_bytes()),
    ];
    let read = lines(&docx_with(body, &parts));
    assert_eq!(read, ["支出决算结构图", "基本支出|项目支出|265.49|457.39"]);
}

/// Makes a workbook of one sheet with two formats: none, and `0.00;-0.00;`.
pub(crate) fn xlsx(sheet: &str) -> Vec<u8> {
    xlsx_of(
        &[("预算01表", "", sheet)],
        "<sst><si><t>合计</t></si><si><r><t>基本</t></r><r><t>支出</t></r><rPh><t>x</t></rPh></si></sst>",
    )
}

pub(crate) fn xlsx_of(sheets: &[(&str, &str, &str)], strings: &str) -> Vec<u8> {
    let mut listed = String::new();
    let mut relations = String::new();
    let mut parts: Vec<(String, String)> = Vec::new();
    for (at, (name, state, cells)) in sheets.iter().enumerate() {
        write!(listed, "<sheet name=\"{name}\" {state} r:id=\"r{at}\"/>").unwrap();
        write!(relations, "<Relationship Id=\"r{at}\" Target=\"worksheets/s{at}.xml\"/>").unwrap();
        let sheet = format!("<worksheet>{cells}</worksheet>");
        parts.push((format!("xl/worksheets/s{at}.xml"), sheet));
    }
    relations += "<Relationship Id=\"s\" Target=\"sharedStrings.xml\"/>\
                  <Relationship Id=\"f\" Target=\"/xl/styles.xml\"/>";
    let styles = "<styleSheet><numFmts><numFmt numFmtId=\"170\" formatCode=\"0.00;-0.00;\"/></numFmts>\
        <cellStyleXfs><xf numFmtId=\"9\"/></cellStyleXfs>\
        <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"170\"/></cellXfs></styleSheet>";
    parts.extend([
        ("[Content_Types].xml".to_owned(), "<Types/>".to_owned()),
        ("xl/workbook.xml".to_owned(), format!("<workbook><sheets>{listed}</sheets></workbook>")),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!("<Relationships>{relations}</Relationships>"),
        ),
        ("xl/sharedStrings.xml".to_owned(), strings.to_owned()),
        ("xl/styles.xml".to_owned(), styles.to_owned()),
    ]);
    let parts: Vec<(&str, &[u8])> =
        parts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    zipped(&parts)
}

#[test]
fn workbooks_print_what_their_formats_show() {
    let sheet = "<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c>\
        <c r=\"B1\" s=\"1\"><v>54.069999999999993</v></c><c r=\"C1\"><v>0.30000000000000004</v></c>\
        <c r=\"D1\" s=\"1\"><v>0</v></c><c r=\"E1\" t=\"str\"><v>12.50</v></c></row>\
        <row r=\"2\"><c r=\"A2\" t=\"s\"><v>1</v></c><c r=\"B2\" t=\"inlineStr\"><is><t>3.00</t></is></c>\
        </row></sheetData>";
    assert_eq!(lines(&xlsx(sheet)), ["预算01表", "合计|54.07|0.3||12.50", "基本支出|3.00|||"]);
}

#[test]
fn workbooks_print_only_what_is_shown() {
    let shown = "<sheetViews><sheetView showZeros=\"0\"/></sheetViews>\
        <cols><col min=\"2\" max=\"2\" hidden=\"1\"/></cols>\
        <sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\"><v>1</v></c>\
        <c r=\"C1\"><v>0</v></c><c r=\"D1\"><v>5</v></c></row>\
        <row r=\"2\" hidden=\"1\"><c r=\"A2\"><v>6</v></c><c r=\"C2\"><v>7</v></c></row>\
        <row r=\"3\"><c r=\"A3\"><v>8</v></c><c r=\"C3\"><v>9</v></c><c r=\"D3\"><v>10</v></c></row>\
        </sheetData><mergeCells><mergeCell ref=\"C3:D3\"/></mergeCells>";
    let hidden = "<sheetData><row r=\"1\"><c r=\"A1\"><v>99</v></c></row></sheetData>";
    let sheets = [("Sheet1", "", shown), ("字典", "state=\"hidden\"", hidden)];
    let book = xlsx_of(&sheets, "<sst><si><t>合计</t></si></sst>");
    assert_eq!(lines(&book), ["合计||5", "8|9|"]);
}

#[test]
fn open_document_workbooks_print_what_is_shown() {
    let content = "<office:document-content><office:automatic-styles><style:style style:name=\"ta2\">\
        <style:table-properties table:display=\"false\"/></style:style></office:automatic-styles>\
        <office:body><office:spreadsheet>\
        <table:table table:name=\"Sheet1\" table:style-name=\"ta1\"><table:table-row>\
        <table:table-cell table:number-columns-spanned=\"2\"><text:p>项目</text:p></table:table-cell>\
        <table:covered-table-cell/><table:table-cell office:value=\"54.069999\">\
        <text:p>54.07</text:p><office:annotation><text:p>批注</text:p></office:annotation>\
        </table:table-cell></table:table-row>\
        <table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell \
        table:number-columns-repeated=\"16384\"/></table:table-row></table:table>\
        <table:table table:style-name=\"ta2\"><table:table-row><table:table-cell><text:p>99</text:p>\
        </table:table-cell></table:table-row></table:table>\
        </office:spreadsheet></office:body></office:document-content>";
    let book = zipped(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content.as_bytes()),
    ]);
    assert_eq!(lines(&book), ["项目||54.07"]);
}

#[test]
fn web_pages_print_tables_and_leave_out_what_leads_elsewhere() {
    let page = "<!DOCTYPE html><html><head><title>公开</title></head><body>\
        <div class='nav'><a href=/>首页</a><a href=/a>2023年预算 1.00</a></div>\
        <table><tr><td><p>部门预算公开</p>\
        <table><tr><td rowspan=2>项目<td colspan=2>预算数<tr><td>本年<td>上年\
        <tr><td>合&nbsp;计<td>1.00<td>2.00</table>\
        <div style='display: none'>3.00</div></td></tr></table>\
        <p>增长1.2%，&lt;因项目增加&gt;<br>完。</p>\
        <div class=footer>备案号 12345</div></body></html>";
    let read = lines(page.as_bytes());
    let expected = [
        "部门预算公开",
        "项目|预算数|",
        "|本年|上年",
        "合 计|1.00|2.00",
        "增长1.2%，<因项目增加>",
        "完。",
    ];
    assert_eq!(read, expected);
    let (gbk, ..) = encoding_rs::GBK.encode(page);
    assert_eq!(lines(&gbk), expected);
}

#[test]
fn archives_give_their_documents_by_names_in_gbk() {
    let (name, ..) = encoding_rs::GBK.encode("部门预算/收支总表.txt");
    // What writes archives here only takes names in UTF-8; as long, so that the bytes fit.
    let stand_in = "x".repeat(name.len());
    let mut bytes = zipped(&[(&stand_in, "单位：万元".as_bytes()), (".hidden", b"x")]);
    while let Some(at) = bytes.windows(name.len()).position(|part| part == stand_in.as_bytes()) {
        bytes[at..at + name.len()].copy_from_slice(&name);
    }
    let mut archive = Archive::open("预算.zip", &bytes).unwrap().unwrap();
    let members = archive.members();
    let names: Vec<&str> = members.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, ["预算.zip!/部门预算/收支总表.txt"]);
    assert_eq!(
        archive.unpack(members[0].0, names[0], &mut Allowance::of(0)).unwrap(),
        "单位：万元".as_bytes()
    );
    assert!(Archive::open("a.docx", &docx("")).unwrap().is_none(), "one document");
}

#[test]
fn damage_is_named_with_its_place() {
    let whole = docx(&paragraph("收入"));
    let cut = &whole[..whole.len() / 2];
    assert!(refused(cut).starts_with("fixture: the list of parts: "), "{}", refused(cut));
    let broken = docx("<w:p><w:r></w:p>");
    assert!(refused(&broken).contains("word/document.xml: byte "), "{}", refused(&broken));
    let unended = zipped(&[("[Content_Types].xml", b""), ("word/document.xml", b"<a><b/>")]);
    assert!(refused(&unended).ends_with("the part breaks off here"), "{}", refused(&unended));
    let missing = zipped(&[("[Content_Types].xml", b""), ("xl/workbook.xml", b"<a/>")]);
    assert!(refused(&missing).ends_with("xl/_rels/workbook.xml.rels: this part is missing"));
}

#[test]
fn what_asks_for_too_much_is_refused() {
    let bomb = vec![b' '; 300 << 20];
    let bomb = zipped(&[("[Content_Types].xml", b""), ("word/document.xml", &bomb)]);
    assert!(bomb.len() < 1 << 20);
    assert!(refused(&bomb).contains("word/document.xml: it unpacks to more"), "{}", refused(&bomb));

    let deep = "<w:tbl><w:tr><w:tc>".repeat(5000) + &"</w:tc></w:tr></w:tbl>".repeat(5000);
    assert!(refused(&docx(&deep)).contains("tables stand inside each other"));

    let columns = "<c r=\"A1\"><v>1</v></c><c r=\"XFD1\"><v>1</v></c>";
    let far = format!(
        "<sheetData><row r=\"1\">{columns}</row><row r=\"1048576\">{}</row></sheetData>",
        columns.replace("1\"", "1048576\"")
    );
    assert_eq!(lines(&xlsx(&far)).len(), 3, "far cells cost nothing");

    let mut wide = String::new();
    for row in 0..3000_u32 {
        let letter = |at: u32| char::from_u32(65 + at % 26).unwrap();
        let column: String = [letter(row / 676), letter(row / 26), letter(row)].iter().collect();
        write!(wide, "<row r=\"{row}\"><c r=\"{column}{row}\"><v>1</v></c></row>").unwrap();
    }
    assert!(
        refused(&xlsx(&format!("<sheetData>{wide}</sheetData>")))
            .contains("cells, or too much text")
    );

    let page = format!("<html><body>{}x", "<div><table><tr><td>".repeat(20_000));
    assert_eq!(lines(page.as_bytes()), ["x"]);
    let spans = format!(
        "<html><body><table>{}</table>",
        "<tr><td colspan=9999 rowspan=9999>1<td>2</tr>".repeat(20_000)
    );
    assert!(refused(spans.as_bytes()).contains("too many cells"));
}
