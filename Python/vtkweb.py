"""Runs a visualization script as a program of Tangor's."""
