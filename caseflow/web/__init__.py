"""The pages: thin doors for people. A form becomes a command, a reading a page; every rule stands elsewhere.

docs/how-to/add-a-page.md says which files a new page needs.
"""
