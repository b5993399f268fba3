"""The demo company 星槎仪器: generated from a seed, loaded through the product's own doors, computed by its engines."""
