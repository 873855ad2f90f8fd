"""Makes docs/reproduce.md from the tables that can be reproduced."""
