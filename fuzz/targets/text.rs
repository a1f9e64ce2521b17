//! Reads texts.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fisc_fuzz::text(bytes));
