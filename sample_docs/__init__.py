"""Invented documents that show and test the product; `make.py` renders them."""
