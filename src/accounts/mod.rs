//! Defines the words that every stage shares, and the schemas of the result.
//!
//! Nothing here reads, interprets or writes; no other folder is imported.

pub mod check;
pub mod classification;
pub mod columns;
pub mod disclosure;
pub mod excerpt;
pub mod figure;
pub mod file;
pub mod finding;
pub mod gap;
pub mod indicator;
pub mod money;
pub mod region;
pub mod schema;
pub mod sources;
pub mod statement;
pub mod table;
pub mod tally;
pub mod text;
pub mod token;
pub mod unit;
