//! Writes disclosures as Parquet snapshots, and as text for `extract`.
//!
//! The only stage that writes files. It neither reads documents nor checks figures; what it
//! is given is what it stores, in an order that depends on the documents alone.

pub mod arrays;
pub mod batch;
pub mod chunk;
pub mod clock;
pub mod columns;
pub mod counts;
pub mod export;
pub mod files;
pub mod history;
pub mod index;
pub mod layout;
pub mod lock;
pub mod manifest;
pub mod metrics;
pub mod package;
pub mod parquet;
pub mod quarantine;
pub mod render;
pub mod snapshot;
pub mod views;

#[cfg(test)]
pub(crate) mod samples;
