"""Campaigns: planning, leads, messages, surveys and assets.

Here:      nothing yet: the label is reserved so that its place in the order of imports is fixed.
Promises:  imports partners and incentives, is imported by analytics alone.
"""
