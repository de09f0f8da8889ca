"""The command line: one file per command group; it parses, calls the library and prints."""
