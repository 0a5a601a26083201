"""The web pages and the HTTP API of one workspace: `claimtrail serve`."""
