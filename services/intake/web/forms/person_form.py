"""The form of a person's case, defined once: the page, the guided mode, check your answers, correction, the paper form.

What makes a case right is judged elsewhere (``case_body.CaseBodySchema``, ``domain/rules.py``); here is only what is asked,
in which words and order. At most eight fields stand in sight before the needs; the rest is folded.
"""

from collections.abc import Mapping
from typing import Final

from services.intake.web.forms.fields import Field, Fold, Kind, Section, every
from shared.contracts.fields import LONG
from shared.texts import said
from shared.vocabulary.codes import Vulnerability

PERSON: Final = Section(
    "persona",
    said("Quién es"),
    (
        Field("person.given_name", Kind.TEXT, said("Nombres"), required=True),
        Field("person.family_name", Kind.TEXT, said("Apellidos"), required=True),
        Field("person.sex", Kind.ONE, said("Sexo"), vocabulary="sex", required=True),
        Field("person.birth", Kind.BIRTH, said("Fecha de nacimiento o edad"), said("Como 1/5/1990. Si no la sabe, la edad: 36."), required=True),
        Field("person.nationality", Kind.COUNTRY, said("País de nacionalidad"), required=True),
        Field("situation", Kind.ONE, said("Situación"), vocabulary="situation", required=True),
        Field("person.origin", Kind.PLACE, said("De dónde es"), said("Distrito, municipio o departamento; de otro país: ciudad, país.")),
        Field("person.document.number", Kind.TEXT, said("Número de documento"), said("El DUI, o el número de otro documento."), longest=50),
    ),
    (
        Fold(
            "contacto",
            said("Teléfono, contacto seguro y dónde vive"),
            (
                Field("person.phone", Kind.PHONE, said("Teléfono")),
                Field("person.safe_to_contact", Kind.FLAG, said("¿Es seguro llamarle o escribirle?")),
                Field("person.contact.channel", Kind.PICK, said("Por dónde prefiere"), offers="channels"),
                Field("person.contact.hours", Kind.TEXT, said("A qué horas"), longest=50),
                Field("person.contact.words", Kind.TEXT, said("Qué se le puede decir"), said("Por ejemplo: tiene una respuesta en la ventanilla.")),
                Field("person.contact.trusted.name", Kind.TEXT, said("Persona de confianza")),
                Field("person.contact.trusted.phone", Kind.PHONE, said("Teléfono de la persona de confianza")),
                Field("person.residence", Kind.PLACE, said("Dónde vive ahora"), said("Si es otro lugar que el de origen.")),
            ),
        ),
        Fold(
            "mas",
            said("Otro documento, otra nacionalidad, idiomas"),
            (
                Field("person.document.type", Kind.PICK, said("Tipo de documento"), vocabulary="document"),
                Field("person.document.country", Kind.COUNTRY, said("País del documento")),
                Field("person.other_nationalities", Kind.COUNTRIES, said("Otras nacionalidades"), said("Países, separados por comas.")),
                Field("person.languages", Kind.SOME, said("Idiomas que habla"), offers="languages"),
            ),
        ),
        Fold(
            "viaje",
            said("Viaje, retorno y día de la atención"),
            (
                Field("return.country", Kind.COUNTRY, said("De qué país retornó")),
                Field("return.date", Kind.DATE, said("Cuándo retornó")),
                Field("located_in", Kind.COUNTRY, said("En qué país está ahora"), said("Vacío: en el de la ventanilla.")),
                Field("entry_date", Kind.DATE, said("Cuándo entró al país")),
                Field("occurred_on", Kind.DATE, said("Día de la atención"), said("Vacío: hoy. De una hoja de papel: el día que dice la hoja.")),
                Field("paper_code", Kind.TEXT, said("Código de la hoja de papel"), longest=50),
            ),
        ),
    ),
)

NEEDS: Final = Section(
    "necesidades",
    said("Qué necesita"),
    (Field("needs", Kind.TILES, said("Necesidades"), said("Con el teclado: la primera letra lleva a cada una; la barra espaciadora la marca."), vocabulary="need", required=True),),
    (
        Fold(
            "queja",
            said("Si se queja de alguien"),
            (
                Field("against.country", Kind.COUNTRY, said("País de la autoridad")),
                Field("against.institution", Kind.PICK, said("Institución"), said("No recibirá nada de este caso."), offers="institutions"),
                Field("against.text", Kind.LONG_TEXT, said("Qué pasó"), longest=LONG),
            ),
        ),
        Fold(
            "familiar",
            said("Si busca a un familiar, o falleció"),
            (
                Field("about.relationship", Kind.TEXT, said("Parentesco")),
                Field("about.given_name", Kind.TEXT, said("Nombres del familiar")),
                Field("about.family_name", Kind.TEXT, said("Apellidos del familiar")),
                Field("about.birth", Kind.BIRTH, said("Nacimiento o edad del familiar")),
                Field("about.sex", Kind.PICK, said("Sexo del familiar"), vocabulary="sex"),
                Field("about.last_seen.country", Kind.COUNTRY, said("País donde se le vio por última vez")),
                Field("about.last_seen.place", Kind.TEXT, said("Lugar donde se le vio por última vez")),
                Field("about.last_seen.date", Kind.DATE, said("Cuándo se le vio por última vez")),
                Field("about.notes", Kind.LONG_TEXT, said("Señas y otros datos"), longest=LONG),
            ),
        ),
        Fold(
            "notas",
            said("Urgencia y notas"),
            (
                Field("urgency", Kind.PICK, said("Urgencia"), said("Vacío: la que digan las reglas. Aquí solo puede subir."), vocabulary="urgency"),
                Field("notes", Kind.LONG_TEXT, said("Notas"), said("Lo que contó la persona. No escriba antecedentes penales ni por qué le deportaron."), longest=LONG),
            ),
        ),
    ),
)

