//! Turns the bytes of a published file into lines of text and rows of cells.
//!
//! Each format has one file or folder here and one decoder in [`DECODERS`]. Nothing after this stage
//! knows which format, encoding or dialect a document came in.

mod aligned;
pub mod archive;
mod builder;
mod columns;
mod compound;
pub mod document;
mod docx;
mod encoding;
mod html;
mod markup;
mod ods;
mod package;
mod packed;
mod pdf;
pub mod picture;
pub mod place;
mod segments;
mod sheet;
mod text;
mod xls;
mod xlsx;
mod xml;

pub use archive::Archive;
pub use document::{Cell, Document, Line};
pub use package::Allowance;
pub use picture::Picture;
pub use place::{Area, Place};

use crate::{
    decode::{compound::Compound, package::Package},
    error::{ErrorKind, Result},
};

/// A reader of one file format.
trait Decoder: Sync {
    /// Returns whether the bytes are of this format, looking at no more than it must.
    fn accepts(&self, bytes: &[u8]) -> bool;

    /// Reads the whole file; `path` is only for the error.
    fn decode(&self, path: &str, bytes: &[u8]) -> Result<Document>;
}

/// Every decoder but that of text, the most particular first.
static DECODERS: &[&dyn Decoder] =
    &[&docx::Docx, &ods::Ods, &xlsx::Xlsx, &xls::Xls, &pdf::Pdf, &html::Html];

/// What the first bytes of formats that are not decoded look like, with their names.
const OTHER_FORMATS: &[(&[u8], &str)] = &[
    (package::ZIP, "a zip archive"),
    (compound::COMPOUND, "a compound file that is no workbook and no Word document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xFF\xD8\xFF", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
    (b"\x1F\x8B", "a gzip archive"),
];

/// Draws a page of a document, counted from 1, with a strip of so many dots below it, and
/// returns whether all that the page draws is on it.
///
/// An error says that there is no such page, or no page at all in this format.
pub fn picture(path: &str, bytes: &[u8], page: usize, below: u32) -> Result<(Picture, bool)> {
    if !pdf::Pdf.accepts(bytes) {
        return Err(ErrorKind::NoPicture { path: path.to_owned() }.into());
    }
    pdf::picture(path, bytes, page, below)
}

/// Decodes a document, telling its format by its content and not by its name.
///
/// `path` is only for the error: an empty file, one that is damaged, a format that is not
/// decoded, or bytes that are no text in any encoding.
pub fn document(path: &str, bytes: &[u8]) -> Result<Document> {
    if bytes.is_empty() {
        return Err(ErrorKind::Empty { path: path.to_owned() }.into());
    }
    if bytes.starts_with(package::ZIP) {
        // What cannot be opened is no part of any format, but all of them begin like this.
        Package::open(path, bytes)?;
    }
    if bytes.starts_with(compound::COMPOUND) {
        Compound::open(path, bytes)?.refuse()?;
    }
    if let Some(decoder) = DECODERS.iter().find(|decoder| decoder.accepts(bytes)) {
        return decoder.decode(path, bytes);
    }
    let unknown = |looks_like| ErrorKind::UnknownFormat { path: path.to_owned(), looks_like };
    if let Some((_, name)) = OTHER_FORMATS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(unknown(name).into());
    }
    text::Text.decode(path, bytes)
}
