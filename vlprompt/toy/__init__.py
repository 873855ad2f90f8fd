"""A small world of coloured shapes in motion, and a CLIP that knows it."""
