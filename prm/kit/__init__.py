"""Kit: values that every room shares.

Here:      money and currencies, rounding and splitting, periods and windows, ids, text keys, CSV dialects.
Not here:  anything with a database, a request or a language (rooms, prm.web).
Called by: every room, from its rules upwards.
Promises:  plain Python without Django; no floats where money passes; the same input gives the same output
           (ids.uuid7 alone reads the clock).
"""
