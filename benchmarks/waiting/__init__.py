"""A toy suite whose cases do nothing but wait for a second each."""
