"""What the lines of a bank's statement, and the faults of one, are called; called by payouts.answer_pages."""

from django.utils.translation import gettext_lazy as _

VERDICT_TEXTS = {
    "taken": _("To be recorded"),
    "already": _("Recorded already"),
    "superseded": _("Came back within the same statement; the return is recorded"),
    "differs": _("Another amount or currency: not recorded"),
    "decided": _("The payment has another answer: take that back by hand first"),
    "twice": _("A second booking of the same payment: ask the bank"),
    "doubted": _("You called this payment unclear, so another person decides it"),
    "not_sent": _("The payment was not sent"),
    "unbooked": _("Not booked, or turned back: not recorded"),
    "unmatched": _("Not a payment of ours"),
}
OUTCOME_TEXTS = {"paid": _("Paid"), "returned": _("Returned"), "unknown": _("Unclear"), "": "—"}
UNREADABLE = {
    "not_xml": _("This is no XML, or it declares a document type, which statements do not."),
    "not_camt053": _("This XML is no statement in the format camt.053."),
    "not_1c": _("This is no file for 1C, or its letters cannot be read."),
    "cut_off": _("The file breaks off within a document. Load it from the bank again."),
    "not_table": _("This table cannot be read. Save it as CSV in UTF-8."),
    "columns": _("The table lacks these columns: %(names)s."),
    "outcome": _("Row %(row)s: the outcome is paid, returned or unknown."),
    "bank_reference": _("Row %(row)s: write the bank's reference, up to 80 signs."),
    "amount": _("This amount cannot be read: %(text)s."),
    "day": _("This day cannot be read: %(text)s."),
    "too_large": _("The file is larger than 20 MB. Load a shorter time from the bank."),
    "no_lines": _("Nothing in this file is booked."),
}
