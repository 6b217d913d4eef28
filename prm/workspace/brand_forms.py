"""The shape of the brand's page: a colour and a picture; called by workspace brand pages."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from prm.workspace.branding import LOGO_MOST_KILOBYTES
from prm.workspace.rules import LOGO_HIGHEST, LOGO_LEAST


class BrandForm(forms.Form):
    """Only a colour that differs from what was shown is written, so two editors do not collide."""

    colour = forms.CharField(
        label=_("Brand colour"),
        required=False,
        max_length=9,
        show_hidden_initial=True,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "Such as #2b50c8; of buttons, links and the open menu line. Where text in it could not be read, a "
            "darker or lighter shade is taken. Empty: the product's own blue."
        ),
    )
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    remove_logo = forms.BooleanField(label=_("Show no logo"), required=False)

    def __init__(
        self,
        data: QueryDict | None,
        files: "MultiValueDict[str, UploadedFile] | None",
        *,
        has_logo: bool,
        initial: dict[str, Any],
    ) -> None:
        super().__init__(data, files, initial=initial)
        self.fields["logo"].help_text = _(
            "PNG or JPEG, %(least)s to %(highest)s pixels high, %(most)s KB at most. Strangers see it on the "
            "programme's page."
        ) % {"least": LOGO_LEAST, "highest": LOGO_HIGHEST, "most": LOGO_MOST_KILOBYTES}
        if not has_logo:
            del self.fields["remove_logo"]
