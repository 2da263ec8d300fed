//! Builders of what several operations make together; derivatives come from those.

mod normalisation;
