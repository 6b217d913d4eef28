"""An object of the demo for each id in an address, per vendor; called by the screens."""

from typing import Any

from incentives.adjustments.models import Adjustment
from incentives.disputes.models import Dispute
from incentives.earnings.models import CalculationRun, Entry
from incentives.funds.models import FundsAllocation, FundsBudget, FundsClaim, FundsCost, FundsRequest
from incentives.holds.models import Hold
from incentives.payouts.models import BankAccount, PayerAccount, PayoutItem, PayoutRun, Statement
from incentives.payouts.tax_models import WithholdingRate
from incentives.plans.models import PartnerGoal, PlanAssignment, PlanVersion
from incentives.trials.models import Backtest
from partners.conflicts.models import Conflict, ConflictSide
from partners.customers.models import Customer
from partners.deals.models import Deal, DeclaredInterest
from partners.directory.models import Contact, Partner, PartnerParent
from partners.onboarding.links import link_secret
from partners.onboarding.models import Application, DocumentVersion, Question, WaitingCompany
from partners.products.models import Product, ProductCategory
from partners.profiles.models import CustomField, PartnerDocument, Term
from partners.segments.models import Segment
from partners.tiers.models import Tier
from partners.training.models import Certificate, Course, LearningPath, Lesson, QuizQuestion
from prm.accounts.models import ApiToken, Invitation, Membership
from prm.comments.models import Comment
from prm.files.models import StoredFile
from prm.imports.models import Import
from prm.jobs.models import Job
from prm.notifications.models import Notice
from prm.tenancy.queries import inside


def demo_objects(slug: str) -> dict[str, Any]:
    """Ids of things that are good to look at; the partner is the one whose people have a login."""
    with inside(slug):
        partner = Partner.objects.get(code="P001")
        draft = PlanVersion.objects.filter(published_at__isnull=True).first()
        earned = Entry.objects.filter(partner_id=partner.id, line_id__isnull=False).order_by("-id")
        entry = earned.filter(inputs__paid__of__gt=1).first() or earned.first()
        return {
            "partner_id": partner.id,
            "below_id": PartnerParent.objects.filter(parent=partner)
            .values_list("partner_id", flat=True)
            .first(),
            "other_id": _id(Partner.objects.filter(code="P902")),
            "term_id": _id(Term.objects.filter(code="implementation")),
            "field_id": _id(CustomField.objects.filter(code="risk")),
            "paper_id": _id(PartnerDocument.objects.filter(company_id=partner.id)),
            "contact_id": _id(Contact.objects.filter(partner_id=partner.id)),
            "product_id": _id(Product.objects.all()),
            "category_id": _id(ProductCategory.objects.all()),
            "deal_id": _id(Deal.objects.filter(extensions__state="asked")) or _id(Deal.objects.all()),
            "deal_id:portal": _id(Deal.objects.filter(partner_id=partner.id, state="protected")),
            "conflict_id": _id(Conflict.objects.filter(state="open")),
            "side_id": _id(ConflictSide.objects.filter(partner_id=partner.id, verdict="")),
            "side_id:portal-conflict-appeal": _id(
                ConflictSide.objects.filter(partner_id=partner.id, verdict="refused")
            ),
            "interest_id": _id(DeclaredInterest.objects.all()),
            "tier_id": _id(Tier.objects.order_by("rank")),
            "segment_id": _id(Segment.objects.filter(kind="rule")),
            "customer_id": _id(Customer.objects.filter(name__in=_protected_for(partner))),
            "line_id": entry.line_id if entry else None,
            "plan_id": draft.plan_id if draft else None,
            "version_id": draft.id if draft else None,
            **_terms(),
            "backtest_id": _id(Backtest.objects.filter(state="done")),
            "goal_id": _id(PartnerGoal.objects.filter(amount__isnull=False)),
            "assignment_id": _id(PlanAssignment.objects.all()),
            "entry_id": _id(
                Entry.objects.filter(inputs__volume__slices__1__isnull=False, amount_minor__gt=0).order_by(
                    "-amount_minor"
                )
            ),
            "entry_id:portal": entry.id if entry else None,
            "run_id:calculation": _id(CalculationRun.objects.order_by("-number")),
            "run_id:payout": _id(PayoutRun.objects.filter(state="submitted")),
            "run_id:payout-file": _id(PayoutRun.objects.filter(exported_at__isnull=False)),
            "file_id": Statement.objects.filter(partner_id=partner.id)
            .values_list("file_id", flat=True)
            .first(),
            "item_id": _id(PayoutItem.objects.filter(state__in=["sent", "unknown"]))
            or _id(PayoutItem.objects.all()),
            "account_id": _id(BankAccount.objects.all()),
            "kept_id": _id(StoredFile.objects.filter(purpose="bank_statement")),
            "rate_id": _id(WithholdingRate.objects.order_by("-proposed_at")),
            "payer_id": _id(PayerAccount.objects.order_by("-proposed_at")),
            "statement_id": _id(Statement.objects.filter(partner_id=partner.id).order_by("-period_on")),
            "job_id": _id(Job.objects.all()),
            "import_id": _id(Import.objects.order_by("-number")),
            "membership_id": _id(Membership.objects.filter(partner_id__isnull=True)),
            "invitation_id": _id(Invitation.objects.filter(partner_id__isnull=True)),
            "invitation_id:portal": _id(Invitation.objects.filter(partner_id=partner.id)),
            "token_id": _id(ApiToken.objects.all()),
            "membership_id:portal": _id(Membership.objects.filter(partner_id=partner.id)),
            "application_id": _id(Application.objects.filter(state="submitted").order_by("submitted_at")),
            "question_id": _id(Question.objects.all()),
            "document_id": _id(DocumentVersion.objects.filter(kind="agreement").order_by("-number")),
            "waiting_id": _id(WaitingCompany.objects.order_by("joined_at")),
            **_links(),
            "notice_id": _id(Notice.objects.filter(partner_id__isnull=True)),
            "notice_id:portal": _id(Notice.objects.filter(partner_id=partner.id)),
            "number": 4,
            "course_id": _id(Course.objects.filter(state="published").order_by("code")),
            "lesson_id": _id(Lesson.objects.filter(course__code="C-101").order_by("position")),
            "quiz_id": _id(QuizQuestion.objects.filter(course__code="C-101").order_by("position")),
            "path_id": _id(LearningPath.objects.all()),
            "certificate_id": _id(Certificate.objects.filter(partner_id=partner.id, revoked_on__isnull=True)),
            "code:certificate-check": Certificate.objects.filter(partner_id=partner.id)
            .values_list("code", flat=True)
            .first(),
            **_funds(partner),
            "dispute_id": _id(Dispute.objects.filter(state="open")),
            "dispute_id:portal": _id(Dispute.objects.filter(partner=partner, state="answered")),
            "hold_id": _id(Hold.objects.filter(deal__isnull=False)),
            "adjustment_id": _id(Adjustment.objects.filter(state="proposed")),
            "adjustment_id:portal": _id(Adjustment.objects.filter(partner=partner, entry_id__isnull=False)),
            "comment_id": _id(Comment.objects.filter(partner_id=partner.id, by_partner=False)),
            "comment_id:portal": _id(Comment.objects.filter(partner_id=partner.id, by_partner=True)),
            "subject_key": "partner",
            "subject_id": partner.id,
        }


