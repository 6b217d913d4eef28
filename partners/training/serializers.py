"""The shapes of training in the API; called by training.api."""

from rest_framework import serializers

from partners.training.models import Audience, Certificate, Course, CourseState
from prm.api.fields import (
    ChoiceField,
    CodeField,
    DayField,
    FlagField,
    IdField,
    TextField,
    WholeField,
)
from prm.api.serializers import StrictSerializer


class CourseWrite(StrictSerializer):
    """`line` is the code of a product line; `attempts_allowed` 0 is no limit, `valid_months` empty is for good."""

    code = CodeField()
    title = TextField(max_length=150)
    about = TextField(required=False, allow_blank=True, max_length=500)
    line = CodeField(required=False)
    audience = ChoiceField(required=False, choices=Audience.choices)
    pass_percent = serializers.IntegerField(required=False, min_value=1, max_value=100)
    attempts_allowed = serializers.IntegerField(required=False, min_value=0, max_value=100)
    wait_hours = serializers.IntegerField(required=False, min_value=0, max_value=1000)
    valid_months = serializers.IntegerField(required=False, min_value=1, max_value=240)
    needed_for_deals = FlagField(required=False)


class CourseRead(StrictSerializer):
    id = IdField()
    code = TextField()
    title = TextField()
    about = TextField()
    line = serializers.SerializerMethodField()
    audience = ChoiceField(choices=Audience.choices)
    state = ChoiceField(choices=CourseState.choices)
    pass_percent = WholeField()
    attempts_allowed = WholeField()
    wait_hours = WholeField()
    valid_months = WholeField()
    needed_for_deals = FlagField()
    version = WholeField()

    def get_line(self, course: Course) -> str | None:
        return course.line.code if course.line else None


class CourseQuery(StrictSerializer):
    state = ChoiceField(required=False, choices=CourseState.choices)


class LessonWrite(StrictSerializer):
    title = TextField(max_length=150)
    body = TextField(required=False, allow_blank=True, max_length=50_000)
    video_url = TextField(required=False, allow_blank=True, max_length=300)


class LessonRead(StrictSerializer):
    id = IdField()
    position = WholeField()
    title = TextField()
    body = TextField()
    video_url = TextField()


class QuestionWrite(StrictSerializer):
    """`right` are the places of the right choices, from 0."""

    text = TextField(max_length=500)
    choices = serializers.ListField(child=TextField(max_length=300), min_length=2, max_length=6)
    right = serializers.ListField(child=serializers.IntegerField(min_value=0, max_value=5), min_length=1)


class QuestionRead(StrictSerializer):
    id = IdField()
    position = WholeField()
    text = TextField()
    choices = serializers.ListField(child=TextField())
    takes_several = FlagField()


class CertificateWrite(StrictSerializer):
    """For training that took place elsewhere: the codes of the partner and the course, and the person's name."""

    partner = CodeField()
    course = CodeField()
    person = TextField(max_length=150)


class CertificateRead(StrictSerializer):
    id = IdField()
    number = serializers.SerializerMethodField()
    partner_id = IdField()
    course = serializers.SerializerMethodField()
    person = TextField()
    issued_on = DayField()
    valid_until = DayField()
    revoked_on = DayField()

    def get_number(self, certificate: Certificate) -> str:
        return str(certificate)

    def get_course(self, certificate: Certificate) -> str:
        return str(certificate.course.code)


class CertificateQuery(StrictSerializer):
    partner = CodeField(required=False)
    course = CodeField(required=False)


class ReasonWrite(StrictSerializer):
    reason = TextField(max_length=500)
