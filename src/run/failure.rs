//! Says of an error what the quarantine keeps: the stage, the place and the reason.

use std::error::Error as _;

use crate::{
    error::{Error, ErrorKind},
    store::manifest::Failure,
};

/// Returns why a document could not be read; `path` is its name where the error has none.
pub(super) fn of(error: &Error, path: &str) -> Failure {
    let (stage, place) = match error.kind() {
        ErrorKind::Io { .. }
        | ErrorKind::Irregular { .. }
        | ErrorKind::Changed { .. }
        | ErrorKind::Unconverted { .. }
        | ErrorKind::Limit { limit: "bytes", .. } => ("acquire", None),
        ErrorKind::Damaged { place, .. } => ("decode", Some(place.clone())),
        ErrorKind::Limit { limit: "seconds", .. } | ErrorKind::Defect { .. } => ("any", None),
        ErrorKind::Store { .. } => ("store", None),
        _ => ("decode", None),
    };
    let mut reason = error.to_string();
    if let Some(cause) = error.source() {
        reason = format!("{reason}: {cause}");
    }
    let own = match error.kind() {
        ErrorKind::Empty { path }
        | ErrorKind::UnknownFormat { path, .. }
        | ErrorKind::OldWord { path }
        | ErrorKind::Unconverted { path, .. }
        | ErrorKind::Damaged { path, .. }
        | ErrorKind::Protected { path }
        | ErrorKind::Scanned { path, .. }
        | ErrorKind::TooLarge { path, .. }
        | ErrorKind::Limit { path, .. }
        | ErrorKind::Defect { path, .. } => path.clone(),
        ErrorKind::Irregular { path, .. }
        | ErrorKind::Changed { path }
        | ErrorKind::NoDocuments { path }
        | ErrorKind::Io { path, .. } => path.display().to_string(),
        _ => path.to_owned(),
    };
    let reason = reason.strip_prefix(&own).unwrap_or(&reason).trim_start_matches(": ").to_owned();
    // A member of an archive has a path of its own.
    let path = if own.starts_with(path) { own } else { path.to_owned() };
    Failure { path, stage: stage.to_owned(), place, reason }
}

/// Returns whether reading the file again, as it is, may well end otherwise.
pub(super) fn is_passing(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Changed { .. } => true,
        ErrorKind::Io { source, .. } => source.kind() == std::io::ErrorKind::NotFound,
        _ => false,
    }
}
