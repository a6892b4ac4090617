"""Marks texts for people, so that the catalogues of other languages can be checked for completeness."""


def said(spanish: str) -> str:
    """A text that a page will show in its reader's language; given back as it is."""
    return spanish
