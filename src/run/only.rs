//! Chooses documents by path, year and region, to read these again and no others.

use std::collections::BTreeSet;

use crate::accounts::excerpt::Excerpt;

/// What a person asks for; each list that is not empty must be met.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Chosen {
    /// Patterns of paths, in which `*` stands for any text and `?` for any character.
    pub paths: Vec<String>,
    /// Fiscal years.
    pub years: Vec<i32>,
    /// Beginnings of regions, as 吉林省.
    pub regions: Vec<String>,
}

/// The documents that were chosen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Only {
    paths: Vec<String>,
    /// The files that hold documents of the years and regions; nothing stands for all.
    files: Option<BTreeSet<String>>,
}

impl Chosen {
    /// Returns whether the excerpts of documents are needed to choose.
    pub fn needs_excerpts(&self) -> bool {
        !self.years.is_empty() || !self.regions.is_empty()
    }

    /// Chooses from the documents of the snapshot before.
    ///
    /// The year and the region of a document that is not in it are not known, so it is not
    /// chosen by them.
    pub fn among<'a>(&self, excerpts: impl Iterator<Item = &'a Excerpt>) -> Only {
        let is_chosen = |excerpt: &&Excerpt| {
            let identity = &excerpt.identity;
            let year = identity.fiscal_year.is_some_and(|year| self.years.contains(&year));
            let region = identity.region.as_deref().unwrap_or_default();
            let region = self.regions.iter().any(|wanted| region.starts_with(wanted.as_str()));
            (self.years.is_empty() || year) && (self.regions.is_empty() || region)
        };
        let files = self.needs_excerpts().then(|| {
            // A document of an archive is `archive.zip!/name`.
            let file =
                |excerpt: &Excerpt| excerpt.path.split("!/").next().unwrap_or_default().to_owned();
            excerpts.filter(is_chosen).map(file).collect()
        });
        Only { paths: self.paths.clone(), files }
    }
}

impl Only {
    /// Chooses some files.
    pub fn files(files: BTreeSet<String>) -> Only {
        Only { paths: Vec::new(), files: Some(files) }
    }

    /// Returns whether a file is chosen.
    pub fn is_asked(&self, name: &str) -> bool {
        let path = self.paths.is_empty() || self.paths.iter().any(|path| matches(path, name));
        path && self.files.as_ref().is_none_or(|files| files.contains(name))
    }
}

/// Returns whether a text is as a pattern says: `*` is any text, `?` any character.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where the last `*` stands, and what it stood for so far.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || Some(c) == text.get(t) => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, stood)) => {
                    p = at + 1;
                    t = stood + 1;
                    star = Some((at, t));
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_stand_for_paths() {
        let check = |pattern, text| matches(pattern, text);
        assert!(check("in/2024/*", "in/2024/省/预算.txt"));
        assert!(check("*预?.txt", "in/2024/预算.txt"));
        assert!(check("*a*b*", "xaayb"));
        assert!(!check("in/2024/*", "in/2023/a.txt"));
        assert!(!check("a", "ab") && !check("", "a") && check("*", ""));
    }
}
