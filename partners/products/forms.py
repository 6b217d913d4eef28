"""The shapes of the product pages; called by products.console and imports."""

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.products.models import Product, ProductCategory
from partners.products.queries import ProductFilter, list_categories
from prm.web.forms import EditForm, FilterForm

ANY = pgettext_lazy("filter", "Any")


class ProductFilterForm(FilterForm):
    q = forms.CharField(
        label=_("Search"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    category = forms.ChoiceField(label=_("Category"), required=False)
    earns = forms.ChoiceField(
        label=_("Earns commission"), required=False, choices=[("", ANY), ("yes", _("yes")), ("no", _("no"))]
    )

    def __init__(self, request: HttpRequest, *, categories: list[ProductCategory]) -> None:
        super().__init__(request)
        named = [(category.code, category.name) for category in categories]
        self.set_choices("category", [("", ANY), ("none", _("Without category")), *named])

    def as_filter(self) -> ProductFilter:
        return ProductFilter(**self.wanted)


class ProductForm(forms.ModelForm, EditForm):
    """Facts of a product. Saved by actions, never by the form."""

    category: "forms.ModelChoiceField[ProductCategory]" = forms.ModelChoiceField(
        label=_("Category"), queryset=None, required=False, empty_label=_("No category")
    )

    class Meta:
        model = Product
        fields: ClassVar = ["code", "name", "category", "earns"]
        labels: ClassVar = {"name": pgettext_lazy("record", "Name")}
        help_texts: ClassVar = {
            "code": _("The code on invoice lines, exactly as your ERP writes it."),
            "earns": _("Freight, VAT and services that pay nobody are marked off."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = list_categories().order_by("name", "code")


class CategoryForm(forms.ModelForm, EditForm):
    class Meta:
        model = ProductCategory
        fields: ClassVar = ["code", "name"]
        labels: ClassVar = {"name": pgettext_lazy("record", "Name")}
        help_texts: ClassVar = {"code": _("Plans name the category by this code.")}
