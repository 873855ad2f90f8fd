"""How lists of videos and classes are split."""
