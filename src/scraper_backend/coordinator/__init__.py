"""The office: HTTP server, panel, database."""
