//! Models from a Hub that works and from one that does not: results, requests on the wire, exact messages.

#![allow(clippy::unwrap_used)]

#[path = "hub/cases.rs"]
mod cases;
#[path = "hub/fake.rs"]
mod fake;
#[path = "hub/world.rs"]
mod world;
