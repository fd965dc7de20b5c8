"""Tests of the stand with peers that are small scripts."""
