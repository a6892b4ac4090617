"""How wide what is kept may be."""

ID = 36
CODE = 100
"""Characters of an institution's, window's or user's id."""
