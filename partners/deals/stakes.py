"""What keeps somebody from deciding about a partner and a customer: an own word, or a hint.

Promise: a key acts for the person who made it; every stake refuses, whatever it is called. Declared companies meet
partners and customers by their exact keys; higher rooms add hints of what they keep (a bank account). Called by deals
steps and interfaces, the conflict desk."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.utils.crypto import salted_hmac

from partners.customers.rules import customer_keys
from partners.deals.models import Deal, DeclaredInterest
from partners.deals.rules import keys_of
from partners.directory.models import Partner
from prm.accounts.actor import Actor
from prm.accounts.models import ApiToken, Membership
from prm.kit.domains import own_domain
from prm.kit.requisites import compact

DECLARED, CUSTOMER, THEIR_TEAM, SAME_DOMAIN = "declared", "customer", "their_team", "same_domain"
SAME_TAX_ID, SAME_OWNER, SAME_NAME, SAME_ACCOUNT = "same_tax_id", "same_owner", "same_name", "same_account"
COLLEAGUES = 3
BY_KEY = {"tax": SAME_TAX_ID, "web": SAME_OWNER, "name": SAME_NAME}

Hint = Callable[[Partner, "Person"], str]
_hints: list[Hint] = []


def register_hint(hint: Hint) -> None:
    """`hint(partner, person)` answers the code of what ties the person to the partner, or ""."""
    if hint not in _hints:
        _hints.append(hint)


@dataclass(frozen=True)
class Person:
    """Who decides: a member, or the member who made the key that does."""

    member: Membership

    @cached_property
    def interests(self) -> list[DeclaredInterest]:
        rows = DeclaredInterest.objects.filter(member__user_id=self.member.user_id)
        return list(rows.select_related("partner"))

    @cached_property
    def declared_keys(self) -> set[str]:
        """Of every company the person has declared, those that are partners too."""
        own = {key for interest in self.interests for key in interest.keys}
        return own.union(*(keys_of_partner(one.partner) for one in self.interests if one.partner))

    @property
    def account_digests(self) -> set[str]:
        return {interest.account_digest for interest in self.interests if interest.account_digest}


def person_behind(actor: Actor) -> Person | None:
    """None for the product itself, and for a key that the product made."""
    if actor.kind == "person" and actor.id is not None:
        return Person(Membership.objects.select_related("user").get(id=actor.id))
    if actor.kind != "token" or actor.id is None:
        return None
    token = ApiToken.objects.select_related("created_by__user").filter(id=actor.id).first()
    return Person(token.created_by) if token and token.created_by else None


def stakes_of(actor: Actor, *partners: Partner, deals: Iterable[Deal] = ()) -> list[str]:
    """Codes of everything that keeps them from deciding about these partners and the customers of these deals."""
    person = person_behind(actor)
    if person is None:
        return []
    found = [code for partner in partners for code in _stakes_in(partner, person)]
    if any(person.declared_keys.intersection(keys_of_customer(deal)) for deal in deals):
        found.append(CUSTOMER)
    return list(dict.fromkeys(found))


def stake_of(actor: Actor, *partners: Partner, deals: Iterable[Deal] = ()) -> str:
    """The first of them; "" where nothing keeps them."""
    return next(iter(stakes_of(actor, *partners, deals=deals)), "")


def _stakes_in(partner: Partner, person: Person) -> Iterator[str]:
    if any(interest.partner_id == partner.id for interest in person.interests):
        yield DECLARED
    if Membership.objects.filter(user_id=person.member.user_id, partner_id=partner.id).exists():
        yield THEIR_TEAM
    shared = person.declared_keys.intersection(keys_of_partner(partner))
    yield from (code for kind, code in BY_KEY.items() if any(key.startswith(f"{kind}:") for key in shared))
    domain = own_domain(person.member.user.email)
    if domain in domains_of(partner) and not _is_the_vendors(domain):
        yield SAME_DOMAIN
    yield from filter(None, (hint(partner, person) for hint in _hints))


def keys_of_partner(partner: Partner) -> list[str]:
    told = customer_keys(partner.name, partner.tax_id, partner.website)
    legal = customer_keys(partner.legal_name, "").name if partner.legal_name else ""
    return [*told.known, *([legal] if legal else [])]


def keys_of_customer(deal: Deal) -> list[str]:
    return [*keys_of(deal.customer, deal.tax_id, deal.domain).known, deal.claim_key]


def domains_of(partner: Partner) -> set[str]:
    """Of its site and of its people's addresses."""
    people = Membership.objects.filter(partner_id=partner.id).values_list("user__email", flat=True)
    return {own_domain(told) for told in (partner.website, *people)} - {""}


def _is_the_vendors(domain: str) -> bool:
    """Where several of the staff write from: it says nothing about one of them."""
    staff = Membership.objects.filter(partner_id__isnull=True, ended_at__isnull=True)
    return staff.filter(user__email__iendswith=f"@{domain}").count() >= COLLEAGUES


def account_digest(number: str) -> str:
    """What two spellings of one bank account share, and nobody can read back; "" for none."""
    key = compact(number)
    return salted_hmac("partners.deals.stakes", key, algorithm="sha256").hexdigest() if key else ""
