//! What is public, in the forms that other systems collect it in.
//!
//! Nothing is decided here about who sees what: the API executes a prepared read on behalf of who asks
//! (`maip_api::partners`), and its answer is written in another form.

mod ask;
mod base;
pub mod export;
pub mod linked;
pub mod oai;
mod practice_abstract;
mod preference;
mod xml;

pub use base::Published;
