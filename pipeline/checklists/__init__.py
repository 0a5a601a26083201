"""Checklists: one YAML file per type of claim, the kinds of document that each of its events is to be proved with."""
