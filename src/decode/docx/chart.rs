//! Reads what a chart shows: Word keeps the numbers beside the drawing.

use crate::{
    decode::{
        builder::push_clean,
        docx::Block,
        sheet::Format,
        xml::{self, Node},
    },
    error::Result,
};

/// The most points of one series; what is more is no chart that anybody reads.
const MOST_POINTS: usize = 1 << 16;

/// A series of a chart while it is read.
#[derive(Default)]
struct Series {
    name: String,
    categories: Vec<String>,
    values: Vec<String>,
}

/// What the points that are being read are of.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Of {
    Nothing,
    Title,
    Name,
    Categories,
    Values,
}

/// Reads a chart into its title and, for each series, the row that names it and the row of its
/// data, as converters print them.
pub(super) fn read(path: &str, part: &str, bytes: &[u8]) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    let mut of = Of::Nothing;
    let mut series = Series::default();
    let mut title = String::new();
    let (mut format, mut text) = (Format::built_in(0), String::new());
    let mut taken = false;
    xml::read(path, part, bytes, |node| {
        match node {
            Node::Open(element) => match element.name() {
                b"title" if of == Of::Nothing && title.is_empty() => of = Of::Title,
                // Axes have titles too.
                b"ser" => (series, of) = (Series::default(), Of::Nothing),
                b"tx" if of == Of::Nothing => of = Of::Name,
                b"cat" | b"xVal" => of = Of::Categories,
                b"val" | b"yVal" => of = Of::Values,
                b"numCache" | b"numLit" => format = Format::built_in(0),
                b"v" | b"t" | b"formatCode" => {
                    text.clear();
                    taken = true;
                }
                _ => (),
            },
            Node::Text(piece) if taken => push_clean(&mut text, piece),
            Node::Text(_) => (),
            Node::Close(name) => match (name, of) {
                (b"formatCode", _) => (format, taken) = (Format::read(&text), false),
                (b"v" | b"t", _) => {
                    taken = false;
                    match of {
                        Of::Title => title.push_str(&text),
                        Of::Name => series.name.push_str(&text),
                        Of::Categories if series.categories.len() < MOST_POINTS => {
                            series.categories.push(text.trim().to_owned());
                        }
                        Of::Values if series.values.len() < MOST_POINTS => {
                            series.values.push(format.show(&text, 0));
                        }
                        _ => (),
                    }
                }
                (b"title", Of::Title)
                | (b"tx", Of::Name)
                | (b"cat" | b"xVal", Of::Categories)
                | (b"val" | b"yVal", Of::Values) => of = Of::Nothing,
                (b"ser", _) => print(&std::mem::take(&mut series), &mut blocks),
                _ => (),
            },
        }
        Ok(())
    })?;
    let mut all = Vec::new();
    if !title.trim().is_empty() && !blocks.is_empty() {
        all.extend([Block::Text(String::new()), Block::Text(title.trim().to_owned())]);
    }
    all.append(&mut blocks);
    Ok(all)
}

/// Adds the rows of a series.
fn print(series: &Series, blocks: &mut Vec<Block>) {
    let Series { name, categories, values } = series;
    if values.is_empty() || categories.len() != values.len() {
        return;
    }
    if !name.trim().is_empty() {
        let mut head = categories.clone();
        head.extend(["1".to_owned(), name.trim().to_owned()]);
        blocks.push(Block::Row(head));
    }
    blocks.push(Block::Row(categories.iter().chain(values).cloned().collect()));
}
