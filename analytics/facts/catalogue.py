"""What facts declare: which event marks months, and what sales say of a partner."""

from analytics.facts.partner_facts import register_sales_facts
from prm.outbox.actions import subscribe

MARK = "analytics.facts.mark"
subscribe("sales.recorded", MARK)
register_sales_facts()
