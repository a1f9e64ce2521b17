//! Reads the parts of Excel workbooks.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fisc_fuzz::xlsx(bytes));
