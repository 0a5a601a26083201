"""One small function per command: read the options, call the pipeline, print the answer."""
