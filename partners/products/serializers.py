"""The shapes of products and categories in the API; called by products.api."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from partners.products.queries import categories_by_code
from prm.api.fields import CodeField, FlagField, IdField, InstantField, TextField, WholeField
from prm.api.serializers import StrictSerializer


class CategoryCode(serializers.Field[Any, Any, str, Any]):
    """The code of a category that exists; inside, the category itself."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "category_unknown": _("There is no category with this code.")
    }

    def to_internal_value(self, data: Any) -> Any:
        code = CodeField().run_validation(data)
        category = categories_by_code([code]).get(code)
        if category is None:
            self.fail("category_unknown")
        return category

    def to_representation(self, value: Any) -> str:
        return str(value.code)


class ProductFacts(StrictSerializer):
    """What may be told besides the code; absent fields stay as they are."""

    name = TextField(max_length=300)
    category_code = CategoryCode(source="category", required=False, allow_null=True)
    earns = FlagField(required=False)


class ProductWrite(ProductFacts):
    code = CodeField()


class ProductChange(ProductFacts):
    code = CodeField(required=False)
    name = TextField(required=False, max_length=300)


class ProductRead(StrictSerializer):
    id = IdField()
    code = CodeField()
    name = TextField()
    category_code = CategoryCode(source="category", allow_null=True)
    earns = FlagField()
    version = WholeField()
    changed_at = InstantField()


class ProductQuery(StrictSerializer):
    q = TextField(required=False, max_length=200)
    category_code = CodeField(required=False)
    earns = FlagField(required=False)


class CategoryName(StrictSerializer):
    name = TextField(max_length=200)


class CategoryWrite(CategoryName):
    code = CodeField()


class CategoryRead(StrictSerializer):
    id = IdField()
    code = CodeField()
    name = TextField()
