"""Dated facts follow each other without holes or overlaps, and a tree stays a tree on each day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from partners.directory.rules import Span, ancestors_on, first_cycle_day, parents_first, with_change

JAN, MAR, MAY, JUL = date(2026, 1, 1), date(2026, 3, 15), date(2026, 5, 1), date(2026, 7, 1)


def value_on(spans, day):
    found = [span.value for span in spans if span.covers(day)]
    assert len(found) <= 1
    return found[0] if found else None


class TestWithChange:
    def test_first_value_holds_from_its_day_on(self):
        assert with_change([], "D1", JAN) == [Span("D1", JAN, None)]

    def test_change_closes_the_span_before_on_its_day(self):
        assert with_change([Span("D1", JAN)], "D2", MAR) == [Span("D1", JAN, MAR), Span("D2", MAR, None)]

    def test_back_dated_change_holds_until_the_next_one_already_known(self):
        known = [Span("D1", JAN, MAY), Span("D3", MAY)]
        assert with_change(known, "D2", MAR) == [
            Span("D1", JAN, MAR),
            Span("D2", MAR, MAY),
            Span("D3", MAY, None),
        ]

    def test_change_before_everything_holds_until_the_first_span(self):
        assert with_change([Span("D1", MAY)], "D2", JAN) == [Span("D2", JAN, MAY), Span("D1", MAY, None)]

    def test_same_day_replaces(self):
        assert with_change([Span("D1", JAN)], "D2", JAN) == [Span("D2", JAN, None)]

    def test_none_ends_what_was(self):
        assert with_change([Span("D1", JAN)], None, MAR) == [Span("D1", JAN, MAR)]

    def test_the_same_value_again_leaves_one_span(self):
        assert with_change([Span("D1", JAN)], "D1", MAR) == [Span("D1", JAN, None)]

    def test_a_gap_that_was_meant_stays(self):
        known = [Span("D1", JAN, MAR), Span("D3", JUL)]
        assert with_change(known, "D2", MAY) == [
            Span("D1", JAN, MAR),
            Span("D2", MAY, JUL),
            Span("D3", JUL, None),
        ]

    @given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.integers(0, 40)), max_size=12))
    def test_each_day_has_at_most_one_value_and_the_change_itself_is_kept(self, changes):
        spans: list[Span[str]] = []
        for value, day in changes:
            before = spans
            starts_on = JAN + timedelta(days=day)
            spans = with_change(before, value, starts_on)
            assert value_on(spans, starts_on) == value
            earlier = starts_on - timedelta(days=1)
            assert value_on(spans, earlier) == value_on(before, earlier)
        assert all(one.ends_on is None or one.starts_on < one.ends_on for one in spans)


class TestTree:
    def test_circle_is_found_on_the_day_it_closes(self):
        links = {"a": [Span("b", JAN)], "b": [Span("c", JAN)], "c": [Span("a", MAY)]}
        assert first_cycle_day(links, "c") == MAY
        assert first_cycle_day(links, "a") == MAY

    def test_two_that_were_above_each_other_at_different_times_make_no_circle(self):
        links = {"a": [Span("b", JAN, MAR)], "b": [Span("a", MAR)]}
        assert first_cycle_day(links, "a") is None
        assert first_cycle_day(links, "b") is None

    def test_circle_elsewhere_does_not_hang_the_search(self):
        links = {"a": [Span("b", JAN)], "b": [Span("c", JAN)], "c": [Span("b", JAN)]}
        assert first_cycle_day(links, "a") is None
        assert ancestors_on(links, "a", MAR) == ["b", "c"]

    def test_ancestors_are_those_of_the_day_nearest_first(self):
        links = {"r": [Span("d1", JAN, MAR), Span("d2", MAR)], "d1": [Span("m", JAN)], "d2": [Span("m", JAN)]}
        assert ancestors_on(links, "r", MAR - timedelta(days=1)) == ["d1", "m"]
        assert ancestors_on(links, "r", MAR) == ["d2", "m"]


class TestParentsFirst:
    def test_each_parent_comes_before_its_children(self):
        rows = [("c", "b"), ("b", "a"), ("x", ""), ("a", "root"), ("d", "b")]
        order = [rows[place][0] for place in parents_first(rows)]
        assert order == ["a", "b", "c", "x", "d"]

    def test_circle_loses_no_row(self):
        assert sorted(parents_first([("a", "b"), ("b", "a"), ("c", "c")])) == [0, 1, 2]
