//! `tautline_fuzz::control`, fed by libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tautline_fuzz::control(data));
