"""This library beside plain implementations: ``python -m tools.benchmark``."""
