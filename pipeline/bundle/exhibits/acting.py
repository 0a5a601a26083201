"""What in a PDF acts or travels along unseen: named for people, because a bundle's pages come without it."""

from __future__ import annotations

from collections.abc import Iterator

from pikepdf import Array, Dictionary, Object, Page, Pdf

_ACTIONS = {
    "/JavaScript": "scripts",
    "/Launch": "actions that start programs",
    "/SubmitForm": "actions that send data",
    "/ImportData": "actions that read files",
    "/GoToE": "attached files",
    "/Rendition": "sound or film",
    "/Movie": "sound or film",
    "/Sound": "sound or film",
}
_ANNOTATIONS = {
    "/FileAttachment": "attached files",
    "/RichMedia": "sound or film",
    "/Movie": "sound or film",
    "/Screen": "sound or film",
    "/Sound": "sound or film",
    "/3D": "3D models",
}
_LONGEST = 50
"""Actions that are looked at from one that begins; honest ones have one or two after them, hostile ones a circle."""


def acting(pdf: Pdf) -> list[str]:
    """The kinds of such parts, each once, in alphabetical order. What cannot be understood counts as none."""
    return sorted({found for part in (_of_file(pdf), _of_pages(pdf)) for found in part})


def _of_file(pdf: Pdf) -> Iterator[str]:
    root = pdf.Root
    names = _dictionary(root.get("/Names"))
    if "/JavaScript" in names:
        yield "scripts"
    if "/EmbeddedFiles" in names:
        yield "attached files"
    form = _dictionary(root.get("/AcroForm"))
    if "/XFA" in form:
        yield "a form that only Adobe's programs show"
    yield from _of_action(root.get("/OpenAction"))
    yield from _of_triggers(root)
    for field in _array(form.get("/Fields")):
        yield from _of_triggers(_dictionary(field))


def _of_pages(pdf: Pdf) -> Iterator[str]:
    for page in pdf.pages:
        yield from _of_page(page)


def _of_page(page: Page) -> Iterator[str]:
    yield from _of_triggers(page.obj)
    for note in map(_dictionary, _array(page.obj.get("/Annots"))):
        kind = _ANNOTATIONS.get(str(note.get("/Subtype", "")))
        if kind:
            yield kind
        yield from _of_action(note.get("/A"))
        yield from _of_triggers(note)


def _of_triggers(holder: Object) -> Iterator[str]:
    """What happens when a page is opened, a field is left and the like (PDF 32000-1, 12.6.3)."""
    for _, action in _dictionary(holder.get("/AA")).items():
        yield from _of_action(action)


def _of_action(action: Object | None) -> Iterator[str]:
    """An action and those that follow it (PDF 32000-1, 12.6.2)."""
    waiting = [action]
    for _ in range(_LONGEST):
        if not waiting:
            return
        told = _dictionary(waiting.pop())
        kind = _ACTIONS.get(str(told.get("/S", "")))
        if kind:
            yield kind
        following = told.get("/Next")
        waiting += _array(following)[:_LONGEST] if isinstance(following, Array) else [following]


def _dictionary(found: object) -> Object:
    return found if isinstance(found, Dictionary) else Dictionary()


def _array(found: object) -> list[Object]:
    return list(found) if isinstance(found, Array) else []
