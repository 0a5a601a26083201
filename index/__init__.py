"""Pages in; hits out. Knows no files and no database."""
