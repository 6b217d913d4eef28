"""Divisions and decimals of a plan in SQL, exact as the reference has them; called by the plan compiler's parts."""


def quotient(numerator: str, denominator: str | None) -> str:
    """A numeric with at least 60 places behind the point; nothing is divided where there is no denominator."""
    if denominator is None:
        return numerator
    return f"CASE WHEN {denominator} = 1 THEN {numerator} ELSE round(round({numerator}, 80) / {denominator}, 60) END"


def rounded_quotient(numerator: str, denominator: str | None) -> str:
    """Half away from zero, exact for exact operands: whole division instead of a decimal expansion."""
    if denominator is None:
        return f"round({numerator})"
    whole = f"sign({numerator}) * div(2 * abs({numerator}) + {denominator}, 2 * {denominator})"
    return f"CASE WHEN {denominator} = 1 THEN round({numerator}) ELSE {whole} END"


def decimal_text(value: str) -> str:
    """As `targets.exact_text`: at most six places, half away from zero, no needless zeros. Differences of thirds lack
    a little in their last places: that is given back first."""
    return f"trim_scale(round(round({value}, 20), 6))::text"
