"""Facts to machines: what leaves the house, how it is signed, where it may go, and the request itself."""
