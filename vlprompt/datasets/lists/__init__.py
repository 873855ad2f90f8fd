"""Lists of videos, captions and class names, and the files they name."""
