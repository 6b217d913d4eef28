"""Imports: a file becomes rows, rows become records, mistakes are fixed in place.

Here:      Import and its staged rows, reading CSV and XLSX, mapping, dry run, errors per row, applying, undo.
Not here:  what a column means: each room registers its own ImportKind.
Called by: directory, products, customers, currencies, sales.
Promises:  nothing is written before "apply"; a bad row is named, kept and mended in place, before or after the good
           ones are applied; the same file twice changes nothing; a channel manager meets the own imports alone.
"""
