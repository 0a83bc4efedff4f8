"""``/api/v1``: how somebody is reached about a complaint: its sender, or who follows it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from flask import Response
from pydantic import ConfigDict, Field, field_validator, model_validator

from geoapp.usecases import contacts, notices
from geoapp.web import intake, json_body
from geoapp.web.access import Audience, open_to
from geoapp.web.api import blueprint
from geoapp.web.api.models import Answer
from geoapp.web.api.operations import Good, Operation, answer, operation
from geoapp.web.api.queries import TicketPath
from geoapp.web.contact_form import ContactForm, language_of_sender
from geoapp.web.context import current_city, site


class ContactChangeForm(ContactForm):
    """With *key* the sender's contact; without one an e-mail address that follows."""

    model_config = ConfigDict(extra="forbid", title="ContactChange")
    UNECHOED: ClassVar[frozenset[str]] = frozenset({"*"})

    key: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=64,
            description="`follow_key` of the answer to the complaint. A field that isn't named "
            "stays as it is; an empty one is taken away.",
        ),
    ] = None

    @field_validator("key", mode="after")
    @classmethod
    def _bare(cls, value: str | None) -> str | None:
        return None if value is None else value.strip()

    @model_validator(mode="after")
    def _follows_by_mail(self) -> ContactChangeForm:
        if self.key is None:
            if not self.email:
                raise ValueError("without a key there must be an e-mail address")
            if self.name or self.phone:
                raise ValueError("without a key an e-mail address is all that is kept")
        return self


class ContactAnswer(Answer):
    """What is kept now; addresses are shown to nobody whole, not even to their owner."""

    ticket: str
    role: Annotated[str, Field(description="`reporter` or `follower`.")]
    name: str | None
    email: Annotated[str | None, Field(description="Masked; null for a follower.")]
    phone: Annotated[str | None, Field(description="Masked.")]
    notices: Annotated[bool, Field(description="Mail about the complaint will come.")]


@blueprint.post("/complaints/<ticket>/contact")
@open_to(Audience.SENDERS)
@operation(
    Operation(
        summary="Say how the sender can be reached, or follow a complaint by e-mail",
        path=TicketPath,
        body=ContactChangeForm,
        good={200: Good("It is kept, sealed and apart from the complaint.", ContactAnswer)},
        faults=(400, 403, 409, 413, 415, 422, 429),
    )
)
def contact(ticket: str) -> Response:
    """Answer ``POST /complaints/<ticket>/contact``."""
    # Counted before anything is compared: guessing keys ends with the window.
    intake.count_sender()
    form, _ = json_body.read(ContactChangeForm)
    here, city, ticket = site(), current_city(), ticket.upper()
    mails = notices.offered(here.settings, city)
    if form.key is None:
        contacts.follow(
            here.database, here.vault, city, ticket, form.email or "", language_of_sender()
        )
        told = ContactAnswer(
            ticket=ticket, role="follower", name=None, email=None, phone=None, notices=mails
        )
    else:
        kept = contacts.change(
            here.database,
            here.vault,
            city,
            ticket,
            secret=here.settings.secret(),
            key=form.key,
            changes=form.named(),
            language=language_of_sender(),
        )
        told = ContactAnswer(
            ticket=ticket,
            role="reporter",
            name=kept.contact.name,
            email=kept.contact.email,
            phone=kept.contact.phone,
            notices=mails and kept.notices,
        )
    here.bell.ring()
    return answer(told, cache="no-store")
