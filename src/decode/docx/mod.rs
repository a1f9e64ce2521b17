//! Reads Word documents (DOCX).

mod chart;
mod flow;
mod numbering;

use std::collections::BTreeMap;

use crate::{
    decode::{
        Decoder, Document,
        builder::Builder,
        docx::{flow::Flow, numbering::Numbering},
        package::{self, Package},
        xml::{self, Node},
    },
    error::Result,
};

/// The part that holds the text.
const DOCUMENT: &str = "word/document.xml";

/// Word documents since 2007.
pub(super) struct Docx;

impl Decoder for Docx {
    fn accepts(&self, bytes: &[u8]) -> bool {
        package::holds(bytes, DOCUMENT)
    }

    fn decode(&self, path: &str, bytes: &[u8]) -> Result<Document> {
        let mut package = Package::open(path, bytes)?;
        let numbering = Numbering::read(&mut package)?;
        let charts = charts(&mut package)?;
        let text = package.needed(DOCUMENT)?;
        let mut to = Builder::new("docx");
        let mut flow = Flow::new(path, DOCUMENT, numbering, charts);
        xml::read(path, DOCUMENT, &text, |node| flow.take(&node, &mut to))?;
        Ok(to.finish())
    }
}

/// Reads what the charts of a document show, by the names that the text calls them.
fn charts(package: &mut Package<'_>) -> Result<BTreeMap<String, Vec<Block>>> {
    const RELATIONS: &str = "word/_rels/document.xml.rels";
    let path = package.path();
    let Some(bytes) = package.part(RELATIONS)? else { return Ok(BTreeMap::new()) };
    let mut parts = Vec::new();
    xml::read(path, RELATIONS, &bytes, |node| {
        if let Node::Open(element) = node
            && element.attribute("Type").is_some_and(|kind| kind.ends_with("/chart"))
            && let (Some(id), Some(target)) = (element.attribute("Id"), element.attribute("Target"))
        {
            let part = match target.strip_prefix('/') {
                Some(absolute) => absolute.to_owned(),
                None => format!("word/{target}"),
            };
            parts.push((id.into_owned(), part));
        }
        Ok(())
    })?;
    let mut charts = BTreeMap::new();
    for (id, part) in parts {
        if let Some(bytes) = package.part(&part)? {
            charts.insert(id, chart::read(path, &part, &bytes)?);
        }
    }
    Ok(charts)
}

/// A piece of a document, in the order of printing.
#[derive(Clone, Debug)]
enum Block {
    /// A paragraph; an empty one is an empty line.
    Text(String),
    /// A row of a table.
    Row(Vec<String>),
}

impl Block {
    /// Adds it to a document.
    fn print(&self, to: &mut Builder) {
        match self {
            Block::Text(text) => to.text(text),
            Block::Row(cells) => to.row(cells.iter().map(String::as_str)),
        }
    }
}
