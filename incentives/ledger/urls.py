"""Addresses of the ledger, by face."""

from django.urls import path

from incentives.ledger import bookkeeping_pages as books
from incentives.ledger import console as pages

console = [
    path("ledger/", pages.ledger, name="ledger"),
    path("payable/", pages.payable_list, name="payable-list"),
    path("ledger/journal/", pages.journal, name="journal"),
    path("ledger/journal/csv/", pages.journal_export, name="journal-export"),
    path("ledger/accounts/", books.ledger_accounts, name="ledger-accounts"),
    path("ledger/accounts/<str:file_kind>/", books.ledger_accounts_file, name="ledger-accounts-file"),
    path("ledger/periods/<str:period>/close/", pages.period_close, name="period-close"),
]