def _terms() -> dict[str, Any]:
    """A published version whose terms wait for some partners."""
    asks = PlanVersion.objects.exclude(terms={}).filter(published_at__isnull=False)
    asked = _id(asks.order_by("-published_at"))
    pages = ("portal", "terms-acceptances", "terms-acceptances-export", "terms-remind")
    return dict.fromkeys((f"version_id:{page}" for page in pages), asked)


def _funds(partner: Partner) -> dict[str, Any]:
    """What waits for the vendor; of the partner an approved request, one that came back, and a claim being filled."""
    requests, claims = (
        FundsRequest.objects.filter(partner=partner),
        FundsClaim.objects.filter(partner=partner),
    )
    draft = claims.filter(state="draft")
    return {
        "budget_id": _id(FundsBudget.objects.filter(allocations__partner=partner)),
        "allocation_id": _id(FundsAllocation.objects.filter(partner=partner)),
        "request_id": _id(FundsRequest.objects.filter(state="submitted")),
        "request_id:portal": _id(requests.filter(state="approved")),
        "request_id:portal-funds-edit": _id(requests.filter(state="returned")),
        "claim_id": _id(FundsClaim.objects.filter(state="submitted")),
        "claim_id:portal": _id(draft),
        "cost_id": _id(FundsCost.objects.filter(claim__in=draft)),
    }


def _protected_for(partner: Partner) -> Any:
    return Deal.objects.filter(partner=partner, state="protected").values("customer")


def _links() -> dict[str, str]:
    """Links of applicants, which no row holds: a draft's, and one that is asked something."""
    draft = Application.objects.get(state="draft")
    links = {"token": link_secret(draft)}
    for page, state in (("status", "action_required"), ("withdraw", "submitted")):
        application = Application.objects.filter(state=state).first()
        if application is not None:
            links[f"token:join-{page}"] = link_secret(application)
    return links


def _id(rows: Any) -> Any:
    row = rows.first()
    return row.id if row else None
