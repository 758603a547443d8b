"""Suites for network protocols."""
