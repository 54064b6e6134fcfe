//! Pages of `docs/` that are written from the code. The tests that hold them against it can write them too.

use crate::{Result, exec};

/// Writes them.
pub fn write() -> Result {
    let page = "policy::rules::page::the_page_says_what_the_rules_say";
    let arguments = ["--quiet", "--package", "maip-domain", "--lib", "--", "--exact", page];
    exec::run(exec::cargo("test", &arguments).env("MAIP_WRITE_DOCS", "1"))?;
    println!("wrote docs/policy.md");
    Ok(())
}
