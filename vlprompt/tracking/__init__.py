"""Experiment trackers: where the metrics of trainings are sent."""
