"""Bytes in; a document and its facts out. Knows no database and no claims."""
