"""Files that people send us, read line by line: referrals from a force's export, returns from a provider.

A row becomes a command or is refused in plain words with its row number; nothing here decides anything.
"""
