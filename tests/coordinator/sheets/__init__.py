"""Uploads and exports as files."""
