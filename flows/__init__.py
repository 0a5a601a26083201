"""Prefect flows: order, retries and schedule. Every task is one call of the pipeline."""

import os

# Evidence is confidential: no library may tell anyone that it is worked on. Said here, before Prefect is loaded.
os.environ["DO_NOT_TRACK"] = "1"
os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
