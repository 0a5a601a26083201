"""Small real cases for the tests of bundles: files made here, and the exhibits that stand for them."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
from PIL import Image
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from extractors.document import Cell, Document, PageText, assemble
from pipeline.bundle import Case, CaseEvent, ChronologyRow, Exhibit, ExhibitLink, Sighting

MADE = datetime.datetime(2023, 6, 1, 8, 0, tzinfo=datetime.UTC)
RECEIVED = datetime.datetime(2023, 5, 1, 9, 12, 44, tzinfo=datetime.UTC)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MAIL = """From: 王伟 <wang.wei@beigang.example>
To: John Smith <john@harbour.example>
Subject: 关于B区场地移交延误的通知

根据合同第2.1条,发包人应于2023年3月14日之前移交B区场地。截至目前,场地仍未移交。
Access to Area B was refused again this morning.
"""


def pdf(path: Path, pages: Sequence[str], size: tuple[float, float] = A4) -> Path:
    """A PDF with a line of text on each page."""
    canvas = Canvas(str(path), pagesize=size, invariant=1)
    for text in pages:
        canvas.drawString(72, size[1] - 90, text)
        canvas.showPage()
    canvas.save()
    return path


def odd_pdf(path: Path) -> Path:
    """Landscape, rotated by each quarter turn, cropped, with a media box that does not begin at zero."""
    pdf(path, ["landscape", "turned 90", "turned 180", "turned 270", "cropped"], landscape(A4))
    with pikepdf.open(path, allow_overwriting_input=True) as file:
        for page, turn in zip(file.pages, (0, 90, 180, 270, 90), strict=True):
            page.Rotate = turn
        file.pages[4].MediaBox = [-50, -30, 800, 600]
        file.pages[4].CropBox = [40, 120, 500, 560]
        file.save(path)
    return path


def exhibit(path: Path, media_type: str, **details: Any) -> Exhibit:
    """The exhibit for a file that lies in a folder of the test."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    details = {
        "id": digest[:12],
        "name": path.name,
        "sightings": (Sighting(f"inbox/{path.name}", RECEIVED),),
        **details,
    }
    return Exhibit(sha256=digest, original=path, media_type=media_type, **details)


def text_document(pages: Sequence[str], media_type: str = "text/plain") -> Document:
    return assemble([PageText(text, 0, 0) for text in pages], media_type)


def sheet_document(rows: Sequence[Sequence[str]]) -> Document:
    """One sheet of a workbook, as it is read: cells parted by tabs."""
    text, cells = "", []
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            cells.append(Cell(0, at, column, len(text), len(text) + len(value)))
            text += value + ("\n" if column == len(row) - 1 else "\t")
    return assemble([PageText(text, 0, 0, cells=tuple(cells))], XLSX)


def audit_line(seq: int, previous: str, **changed: Any) -> str:
    """An entry of the audit, hashed as the contract says."""
    body = {"seq": seq, "at": "2023-05-01T09:12:44Z", "actor": "anna", "action": "ingest"}
    body |= {"subject": "doc", "detail": {"name": "文件"}, "previous": previous}
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    body["hash"] = hashlib.sha256(canonical.encode()).hexdigest()
    return json.dumps({**body, **changed}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def case_of(*exhibits: Exhibit, **details: Any) -> Case:
    details = {"claim_id": "CLM-001", "title": "Late possession of Area B", **details}
    return Case(type="construction", status="open", made_at=MADE, exhibits=exhibits, **details)


def small_case(folder: Path) -> Case:
    """A letter, a programme with odd pages, a photo, a mail with an attachment, an encrypted file; two events."""
    letter = pdf(folder / "L-0145.pdf", ["Access to Area B is refused", "second page"])
    photo, locked = folder / "IMG_0012.jpg", folder / "locked.pdf"
    Image.new("RGB", (300, 200), "steelblue").save(photo)
    with pikepdf.open(letter) as file:
        file.save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
    (folder / "mail.eml").write_text(MAIL, encoding="utf-8")
    (folder / "costs.xlsx").write_bytes(b"PK\x03\x04")
    e1, e2 = "CLM-001/E1", "CLM-001/E2"
    costs = exhibit(
        folder / "costs.xlsx",
        XLSX,
        title="=SUM(A1)",
        date=datetime.date(2023, 4, 30),
        document=sheet_document(
            [["Item", "窝工费", "Amount"]] + [[str(n), "day", f"{n}.00"] for n in range(90)]
        ),
        links=(ExhibitLink(e2, 1, 0.7, "rejected"),),
        parent="mail",
    )
    mail = exhibit(
        folder / "mail.eml",
        "message/rfc822",
        id="mail",
        title="关于B区场地移交延误的通知",
        date=datetime.date(2023, 3, 21),
        document=lambda: text_document([MAIL]),
        links=(ExhibitLink(e2, 1, 0.8, "confirmed"),),
        children=(costs.id, "unknown"),
    )
    return case_of(
        exhibit(locked, "application/pdf", failure="encrypted"),
        mail,
        exhibit(photo, "image/jpeg", kind="photo", date=datetime.date(2023, 3, 16)),
        exhibit(odd_pdf(folder / "programme.pdf"), "application/pdf", date=datetime.date(2023, 2, 1)),
        costs,
        exhibit(
            letter,
            "application/pdf",
            id="letter",
            kind="correspondence",
            title="Refusal of access",
            date=datetime.date(2023, 3, 14),
            links=(ExhibitLink(e1, 2, 0.9, "proposed"), ExhibitLink(e1, None, 0.9, "confirmed")),
        ),
        currency="USD",
        amount=Decimal("1250000.00"),
        parties=(("claimant", "Harbour Civil Ltd"), ("respondent", "北港管理局")),
        events=(
            CaseEvent(
                e1, "Access refused", datetime.date(2023, 3, 14), datetime.date(2023, 4, 30), "By guards."
            ),
            CaseEvent(e2, "停工", datetime.date(2023, 3, 20)),
        ),
        chronology=(
            ChronologyRow(datetime.date(2023, 3, 21), None, None, "mail", 1, "王伟 gives notice"),
            ChronologyRow(
                datetime.date(2023, 3, 14), datetime.date(2023, 4, 30), e1, "letter", 2, "Access refused"
            ),
            ChronologyRow(datetime.date(2023, 3, 15), None, None, "withheld", 1, "Counsel advises to settle"),
            ChronologyRow(datetime.date(2023, 3, 20), None, e2, None, None, "Counsel calls it a stoppage"),
        ),
        audit=(audit_line(3, "0" * 64), audit_line(9, "1" * 64)),
        withheld=1,
    )
