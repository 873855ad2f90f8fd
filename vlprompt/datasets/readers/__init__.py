"""Ways to get the frames of a video."""
