"""Tests of the harness, with the standard library alone."""
