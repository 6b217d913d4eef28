"""The shapes of customers in the API; called by customers.api."""

from prm.api.fields import CodeField, CountryField, IdField, InstantField, TextField, WholeField
from prm.api.serializers import StrictSerializer


class CustomerFacts(StrictSerializer):
    """What may be told besides the code; absent fields stay as they are."""

    name = TextField(max_length=300)
    tax_id = TextField(required=False, allow_blank=True, max_length=30)
    country = CountryField(required=False)
    industry = TextField(required=False, allow_blank=True, max_length=80)
    website = TextField(required=False, allow_blank=True, max_length=200)


class CustomerWrite(CustomerFacts):
    code = CodeField()


class CustomerChange(CustomerFacts):
    code = CodeField(required=False)
    name = TextField(required=False, max_length=300)


class CustomerRead(StrictSerializer):
    id = IdField()
    code = CodeField()
    name = TextField()
    tax_id = TextField()
    country = CountryField()
    industry = TextField()
    website = TextField()
    version = WholeField()
    changed_at = InstantField()


class CustomerQuery(StrictSerializer):
    q = TextField(required=False, max_length=200)
    country = CountryField(required=False)
    industry = TextField(required=False, max_length=80)
