"""The codes of domain.md, Vocabulary. Labels in Spanish and English stand in ``data/vocabulary.yml``."""

from enum import StrEnum


class Situation(StrEnum):
    PROSPECTIVE = "prospective"
    RETURNEE = "returnee"
    IN_TRANSIT = "in_transit"
    FOREIGN_NATIONAL = "foreign_national"
    FAMILY_MEMBER = "family_member"


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class AgeBand(StrEnum):
    UNDER_6 = "0-5"
    FROM_6 = "6-11"
    FROM_12 = "12-17"
    FROM_18 = "18-24"
    FROM_25 = "25-59"
    FROM_60 = "60+"
    UNKNOWN = "unknown"


class DocumentType(StrEnum):
    DUI = "dui"
    PASSPORT = "passport"
    BIRTH_CERTIFICATE = "birth_certificate"
    FOREIGN_ID = "foreign_id"
    NONE = "none"


class Need(StrEnum):
    DOCUMENTATION = "documentation"
    CONSULAR_PROTECTION = "consular_protection"
    FAMILY_TRACING = "family_tracing"
    REPATRIATION_OF_REMAINS = "repatriation_of_remains"
    RECOVERY_OF_BELONGINGS = "recovery_of_belongings"
    LEGAL_AID = "legal_aid"
    RIGHTS_VIOLATION = "rights_violation"
    PROTECTION = "protection"
    CHILD_PROTECTION = "child_protection"
    TRAFFICKING = "trafficking"
    GENDER_BASED_VIOLENCE = "gender_based_violence"
    INTERNATIONAL_PROTECTION = "international_protection"
    VOLUNTARY_RETURN = "voluntary_return"
    SHELTER = "shelter"
    FOOD_AND_ITEMS = "food_and_items"
    HEALTH = "health"
    MENTAL_HEALTH = "mental_health"
    DISABILITY_SUPPORT = "disability_support"
    EDUCATION = "education"
    LIVELIHOOD = "livelihood"
    TRANSPORT = "transport"
    LABOUR_ABUSE = "labour_abuse"
    INFORMATION = "information"


class Vulnerability(StrEnum):
    IMMEDIATE_DANGER = "immediate_danger"
    URGENT_MEDICAL = "urgent_medical"
    UNACCOMPANIED_CHILD = "unaccompanied_child"
    SEPARATED_CHILD = "separated_child"
    AGE_DOUBTFUL = "age_doubtful"
    FEAR_OF_RETURN = "fear_of_return"
    UNSAFE_MUNICIPALITY = "unsafe_municipality"
    TRAFFICKING_INDICATORS = "trafficking_indicators"
    VIOLENCE_ON_ROUTE = "violence_on_route"
    GENDER_BASED_VIOLENCE = "gender_based_violence"
    PREGNANT_OR_LACTATING = "pregnant_or_lactating"
    DISABILITY = "disability"
    OLDER_PERSON = "older_person"
    SEPARATED_FAMILY = "separated_family"
    MISSING_RELATIVE = "missing_relative"
    UNDOCUMENTED = "undocumented"
    NO_SHELTER_TONIGHT = "no_shelter_tonight"
    LANGUAGE_BARRIER = "language_barrier"
    TRUSTED_CONTACT = "trusted_contact"
    SAFE_ADDRESS = "safe_address"
    WORK_OR_SKILLS = "work_or_skills"


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    NOT_ASKED = "not_asked"
    DECLINED = "declined"


class Urgency(StrEnum):
    EMERGENCY = "emergency"
    URGENT = "urgent"
    ROUTINE = "routine"


class InstitutionKind(StrEnum):
    OMBUDSMAN = "ombudsman"
    FOREIGN_MINISTRY = "foreign_ministry"
    MUNICIPALITY = "municipality"
    CHILD_AUTHORITY = "child_authority"
    PROSECUTOR = "prosecutor"
    REFUGEE_AUTHORITY = "refugee_authority"
    MIGRATION_AUTHORITY = "migration_authority"
    RESCUE = "rescue"
    IOM = "iom"
    HEALTH = "health"
    EDUCATION = "education"
    CIVIL_SOCIETY = "civil_society"
    COORDINATION = "coordination"


class ConsentStatus(StrEnum):
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class ConsentPurpose(StrEnum):
    REFERRAL = "referral"
    STATISTICS = "statistics"
    CROSS_BORDER = "cross_border"
    CONTACT = "contact"


class ConsentMethod(StrEnum):
    SIGNED = "signed"
    THUMBPRINT = "thumbprint"
    WITNESSED_VERBAL = "witnessed_verbal"


class ConsentGivenBy(StrEnum):
    SELF = "self"
    GUARDIAN = "guardian"
    AUTHORITY = "authority"


class ConsentGround(StrEnum):
    CONSENT = "consent"
    VITAL_INTEREST = "vital_interest"
    LEGAL_DUTY = "legal_duty"
    BEST_INTERESTS_DECISION = "best_interests_decision"


