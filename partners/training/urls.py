"""Addresses of training, by face."""

from django.urls import URLPattern, path

from partners.training import api as machine
from partners.training import console as staff
from partners.training import portal as own
from partners.training import public as visit

console: list[URLPattern] = [
    path("learn/", staff.course_list, name="course-list"),
    path("learn/new/", staff.course_create, name="course-create"),
    path("learn/paths/new/", staff.path_create, name="path-create"),
    path("learn/paths/<uuid:path_id>/", staff.path_edit, name="path-edit"),
    path("learn/certificates/", staff.certificate_list, name="certificate-list"),
    path("learn/certificates/<uuid:certificate_id>.pdf", staff.certificate_file, name="certificate-file"),
    path("learn/certificates/new/", staff.certificate_issue, name="certificate-issue"),
    path(
        "learn/certificates/<uuid:certificate_id>/revoke/",
        staff.certificate_revoke,
        name="certificate-revoke",
    ),
    path("learn/<uuid:course_id>/", staff.course_detail, name="course-detail"),
    path("learn/<uuid:course_id>/edit/", staff.course_edit, name="course-edit"),
    path("learn/<uuid:course_id>/open-again/", staff.quiz_open_again, name="quiz-open-again"),
    path("learn/<uuid:course_id>/turn/", staff.course_turn, name="course-turn"),
    path("learn/<uuid:course_id>/lessons/new/", staff.lesson_create, name="lesson-create"),
    path("learn/<uuid:course_id>/lessons/<uuid:lesson_id>/", staff.lesson_edit, name="lesson-edit"),
    path("learn/<uuid:course_id>/questions/new/", staff.question_create, name="quiz-question-create"),
    path("learn/<uuid:course_id>/questions/<uuid:quiz_id>/", staff.question_edit, name="quiz-question-edit"),
]
portal: list[URLPattern] = [
    path("learn/", own.learn, name="portal-learn"),
    path("learn/certificates/", own.certificate_list, name="portal-certificate-list"),
    path(
        "learn/certificates/<uuid:certificate_id>.pdf", own.certificate_file, name="portal-certificate-file"
    ),
    path("learn/team/", own.team, name="portal-learn-team"),
    path("learn/<uuid:course_id>/", own.course, name="portal-course"),
    path("learn/<uuid:course_id>/lessons/<uuid:lesson_id>/", own.lesson, name="portal-lesson"),
    path("learn/<uuid:course_id>/lessons/<uuid:lesson_id>/file/", own.lesson_file, name="portal-lesson-file"),
    path("learn/<uuid:course_id>/lessons/<uuid:lesson_id>/read/", own.lesson_read, name="portal-lesson-read"),
    path("learn/<uuid:course_id>/quiz/", own.quiz, name="portal-quiz"),
]
public: list[URLPattern] = [path("<str:code>/", visit.certificate_check, name="certificate-check")]
api: list[URLPattern] = [
    path("courses", machine.Courses.as_view(), name="api-courses"),
    path("courses/<uuid:course_id>", machine.OneCourse.as_view(), name="api-course"),
    path("courses/<uuid:course_id>/lessons", machine.Lessons.as_view(), name="api-lessons"),
    path("courses/<uuid:course_id>/questions", machine.Questions.as_view(), name="api-questions"),
    path("courses/<uuid:course_id>:publish", machine.CoursePublishing.as_view(), name="api-course-publish"),
    path("courses/<uuid:course_id>:retire", machine.CourseRetirement.as_view(), name="api-course-retire"),
    path("certificates", machine.Certificates.as_view(), name="api-certificates"),
    path(
        "certificates/<uuid:certificate_id>:revoke",
        machine.CertificateRevocation.as_view(),
        name="api-certificate-revoke",
    ),
]
