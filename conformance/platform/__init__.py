"""Suites of the platform domain."""
