//! The `depeche` program.

fn main() -> std::process::ExitCode {
    depeche::cli::main()
}
