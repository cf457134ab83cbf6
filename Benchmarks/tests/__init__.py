"""Tests of the benchmark's pure parts. Run: python3 -m unittest discover -s Benchmarks/tests -t Benchmarks"""
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "peers"))
