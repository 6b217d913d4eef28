"""Who may log into the demo, one line a person; called by the demo's commands."""

from analytics.demo.names import PASSWORD, VENDORS


def login_lines() -> list[str]:
    lines = [f"password of everybody: {PASSWORD}"]
    for vendor in VENDORS:
        lines.append(f"/{vendor.slug}/  {vendor.name}")
        lines += [
            f"  {login.email:<26} {login.role.replace('_', ' ')}{'' if login.sees_money else ' without money'}"
            f"{' of two partners' if login.also else ''}"
            for login in vendor.logins
        ]
    return lines
