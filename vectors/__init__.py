"""Bytes and documents from standards or other implementations, as JSON with source and licence; data, no code."""
