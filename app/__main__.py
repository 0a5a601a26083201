"""`python -m app` is `claimtrail`."""

from app.cli import main

main()
