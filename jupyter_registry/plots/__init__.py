"""Matplotlib figures from plain results: no requests, no files, no global state."""
