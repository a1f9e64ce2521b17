//! Reads XML as a flat row of events, without namespaces.

use std::borrow::Cow;

use quick_xml::{
    Reader,
    escape::resolve_predefined_entity,
    events::{BytesStart, Event},
};

use crate::{decode::package::damaged, error::Result};

/// An event of an XML file.
pub(super) enum Node<'a> {
    /// An element begins.
    Open(Element<'a>),
    /// An element ends; an element without content does so at once.
    Close(&'a [u8]),
    /// Text, without entities.
    Text(&'a str),
}

/// The start of an element.
pub(super) struct Element<'a>(&'a BytesStart<'a>);

impl Element<'_> {
    /// Returns its name without its prefix.
    pub(super) fn name(&self) -> &[u8] {
        self.0.local_name().into_inner()
    }

    /// Returns the value of an attribute, by its name without its prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<Cow<'_, str>> {
        let mut attributes = self.0.attributes();
        attributes.with_checks(false);
        let found = attributes
            .flatten()
            .find(|attribute| attribute.key.local_name().into_inner() == name.as_bytes())?;
        match found.value {
            Cow::Borrowed(raw) => {
                let text = std::str::from_utf8(raw).ok()?;
                quick_xml::escape::unescape(text).ok()
            }
            Cow::Owned(_) => None,
        }
    }

    /// Returns the value of an attribute that is a number.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.attribute(name)?.trim().parse().ok()
    }

    /// Returns whether an attribute is there and says yes.
    pub(super) fn is(&self, name: &str) -> bool {
        self.attribute(name).is_some_and(|value| matches!(&*value, "1" | "true" | "on"))
    }
}

/// Calls `visit` with every event of an XML file; an error names the file and the part.
pub(super) fn read(
    path: &str,
    part: &str,
    xml: &[u8],
    mut visit: impl FnMut(Node<'_>) -> Result<()>,
) -> Result<()> {
    let text = utf8(xml);
    let mut reader = Reader::from_str(&text);
    let mut depth = 0_usize;
    loop {
        let event = reader.read_event();
        let at = reader.buffer_position();
        let wrong = |problem: &str| damaged(path, part, &format!("byte {at}: {problem}"));
        match event {
            Ok(Event::Start(start)) => {
                depth += 1;
                visit(Node::Open(Element(&start)))?;
            }
            Ok(Event::End(end)) => {
                depth = depth.saturating_sub(1);
                visit(Node::Close(end.local_name().into_inner()))?;
            }
            Ok(Event::Empty(start)) => {
                visit(Node::Open(Element(&start)))?;
                visit(Node::Close(start.local_name().into_inner()))?;
            }
            Ok(Event::Text(text)) => {
                visit(Node::Text(std::str::from_utf8(&text).unwrap_or_default()))?;
            }
            Ok(Event::CData(text)) => {
                visit(Node::Text(std::str::from_utf8(&text).unwrap_or_default()))?;
            }
            Ok(Event::GeneralRef(reference)) => {
                let name = std::str::from_utf8(&reference).unwrap_or_default();
                if let Some(text) = resolve_predefined_entity(name) {
                    visit(Node::Text(text))?;
                } else if let Ok(Some(character)) = reference.resolve_char_ref() {
                    visit(Node::Text(character.encode_utf8(&mut [0; 4])))?;
                }
            }
            Ok(Event::Eof) if 0 < depth => return Err(wrong("the part breaks off here")),
            Ok(Event::Eof) => return Ok(()),
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => (),
            Err(problem) => return Err(wrong(&problem.to_string())),
        }
    }
}

/// Returns the text of an XML file, which is in UTF-8 or UTF-16.
fn utf8(xml: &[u8]) -> Cow<'_, str> {
    let swapped = match xml {
        [0xFF, 0xFE, rest @ ..] => Some((rest, u16::from_le_bytes as fn([u8; 2]) -> u16)),
        [0xFE, 0xFF, rest @ ..] => Some((rest, u16::from_be_bytes as fn([u8; 2]) -> u16)),
        _ => None,
    };
    match swapped {
        Some((rest, unit)) => {
            let units = rest.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
            char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect::<String>().into()
        }
        None => String::from_utf8_lossy(xml.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(xml)),
    }
}
