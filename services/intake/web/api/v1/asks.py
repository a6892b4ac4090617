"""What a window asks of its referrals: the hub decides, the case shows the outcome."""

from collections.abc import Callable

from marshmallow import Schema

from services.intake.use_cases.ask_hub import AskHub, ask_hub
from services.intake.web.api.v1.answers import AskSeenSchema
from services.intake.web.api.v1.bodies import Asked, CancelSchema, CommentSchema, InErrorSchema, ReReferSchema
from services.intake.web.api.v1.room import Room
from shared.contracts.referral_asked import Ask
from shared.persistence.perform import Rendered
from shared.web.answers import Answer
from shared.web.call import Call, Endpoint, Words

_WAYS: tuple[tuple[str, Ask, Schema, Words], ...] = (
    ("cancel", Ask.CANCEL, CancelSchema(), Words("Pedir que se anule una referencia", "Ask to cancel a referral")),
    ("comments", Ask.COMMENT, CommentSchema(), Words("Escribir a la institución", "Write to the institution")),
    ("re-refer", Ask.RE_REFER, ReReferSchema(), Words("Pedir que se refiera de nuevo", "Ask to refer again")),
    (
        "mark-in-error",
        Ask.MARK_IN_ERROR,
        InErrorSchema(),
        Words("Pedir que se marque como ingresada por error", "Ask to mark as entered in error"),
    ),
)


def ask_endpoints(room: Room) -> tuple[Endpoint, ...]:
    """One call for each thing that may be asked. 202: it was asked, not done."""

    def asks(ask: Ask) -> Callable[[Call], Rendered]:
        def view(call: Call) -> Rendered:
            body = call.body(Asked)
            request = AskHub(
                call.args["case_id"], call.args["referral_id"], ask, body.reason, body.text, body.institution,
                body.assurance_reason,
            )
            return room.acts.carry_out(
                call,
                lambda work: ask_hub(request, by=call.actor, work=work, now=room.clock.now()),
                about=lambda _work: room.case(call),
                answer=Answer,
            )

        return view

    return tuple(
        Endpoint(
            "POST",
            f"/cases/{{case_id}}/referrals/{{referral_id}}/{name}",
            "referral.ask",
            asks(ask),
            words,
            {202: AskSeenSchema()},
            about=room.case,
            body=schema,
            creating=True,
            refuses=("wrong_state", "no_consent", "not_assured"),
        )
        for name, ask, schema, words in _WAYS
    )
