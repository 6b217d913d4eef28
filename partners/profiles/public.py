"""The public directory of partners who opted in, for anybody; called by profiles.urls."""

from django.http import HttpResponse
from django.shortcuts import render

from partners.directory.models import PartnerType
from partners.profiles.forms import FindForm
from partners.profiles.models import in_words
from partners.profiles.queries import Listed, public_directory
from prm.kit.searching import search_key
from prm.web.forms import reader_countries
from prm.web.pages import VisitRequest, public_page

TYPES = dict(PartnerType.choices)


@public_page()
def find(request: VisitRequest) -> HttpResponse:
    everybody = public_directory()
    names = reader_countries()
    form = FindForm(
        request,
        countries=sorted(
            {(one.country, names.get(one.country, one.country)) for one in everybody if one.country},
            key=lambda pair: pair[1],
        ),
        specialisations=sorted(
            {(code, in_words(en, ru)) for one in everybody for code, en, ru in one.specialisations},
            key=lambda pair: pair[1].casefold(),
        ),
    )
    shown = [one for one in everybody if _matches(one, form.wanted)]
    content = {
        "filters": form,
        "chips": form.chips(),
        "anybody": bool(everybody),
        "listed": [
            (
                one,
                TYPES.get(one.partner_type, ""),
                [in_words(en, ru) for _code, en, ru in one.specialisations],
            )
            for one in shown
        ],
    }
    return render(request, "public/partners/profiles/find.html", content)


def _matches(one: Listed, wanted: dict[str, str]) -> bool:
    if wanted.get("country") and one.country != wanted["country"]:
        return False
    codes = [code for code, _en, _ru in one.specialisations]
    if wanted.get("specialisation") and wanted["specialisation"] not in codes:
        return False
    sought = search_key(wanted.get("q", ""))
    return not sought or sought in search_key(f"{one.name} {one.region} {one.about}")
