//! Bodies of requests, and the parameters of addresses.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| maip_http::fuzzing::body(bytes));
