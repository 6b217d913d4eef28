"""The WSGI entry point that gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from prm.tenancy.roles import check_role_at_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm.settings")
application = get_wsgi_application()
check_role_at_start()
# A batch makes tens of thousands of short-lived objects; by default the collector would look through the whole
# application, which never goes away, several times in each.
gc.collect()
gc.freeze()
gc.set_threshold(50_000)
