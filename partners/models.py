"""Where Django finds the models of the partner rooms: imports only."""

from partners.conflicts.models import Conflict, ConflictSide, Evidence
from partners.customers.models import Customer
from partners.deals.models import Deal, DealPart, DeclaredInterest, Extension, Protection
from partners.directory.models import Contact, DistinctPartners, Partner, PartnerParent, PartnerStanding
from partners.onboarding.models import (
    Acceptance,
    Application,
    ApplicationLetter,
    DocumentVersion,
    Journey,
    JourneyPlan,
    Programme,
    Question,
)
from partners.products.models import Product, ProductCategory
from partners.sales.models import SaleLine, SaleLineRevision, SaleSplit
from partners.segments.models import (
    EngagementEvent,
    EngagementWeight,
    PotentialEstimate,
    QuadrantPlan,
    Segment,
    SegmentMember,
    SegmentRun,
)
from partners.tiers.models import Tier, TierCalendar, TierPin, TierWarning
from partners.training.models import (
    AnswerKey,
    Attempt,
    Certificate,
    Course,
    LearningPath,
    Lesson,
    LessonDone,
    PathCourse,
    QuizQuestion,
)

__all__ = [
    "Acceptance",
    "AnswerKey",
    "Application",
    "ApplicationLetter",
    "Attempt",
    "Certificate",
    "Conflict",
    "ConflictSide",
    "Contact",
    "Course",
    "Customer",
    "Deal",
    "DealPart",
    "DeclaredInterest",
    "DistinctPartners",
    "DocumentVersion",
    "EngagementEvent",
    "EngagementWeight",
    "Evidence",
    "Extension",
    "Journey",
    "JourneyPlan",
    "LearningPath",
    "Lesson",
    "LessonDone",
    "Partner",
    "PartnerParent",
    "PartnerStanding",
    "PathCourse",
    "PotentialEstimate",
    "Product",
    "ProductCategory",
    "Programme",
    "Protection",
    "QuadrantPlan",
    "Question",
    "QuizQuestion",
    "SaleLine",
    "SaleLineRevision",
    "SaleSplit",
    "Segment",
    "SegmentMember",
    "SegmentRun",
    "Tier",
    "TierCalendar",
    "TierPin",
    "TierWarning",
]
