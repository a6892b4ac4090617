"""Nothing that marshmallow says by itself reaches a person in English."""

import inspect
import re

import pytest
from marshmallow import Schema, ValidationError, fields, validate

from shared.web.messages import SPANISH, spanish


def said_by_fields():
    for _name, kind in inspect.getmembers(fields, inspect.isclass):
        if issubclass(kind, fields.Field):
            yield from kind.default_error_messages.values()


def said_by_validators():
    for _name, kind in inspect.getmembers(validate, inspect.isclass):
        for name, value in vars(kind).items():
            if name in {"default_message", "message_equal"} or (name in {"message_min", "message_max", "message_all"} and kind is validate.Length):
                yield value
    for low in (True, False):
        for high in (True, False):
            made = validate.Range(min=1, max=2, min_inclusive=low, max_inclusive=high)
            yield from (made.message_min, made.message_max, made.message_all)


def every_message():
    named = {"obj_type": ("datetime", "time"), "awareness": ("aware", "naive")}
    for message in {*said_by_fields(), *said_by_validators(), *Schema._default_error_messages.values()}:
        variants = [message]
        for place, values in named.items():
            if message.startswith("Not a valid"):
                variants = [one.replace("{" + place + "}", value) for one in variants for value in values] if "{" + place + "}" in message else variants
        yield from variants


@pytest.mark.parametrize("message", sorted({*every_message()} - {"Not a valid aware time.", "Not a valid naive time."}))
def test_every_message_of_the_installed_marshmallow_has_its_spanish(message):
    assert message in SPANISH
    assert spanish(message) != message
    filled = re.sub(r"{\w+(?:!r)?}", "7", message)
    assert not re.search(r"\b(not|must|invalid|field|length)\b", spanish(filled), re.IGNORECASE)


@pytest.mark.parametrize("line", SPANISH.items(), ids=lambda line: line[0][:40])
def test_a_line_uses_only_what_its_english_offers(line):
    english, text = line
    places = re.compile(r"{(\w+)(?:!r)?}")
    assert set(places.findall(text)) <= set(places.findall(english))


def test_values_pass_into_the_spanish_line():
    class Sample(Schema):
        n = fields.Integer(validate=validate.Range(min=1, max=9))
        kind = fields.String(validate=validate.OneOf(["{a}", "b\nc"]))
        text = fields.String(validate=validate.Length(max=3))

    with pytest.raises(ValidationError) as refused:
        Sample().load({"n": 10, "kind": "x", "text": "abcd"})
    told = {name: spanish(texts[0]) for name, texts in refused.value.messages.items()}
    assert told == {"n": "Debe estar entre 1 y 9.", "kind": "Debe ser uno de: {a}, b\nc.", "text": "Demasiado largo: a lo sumo 3."}


def test_what_is_ours_passes_as_it_is():
    assert spanish("El dígito verificador del DUI no es correcto.") == "El dígito verificador del DUI no es correcto."
