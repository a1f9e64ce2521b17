//! Draws the pages of PDF files.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fisc_fuzz::page(bytes));
