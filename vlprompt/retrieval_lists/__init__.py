"""The parts of tools/data/convert_retrieval.py."""
