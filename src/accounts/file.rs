//! Defines `Stat`: what a file system says of a file without reading it.

use serde::{Deserialize, Serialize};

/// The size of a file, when it was changed, and which one it is.
///
/// Two stats that are the same are of the same bytes, unless the file was written so shortly
/// before it was read that the clock of the file system could not tell.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Stat {
    /// The number of bytes.
    pub size: u64,
    /// When it was last written, in nanoseconds since 1970.
    pub modified: i128,
    /// When anything of it changed, its name and rights included; programs cannot set it.
    pub changed: i128,
    /// The number of the file in its file system.
    pub inode: u64,
}
