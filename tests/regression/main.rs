//! Behaviour at the surface: command lines, files, reports, and bugs that must not come back.
//!
//! The whole binary runs under a memory ceiling: an allocation beyond it aborts the process.

mod allocation;
mod audit;
mod command_line;
mod helper;
mod hostile_arguments;
mod hostile_audit;
mod hostile_files;
mod kill;
mod mutate;
mod sample;

#[global_allocator]
static ALLOCATOR: cap::Cap<std::alloc::System> = cap::Cap::new(std::alloc::System, 512 << 20);
