"""The domain of a company's own, out of what people type for a website or an address.

Promise: equal domains for equal companies' sites and mail; "" for what is no domain or everybody's; called by rooms'
rules."""

import re
from urllib.parse import urlsplit

_DOMAIN = re.compile(r"(?:[a-z0-9а-яё](?:[a-z0-9а-яё-]*[a-z0-9а-яё])?\.)+[a-zа-яё]{2,}")
# Services that give addresses to everybody: they say nothing about the company behind one.
_PUBLIC_TEXT = """
gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com me.com aol.com proton.me protonmail.com
gmx.de gmx.net gmx.at web.de t-online.de mail.ru bk.ru inbox.ru list.ru internet.ru ya.ru yandex.ru yandex.com
rambler.ru orange.fr free.fr laposte.net wanadoo.fr libero.it wp.pl o2.pl seznam.cz
"""
PUBLIC_DOMAINS = frozenset(_PUBLIC_TEXT.split())


def plain_domain(typed: str) -> str:
    """`https://www.Acme.de/shop` and `info@acme.de` are acme.de; "" for what is no domain."""
    text = typed.strip().casefold()
    if "@" in text:
        text = text.rsplit("@", 1)[1]
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""
    host = host.removeprefix("www.")
    return host if _DOMAIN.fullmatch(host) else ""


def own_domain(typed: str) -> str:
    """The domain, unless it belongs to everybody."""
    domain = plain_domain(typed)
    return "" if domain in PUBLIC_DOMAINS else domain
