"""ISO 4217: how many decimal places each currency has in use.

Promise: an unknown code is refused, never guessed; called by prm.kit.money and whoever stores an exponent."""

_EXPONENT_0 = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_EXPONENT_3 = "BHD IQD JOD KWD LYD OMR TND"
_EXPONENT_2 = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP "
    "CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR "
    "JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN "
    "NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP "
    "SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG"
)

CURRENCY_EXPONENTS: dict[str, int] = {
    code: exponent
    for exponent, codes in ((0, _EXPONENT_0), (2, _EXPONENT_2), (3, _EXPONENT_3))
    for code in codes.split()
}


class CurrencyUnknown(ValueError):
    """The code is not a currency in use."""

    code = "currency_unknown"

    def __init__(self, currency: str) -> None:
        super().__init__(f"{currency!r} is not a currency code.")
        self.currency = currency


def exponent_of(currency: str) -> int:
    """Decimal places of the currency: JPY 0, EUR 2, KWD 3."""
    try:
        return CURRENCY_EXPONENTS[currency]
    except KeyError:
        raise CurrencyUnknown(currency) from None


def is_currency(currency: str) -> bool:
    return currency in CURRENCY_EXPONENTS
