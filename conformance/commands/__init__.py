"""What the commands of `iic-conform` do; `cli.py` imports each module only when its command runs."""
