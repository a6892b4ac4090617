"""Three questions to the person about how they were attended: answers are counted, and are nobody's."""

from enum import StrEnum


class Question(StrEnum):
    """What is asked at the end."""

    EXPLAINED = "explained"
    ATTENDED = "attended"
    COME_BACK = "come_back"


class Reply(StrEnum):
    """What can be answered."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
