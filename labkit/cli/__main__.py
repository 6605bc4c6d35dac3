"""`python -m labkit.cli`, where the script `labkit` is not on the path."""

from labkit.cli import main

main(prog_name="labkit")
