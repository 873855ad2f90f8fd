"""What the commands `vlprompt analyze ...` print, draw and write."""
