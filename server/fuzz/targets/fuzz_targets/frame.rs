//! `tautline_fuzz::frame`, fed by libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tautline_fuzz::frame(data));
