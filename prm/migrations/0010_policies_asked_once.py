"""Row policies ask for the scope and the partners once a statement, and not of each row."""

from typing import ClassVar

from django.db import migrations

from prm.tenancy.operations import RewrittenPolicies

ONCE = {
    "(( SELECT current_setting('app.scope'::text, true) AS current_setting) = 'tenant'::text)": (
        "( SELECT (current_setting('app.scope'::text, true) = 'tenant'::text))"
    ),
    "(( SELECT NULLIF(current_setting('app.partner_ids'::text, true), ''::text) AS \"nullif\"))::uuid[]": (
        "( SELECT (NULLIF(current_setting('app.partner_ids'::text, true), ''::text))::uuid[] AS \"nullif\")::uuid[]"
    ),
}


class Migration(migrations.Migration):
    dependencies: ClassVar = [("prm", "0009_import_undoing")]

    operations: ClassVar = [RewrittenPolicies(ONCE)]
