"""What the product knows: the journey, what is expected, and what follows. Pure: standard library and `transitions`."""
