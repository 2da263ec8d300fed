//! Behaviour at the surface: command lines, files, reports, and bugs that must not come back.

mod audit;
mod command_line;
mod hostile_arguments;
mod hostile_files;
mod mutate;
