//! A document, and after a line of `---` its variables: compiled to statements, or refused.
#![no_main]

use std::sync::LazyLock;

use maip_api::compile::Compiler;

static COMPILER: LazyLock<Compiler> = LazyLock::new(|| Compiler::new().expect("the schema is valid"));

libfuzzer_sys::fuzz_target!(|text: &str| COMPILER.drive(text));
