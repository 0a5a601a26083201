"""Migrations of the records, for Alembic."""
