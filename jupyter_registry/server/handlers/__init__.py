"""Handlers: each parses, authorises, calls one use case and serialises."""
