"""Applications, first steps and acceptances for machines; called by partners.onboarding.urls."""

from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from rest_framework.response import Response

from partners.directory.queries import access_partner
from partners.onboarding import agreements, decisions, drafts, journeys, queries, refusals
from partners.onboarding.models import Application, Journey
from partners.onboarding.serializers import (
    AcceptanceRead,
    AcceptanceWrite,
    ApplicationQuery,
    ApplicationRead,
    ApplicationWrite,
    ApproveWrite,
    AskWrite,
    DocumentRead,
    JourneyRead,
    RejectWrite,
)
from partners.onboarding.wording import FAULTS
from prm.api.lists import answer_list
from prm.api.problems import FieldError, Invalid, Problem
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import StrictSerializer, read_body, read_query
from prm.api.versions import with_etag
from prm.api.views import ApiView
from prm.tenancy.queries import current_tenant

READ, WRITE = "applications:read", "applications:write"
REFUSALS: dict[type[Exception], int] = {
    decisions.ApplicationMoved: 409,
    decisions.PartnerCodeTaken: 409,
    decisions.ReasonMissing: 422,
    decisions.FieldUnknown: 422,
    refusals.CompanyAlreadyHere: 409,
    refusals.AppliedTooSoon: 409,
    refusals.ProgrammeClosed: 409,
    agreements.AlreadyAccepted: 409,
    journeys.JourneyStands: 409,
}


class OnboardingView(ApiView):
    """What all of these share."""

    refusals = REFUSALS

    def shown(self, application: Application, status: int = HTTPStatus.OK) -> Response:
        headers = (
            {"Location": f"/api/v1/applications/{application.id}"} if status == HTTPStatus.CREATED else {}
        )
        content = ApplicationRead(application).data
        return with_etag(Response(content, status=status, headers=headers), application.version)

    def found(self, application_id: UUID) -> Application:
        return queries.access_application(self.request.actor, application_id)


