//! Names characters of fonts that do not do so themselves: those of a standard character set.

use std::collections::BTreeMap;

use hayro_interpret::hayro_cmap::{CMap, CMapName, load_embedded};
use hayro_syntax::{
    Pdf,
    object::{Array, Dict, Name, Object},
};

use crate::decode::encoding;

/// What the codes of characters mean.
pub(super) enum Codes {
    /// They are of GBK.
    Gbk,
    /// They are of Unicode.
    Unicode,
    /// They count the characters of Adobe-GB1.
    Collection(BTreeMap<u32, char>),
}

impl Codes {
    /// Finds what codes mean in the first font of a file that leaves its characters unnamed.
    pub(super) fn find(file: &Pdf) -> Option<Codes> {
        file.objects().into_iter().find_map(|object| match object {
            Object::Dict(font) => Codes::of(&font),
            _ => None,
        })
    }

    fn of(font: &Dict<'_>) -> Option<Codes> {
        let is_named = |key: &[u8], value: &[u8]| {
            font.get::<Name<'_>>(key).is_some_and(|name| &*name == value)
        };
        if !is_named(b"Subtype", b"Type0") || font.contains_key(b"ToUnicode") {
            return None;
        }
        let encoding = font.get::<Name<'_>>(b"Encoding")?;
        let encoding = encoding.as_str();
        if encoding.starts_with("UniGB-UCS2") || encoding.starts_with("UniGB-UTF16") {
            return Some(Codes::Unicode);
        }
        if encoding.starts_with("GB") {
            return Some(Codes::Gbk);
        }
        let below = font.get::<Array<'_>>(b"DescendantFonts")?.iter::<Dict<'_>>().next()?;
        let info = below.get::<Dict<'_>>(b"CIDSystemInfo")?;
        let ordering = info.get::<hayro_syntax::object::String<'_>>(b"Ordering")?;
        (ordering.as_bytes() == b"GB1").then(collection).flatten()
    }

    /// Returns the character of a code.
    pub(super) fn name(&self, code: u32) -> Option<char> {
        match self {
            Codes::Gbk => encoding::gbk(code),
            Codes::Unicode => char::from_u32(code),
            Codes::Collection(characters) => characters.get(&code).copied(),
        }
    }
}

/// Turns the table of what characters of Unicode are in Adobe-GB1 round.
fn collection() -> Option<Codes> {
    let table = load_embedded(CMapName::from_bytes(b"UniGB-UCS2-H"))?;
    let table = CMap::parse(table, load_embedded)?;
    let mut characters = BTreeMap::new();
    for code in 0x20..=0xFFFF_u32 {
        if let (Some(cid), Some(c)) = (table.lookup_cid_code(code, 2), char::from_u32(code)) {
            characters.entry(cid).or_insert(c);
        }
    }
    Some(Codes::Collection(characters))
}
