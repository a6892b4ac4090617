"""A form that is not sent yet is kept by the window's server, sealed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.intake.use_cases.ports import Draft, Work
from shared.security.identities import Actor


@dataclass(frozen=True)
class SaveDraft:
    """A form under an id that the page chose."""

    draft_id: str
    content: Mapping[str, Any]


@dataclass(frozen=True)
class SavedDraft:
    """The draft as kept; ``new`` when there was none of its id."""

    draft: Draft
    new: bool


def save_draft(request: SaveDraft, *, by: Actor, work: Work, now: datetime) -> SavedDraft:
    """Keep a draft; the same id again replaces it."""
    before = work.drafts.find(request.draft_id)
    draft = Draft(request.draft_id, request.content, by.user, before.created_at if before else now, now)
    work.drafts.put(draft)
    work.audit.note(by, "draft.save", "draft", work.drafts.key_of(draft.id), ("content",))
    return SavedDraft(draft, new=before is None)
