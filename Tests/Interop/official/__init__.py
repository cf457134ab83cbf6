"""Runs the tests that ship inside the official Python client's wheel against a Tangor server."""