class ReferralStatus(StrEnum):
    """HL7 FHIR Task codes (domain.md, A referral's life)."""

    REQUESTED = "requested"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    IN_PROGRESS = "in-progress"
    ON_HOLD = "on-hold"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered-in-error"


class Outcome(StrEnum):
    ASSISTED = "assisted"
    PARTLY_ASSISTED = "partly_assisted"
    REFERRED_ON = "referred_on"
    DOCUMENT_ISSUED = "document_issued"
    BENEFIT_GRANTED = "benefit_granted"
    COMPLAINT_FILED = "complaint_filed"
    RETURNED_VOLUNTARILY = "returned_voluntarily"
    NOT_ELIGIBLE = "not_eligible"
    NO_LONGER_NEEDED = "no_longer_needed"


class NeedMet(StrEnum):
    YES = "yes"
    NO = "no"
    PARTLY = "partly"


class RejectReason(StrEnum):
    NO_CAPACITY = "no-capacity"
    NOT_COMPETENT = "not-competent"
    NOT_ELIGIBLE = "not-eligible"
    OUTSIDE_AREA = "outside-area"
    INSUFFICIENT_INFO = "insufficient-info"
    ALREADY_ASSISTED = "already-assisted"
    SAFETY = "safety"
    PERSON_UNREACHABLE = "person-unreachable"
    OTHER = "other"


class FailReason(StrEnum):
    COULD_NOT_CONTACT = "could-not-contact"
    LEFT_COUNTRY = "left-country"
    REFUSED_SERVICE = "refused-service"
    SECURITY = "security"
    OTHER = "other"


class CancelReason(StrEnum):
    CONSENT_WITHDRAWN = "consent-withdrawn"
    DUPLICATE = "duplicate"
    MADE_ELSEWHERE = "made-elsewhere"
    WRONG_INSTITUTION = "wrong-institution"
    PERSON_REQUEST = "person-request"
    NO_LONGER_NEEDED = "no-longer-needed"
    FORWARDED = "forwarded"
    BLOCKED = "blocked"
    OTHER = "other"


class CloseReason(StrEnum):
    SETTLED = "settled"
    LOST_CONTACT = "lost-contact"
    LEFT_COUNTRY = "left-country"
    PERSON_REQUEST = "person-request"
    DIED = "died"
    OTHER = "other"


class HoldReason(StrEnum):
    AWAITING_PERSON = "awaiting-person"
    AWAITING_DOCUMENT = "awaiting-document"
    AWAITING_THIRD_PARTY = "awaiting-third-party"
    OTHER = "other"


class ErasureAnswer(StrEnum):
    """What became of the data that an institution held (domain.md, Consent: withdrawal reaches every holder)."""

    ERASED = "erased"
    RESTRICTED = "restricted"
    UNREACHABLE = "unreachable"


class TrainingAudience(StrEnum):
    GOVERNMENT = "government"
    CIVIL_SOCIETY = "civil_society"
    SCHOOLS = "schools"


class TrainingTopic(StrEnum):
    RIGHTS_OF_MIGRANTS = "rights_of_migrants"
    MUNICIPAL_SERVICES = "municipal_services"
    RISKS_OF_IRREGULAR_MIGRATION = "risks_of_irregular_migration"
    PROTECTION_OF_VULNERABLE_PEOPLE = "protection_of_vulnerable_people"


class GuidanceTopic(StrEnum):
    FUNDAMENTAL_RIGHTS = "fundamental_rights"
    INSTITUTIONAL_SERVICES = "institutional_services"
    VOLUNTARY_RETURN = "voluntary_return"
    RISKS_OF_IRREGULAR_MIGRATION = "risks_of_irregular_migration"
    CHILDRENS_RIGHTS = "childrens_rights"
    DOCUMENTS = "documents"
    WORK_AND_STUDY = "work_and_study"


class DataClass(StrEnum):
    """What a consent may name and what the release matrix speaks of (domain.md, Who may know what)."""

    NAME = "name"
    DOCUMENT = "document"
    CONTACT = "contact"
    NEED = "need"
    ROUTE = "route"
    HEALTH = "health"
    GENDER_BASED_VIOLENCE = "gender_based_violence"
    TRAFFICKING = "trafficking"


PROTECTED_NEEDS = frozenset({Need.TRAFFICKING, Need.GENDER_BASED_VIOLENCE, Need.INTERNATIONAL_PROTECTION})
"""Shown as ``protected`` to whoever may not know them (domain.md, Who may know what)."""

SENSITIVE_CLASSES = frozenset(
    {DataClass.ROUTE, DataClass.HEALTH, DataClass.GENDER_BASED_VIOLENCE, DataClass.TRAFFICKING}
)
"""Classes that a consent must name; left out, they stay shut."""
