"""What Greenroom remembers, in one SQLite file below its home folder."""
