"""The profile as it travels, in JSON or YAML."""

from matcher.domain.wire.dump import dump
from matcher.domain.wire.model import WireProfile, profile_schema, wire_profile

__all__ = ["WireProfile", "dump", "profile_schema", "wire_profile"]
