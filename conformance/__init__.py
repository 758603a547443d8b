"""Conformance suites for the Industrial Internet and the engine that runs them."""
