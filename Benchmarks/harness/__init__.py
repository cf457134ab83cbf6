"""The parts of the benchmark: what is measured, on whom, how, and how it is told."""
