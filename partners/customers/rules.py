"""How two spellings of one customer meet.

Pure; called by customers actions and queries, and by the claims of deals."""

from dataclasses import dataclass

from prm.kit.domains import own_domain
from prm.kit.requisites import tax_key
from prm.kit.text import company_key, normalise_key

__all__ = ["CustomerKeys", "customer_keys", "match_key", "tax_key"]
LONGEST_KEY = 300


@dataclass(frozen=True, slots=True)
class CustomerKeys:
    """The keys of a company as far as it is known; "" where it is not. Marked, so that kinds never meet."""

    tax: str
    web: str
    name: str

    @property
    def strongest(self) -> str:
        """The tax id; else the own domain; else the folded name: what a claim is on."""
        return self.tax or self.web or self.name

    @property
    def known(self) -> tuple[str, ...]:
        """The strongest first."""
        return tuple(key for key in (self.tax, self.web, self.name) if key)


def customer_keys(name: str, tax_id: str, website: str = "") -> CustomerKeys:
    number, domain = tax_key(tax_id), own_domain(website)
    folded = company_key(name) or normalise_key(name)  # a name of signs alone keeps them
    return CustomerKeys(
        f"tax:{number}"[:LONGEST_KEY] if number else "",
        f"web:{domain}"[:LONGEST_KEY] if domain else "",
        f"name:{folded}"[:LONGEST_KEY] if folded else "",
    )


def match_key(name: str, tax_id: str, website: str = "") -> str:
    """The strongest key that is known."""
    return customer_keys(name, tax_id, website).strongest
