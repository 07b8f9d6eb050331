"""What a scheme can learn from its own histories: another policy tried out on them, and how discretion is used."""