ASKED_FIRST: Final = (
    Vulnerability.IMMEDIATE_DANGER, Vulnerability.URGENT_MEDICAL, Vulnerability.UNACCOMPANIED_CHILD, Vulnerability.SEPARATED_CHILD,
    Vulnerability.FEAR_OF_RETURN, Vulnerability.UNSAFE_MUNICIPALITY, Vulnerability.TRAFFICKING_INDICATORS,
    Vulnerability.GENDER_BASED_VIOLENCE, Vulnerability.MISSING_RELATIVE, Vulnerability.NO_SHELTER_TONIGHT,
)
"""The questions in sight; the others are one key away."""


def _question(code: Vulnerability) -> Field:
    return Field(f"vulnerabilities.{code}", Kind.ANSWER, code.value, vocabulary="answer")


SCREENING: Final = Section(
    "riesgo",
    said("Preguntas de riesgo"),
    tuple(_question(code) for code in ASKED_FIRST),
    (
        Fold("otras-preguntas", said("Más preguntas"), tuple(_question(code) for code in Vulnerability if code not in ASKED_FIRST)),
        Fold(
            "emergencia",
            said("Si hay peligro o urgencia médica: la llamada a emergencias"),
            (
                Field("emergency_call.made", Kind.FLAG, said("¿Se llamó a emergencias?")),
                Field("emergency_call.service", Kind.TEXT, said("A qué servicio")),
            ),
        ),
    ),
    said("Una tecla por respuesta: S sí, N no, P prefirió no decir. Lo que no se toca queda como «no se preguntó»."),
)

CONSENT: Final = Section(
    "consentimiento",
    said("Consentimiento"),
    (
        Field("consent.text", Kind.ONE, said("Texto que se leyó"), offers="consent_texts"),
        Field("consent.status", Kind.ONE, said("¿Acepta que se comparta su caso?"), offers="consent_answers", required=True),
        Field("consent.method", Kind.ONE, said("Cómo lo dijo"), vocabulary="consent_method"),
    ),
    (
        Fold(
            "parte",
            said("Si acepta solo una parte, o más"),
            (
                Field("consent.purposes", Kind.SOME, said("Para qué"), offers="purposes"),
                Field("consent.classes", Kind.SOME, said("Qué datos"), vocabulary="data_class"),
                Field("consent.recipients", Kind.SOME, said("Solo a estas instituciones"), said("Ninguna marcada: a las que digan las reglas."), offers="institutions"),
                Field("consent.countries", Kind.SOME, said("También a otro país"), offers="countries"),
                Field("consent.expires_on", Kind.DATE, said("Vale hasta"), said("Vacío: noventa días.")),
            ),
        ),
        Fold(
            "responsable",
            said("Si es una niña, un niño o adolescente: quién responde"),
            (
                Field("consent.given_by", Kind.PICK, said("Quién consiente"), vocabulary="consent_given_by"),
                Field("consent.guardian.name", Kind.TEXT, said("Nombre de quien responde")),
                Field("consent.guardian.relationship", Kind.TEXT, said("Qué es de la niña, el niño o adolescente")),
                Field("consent.guardian.phone", Kind.PHONE, said("Teléfono de quien responde")),
                Field("consent.assent", Kind.FLAG, said("¿La niña, el niño o adolescente está de acuerdo?")),
                Field("consent.assent_words", Kind.LONG_TEXT, said("Con sus palabras"), longest=LONG),
                Field("consent.caregiver_not_informed", Kind.LONG_TEXT, said("Por qué no se avisó a quien le cuida"), longest=LONG),
                Field("best_interests.decided_by", Kind.TEXT, said("Interés superior: quién lo determinó")),
                Field("best_interests.on", Kind.DATE, said("Interés superior: cuándo")),
                Field("best_interests.reference", Kind.TEXT, said("Interés superior: número de la resolución")),
            ),
            "child",
        ),
        Fold(
            "fundamento",
            said("Si no puede consentir: otro fundamento, que aprueba la supervisión"),
            (
                Field("consent.ground", Kind.PICK, said("Fundamento"), vocabulary="consent_ground"),
                Field("consent.ground_text", Kind.LONG_TEXT, said("En qué se basa"), longest=LONG),
            ),
        ),
    ),
    said("Lea el texto en voz alta, sin prisa. Si no acepta, el caso queda en la ventanilla y la ayuda se da igual."),
)

SECTIONS: Final = (PERSON, NEEDS, SCREENING, CONSENT)
"""The whole form, in the order in which people tell it."""

CORRECTED: Final = (PERSON, NEEDS, SCREENING)
"""What a correction may change: a consent is recorded and taken back by its own acts."""

FIELDS: Final[Mapping[str, Field]] = {field.name: field for field in every(SECTIONS)}
