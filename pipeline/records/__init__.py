"""The records: what is known of every document and claim. All SQL of the project is in this folder."""
