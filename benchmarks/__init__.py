"""How fast it is: `make bench`. Figures are measured, printed and never asserted."""
