"""What people and programs use: the command line, the web pages and the HTTP API."""
