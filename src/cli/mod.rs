//! The command line: flags are resolved once into settings, one file a subcommand.
