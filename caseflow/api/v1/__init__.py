"""The API for other systems, version 1: the same readings and commands as the command line, in JSON (docs/how-to/use-the-api.md).

`/api/v1/openapi.json` describes it. Within version 1 things are only added.
"""
