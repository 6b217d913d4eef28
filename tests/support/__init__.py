"""Support: the cast, the factories and the clients that tests share."""
