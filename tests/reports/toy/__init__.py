"""A suite of a protocol of one line, in which each case shows another verdict."""
