"""Small pieces of the pages: icons, status badges, links that keep the list's state.

Called by: every template.
"""

from collections.abc import Sequence
from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

# Each state has one look everywhere: tone and icon. The word comes from the page, so colour never speaks alone.
STATE_LOOKS: dict[str, tuple[str, str]] = {
    "accepted": ("good", "circle-check"),
    "active": ("good", "circle-check"),
    "applied": ("good", "circle-check"),
    "approved": ("good", "circle-check"),
    "calculated": ("good", "circle-check"),
    "closed": ("quiet", "lock"),
    "confirmed": ("good", "circle-check"),
    "done": ("good", "circle-check"),
    "exported": ("good", "file-check"),
    "paid": ("good", "circle-check"),
    "posted": ("good", "circle-check"),
    "published": ("good", "circle-check"),
    "ready": ("good", "circle-check"),
    "settled": ("good", "circle-check"),
    "succeeded": ("good", "circle-check"),
    "calculating": ("busy", "loader"),
    "checking": ("busy", "loader"),
    "applying": ("busy", "loader"),
    "exporting": ("busy", "loader"),
    "queued": ("busy", "clock"),
    "running": ("busy", "loader"),
    "sent": ("busy", "send"),
    "submitted": ("busy", "hourglass"),
    "waiting": ("busy", "clock"),
    "draft": ("quiet", "pencil"),
    "open": ("quiet", "lock-open"),
    "reserved": ("quiet", "bookmark"),
    "unchanged": ("quiet", "equal"),
    "uploaded": ("quiet", "upload"),
    "checked": ("quiet", "list-check"),
    "undone": ("quiet", "arrow-back-up"),
    "cancelled": ("quiet", "circle-x"),
    "rise": ("good", "trending-up"),
    "fall": ("bad", "trending-down"),
    "warn": ("warn", "alert-triangle"),
    "protected": ("good", "shield-check"),
    "valid": ("good", "circle-check"),
    "revoked": ("bad", "circle-x"),
    "retired": ("quiet", "archive"),
    "awarded": ("good", "trophy"),
    "shared": ("good", "chart-pie"),
    "ruled": ("warn", "scale"),
    "won": ("good", "trophy"),
    "granted": ("good", "circle-check"),
    "asked": ("busy", "hourglass"),
    "rejected": ("bad", "circle-x"),
    "refused": ("bad", "circle-x"),
    "expired": ("warn", "shield-off"),
    "withdrawn": ("quiet", "arrow-back-up"),
    "lost": ("quiet", "mood-sad"),
    "left": ("quiet", "door-exit"),
    "held": ("warn", "hand-stop"),
    "partly": ("warn", "circle-half-2"),
    "partly_settled": ("warn", "circle-half-2"),
    "paused": ("warn", "player-pause"),
    "proposed": ("warn", "hourglass"),
    "stuck": ("bad", "alert-triangle"),
    "error": ("bad", "alert-circle"),
    "failed": ("bad", "alert-triangle"),
    "refund": ("warn", "arrow-back-up"),
    "returned": ("bad", "arrow-back-up"),
    "in_review": ("busy", "eye"),
    "action_required": ("warn", "message-question"),
    "blocked": ("quiet", "lock"),
    "late": ("warn", "alarm"),
    "lapsed": ("quiet", "clock-off"),
    "unknown": ("warn", "help-circle"),
    "sale": ("quiet", "shopping-cart"),
}


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """A decorative icon; the words beside it carry the meaning."""
    return format_html('<i class="ti ti-{} {}" aria-hidden="true"></i>', name, classes)


@register.simple_tag
def status(code: str, label: str) -> SafeString:
    """A badge of icon and word."""
    tone, name = STATE_LOOKS.get(code, ("quiet", "point"))
    return format_html(
        '<span class="state state-{}"><i class="ti ti-{}" aria-hidden="true"></i>{}</span>', tone, name, label
    )


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """This page's query string with some parameters changed; an empty value takes one out."""
    request: HttpRequest = context["request"]
    parameters = request.GET.copy()
    for name, value in changes.items():
        parameters.pop(name, None)
        if value not in (None, ""):
            parameters[name] = str(value)
    return "?" + parameters.urlencode()


@register.inclusion_tag("components/diverging.html")
def diverging(value: int, widest: int, label: str) -> dict[str, Any]:
    """A bar to the right of the middle for a gain, to the left for a loss; `widest` is the longest of its column."""
    width, height, middle = 160, 14, 80
    length = round(abs(value) * (middle - 1) / max(widest, 1), 1)
    return {
        "width": width,
        "height": height,
        "middle": middle,
        "length": length,
        "start": middle if value >= 0 else middle - length,
        "tone": "gain" if value >= 0 else "loss",
        "label": label,
    }


@register.inclusion_tag("components/bullet.html")
def bullet(bar: dict[str, Any], label: str) -> dict[str, Any]:
    """How far something is on a scale with ticks, and where it leads: `width`, `done`, `ahead`, `ticks` in the same
    measure; `label` says it in words."""
    return {**bar, "label": label}


@register.inclusion_tag("components/sparkline.html")
def sparkline(values: Sequence[int], label: str) -> dict[str, Any]:
    """A row of amounts as a small line, drawn on the server; `label` says it in words."""
    width, height = 96, 24
    low, high = min([0, *values]), max([1, *values])
    step = width / max(len(values) - 1, 1)
    points = " ".join(
        f"{place * step:.1f},{height - 2 - (value - low) * (height - 4) / (high - low):.1f}"
        for place, value in enumerate(values)
    )
    return {"points": points, "width": width, "height": height, "label": label}
