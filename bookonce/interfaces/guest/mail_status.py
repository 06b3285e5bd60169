"""What a page says of the mail about a booking: that it was sent only once it was."""

from __future__ import annotations

from django.conf import settings

from bookonce.delivery.outbox import email, queries
from bookonce.delivery.outbox.models import Delivery
from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.notifications import guest_thread
from bookonce.foundation.translation import gettext_noop
from bookonce.interfaces.guest.guest_request import GuestRequest

SENDING = (
    gettext_noop("We are sending the details to {email}."),
    gettext_noop("We are sending the new time to {email}."),
)
SENT = (gettext_noop("We sent the details to {email}."), gettext_noop("We sent the new time to {email}."))
LATE = "It takes longer than usual; until then, all of it stands on this page."


def mail_sentences(visit: GuestRequest, booking: Booking, address: str, *, moved: bool) -> list[str]:
    """Sentences on the latest mail to the guest; none where there is no mail.

    ``address`` is theirs, masked; ``moved``: the mail is about a new time.
    """
    if not booking.guest_email:
        return []
    mail = queries.latest_in_thread(guest_thread(booking.pk))
    if mail is None:
        return []
    if mail.state == Delivery.State.WAITING and settings.EMAIL_URL:
        said = [visit.voice.say(SENDING[moved], email=address)]
        return [*said, visit.voice.say(LATE)] if mail.last_error else said
    # Done includes mails kept as files, which nobody has received.
    if mail.state == Delivery.State.DONE and not email.is_kept(str(mail.pk)):
        return [visit.voice.say(SENT[moved], email=address)]
    return []
