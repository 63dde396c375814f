//! The `dewpoint` program: the command line.

mod cli;

fn main() -> std::process::ExitCode {
    // SAFETY: no thread has been started.
    #[allow(unsafe_code)] // see there
    unsafe {
        dewpoint::engine::memory::keep_free_pages();
    }
    cli::main()
}
