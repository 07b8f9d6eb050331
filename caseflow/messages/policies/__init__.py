"""A policy in words: the leaflet, the guide, the picture, worked examples and differences, all from its data alone."""
