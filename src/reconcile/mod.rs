//! Brings figures under the columns that the accounts themselves prove (placement).
//!
//! Digits are never touched here: only which column a figure stands under, and which of its
//! possible readings is the printed one.

mod arrangement;
pub mod identity;
mod packed;
pub mod placement;

pub use placement::place;
