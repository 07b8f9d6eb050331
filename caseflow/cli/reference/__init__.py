"""The reference pages of `docs/reference`, written from the code itself, so that they cannot say what is no longer so.

`python -m caseflow.cli.reference` writes them; with `--check` it only says which are out of date (the build does that).
It needs a checkout: it reads comments, which an installed wheel carries but a compiled one would not.
"""
