"""What a window reads of its settings, and refuses to start without."""

from collections.abc import Mapping

from shared.config import Settings, settings_from
from shared.errors import ConfigError


def settings_in(config: Mapping[str, object]) -> Settings:
    """The settings of a container: as the console hands them over, or the keys of nameko's own YAML."""
    given = config.get("SETTINGS")
    settings = given if isinstance(given, Settings) else settings_from(config, {})
    window_name(settings)
    return settings


def window_name(settings: Settings) -> str:
    """Which window this is; ``ConfigError`` without one."""
    if settings.window is None:
        message = "The settings are not right. WINDOW: say which window this is (such as la-union)."
        raise ConfigError(message)
    return settings.window
