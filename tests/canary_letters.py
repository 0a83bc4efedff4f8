"""What leaves in other ways than answers: mails, logs, the feed, files that are published."""

from __future__ import annotations

from sqlalchemy import text

from geoapp.usecases import mail_links
from tests.asking import as_owner
from tests.canary_answers import mail_text
from tests.canary_marks import Mark, Place
from tests.canary_world import World

OWN_TO_SENDER = frozenset(
    {"contact", "contact, e-mail", "hidden contact", "hidden contact, e-mail", "follow key",
     "confidential words", "landmark", "private answer", "mail token"}
)  # fmt: skip
"""What a mail to whoever sent a report may say of that report; never a telephone number."""
OWN_TO_FOLLOWER = frozenset({"follower", "mail token"})

_CONTACTS = text("""
    SELECT contact.city_code, contact.id, contact.role, complaint.ticket
    FROM geoapp.contact
    JOIN geoapp.complaint ON complaint.city_code = contact.city_code
                         AND complaint.id = contact.complaint_id
""")


def mark_mail_tokens(world: World) -> None:
    """The ways out of mails are marks, too: whoever has one ends somebody else's mails."""
    settings = world.app.extensions["geoapp"].settings
    labels = {report.ticket: label for label, report in world.reports.items()}
    with as_owner(world.database) as owner:
        for row in owner.execute(_CONTACTS):
            token = mail_links.token(settings, row.city_code, row.id)
            label = labels[row.ticket]
            suffix = " (follower)" if row.role == "follower" else ""
            world.marks.secret("mail token", f"{label}{suffix}", token)


def wrong_in_mails(world: World) -> list[str]:
    """What stands in a mail and isn't its addressee's own."""
    wrong = set()
    for mail in world.mails.received:
        to = world.marks.words[mail.recipient.partition("@")[0]]
        wrong |= {
            f"{mark} in a mail to {to}: {mail.message['Subject']}"
            for mark in world.marks.found(b"", mail_text(mail.content))
            if not _own(mark, to)
        }
    return sorted(wrong)


def _own(mark: Mark | Place, to: Mark) -> bool:
    if mark.kind == "public words":
        return True
    if to.kind == "follower":
        return mark.kind in OWN_TO_FOLLOWER and mark.report.removesuffix(" (follower)") == to.report
    # what was erased later was the sender's own when it was told
    return mark.kind in OWN_TO_SENDER | {"erased", "erased, e-mail"} and mark.report == to.report


def wrong_in_text(world: World, name: str, content: str) -> list[str]:
    """Everything that was planted and stands in *content*, public words too: logs need none."""
    return sorted({f"{mark} in {name}" for mark in world.marks.found(b"", content)})
