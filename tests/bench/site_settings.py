"""The site of the peers: the product's settings with addresses of the bench's own, DRF as it comes, and next to
no middleware.

Called by: gunicorn, started by the benches of pages and of the REST API.
"""

import os

from prm.settings import *  # noqa: F403
from prm.settings import DATABASES, database

ROOT_URLCONF = "tests.bench.site_urls"
MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]  # the application insists; it does nothing here
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
}
# The superuser's, whom no policy holds: bare pages know no tenant.
DATABASES["bare"] = {
    **database(os.environ["PRM_BENCH_BARE_URL"]),
    "NAME": DATABASES["default"]["NAME"],
    "ATOMIC_REQUESTS": False,
}
