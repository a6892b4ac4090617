"""A draft is no longer needed."""

from dataclasses import dataclass

from services.intake.use_cases.ports import Work
from shared.security.identities import Actor


@dataclass(frozen=True)
class DeleteDraft:
    """Which one."""

    draft_id: str


def delete_draft(request: DeleteDraft, *, by: Actor, work: Work) -> None:
    """Forget a draft."""
    work.drafts.remove(request.draft_id)
    work.audit.note(by, "draft.delete", "draft", work.drafts.key_of(request.draft_id))
