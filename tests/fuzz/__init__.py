"""Coverage-guided fuzzing of what reads a stranger's words: `python -m tests.fuzz --help`."""
