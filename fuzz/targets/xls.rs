//! Reads old Excel workbooks.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fisc_fuzz::xls(bytes));
