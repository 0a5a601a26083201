"""Prefect flows: order, retries and schedule. Every task is one call of the pipeline."""
