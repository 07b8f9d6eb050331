"""Case work as forms: each is a thin page over one of the domain's commands. `declared.py` is the list."""
