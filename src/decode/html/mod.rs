//! Reads web pages (HTML), also those that call themselves a workbook or a Word document.
//!
//! A page of a government site is mostly not the disclosure but what leads elsewhere: what
//! consists of links, and the frame around the text, is left out.

mod page;
mod tree;

use memchr::memmem;

use crate::{
    decode::{Decoder, Document, builder::Builder, encoding, package::damaged},
    error::{ErrorKind, Result},
};

/// Web pages.
pub(super) struct Html;

/// Pages say within so many bytes what they are.
const HEAD: usize = 4096;

/// The largest page, in bytes.
const LARGEST_BYTES: usize = 64 << 20;

impl Decoder for Html {
    /// Texts with tables of HTML in them have neither a head nor a body.
    fn accepts(&self, bytes: &[u8]) -> bool {
        let head = bytes.get(..HEAD).unwrap_or(bytes);
        // Nearly all other files are told by this alone.
        if head.iter().find(|byte| byte.is_ascii_graphic()) != Some(&b'<') {
            return false;
        }
        // Zeros are half a character of UTF-16.
        let head = head.iter().filter(|byte| **byte != 0);
        let head: Vec<u8> = head.map(u8::to_ascii_lowercase).collect();
        let has = |mark: &[u8]| memmem::find(&head, mark).is_some();
        has(b"<!doctype html") || has(b"<html") || has(b"<head") || has(b"<body")
    }

    fn decode(&self, path: &str, bytes: &[u8]) -> Result<Document> {
        if LARGEST_BYTES < bytes.len() {
            let problem = format!("it has more than {} MiB", LARGEST_BYTES >> 20);
            return Err(damaged(path, "the page", &problem));
        }
        let Some((text, encoding)) = encoding::decode(bytes) else {
            let looks_like = "binary data";
            return Err(ErrorKind::UnknownFormat { path: path.to_owned(), looks_like }.into());
        };
        let Some(tree) = tree::Tree::read(&text) else {
            return Err(damaged(path, "the page", "it has too many elements"));
        };
        let mut to = Builder::new(encoding);
        if page::print(&tree, &mut to).is_none() {
            return Err(damaged(path, "the page", "its tables have too many cells"));
        }
        Ok(to.finish())
    }
}
