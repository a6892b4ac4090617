"""Interface texts: Spanish stands in the templates, other languages in gettext catalogues beside them.

The catalogues are read as text at start, so there is nothing to compile and nothing binary to keep.
"""

from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, request

from shared.web.languages import LANGUAGES, language_of

DOMAIN: Final = "messages"


class Texts:
    """The catalogues of some folders, ``FOLDER/<language>/*.po``; a later one adds to an earlier one."""

    def __init__(self, folders: list[Path]) -> None:
        self._of = {language: _catalogue(folders, language) for language in LANGUAGES}

    def mount(self, app: Flask) -> None:
        """Give templates ``{% trans %}``, ``_`` and ``language``."""
        app.jinja_env.add_extension("jinja2.ext.i18n")
        install = app.jinja_env.install_gettext_callables  # type: ignore[attr-defined]  # added by the extension
        install(self._one, self._some, newstyle=True)
        app.context_processor(lambda: {"language": language_of(request)})

    def _one(self, message: str) -> str:
        return str(self._of[language_of(request)].gettext(message))

    def _some(self, one: str, many: str, number: int) -> str:
        return str(self._of[language_of(request)].ngettext(one, many, number))


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
