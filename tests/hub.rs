//! Models from a Hub that works and from one that does not: results, requests on the wire, exact messages.

#![allow(clippy::unwrap_used)]

#[path = "hub/cases/download.rs"]
mod download;
#[path = "hub/fake.rs"]
mod fake;
#[path = "hub/cases/interrupted.rs"]
mod interrupted;
#[path = "hub/cases/locked.rs"]
mod locked;
#[path = "hub/cases/refused.rs"]
mod refused;
#[path = "hub/cases/shared.rs"]
mod shared;
#[path = "hub/cases/translation.rs"]
mod translation;
#[path = "hub/world.rs"]
mod world;
