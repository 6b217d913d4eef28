"""Architecture: promises about the whole tree, asked of the catalogue, the resolver and the source."""
