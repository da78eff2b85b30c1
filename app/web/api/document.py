"""The OpenAPI 3.1 document of the API, built from its routes and shapes, and nothing else of the site."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import orjson
from quart import Quart, Response, current_app
from quart_schema import APIKeySecurityScheme, Info, QuartSchema, hide
from quart_schema.openapi import OpenAPIProvider
from werkzeug.routing.rules import Rule

from app.services.sessions import cookie_name
from app.web.access import PUBLIC, requires
from app.web.api.routes import SESSION, blueprint
from app.web.parts import parts

TITLE = "Procon Digital"
VERSION = "1.0.0"
EXTENSION = "procon.openapi"


class _Provider(OpenAPIProvider):
    def generate_rules(self) -> Iterable[Rule]:
        """The rules under /api/v1 alone."""
        return (rule for rule in super().generate_rules() if rule.rule.startswith(f"{blueprint.url_prefix}/"))


def install(app: Quart) -> None:
    """Register the API and its document.

    quart-schema's own installation would also take over how every page of the site is answered, and
    serve documentation pages with scripts of other hosts; only its parts are used.
    """
    app.config["QUART_SCHEMA_CONVERT_CASING"] = False
    app.config["QUART_SCHEMA_CONVERSION_PREFERENCE"] = "pydantic"
    app.register_blueprint(blueprint)


@blueprint.get("/openapi.json")
@requires(PUBLIC)
@hide
async def openapi() -> Response:
    """This API, described."""
    known: bytes | None = current_app.extensions.get(EXTENSION)
    if known is None:
        known = current_app.extensions[EXTENSION] = _described()
    return Response(known, mimetype="application/json")


def _described() -> bytes:
    app = cast(Any, current_app)._get_current_object()
    schema = QuartSchema(
        openapi_path=None,
        info=Info(title=TITLE, version=VERSION),
        security_schemes={SESSION: APIKeySecurityScheme(in_="cookie", name=cookie_name(parts().secure))},
    )
    return orjson.dumps(_Provider(app, schema).schema(), option=orjson.OPT_NON_STR_KEYS)
