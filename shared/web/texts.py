"""Interface texts: Spanish stands in the templates, other languages in gettext catalogues beside them.

The catalogues are read as text at start, so there is nothing to compile and nothing binary to keep.
"""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, request
from markupsafe import Markup

from shared.web.languages import LANGUAGES, language_of

DOMAIN: Final = "messages"
_PART: Final = "language_of_part"


class Texts:
    """The catalogues of some folders, ``FOLDER/<language>/*.po``; a later one adds to an earlier one."""

    def __init__(self, folders: list[Path]) -> None:
        self._of = {language: _catalogue(folders, language) for language in LANGUAGES}

    def mount(self, app: Flask) -> None:
        """Give templates ``{% trans %}``, ``_``, ``language`` and ``{% call in_language("en") %}``."""
        app.jinja_env.add_extension("jinja2.ext.i18n")
        install = app.jinja_env.install_gettext_callables  # type: ignore[attr-defined]  # added by the extension
        install(self._one, self._some, newstyle=True)
        app.context_processor(lambda: {"language": language_of(request)})
        app.jinja_env.globals["in_language"] = in_language

    def _one(self, message: str) -> str:
        return str(self._of[spoken_now()].gettext(message))

    def _some(self, one: str, many: str, number: int) -> str:
        return str(self._of[spoken_now()].ngettext(one, many, number))


def spoken_now() -> str:
    """The language of the words that are being written: the page's, or that of a part for somebody else."""
    return str(g.get(_PART, "")) or language_of(request)


def in_language(language: str, caller: Callable[[], Markup]) -> Markup:
    """A part of a page in another language than its reader's: what is printed for, or read to, a person.

    A language that there is none of ours is written in Spanish.
    """
    setattr(g, _PART, language if language in LANGUAGES else LANGUAGES[0])
    try:
        return caller()
    finally:
        g.pop(_PART)


def _catalogue(folders: list[Path], language: str) -> NullTranslations:
    found = Translations()
    for folder in folders:
        for path in sorted((folder / language).glob("*.po")):
            with path.open("rb") as file:
                catalogue = read_po(file, locale=language, domain=DOMAIN)
            compiled = BytesIO()
            write_mo(compiled, catalogue)
            compiled.seek(0)
            found.merge(Translations(compiled))
    return found
