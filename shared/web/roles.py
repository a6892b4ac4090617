"""What each role is called on a page."""

from collections.abc import Mapping
from typing import Final

from shared.security.identities import Role
from shared.web.call import Words

ROLE_NAMES: Final[Mapping[Role, Words]] = {
    Role.STAFF: Words("Personal de ventanilla", "Window staff"),
    Role.SUPERVISOR: Words("Supervisión de ventanilla", "Window supervisor"),
    Role.OFFICER: Words("Oficial de institución", "Officer of an institution"),
    Role.DEPUTY: Words("Suplente en institución", "Deputy at an institution"),
    Role.MANAGER: Words("Responsable de institución", "Manager of an institution"),
    Role.COORDINATOR: Words("Coordinación", "Coordinator"),
    Role.REGIONAL_COORDINATOR: Words("Coordinación regional", "Regional coordinator"),
    Role.AUDITOR: Words("Auditoría", "Auditor"),
    Role.ADMIN: Words("Administración de usuarios", "Administrator"),
}
