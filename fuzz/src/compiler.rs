//! A document, and after a line of `---` its variables: compiled to statements, or refused.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use maip_api::compile::Compiler;

static COMPILER: LazyLock<Compiler> = LazyLock::new(|| Compiler::new().expect("the schema is valid"));

fuzz_target!(|text: &str| {
    let (document, variables) = text.split_once("\n---\n").unwrap_or((text, "{}"));
    let Ok(variables) = serde_json::from_str(variables) else { return };
    if let Ok(compiled) = COMPILER.compile(document, None, Some(variables)) {
        for statement in compiled.statements {
            // Nothing of the document is in it: an alias that no declaration of ours has, least of all.
            assert!(!statement.contains("zq9"), "{statement}");
        }
    }
});
