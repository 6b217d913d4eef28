"""Local: one whole installation on one machine, without Docker.

Here:      embedded Postgres and Valkey, the supervisor that starts and stops everything, throw-away servers.
Not here:  a deployment (docker-compose.yml), anything that needs Django to be imported.
Called by: ./run, ./test, the test plugin, the Makefile.
Promises:  however it ends, no process stays behind and the data survives.
"""
