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
from partners.profiles.models import (
    CustomField,
    FieldValue,
    Listing,
    PartnerDocument,
    PartnerTerm,
    Term,
)
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
    "CustomField",
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
    "FieldValue",
    "Journey",
    "JourneyPlan",
    "LearningPath",
    "Lesson",
    "LessonDone",
    "Listing",
    "Partner",
    "PartnerDocument",
    "PartnerParent",
    "PartnerStanding",
    "PartnerTerm",
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
    "Term",
    "Tier",
    "TierCalendar",
    "TierPin",
    "TierWarning",
]
