"""The HTTP API, version 1. Every module here with a `router` is taken in; its paths begin with /api/v1."""
