"""The pages for people. Every module here with a `router` is taken in."""
