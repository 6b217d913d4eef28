"""The shape of a comment; called by comments.{console,portal}."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from prm.comments.actions import LONGEST, MOST_FILES, Attachment
from prm.web.forms import EditForm


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Any number of files up to `MOST_FILES`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=ManyFilesInput(), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        sent = [data] if data and not isinstance(data, list) else data or []
        if len(sent) > MOST_FILES:
            raise forms.ValidationError(
                _("At most %(most)s files.") % {"most": MOST_FILES}, code="too_many_files"
            )
        return [super(ManyFilesField, self).clean(file, initial) for file in sent]


class CommentForm(EditForm):
    """`shared` is asked of staff only: a partner's people always write to the vendor."""

    body = forms.CharField(
        label=_("Comment"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3, "maxlength": LONGEST})
    )
    shared = forms.ChoiceField(
        label=_("Who reads it"),
        choices=[
            ("internal", pgettext_lazy("comment", "Internal: our staff only")),
            ("shared", pgettext_lazy("comment", "Shared: the partner reads it too")),
        ],
        initial="internal",
        widget=forms.RadioSelect,
    )
    attached = ManyFilesField(label=_("Files"), required=False)

    def __init__(self, *args: Any, own_side: bool = False, shareable: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if own_side or not shareable:
            del self.fields["shared"]
        self.own_side = own_side

    @property
    def is_shared(self) -> bool:
        return self.own_side or self.cleaned_data.get("shared") == "shared"

    def attachments(self) -> list[Attachment]:
        return [(file.name, file.read()) for file in self.cleaned_data["attached"]]
