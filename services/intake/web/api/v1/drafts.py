"""Forms not yet sent."""

from services.intake.queries.drafts import draft_list
from services.intake.store.work import WindowWork
from services.intake.use_cases.delete_draft import DeleteDraft, delete_draft
from services.intake.use_cases.ports import Draft
from services.intake.use_cases.save_draft import SaveDraft, save_draft
from services.intake.web.api.v1.answers import DraftSchema, DraftSummarySchema
from services.intake.web.api.v1.bodies import DraftBody, DraftBodySchema
from services.intake.web.api.v1.room import Room
from shared.errors import Refused
from shared.persistence.perform import Rendered
from shared.web.answers import Answer
from shared.web.call import Call, Endpoint, Words
from shared.web.paging import Page, PageQuery, listing, page_of


def draft_endpoints(room: Room) -> tuple[Endpoint, ...]:
    """Drafts belong to the window: a colleague may go on where one stopped."""

    def saved(call: Call) -> Rendered:
        request = SaveDraft(call.args["draft_id"], call.body(DraftBody).content)
        return room.acts.carry_out(
            call,
            lambda work: save_draft(request, by=call.actor, work=work, now=room.clock.now()),
            about=lambda _work: room.here,
            answer=lambda kept: Answer(kept.draft, status=201 if kept.new else 200),
        )

    def read(call: Call) -> Rendered:
        return room.acts.carry_out(
            call, lambda work: _read(work, call), about=lambda _work: room.draft(call), answer=Answer
        )

    def deleted(call: Call) -> Rendered:
        request = DeleteDraft(call.args["draft_id"])
        return room.acts.carry_out(
            call,
            lambda work: delete_draft(request, by=call.actor, work=work),
            about=lambda _work: room.draft(call),
            answer=lambda _nothing: Answer(),
        )

    def listed(call: Call) -> Rendered:
        page = Page.of(call.query(dict))
        return room.acts.carry_out(
            call,
            lambda work: draft_list(work, offset=page.offset, size=page.size),
            about=lambda _work: room.here,
            answer=lambda found: Answer(listing(call, found.items, found.total, page)),
        )

    return (
        Endpoint(
            "PUT",
            "/drafts/{draft_id}",
            "draft.save",
            saved,
            Words("Guardar un borrador", "Keep a draft"),
            {200: DraftSchema(), 201: DraftSchema()},
            about=lambda _call: room.here,
            body=DraftBodySchema(),
        ),
        Endpoint(
            "GET",
            "/drafts/{draft_id}",
            "draft.read",
            read,
            Words("Un borrador", "One draft"),
            {200: DraftSchema()},
            about=room.draft,
        ),
        Endpoint(
            "DELETE",
            "/drafts/{draft_id}",
            "draft.delete",
            deleted,
            Words("Borrar un borrador", "Delete a draft"),
            {204: None},
            about=room.draft,
        ),
        Endpoint(
            "GET",
            "/drafts",
            "draft.list",
            listed,
            Words("Los borradores de la ventanilla", "The drafts of this window"),
            {200: page_of(DraftSummarySchema())},
            about=lambda _call: room.here,
            query=PageQuery(),
        ),
    )


def _read(work: WindowWork, call: Call) -> Draft:
    draft = work.drafts.find(call.args["draft_id"])
    if draft is None:
        raise Refused("not_found")
    work.audit.note(call.actor, "draft.read", "draft", work.drafts.key_of(draft.id), ("content",))
    return draft
