"""Three families of errors, and one registry of what is said to people.

``Refused``: a person can act on it. ``TryAgain``: transient, retried and never dead-lettered.
``Broken``: our fault. A code is never reused for something else; each has a line in Spanish and English.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Code:
    """What a refusal means: its HTTP status and what a person is told, in under twenty words."""

    status: int
    es: str
    en: str


CODES: Mapping[str, Code] = {
    "bad_request": Code(400, "La petición no se pudo leer.", "The request could not be read."),
    "not_authenticated": Code(401, "Entre con su usuario para continuar.", "Sign in to go on."),
    "not_found": Code(
        404, "No existe, o usted no lo puede ver.", "It does not exist, or you may not see it."
    ),
    "forbidden": Code(403, "Su función no permite hacer esto.", "Your role does not allow this."),
    "read_only_token": Code(
        403, "Esta clave de API solo permite leer y buscar.", "This API token only reads and searches."
    ),
    "method_not_allowed": Code(
        405, "Esta dirección no admite ese método.", "This address does not take that method."
    ),
    "length_required": Code(
        411,
        "Envíe el cuerpo con su longitud (Content-Length).",
        "Send the body with its length (Content-Length).",
    ),
    "too_large": Code(413, "El envío es demasiado grande.", "What was sent is too large."),
    "unsupported_media": Code(415, "Envíe JSON (application/json).", "Send JSON (application/json)."),
    "invalid": Code(422, "Corrija los campos señalados.", "Correct the fields named."),
    "key_reused": Code(
        422,
        "Esa Idempotency-Key ya se usó con otro contenido.",
        "That Idempotency-Key was used with another body.",
    ),
    "institution_unavailable": Code(
        422, "No se puede referir a esa institución.", "No referral to that institution is possible."
    ),
    "not_assured": Code(
        422,
        "El dato de ese servicio ya venció. Diga por qué se refiere igual.",
        "What is known of that service has expired. Say why it is referred to all the same.",
    ),
    "precondition_required": Code(
        428, "Envíe If-Match con la versión que leyó.", "Send If-Match with the version you read."
    ),
    "stale": Code(412, "Otra persona lo cambió. Vuelva a leerlo.", "Somebody changed it. Read it again."),
    "wrong_state": Code(409, "En este estado no se puede.", "Not possible in this state."),
    "open_referral": Code(
        409, "Ya hay una referencia abierta para esa necesidad.", "A referral for that need is already open."
    ),
    "recovering": Code(
        409,
        "La central fue restaurada y espera a la ventanilla de este caso. Intente más tarde.",
        "The hub was restored and waits for this case's window. Try later.",
    ),
    "too_many_hops": Code(
        409,
        "La cadena ya tiene cuatro instituciones. Avise a la coordinación.",
        "The chain has four institutions. Tell the coordination.",
    ),
    "no_consent": Code(
        409,
        "No hay consentimiento vigente para esta institución.",
        "There is no valid consent for this institution.",
    ),
    "nothing_to_approve": Code(
        409,
        "Este caso no espera ninguna aprobación.",
        "This case waits for no approval.",
    ),
    "second_pair_of_eyes": Code(
        403,
        "Usted registró el consentimiento; lo aprueba otra persona de supervisión.",
        "You recorded the consent; another supervisor approves it.",
    ),
    "not_merged": Code(409, "Este caso no está unido a otra persona.", "This case is not merged with another person."),
    "already_closed": Code(409, "El caso está cerrado.", "The case is closed."),
    "already_withdrawn": Code(
        409, "El consentimiento ya fue retirado.", "The consent was already withdrawn."
    ),
    "duplicate_name": Code(409, "Ya existe uno con ese nombre.", "There is one of that name already."),
    "papers_missing": Code(
        409,
        "Faltan pasos antes de solicitar el retorno voluntario.",
        "Steps are missing before the voluntary return can be asked for.",
    ),
    "no_directory": Code(
        503,
        "Esta ventanilla aún no recibe el directorio de la central.",
        "This window has not received the hub's directory yet.",
    ),
    "busy": Code(
        503,
        "El servicio está ocupado. Intente de nuevo en unos segundos.",
        "The service is busy. Try again in some seconds.",
    ),
    # 423, not 503: waiting does not help and trying again neither; not 403: rights are not what is missing
    "locked": Code(
        423,
        "La ventanilla está cerrada con llave. Entre con su contraseña para abrirla.",
        "This window is locked. Sign in with your password to open it.",
    ),
    "locked_for_you": Code(
        423,
        "Su contraseña aún no abre esta ventanilla. Que entre antes una colega, o escriba la anterior o el código.",
        "Your password does not open this window yet. Let a colleague in first, or type the old one or the code.",
    ),
    "stale_form": Code(
        403,
        "Este formulario ya no vale. Vuelva a abrir la página e inténtelo otra vez.",
        "This form is no longer valid. Open the page again and retry.",
    ),
    "form_only": Code(415, "Envíe el formulario de la página.", "Send the form of the page."),
    "rate_limited": Code(429, "Demasiados intentos. Espere un momento.", "Too many attempts. Wait a moment."),
    "erased": Code(410, "Los datos de esta persona fueron borrados.", "This person's data were erased."),
    "unexpected": Code(
        500, "Algo falló de nuestro lado. Ya quedó anotado.", "Something failed on our side. It was noted."
    ),
}


class Refused(Exception):
    """What a person asked for is not done, and they can act on it.

    ``fields`` names every bad field (dotted path) with its messages; ``state`` and ``allowed`` say what is
    possible instead; ``extra`` holds further members of the problem document (such as an open referral's id);
    ``wait`` are the seconds after which it would be done, where that is known.
    """

    def __init__(
        self,
        code: str,
        *,
        fields: Mapping[str, Sequence[str]] | None = None,
        state: str | None = None,
        allowed: Sequence[str] | None = None,
        extra: Mapping[str, str] | None = None,
        wait: int | None = None,
    ) -> None:
        self.code = code
        self.status = CODES[code].status
        self.fields = {name: list(messages) for name, messages in (fields or {}).items()}
        self.state = state
        self.allowed = list(allowed) if allowed is not None else None
        self.extra = dict(extra or {})
        self.wait = wait
        super().__init__(f"{code} {' '.join(sorted(self.fields))}".strip())

    def text(self, language: str = "es") -> str:
        """What to tell a person, in Spanish unless English was asked for."""
        code = CODES[self.code]
        return code.en if language == "en" else code.es


class TryAgain(Exception):
    """A fault that passes (database away, broker blocked): retried after ``retry_after`` seconds, never dead-lettered."""

    def __init__(self, message: str, retry_after: float = 5.0) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class Broken(Exception):
    """Our own fault: shown as such, logged with its trace, never blamed on who asked."""


class Unreadable(Exception):
    """A message that cannot be understood; becomes a dead-letter row with this reason."""


class Forked(Unreadable):
    """A message that contradicts what its source said before: two processes speak in one name, or one was restored badly."""

    MARK = "fork: "
    """How the reason of such a letter begins."""

    def __init__(self, what: str) -> None:
        super().__init__(self.MARK + what)


class ConfigError(Exception):
    """A setting is missing, unknown or wrong; the message names each and is meant for an operator."""
