"""Copying a whole matter to a new workspace: between SQLite and PostgreSQL, between folders and stores."""
