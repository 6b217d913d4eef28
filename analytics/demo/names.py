"""What the demo's companies, people and products are called: invented, in both scripts.

Called by: analytics.demo.vendors.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Login:
    """A person of the demo: address, name, role, and the partner's place in the list (None: the vendor's staff); `also`
    are further partners where they have the same role."""

    email: str
    name: str
    role: str
    partner: int | None = None
    sees_money: bool = True
    language: str = "en"
    also: tuple[int, ...] = ()


@dataclass(frozen=True)
class Vendor:
    """One demo tenant."""

    slug: str
    name: str
    currency: str
    language: str
    time_zone: str
    seed: int
    partner_count: int
    lines_a_month: int
    heads: tuple[str, ...]
    tails: tuple[str, ...]
    regions: tuple[tuple[str, str], ...]
    categories: tuple[tuple[str, str], ...]
    products: tuple[tuple[str, str, str, int], ...]
    customers: tuple[str, ...]
    industries: tuple[str, ...]
    logins: tuple[Login, ...]


AURORA = Vendor(
    slug="aurora",
    name="Aurora Instruments",
    currency="EUR",
    language="en",
    time_zone="Europe/Berlin",
    seed=20_260_101,
    partner_count=60,
    lines_a_month=260,
    heads=(
        "Alder",
        "Birch",
        "Cobalt",
        "Delta",
        "Ember",
        "Fjord",
        "Granite",
        "Harbour",
        "Indigo",
        "Juniper",
        "Kestrel",
        "Lumen",
        "Meridian",
        "Nimbus",
        "Orchid",
        "Pinewood",
        "Quartz",
        "Raven",
        "Saffron",
        "Tundra",
    ),
    tails=("Systems", "Trading", "Solutions", "Supply", "Networks", "Partners"),
    regions=(
        ("DE", "Bavaria"),
        ("DE", "Saxony"),
        ("FR", "Brittany"),
        ("NL", "Utrecht"),
        ("AT", "Tyrol"),
        ("PL", "Silesia"),
    ),
    categories=(
        ("scales", "Laboratory scales"),
        ("sensors", "Sensors"),
        ("software", "Software"),
        ("service", "Service"),
    ),
    products=(
        ("SC-100", "Bench scale 100", "scales", 89_000),
        ("SC-250", "Bench scale 250", "scales", 149_000),
        ("SC-900", "Floor scale 900", "scales", 420_000),
        ("SC-MINI", "Pocket scale", "scales", 19_500),
        ("SN-T", "Temperature sensor", "sensors", 7_900),
        ("SN-H", "Humidity sensor", "sensors", 8_400),
        ("SN-P", "Pressure sensor", "sensors", 12_600),
        ("SN-KIT", "Sensor starter kit", "sensors", 39_000),
        ("SW-LAB", "LabBook licence, 1 year", "software", 96_000),
        ("SW-TEAM", "LabBook Team, 1 year", "software", 280_000),
        ("SW-API", "LabBook connector", "software", 54_000),
        ("SV-CAL", "Calibration visit", "service", 36_000),
        ("SV-GOLD", "Service contract Gold", "service", 180_000),
    ),
    customers=(
        "Northgate Clinic",
        "Hillside Dairy",
        "Red Brick Bakery",
        "Sunfield Farms",
        "Old Mill Pharmacy",
        "Blue Door Labs",
        "Stonebridge College",
        "Clearwater Works",
        "Fernhill Foods",
        "Maple Street Hospital",
        "Westport Coatings",
        "Glasshouse Research",
        "Amber Valley Brewery",
        "Kingfisher Plastics",
        "Silver Birch Institute",
    ),
    industries=("Healthcare", "Food", "Research", "Chemistry"),
    logins=(
        Login("anna@aurora.example", "Anna Berg", "programme_admin"),
        Login("boris@aurora.example", "Boris Lang", "programme_admin"),
        Login("clara@aurora.example", "Clara Weiss", "channel_manager"),
        Login("felix@aurora.example", "Felix Roth", "finance"),
        Login("greta@aurora.example", "Greta Holm", "finance"),
        Login("helga@aurora.example", "Helga Thal", "finance"),
        Login("otto@aurora.example", "Otto Brandt", "auditor"),
        Login("paula@alder.example", "Paula Stein", "partner_admin", partner=0),
        Login("max@alder.example", "Max Vogel", "partner_user", partner=0, sees_money=False),
        Login("rita@birch.example", "Rita Moser", "partner_admin", partner=1),
        Login("sofia@alder.example", "Sofia Brand", "partner_admin", partner=0, also=(1,)),
    ),
)

VEKTOR = Vendor(
    slug="vektor",
    name="Вектор Плюс",
    currency="RUB",
    language="ru",
    time_zone="Europe/Moscow",
    seed=20_260_202,
    partner_count=24,
    lines_a_month=110,
    heads=("Берёзовый", "Васильковый", "Гранитный", "Дубравный", "Ельник", "Журавль", "Заречный", "Ирис"),
    tails=("Торг", "Системы", "Сервис"),
    regions=(("RU", "Сибирь"), ("RU", "Урал"), ("RU", "Поволжье"), ("RU", "Северо-Запад")),
    categories=(("printers", "Принтеры"), ("soft", "Программы"), ("parts", "Запчасти")),
    products=(
        ("ПР-10", "Принтер настольный", "printers", 2_490_000),
        ("ПР-40", "Принтер этажный", "printers", 18_900_000),
        ("ПО-УЧЁТ", "Учёт печати, год", "soft", 1_250_000),
        ("ПО-ДОК", "Документооборот, год", "soft", 4_800_000),
        ("ЗЧ-КАР", "Картридж", "parts", 390_000),
        ("ЗЧ-БАР", "Барабан", "parts", 760_000),
    ),
    customers=(
        "Школа «Росток»",
        "Фабрика «Заря»",
        "Клиника «Исток»",
        "Магазин «Полянка»",
        "Склад «Восход»",
        "Студия «Ласточка»",
    ),
    industries=("Образование", "Производство", "Медицина", "Торговля"),
    logins=(
        Login("alla@vektor.example", "Алла Рябинина", "programme_admin", language="ru"),
        Login("pavel@vektor.example", "Павел Клёнов", "programme_admin", language="ru"),
        Login("dina@vektor.example", "Дина Озёрова", "channel_manager", language="ru"),
        Login("egor@vektor.example", "Егор Полевой", "finance", language="ru"),
        Login("zoya@vektor.example", "Зоя Луговая", "finance", language="ru"),
        Login("yana@vektor.example", "Яна Лесная", "finance", language="ru"),
        Login("oleg@berezovy.example", "Олег Ясный", "partner_admin", partner=0, language="ru"),
        Login("vera@berezovy.example", "Вера Дубова", "partner_admin", partner=0, language="ru", also=(1,)),
    ),
)

VENDORS = (AURORA, VEKTOR)
PASSWORD = "demo-portal-2026"  # noqa: S105 (printed by ./run on a laptop; the command refuses a deployment)
