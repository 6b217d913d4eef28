"""The shapes of bodies and queries, and how they are read.

Promise: a field or parameter that is not part of the contract is refused, not ignored.
Called by: every serializers.py and api.py.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from prm.api.fields import CodeField
from prm.api.problems import FieldError, Invalid, errors_of
from prm.api.requests import ApiRequest

PAGING = frozenset({"limit", "cursor"})


class StrictSerializer(serializers.Serializer[Any]):
    """A body (or a part of one): every name in it must be a field that may be written."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = self._unknown(data)
        try:
            content = super().to_internal_value(data)
        except serializers.ValidationError as fault:
            if unknown and isinstance(fault.detail, dict):
                fault.detail.update(unknown)
            raise
        if unknown:
            raise serializers.ValidationError(unknown)
        return content

    def _unknown(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            return {}
        writable = {name for name, field in self.fields.items() if not field.read_only}
        detail = ErrorDetail(_("This field is not known here."), code="unknown_field")
        return {str(name): [detail] for name in data if name not in writable}


def read_body(
    request: ApiRequest, shape: type[serializers.Serializer[Any]], *, context: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The validated body as a dict; raises `Invalid` with a pointer for each fault."""
    form = shape(data=request.data, context={"request": request, **(context or {})})
    if not form.is_valid():
        raise Invalid(errors_of(form.errors))
    return dict(form.validated_data)


def valid_code(text: str) -> str:
    """A business key that stands in the address, checked as one in a body is."""
    try:
        return str(CodeField().run_validation(text))
    except serializers.ValidationError as fault:
        found = errors_of(fault.detail)
        raise Invalid([FieldError(one.code, one.detail, parameter="code") for one in found]) from fault


def read_query(request: ApiRequest, shape: type[serializers.Serializer[Any]] | None = None) -> dict[str, Any]:
    """The validated query parameters (paging left to prm.api.lists); without a shape, none are taken."""
    given = request.query_params
    errors = [
        FieldError("repeated_parameter", _("Send this parameter once."), parameter=name)
        for name in given
        if len(given.getlist(name)) > 1
    ]
    form = (shape or StrictSerializer)(
        data={name: given[name] for name in given if name not in PAGING},
        context={"request": request, "from_query": True},
    )
    if not form.is_valid():
        errors += [
            FieldError(fault.code, fault.detail, parameter=(fault.pointer or "").lstrip("/"))
            for fault in errors_of(form.errors)
        ]
    if errors:
        raise Invalid(errors)
    return dict(form.validated_data)
