"""Intervals: bootstrap and jackknife over units."""
