"""``GET /claims/{code}``: how a case stands, to whoever holds the slip; four words and nothing else."""

from marshmallow import Schema

from services.referrals.use_cases.look_up_claim import look_up_claim
from services.referrals.web.api.v1.room import Room
from shared.claims import ClaimStatus
from shared.contracts.fields import code
from shared.errors import Refused
from shared.spoken import parse_code
from shared.web.answers import Answer
from shared.web.call import EVERYONE, Call, Endpoint, Words


class ClaimSchema(Schema):
    """Never whose case it is, which institution, or what about."""

    status = code(ClaimStatus, required=True)


def claim_endpoint(room: Room) -> Endpoint:
    """Open to everyone: a code is not guessed (54 bits), and what it tells is worth little to who steals it.

    A code that fails its own check was mistyped (422); one that nobody has is ``not_found``. Found or not, the same
    is done: a keyed hash, one look in an index, one count.
    """

    def read(call: Call) -> Answer:
        try:
            claim = parse_code(call.args["code"])
        except ValueError as error:
            raise Refused("invalid", fields={"code": ["No es una clave de consulta. Revise las letras."]}) from error
        with room.works.open() as work:
            status = look_up_claim(claim, work=work, now=room.clock.now())
        if status is None:
            raise Refused("not_found")
        return Answer({"status": status})

    return Endpoint(
        "GET", "/claims/{code}", EVERYONE, read, Words("Cómo va un caso, con la clave de la hoja", "How a case stands, by the slip's code"),
        {200: ClaimSchema()}, tag="claims", limit="20/minute",
    )
