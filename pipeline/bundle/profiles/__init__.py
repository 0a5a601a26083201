"""The profiles of bundles, a YAML file each."""
