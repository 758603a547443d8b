"""The suite of the greeting protocol."""
