//! The one integration test binary: documents and commands in, text and files out.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test that cannot read its fixture should stop"
)]

// The real program in a folder of its own; no tests.
mod program;

// What the sample documents come to: who published them, and every figure in its place.
mod golden;
// Layouts of other provinces and years: every figure of a made-up document in its place.
mod provinces;
// Word documents, workbooks, web pages and archives, each cut to what it shows.
mod decoding;
// PDF files that each show one pitfall, and hostile ones.
mod pitfalls;
// Pages that are drawn with what was understood of them, and the pages of findings.
mod pages;
// The samples in other formats come to what their text does.
mod formats;
// Documents made to hurt, in every format: refused or read, within time and memory.
mod hostile;
// Workbooks of Excel 97 to 2003, each cut to what it shows.
mod workbooks;
// The targets of the fuzzer, on what it begins with and some changes of that.
mod fuzzed;
// Programs that a job has for old Word documents and scans.
mod commands;
// Prose in the words of other provinces and years: every figure that a made-up document states.
mod prose;
// What the prose of the samples states, and what became of every number.
mod accounted;
mod analyses;
// Performance forms of several provinces, and changes that must not change their indicators.
mod indicators;
// Changes of a document that must not change its figures.
mod metamorphic;
// Damaged and hostile documents: no panic, and no figure that is not printed.
mod robustness;
// Made-up budgets rounded as they are printed: no error, and none that hides.
mod rounding;
// Errors planted in documents that add up: found, mended, nothing else accused.
mod seeded;
// Exit codes, messages, snapshots and streams of the real program.
mod cli;
// Runs that come again, over folders that change, break and lie.
mod nightly;
// What `check` and `explain` print, in every format and language.
mod check;
// The examples of the rules' pages pass and fail as the pages say.
mod rule_docs;
// Files of `pipelines/` and job files that must be refused, and one that must work.
mod specs;
// What other programs read: encodings of Parquet, its comments, and the data package.
mod exchange;
// The commands, outputs and generated tables of README.md.
mod readme;
mod registry;
// Who imports whom, where dependencies are named, first lines, sizes, built-in files.
mod tidy;
mod waiting;
