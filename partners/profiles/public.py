"""The public directory of partners who opted in, for anybody; called by profiles.urls."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from partners.directory.models import PartnerType
from partners.profiles.forms import FindForm
from partners.profiles.models import in_words
from partners.profiles.queries import Offered, directory_offers, public_directory
from prm.web.forms import reader_countries
from prm.web.pages import VisitRequest, public_page

TYPES = dict(PartnerType.choices)
LONGEST_PAGE = 6


@public_page()
def find(request: VisitRequest) -> HttpResponse:
    """Pages of the directory are those that its own links lead to; any other number is a missing page."""
    offers = directory_offers()
    form = FindForm(request, _choices(offers))
    found = public_directory(**form.wanted, page=_page(request.GET.get("page", "1")))
    content = {
        "filters": form,
        "chips": form.chips(),
        "anybody": offers.count > 0,
        "found": found,
        "before": found.page - 1,
        "after": found.page + 1 if found.page < found.pages else 0,
        "listed": [
            (
                one,
                TYPES.get(one.partner_type, ""),
                [in_words(en, ru) for _code, en, ru in one.specialisations],
            )
            for one in found.listed
        ],
    }
    return render(request, "public/partners/profiles/find.html", content)


def _choices(offers: Offered) -> dict[str, list[tuple[str, str]]]:
    names = reader_countries()
    countries = [(code, names.get(code, code)) for code in offers.countries]
    words = [(code, in_words(en, ru)) for code, en, ru in offers.specialisations]
    return {
        "country": sorted(countries, key=lambda pair: pair[1]),
        "region": [(region, region) for region in offers.regions],
        "specialisation": sorted(words, key=lambda pair: pair[1].casefold()),
    }


def _page(told: str) -> int:
    if not (told.isascii() and told.isdigit() and len(told) <= LONGEST_PAGE and int(told) > 0):
        raise Http404
    return int(told)
