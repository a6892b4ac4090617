"""Three answers, each of which may be left out."""

from marshmallow import Schema

from services.intake.domain.feedback import Reply
from services.intake.web.forms.kinds import choice


class FeedbackForm(Schema):
    """By the names of ``Question``."""

    explained = choice(Reply, required=False)
    attended = choice(Reply, required=False)
    come_back = choice(Reply, required=False)
