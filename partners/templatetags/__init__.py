"""Template tags of the partners rooms."""
