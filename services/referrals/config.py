"""What the hub reads of its settings, and refuses to start without."""

from collections.abc import Mapping

from shared.config import Settings, settings_from
from shared.errors import ConfigError


def settings_in(config: Mapping[str, object]) -> Settings:
    """The settings of a container: as the console hands them over, or the keys of nameko's own YAML."""
    given = config.get("SETTINGS")
    settings = given if isinstance(given, Settings) else settings_from(config, {})
    if settings.window is not None:
        message = "The settings are not right. WINDOW: a hub is no window."
        raise ConfigError(message)
    return settings
