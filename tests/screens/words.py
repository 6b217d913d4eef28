"""Text that stayed English on a Russian page: what is read, and what a hint, a label or a choice says.

Promise: Latin letters pass only as a known abbreviation, a code or a name of a format; called by the eye."""

import re

from playwright.sync_api import Page

ABBREVIATIONS = re.compile(
    r"API|BIC|CRM|CSV|EN|ERP|EUR|GBP|IBAN|ID|ISO|JPEG|JPY|JSON|NDJSON|NPS|PDF|PIN|PNG|PRM|RU|RUB|SPIFF|TOTP|URL|USD|UTC|VAT|Markdown|"
    r"UTF-8|XLSX|CP1251"
)
CODES = re.compile(
    r"(?:[A-Z]{1,4}-[\w-]+|[PC]\d+|v\d+|[0-9a-f-]{16,}|[\w.-]+@[\w.-]+|[\w-]+\.(?:csv|xlsx|pdf|txt)|prm_live_\w*)"
)
# What an authenticator is told; it may begin with a digit, so it is taken away before words are looked for.
SECRETS = re.compile(r"\b[A-Z2-7]{32}\b")
# Codes that the demo's vendor chose for its own things, and what files and addresses are called everywhere.
CODE_WORDS = re.compile(
    r"erp|demo|main|spiff|growth|launch|resellers|distributors|volume|software|large|medium|falling|sleeping|summit|flat|file|base|"
    r"soft|printers|parts|Excel|xlsx|csv|sale|refund|NW|SW|food|implementation|service|south|en|ru|engineers|risk|"
    r"showroom|low|yes|zzzz|YubiKey|pdf|txt|xml|csv|"
    # Formats of banks, and the columns of a table that their answers may come in.
    r"pain\.001\.001\.09|camt\.053|CClientBankExchange|payment_id|outcome|amount|currency|bank_reference|note"
)
TEXTS = """() => {
    const found = [];
    const told = text => { if (text && /[A-Za-z]{2,}/.test(text)) found.push(text.trim()); };
    const foreign = 'script, style, code, pre, .code, [lang]:not(html), noscript, svg';
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        if (!walker.currentNode.parentElement.closest(foreign)) told(walker.currentNode.textContent);
    }
    for (const name of ['aria-label', 'aria-description', 'placeholder', 'title', 'alt', 'label', 'data-label',
                        'data-copied', 'data-confirm']) {
        for (const element of document.body.querySelectorAll(`[${name}]`)) {
            if (!element.closest(foreign)) told(element.getAttribute(name));
        }
    }
    told(document.title);
    return found;
}"""


def english_on(page: Page) -> list[str]:
    """Texts with a word in Latin letters that is neither a code nor a known abbreviation, each once."""
    texts: list[str] = page.evaluate(TEXTS)
    return sorted({text for text in texts if not all(map(_may_stay, _latin_words(text)))})


def _latin_words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z][\w.@-]*\b", SECRETS.sub("", text))


def _may_stay(word: str) -> bool:
    return any(known.fullmatch(word) for known in (ABBREVIATIONS, CODE_WORDS, CODES))
