"""A job leads to the page of what it works on; none ever had a file of its own."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("prm", "0006_operators")]

    operations: ClassVar = [migrations.RemoveField("job", "result_file")]
