#!/usr/bin/env python3
"""The command line of the product; `manage.py help` lists the commands."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm.settings")
    from django.core.management import execute_from_command_line

    from prm.tenancy.roles import OverPrivilegedRole

    try:
        execute_from_command_line(sys.argv)
    except OverPrivilegedRole as refusal:
        sys.exit(str(refusal))
