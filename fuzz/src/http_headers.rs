//! `Accept`, `Authorization` and `X-Forwarded-For`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| maip_http::fuzzing::headers(bytes));
