"""The parts of `Tests/run.py`: provisioning, the suites, and the count of what they did."""
