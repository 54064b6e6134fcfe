//! Messages of a WebSocket.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| maip_http::fuzzing::messages(bytes));
