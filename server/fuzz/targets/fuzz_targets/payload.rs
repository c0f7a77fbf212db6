//! `tautline_fuzz::payload`, fed by libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tautline_fuzz::payload(data));
