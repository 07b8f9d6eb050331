"""Who may come in, and who may see what: one place for the pages, the API and the command line."""
