"""Cases told in words, for every door: the story of what happened, what is to come, and by which clause."""
