"""Screens: each page in both languages, both themes and two widths, looked at by a machine and kept for people.

`make screens` writes the pictures into screens/ and prints what is wrong with them.
"""
