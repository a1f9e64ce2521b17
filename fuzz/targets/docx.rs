//! Reads the parts of Word documents.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fisc_fuzz::docx(bytes));
