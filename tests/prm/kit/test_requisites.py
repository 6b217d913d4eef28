"""Spellings of one tax id meet, whoever wrote them and whether the country is known."""

import pytest

from prm.kit.requisites import tax_key


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("DE136695976", "136695976"),
        ("de 136.695.976", "136695976"),
        ("136695976", "136695976"),
        ("EL094259216", "094259216"),
        ("ATU13585627", "U13585627"),
        ("FRXX999999999", "XX999999999"),
        ("XX999999999", "XX999999999"),
        ("RU 7707083893", "7707083893"),
        ("7707 083 893", "7707083893"),
        ("DELMRC80A01H501X", "DELMRC80A01H501X"),  # a person's code, which begins with letters of the name
        ("27AAPFU0939F1ZV", "27AAPFU0939F1ZV"),
        ("", ""),
    ],
)
def test_a_tax_id_has_one_key(typed: str, key: str) -> None:
    assert tax_key(typed) == key
