"""Renditions: a document's pages as a PDF to read and to search, made from its original, which stays as it came.

What is recognised on a scan lies over its picture as text that is not drawn, so that any viewer finds, marks and
copies it. Everything here that opens an original is meant to run in a worker (`extractors.workers`).
"""
