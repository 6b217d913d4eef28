"""What of training follows a merged partner: what its people learned and proved; called by training catalogue."""

from django.utils.translation import gettext_lazy as _

from partners.directory.followers import MOVES, Follower, Merge
from partners.training.models import Attempt, Certificate, Learner, LessonDone


def move_learning(merge: Merge) -> None:
    """Lessons and attempts go with the people; of somebody with a place at both, they stay with the ended place."""
    for model in (LessonDone, Attempt, Learner):
        model.objects.filter(partner_id=merge.merged.id).update(partner_id=merge.survivor.id)


def move_certificates(merge: Merge) -> None:
    Certificate.objects.filter(partner=merge.merged).update(partner=merge.survivor)


def training_followers() -> list[Follower]:
    return [
        Follower(
            "learning",
            _("Attempts at a quiz"),
            MOVES,
            lambda key: Attempt.objects.filter(partner_id=key).count(),
            move_learning,
            order=45,
        ),
        Follower(
            "certificates",
            _("Certificates"),
            MOVES,
            lambda key: Certificate.objects.filter(partner_id=key).count(),
            move_certificates,
            order=46,
        ),
    ]
