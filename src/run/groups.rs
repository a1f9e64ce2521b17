//! Carries out the analyses by document, for chunks of documents that are neighbours.
//!
//! A group is to the analyses what a chunk is to reading: where one ends is told by a path
//! alone, and one whose chunks did not change is kept as it is. It is larger than a chunk, because
//! a query costs as much for a hundred documents as for a thousand.

use std::{collections::BTreeMap, ops::Range, path::Path};

use crate::{
    accounts::sources::Sources,
    acquire,
    error::Result,
    store::{
        manifest::{Chunk, Group},
        snapshot::SnapshotWriter,
    },
    tabulate::{Analyses, analysis::Analysis},
};

/// One in so many paths ends a group, if it ends a chunk: a multiple of what ends a chunk.
const ONE_IN: u64 = 2048;

/// The most numbers in the documents of a group, but for one chunk that has more alone: their
/// rows are in memory together.
const MOST_NUMBERS: u64 = 4_000_000;

/// The groups of the snapshot before, and where it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before<'a> {
    pub(super) groups: &'a [Group],
    pub(super) snapshot: &'a Path,
}

/// Adds to a snapshot what the analyses by document make of its chunks; `progress` is called
/// with the number of groups that are done.
///
/// Groups of the snapshot before that are as they were are linked.
pub(super) fn groups(
    chunks: &[Chunk],
    before: Before<'_>,
    analyses: &Analyses,
    version: &str,
    snapshot: &mut SnapshotWriter<'_>,
    progress: &dyn Fn(u64),
) -> Result<Vec<Group>> {
    let known: BTreeMap<&str, &Group> =
        before.groups.iter().map(|group| (group.key.as_str(), group)).collect();
    let mut made = Vec::new();
    for range in cut(chunks) {
        let chunks = chunks.get(range).unwrap_or_default();
        let key = key(chunks, version);
        if let Some(group) = known.get(key.as_str()) {
            for part in &group.parts {
                snapshot.keep_file(&part.file, before.snapshot)?;
            }
            made.push((*group).clone());
        } else {
            let parts = chunks.iter().flat_map(|chunk| &chunk.parts);
            let files: Vec<&str> = parts.map(|part| part.file.as_str()).collect();
            let folder = snapshot.folder().to_owned();
            let mut write = |file: &str, bytes: &[u8]| snapshot.add_file(file, bytes);
            let parts = analyses.by_document(&folder, &files, &key, &mut write)?;
            made.push(Group { key, parts });
        }
        progress(made.len() as u64);
    }
    Ok(made)
}

/// Returns what the results of analyses by document depend on besides the documents.
pub(super) fn version(sources: &Sources) -> String {
    let texts = sources.all().filter(|(path, _)| Analysis::is_by_document(path));
    let mut all = String::new();
    texts.for_each(|(path, text)| all.extend(["\0", path, "\0", text]));
    acquire::identity(all.as_bytes())
}

/// Cuts chunks into groups; there is one although there is no chunk, so that its files say which
/// columns there are.
fn cut(chunks: &[Chunk]) -> Vec<Range<usize>> {
    let mut groups = Vec::new();
    let (mut start, mut numbers) = (0, 0);
    for (at, chunk) in chunks.iter().enumerate() {
        if start < at && MOST_NUMBERS < numbers + chunk.counts.numbers {
            groups.push(start..at);
            (start, numbers) = (at, 0);
        }
        numbers += chunk.counts.numbers;
        let last = chunk.entries.last().map(|entry| acquire::mark(&entry.path));
        if last.is_some_and(|mark| mark.is_multiple_of(ONE_IN)) {
            groups.push(start..at + 1);
            (start, numbers) = (at + 1, 0);
        }
    }
    if start < chunks.len() || groups.is_empty() {
        groups.push(start..chunks.len());
    }
    groups
}

/// Returns the name of a group's files: other chunks or other analyses have another.
fn key(chunks: &[Chunk], version: &str) -> String {
    let mut text = version.to_owned();
    for chunk in chunks {
        text.extend(["\0", chunk.key.as_str()]);
    }
    acquire::identity(text.as_bytes()).chars().take(16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::manifest::{Counts, Entry};

    /// Chunks of one document each, with so many numbers.
    fn chunks(paths: &[u64], numbers: u64) -> Vec<Chunk> {
        let chunk = |path: &u64| Chunk {
            key: format!("{path}"),
            entries: vec![Entry { path: format!("{path}.txt"), ..Entry::default() }],
            counts: Counts { numbers, ..Counts::default() },
            ..Chunk::default()
        };
        paths.iter().map(chunk).collect()
    }

    #[test]
    fn a_document_that_comes_changes_the_group_that_it_lies_in() {
        let paths: Vec<u64> = (0..20_000).collect();
        let keys = |paths: &[u64]| -> Vec<String> {
            let chunks = chunks(paths, 600);
            cut(&chunks).into_iter().map(|range| key(&chunks[range], "")).collect()
        };
        let before = keys(&paths);
        assert!(4 < before.len(), "{before:?}");
        let mut more = paths.clone();
        more.insert(10_000, 99_999);
        let after = keys(&more);
        let new = after.iter().filter(|key| !before.contains(key)).count();
        assert!((1..=2).contains(&new), "{before:?} {after:?}");
    }

    #[test]
    fn groups_have_every_chunk_once_and_are_not_too_large() {
        assert_eq!((cut(&[]).len(), cut(&[]).first()), (1, Some(&(0..0))));
        let chunks = chunks(&(0..9).collect::<Vec<u64>>(), 1_500_000);
        let groups = cut(&chunks);
        assert_eq!(
            groups.iter().flat_map(Clone::clone).collect::<Vec<_>>(),
            [0, 1, 2, 3, 4, 5, 6, 7, 8]
        );
        assert!(groups.iter().all(|group| group.len() <= 2));
        assert_ne!(key(&chunks, ""), key(&chunks, "other analyses"));
    }
}
