//! Reads web pages.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fisc_fuzz::html(bytes));
