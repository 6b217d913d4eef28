"""Course with its lessons and quiz, what people did of it, certificates; called by training actions and queries."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.directory.models import Partner
from partners.products.models import ProductCategory
from prm.files.models import StoredFile
from prm.tenancy.models import TenantForeignKey, TenantModel


class CourseState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("course", "Draft")
    PUBLISHED = "published", pgettext_lazy("course", "Published")
    RETIRED = "retired", pgettext_lazy("course", "Retired")


class Duty(models.TextChoices):
    """What a person does at the partner, as they say themselves."""

    SALES = "sales", pgettext_lazy("duty", "I sell")
    TECHNICAL = "technical", pgettext_lazy("duty", "I install and look after")


class Audience(models.TextChoices):
    """Whom a course is for: everyone, or people of one duty."""

    EVERYONE = "everyone", pgettext_lazy("course", "Everyone")
    SALES = "sales", pgettext_lazy("course", "Sales")
    TECHNICAL = "technical", pgettext_lazy("course", "Technicians")


class Course(TenantModel):
    """What a person of a partner learns and proves. `attempts_allowed` 0: as often as wanted."""

    wall: ClassVar = "shared"

    code = models.CharField(_("Code"), max_length=60)
    title = models.CharField(_("Title"), max_length=150)
    about = models.CharField(_("What it is about"), max_length=500, blank=True)
    line = TenantForeignKey(
        ProductCategory, null=True, blank=True, related_name="+", verbose_name=_("Product line")
    )
    audience = models.CharField(
        _("For whom"), max_length=10, choices=Audience.choices, default=Audience.EVERYONE
    )
    state = models.CharField(max_length=9, choices=CourseState.choices, default=CourseState.DRAFT)
    pass_percent = models.PositiveSmallIntegerField(_("Right answers to pass, %"), default=80)
    attempts_allowed = models.PositiveSmallIntegerField(_("Attempts allowed"), default=3)
    wait_hours = models.PositiveSmallIntegerField(_("Hours to wait after a failed attempt"), default=24)
    valid_months = models.PositiveSmallIntegerField(_("The certificate holds, months"), null=True, blank=True)
    needed_for_deals = models.BooleanField(_("Needed to register deals of this product line"), default=False)
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "code"], name="course_one_per_code"),
            models.CheckConstraint(
                condition=models.Q(pass_percent__gte=1, pass_percent__lte=100),
                name="course_pass_is_a_percent",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Lesson(TenantModel):
    """A page of a course: Markdown, perhaps a film, perhaps a file to take along (training.handouts).

    The name of the file stands here too: a partner's scope has no files of the vendor's.
    """

    wall: ClassVar = "shared"

    course = TenantForeignKey(Course, models.CASCADE, related_name="lessons")
    position = models.PositiveSmallIntegerField(_("Place"))
    title = models.CharField(_("Title"), max_length=150)
    body = models.TextField(_("Text"), blank=True)
    video_url = models.URLField(_("Link to a film"), max_length=300, blank=True)
    handout = TenantForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    handout_name = models.CharField(max_length=200, blank=True, db_default="")

    class Meta(TenantModel.Meta):
        abstract = False
        indexes: ClassVar = [models.Index(fields=["tenant", "course", "position"], name="lesson_of_a_course")]

    def __str__(self) -> str:
        return self.title


class QuizQuestion(TenantModel):
    """A question of a course's quiz; `lesson` is where the answer stands. Which choices are right is an `AnswerKey`."""

    wall: ClassVar = "shared"

    course = TenantForeignKey(Course, models.CASCADE, related_name="questions")
    lesson = TenantForeignKey(
        Lesson, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Answered in")
    )
    position = models.PositiveSmallIntegerField(_("Place"))
    text = models.CharField(_("Question"), max_length=500)
    choices = models.JSONField(default=list)
    takes_several = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        abstract = False
        indexes: ClassVar = [
            models.Index(fields=["tenant", "course", "position"], name="question_of_a_course")
        ]


class AnswerKey(TenantModel):
    """The places of the right choices, in order; the vendor's alone."""

    wall: ClassVar = "staff"

    question = TenantForeignKey(QuizQuestion, models.CASCADE, related_name="keys")
    right_choices = models.JSONField(default=list)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "question"], name="answer_key_one_per_question")
        ]


class Learner(TenantModel):
    """What a person of a partner does there, so that the right courses come first."""

    wall: ClassVar = "partner_id"

    partner_id = models.UUIDField()
    member_id = models.UUIDField()
    duty = models.CharField(_("What you do"), max_length=9, choices=Duty.choices)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "member_id"], name="learner_once_per_person")
        ]


class LessonDone(TenantModel):
    wall: ClassVar = "partner_id"

    lesson = TenantForeignKey(Lesson, models.CASCADE, related_name="+")
    partner_id = models.UUIDField()
    member_id = models.UUIDField()
    read_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "member_id", "lesson"], name="lesson_read_once")
        ]


class Attempt(TenantModel):
    """A quiz that was handed in: so many right of so many asked; `weak_lessons` are worth another look.

    One that is forgiven does not count among the attempts allowed.
    """

    wall: ClassVar = "partner_id"

    course = TenantForeignKey(Course, models.CASCADE, related_name="+")
    partner_id = models.UUIDField()
    member_id = models.UUIDField()
    handed_in_at = models.DateTimeField()
    right = models.PositiveSmallIntegerField()
    asked = models.PositiveSmallIntegerField()
    passed = models.BooleanField()
    weak_lessons = models.JSONField(default=list)
    forgiven_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        indexes: ClassVar = [
            models.Index(fields=["tenant", "member_id", "course", "handed_in_at"], name="attempt_of_a_person")
        ]


class Certificate(TenantModel):
    """A person of a partner has passed a course. It holds on [issued_on, valid_until) unless revoked.

    `member_id` is empty for who has no login; `person` is the name that stands on it. Said as CT-12.
    """

    wall: ClassVar = "partner_id"

    number = models.BigIntegerField()
    code = models.CharField(max_length=40)
    partner = TenantForeignKey(Partner, related_name="+", verbose_name=_("Partner"))
    course = TenantForeignKey(Course, related_name="+", verbose_name=_("Course"))
    member_id = models.UUIDField(null=True)
    person = models.CharField(_("Person"), max_length=150)
    issued_on = models.DateField(_("Issued on"))
    valid_until = models.DateField(null=True)
    revoked_on = models.DateField(null=True)
    revoked_why = models.CharField(max_length=500, blank=True)
    reminded_days = models.PositiveSmallIntegerField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "number"], name="certificate_one_per_number"),
            models.UniqueConstraint(fields=["tenant", "code"], name="certificate_one_per_code"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["tenant", "partner", "course", "issued_on"], name="certificate_of_a_partner"
            ),
            models.Index(fields=["tenant", "valid_until"], name="certificate_by_end"),
        ]

    def __str__(self) -> str:
        return f"CT-{self.number}"


class LearningPath(TenantModel):
    """Courses in the order in which they make sense; `partner_type` empty: for all."""

    wall: ClassVar = "shared"

    name = models.CharField(_("Name"), max_length=150)
    about = models.CharField(_("What it is for"), max_length=300, blank=True)
    partner_type = models.CharField(_("Type of partner"), max_length=20, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.name


class PathCourse(TenantModel):
    wall: ClassVar = "shared"

    path = TenantForeignKey(LearningPath, models.CASCADE, related_name="steps")
    course = TenantForeignKey(Course, models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "path", "course"], name="path_course_once")
        ]
