"""How fast the whole pipeline is, as ratios within one run; never a timed test."""
