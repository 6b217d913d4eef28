"""Comments on records and the timeline."""
