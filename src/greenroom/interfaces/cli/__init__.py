"""The command line. Help and completion read the compiled catalogue only."""
