"""What checks and exercises look with: orders sent on purpose, and readings of what is set up."""