class Applications(OnboardingView):
    scopes: ClassVar = {"GET": READ, "POST": WRITE}
    idempotent = True

    @operation("List applications", answer=ApplicationRead, query=ApplicationQuery, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """Those that were sent, oldest first. `q` is a part of the name, or exactly a reference, tax id or address."""
        wanted = queries.ApplicationFilter(**read_query(request, ApplicationQuery))
        rows = queries.list_applications(request.actor, wanted, request.at)
        return answer_list(request, rows, order=queries.ORDER, row=ApplicationRead)

    @operation("Send an application", body=ApplicationWrite, answer=ApplicationRead, status=201)
    def post(self, request: ApiRequest) -> Response:
        """For a form of your own. Requisites are checked by their rules, a known company is refused."""
        content = read_body(request, ApplicationWrite)
        if not content.pop("accepts_documents"):
            detail = refusals.StepsMissing.message
            raise Invalid([FieldError("documents_not_accepted", str(detail), "/accepts_documents")])
        try:
            application = drafts.lodge_application(
                actor=request.actor,
                language=content.pop("language", current_tenant().language),
                source=content.pop("source", "api"),
                answers=content.pop("answers", {}),
                facts=content,
                at=request.at,
            )
        except refusals.RequisitesWrong as refusal:
            faults = [
                FieldError(code, str(FAULTS[code]), f"/{name}") for name, code in refusal.faults.items()
            ]
            raise Invalid(faults) from refusal
        except refusals.StepsMissing as refusal:
            missing = [
                FieldError("missing", str(refusal.message), f"/{_place(step)}") for step in refusal.steps
            ]
            raise Invalid(missing) from refusal
        return self.shown(application, HTTPStatus.CREATED)


def _place(step: str) -> str:
    return "answers" if step == "questions" else step


class OneApplication(OnboardingView):
    scopes: ClassVar = {"GET": READ}

    @operation("Read an application", answer=ApplicationRead)
    def get(self, request: ApiRequest, application_id: UUID) -> Response:
        return self.shown(self.found(application_id))


class ApplicationReview(OnboardingView):
    scopes: ClassVar = {"POST": WRITE}
    idempotent = True

    @operation("Take an application into review", body=StrictSerializer, answer=ApplicationRead)
    def post(self, request: ApiRequest, application_id: UUID) -> Response:
        read_body(request, StrictSerializer)
        application = self.found(application_id)
        return self.shown(decisions.start_review(actor=request.actor, application=application, at=request.at))


class ApplicationApproval(OnboardingView):
    scopes: ClassVar = {"POST": WRITE}
    idempotent = True

    @operation("Approve an application", body=ApproveWrite, answer=ApplicationRead)
    def post(self, request: ApiRequest, application_id: UUID) -> Response:
        """Makes the partner (`partner_id` of the answer) with contact and first steps, and mails the invitation."""
        application = self.found(application_id)
        terms = decisions.Terms(**read_body(request, ApproveWrite))
        try:
            decisions.approve_application(
                actor=request.actor, application=application, terms=terms, at=request.at
            )
        except decisions.LetterNotSent as refusal:
            raise Problem(503, "letter_not_sent", decisions.letter_not_sent()) from refusal
        return self.shown(self.found(application_id))


class ApplicationRejection(OnboardingView):
    scopes: ClassVar = {"POST": WRITE}
    idempotent = True

    @operation("Reject an application", body=RejectWrite, answer=ApplicationRead)
    def post(self, request: ApiRequest, application_id: UUID) -> Response:
        application = self.found(application_id)
        told = read_body(request, RejectWrite)
        return self.shown(
            decisions.reject_application(actor=request.actor, application=application, at=request.at, **told)
        )


class ApplicationQuestion(OnboardingView):
    scopes: ClassVar = {"POST": WRITE}
    idempotent = True

    @operation("Ask the applicant", body=AskWrite, answer=ApplicationRead)
    def post(self, request: ApiRequest, application_id: UUID) -> Response:
        application = self.found(application_id)
        told = read_body(request, AskWrite)
        asked = decisions.ask_applicant(
            actor=request.actor,
            application=application,
            fields=told.get("fields", []),
            text=told["text"],
            at=request.at,
        )
        return self.shown(asked)


class PartnerJourney(OnboardingView):
    scopes: ClassVar = {"GET": READ, "POST": WRITE}
    idempotent = True

    @operation("Read a partner's first steps", answer=JourneyRead)
    def get(self, request: ApiRequest, partner_id: UUID) -> Response:
        partner = access_partner(request.actor, partner_id)
        return Response(self._shown(journeys.access_journey(partner)))

    @operation("Start a partner's first steps", body=StrictSerializer, answer=JourneyRead, status=201)
    def post(self, request: ApiRequest, partner_id: UUID) -> Response:
        read_body(request, StrictSerializer)
        partner = access_partner(request.actor, partner_id)
        journey = journeys.start_journey(actor=request.actor, partner=partner, at=request.at)
        return Response(self._shown(journey), status=HTTPStatus.CREATED)

    def _shown(self, journey: Journey) -> Any:
        today = self.request.at.astimezone(current_tenant().zone).date()
        return JourneyRead(journeys.progress_of([journey], today)[0]).data


class Agreements(OnboardingView):
    scopes: ClassVar = {"GET": READ}

    @operation("List versions of agreements and consents", answer=DocumentRead, listed=True)
    def get(self, request: ApiRequest) -> Response:
        read_query(request)
        return answer_list(request, queries.list_documents(), order=("id",), row=DocumentRead)


class PartnerAcceptances(OnboardingView):
    scopes: ClassVar = {"GET": READ, "POST": WRITE}
    idempotent = True

    @operation("List what a partner accepted", answer=AcceptanceRead, listed=True)
    def get(self, request: ApiRequest, partner_id: UUID) -> Response:
        read_query(request)
        partner = access_partner(request.actor, partner_id)
        return answer_list(request, agreements.list_acceptances(partner), order=("id",), row=AcceptanceRead)

    @operation("Accept on a partner's behalf", body=AcceptanceWrite, answer=AcceptanceRead, status=201)
    def post(self, request: ApiRequest, partner_id: UUID) -> Response:
        partner = access_partner(request.actor, partner_id)
        told = read_body(request, AcceptanceWrite)
        acceptance = agreements.accept_document(
            actor=request.actor,
            partner=partner,
            version=queries.access_document(told["document_id"]),
            language=told.get("language", current_tenant().language),
            at=request.at,
        )
        return Response(AcceptanceRead(acceptance).data, status=HTTPStatus.CREATED)
