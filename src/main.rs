//! The `dewpoint` program: the command line.

mod cli;

/// The system's allocator gives the pages of large tensors back each time; a real batch took half as long again with it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::main()
}
