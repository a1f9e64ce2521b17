//! Leads from a page of the report to the documents and to other pages.

use std::{
    collections::BTreeMap,
    fmt::Write,
    path::{Component, Path, PathBuf, absolute},
};

/// Where the links of one page lead.
#[derive(Clone, Debug, Default)]
pub struct Links {
    /// The folder from which the page is opened; nothing where that is not known.
    folder: Option<PathBuf>,
    /// The pages of units by their keys, relative to this page.
    pub units: BTreeMap<String, String>,
}

impl Links {
    /// Returns the links of a page that is opened from a folder.
    pub fn from(folder: &Path) -> Links {
        Links { folder: absolute(folder).ok().map(|path| plain(&path)), units: BTreeMap::new() }
    }

    /// Returns the address of a document, relative to the page: the two can be moved together.
    ///
    /// A document of an archive is found in its archive.
    pub fn document(&self, path: &str) -> Option<String> {
        let file = path.split("!/").next().unwrap_or(path);
        let folder = self.folder.as_ref()?;
        let file = plain(&absolute(Path::new(file)).ok()?);
        let shared = folder.components().zip(file.components()).take_while(|(a, b)| a == b).count();
        let up = folder.components().skip(shared).map(|_| "..".to_owned());
        let down =
            file.components().skip(shared).map(|part| encoded(&part.as_os_str().to_string_lossy()));
        Some(up.chain(down).collect::<Vec<_>>().join("/"))
    }
}

/// Takes `.` and `..` out of a path.
fn plain(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                result.pop();
            }
            Component::CurDir => (),
            _ => result.push(part),
        }
    }
    result
}

/// Writes a part of an address: everything but letters, digits and `-._~` as `%` and two digits.
pub fn encoded(part: &str) -> String {
    let mut result = String::new();
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            result.push(char::from(byte));
        } else {
            // A `String` takes everything.
            write!(result, "%{byte:02X}").unwrap_or_default();
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_found_from_the_page() {
        let links = Links::from(Path::new("warehouse/current/report"));
        let leads = |path: &str| links.document(path).expect("an address");
        assert_eq!(leads("data/a 1.txt"), "../../../data/a%201.txt");
        assert_eq!(leads("./data/../x.zip!/年/预算.txt"), "../../../x.zip");
        assert_eq!(leads("warehouse/current/report/units/a.html"), "units/a.html");
        assert_eq!(Links::default().document("a"), None);
    }
}
