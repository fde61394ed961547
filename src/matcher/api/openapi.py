"""The OpenAPI document: what FastAPI writes, and the schema of the profile, which no route validates by."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from matcher.domain.wire import wire_profile

_PLACE = "#/components/schemas/{model}"
PROFILE_SCHEMA = {"$ref": _PLACE.format(model="Profile")}


def document_profile(app: FastAPI) -> None:
    """Adds the profile's schema to the document, and the bearer token as the way to sign in."""
    written = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = written()
            components = document.setdefault("components", {})
            profile = wire_profile().model_json_schema(ref_template=_PLACE)
            components["schemas"].update(profile.pop("$defs", {}))
            components["schemas"]["Profile"] = profile
            components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            document["security"] = [{"token": []}, {}]
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign]
