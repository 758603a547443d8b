"""Suites of the security domain."""
