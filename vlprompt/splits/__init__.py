"""How lists of videos and classes are split; see docs/splits.md."""
