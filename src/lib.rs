//! Turns published Chinese government budgets and final accounts into checked Parquet.
//!
//! The folders are one vocabulary and seven stages; their alphabetical order is the order of
//! the data:
//!
//! ```text
//!             accounts   the words every stage shares, and the schemas of the result
//!                  ┆
//! documents ─▶ acquire ─▶ decode ─▶ extract ─▶ normalise ─▶ reconcile ─▶ store ─▶ tabulate
//!              bytes      Document  RawTable   Table        Table        Parquet   marts
//! ```
//!
//! [`run::disclosure`] takes one document from its bytes to its figures and depends on nothing
//! else: that is what makes it parallel, cacheable and testable without a disk. What needs
//! more than one document happens over [excerpts](accounts::excerpt) of all, and over the stored
//! tables. A [night](run::night) reads what is new and makes the snapshot that it would make
//! from nothing.
//!
//! # Invariants
//!
//! 1. No stage but `acquire` reads a document, and none but `store` writes a file; a document
//!    that a command of the job converts is lent to it in a folder that is gone afterwards.
//! 2. Nothing after `decode` knows which format, encoding or dialect a document came in.
//! 3. Nothing before `normalise` interprets a cell of a table's body; `extract` reads headers.
//! 4. No amount is ever an `f64`. Amounts in the printed unit exist up to
//!    [`normalise::figure`]; from there on they are yuan, and their names end in `_yuan`.
//! 5. Nothing printed is dropped in silence: every number is a fact, a name, part of a story,
//!    or a [`Gap`](accounts::gap::Gap) with its place ([`normalise::tally`] counts them).
//! 6. A blank cell is not zero, and an unread cell is neither.
//! 7. No digit is ever changed. Only the column of a figure, and which of its possible
//!    readings is the printed one, may be found from the identities, where they leave exactly
//!    one answer; the figure then says so in `repairs`.
//! 8. `tabulate` reads Parquet and not memory: the schema is the interface, and has a version.
//! 9. The same inputs give the same bytes: no hash order, no clock, no thread count.
//! 10. No document's name, line number or amount is in the code; forms, words, classifications
//!     and analyses are data under `pipelines/`.
//!
//! # Trouble
//!
//! An [`Error`] means that we could not go on with a document or a run; a
//! [`Gap`](accounts::gap::Gap) means that something printed was not understood, and stands
//! beside what was.

pub mod accounts;
#[expect(clippy::disallowed_methods, reason = "the stage that reads files")]
pub mod acquire;
pub mod decode;
pub mod extract;
pub mod normalise;
pub mod reconcile;
#[expect(clippy::disallowed_methods, reason = "the stage that writes files")]
pub mod store;
#[cfg(feature = "tabulate")]
pub mod tabulate;

#[cfg(feature = "tabulate")]
pub mod args;
pub mod check;
pub mod draw;
pub mod error;
pub mod explain;
pub mod inspect;
pub mod run;
pub mod sarif;

pub use error::{Error, ErrorKind, Result};

/// Documents are many small texts: the allocator of the C library took an eighth of all
/// instructions, this one takes a third of that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
