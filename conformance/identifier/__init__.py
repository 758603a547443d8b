"""Suites of the identifier domain."""
