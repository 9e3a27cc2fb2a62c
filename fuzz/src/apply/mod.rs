//! The readers, and what comes of a header: a plan.

// Each of these is used by the command in full.
#![allow(dead_code)]

#[path = "../../../cli/src/apply/element_type.rs"]
mod element_type;
#[path = "../../../cli/src/apply/header.rs"]
pub mod header;
pub mod input;
#[path = "../../../cli/src/apply/literal.rs"]
mod literal;
#[path = "../../../cli/src/apply/plan.rs"]
pub mod plan;
#[path = "../../../cli/src/apply/safetensors.rs"]
pub mod safetensors;
