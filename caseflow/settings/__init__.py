"""Settings: the environment and the YAML files, read and validated at the edge."""
