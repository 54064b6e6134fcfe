//! Bodies of requests with files.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| maip_http::fuzzing::files(bytes));
