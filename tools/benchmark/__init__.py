"""What ``tools/benchmark.py`` measures, and the plain side it compares with.

Next to a script of the same name Python imports this package, not the script.
"""
