"""What the cases that only wait ask for: nothing."""

STANDARDS = ("waiting-1/server",)
