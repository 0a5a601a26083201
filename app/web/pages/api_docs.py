"""The description of the API for people: made from the same description that programs read, without scripts."""

from __future__ import annotations

from collections import defaultdict
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter()

Operation = tuple[str, str, dict[str, Any]]
_HEAD = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>API · claimtrail</title><link rel="stylesheet" href="/static/base.css"></head>
<body><main>
<h1>The HTTP API</h1>
<p>The same JSON as the command line. Programs log in with a token
(<code>Authorization: Bearer TOKEN</code>, made by <code>claimtrail users token NAME</code>).
Errors are <code>{"error": {"code", "message", "hint"}}</code>; long lists come in parts, with the headers
<code>Link</code> and <code>X-Total-Count</code>. For programs: <a href="/openapi.json">/openapi.json</a>.</p>
"""
_FOOT = "</main></body>\n</html>\n"


@router.get("/api/docs")
def api_docs(request: Request) -> HTMLResponse:
    """All operations, by what they are for."""
    described = request.app.openapi()
    groups: dict[str, list[Operation]] = defaultdict(list)
    for path, operations in described["paths"].items():
        for method, about in operations.items():
            groups[about.get("tags", ["other"])[0]].append((method.upper(), path, about))
    parts = [f"<nav><ul>{''.join(_item(name) for name in groups)}</ul></nav>\n"]
    for name, found in groups.items():
        parts.append(f'<h2 id="{escape(name)}">{escape(name.capitalize())}</h2>\n')
        parts += [_operation(*one, described) for one in found]
    return HTMLResponse(_HEAD + "".join(parts) + _FOOT)


def _item(name: str) -> str:
    return f'<li><a href="#{escape(name)}">{escape(name.capitalize())}</a></li>'


def _operation(method: str, path: str, about: dict[str, Any], described: dict[str, Any]) -> str:
    rows = [
        (one["name"], one["in"], _kind(one["schema"]), one.get("required", False), one.get("description", ""))
        for one in about.get("parameters", ())
    ]
    rows += _body_rows(about, described)
    table = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(where)}</td><td>{escape(kind)}</td>"
        f"<td>{'yes' if needed else ''}</td><td>{escape(told)}</td></tr>"
        for name, where, kind, needed, told in rows
    )
    head = "<tr><th>Name</th><th>In</th><th>Form</th><th>Required</th><th>Meaning</th></tr>"
    return (
        f"<section><h3><code>{method} {escape(path)}</code></h3><p>{escape(about.get('description', ''))}</p>"
        f"{_wide(f'{method} {path}', head + table) if table else ''}</section>\n"
    )


def _wide(name: str, rows: str) -> str:
    return (
        f'<div class="wide" tabindex="0" role="group" aria-label="{escape(name)}"><table>{rows}</table></div>'
    )


def _body_rows(about: dict[str, Any], described: dict[str, Any]) -> list[tuple[str, str, str, bool, str]]:
    rows = []
    for media_type, content in about.get("requestBody", {}).get("content", {}).items():
        schema = _resolved(content["schema"], described)
        needed = schema.get("required", ())
        fields = schema.get("properties") or {"(all of it)": schema}
        rows += [
            (name, media_type, _kind(one), name in needed, one.get("description", ""))
            for name, one in fields.items()
        ]
    return rows


def _resolved(schema: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    found = next((one for one in schema.get("anyOf", ()) if "$ref" in one), schema)
    if "$ref" not in found:
        return found
    resolved: dict[str, Any] = described["components"]["schemas"][found["$ref"].rpartition("/")[2]]
    return resolved


def _kind(schema: dict[str, Any]) -> str:
    """`string`, `array of string`, or the values that there are."""
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "anyOf" in schema:
        return " | ".join(kind for one in schema["anyOf"] if (kind := _kind(one)) != "null")
    if schema.get("type") == "array":
        return f"array of {_kind(schema.get('items', {}))}"
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    return str(schema.get("const", schema.get("type", "any")))
