"""Where Django finds the models of the campaign rooms: none yet."""
