"""Exhibits as pages: PDFs taken over, pictures placed on paper, everything else set from its text."""
