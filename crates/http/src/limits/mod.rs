//! How many requests each caller may make, and what they may cost: per account or API token, and per
//! address only where nobody is known (a whole district office may be one address).

mod bucket;
mod budget;
pub mod headers;
mod limiter;
mod seats;
mod sign_in;
mod turns;

pub use bucket::Rate;
pub use budget::Spending;
pub use limiter::{Caller, Limiter};
pub use seats::{Seat, Seats};
pub use sign_in::attempts;
pub use turns::{Full, Turns, Who};
