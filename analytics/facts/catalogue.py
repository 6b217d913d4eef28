"""What facts declare: which event marks months."""

from prm.outbox.actions import subscribe

MARK = "analytics.facts.mark"
subscribe("sales.recorded", MARK)
