//! Statistical tests: what the audit says of every claim and control, and whether the verdict
//! engine and the witnesses behind it keep the rates and digits that they declare.

mod calibration;
mod claims;
mod luscher;
mod sampler;
mod witnesses;
mod zoo;
