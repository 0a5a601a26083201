"""What the bundle's PDF says of itself, for viewers and archives: information, XMP, language."""

from __future__ import annotations

import datetime

from pikepdf import Dictionary, Name, Pdf, String

from pipeline.bundle.typeset import clean
from pipeline.harmless import terminal

_TOOL = "claimtrail"


def describe(pdf: Pdf, title: str, language: str, made_at: datetime.datetime) -> None:
    """Writes title, language and time in both forms that PDF knows, which say the same (ISO 19005-2, 6.6.3)."""
    says = terminal(
        clean(title)
    )  # neither form takes halves of characters, XMP no characters that do not exist
    made = made_at.astimezone(datetime.UTC)
    stamp = made.strftime("D:%Y%m%d%H%M%SZ")
    pdf.docinfo = pdf.make_indirect(
        Dictionary(
            Title=String(says), Creator=String(_TOOL), CreationDate=String(stamp), ModDate=String(stamp)
        )
    )
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
        xmp["dc:title"] = says
        xmp["dc:language"] = [language]
        xmp["xmp:CreatorTool"] = _TOOL
        xmp["xmp:CreateDate"] = xmp["xmp:ModifyDate"] = made.strftime("%Y-%m-%dT%H:%M:%SZ")
    pdf.Root.Lang = String(language)
    pdf.Root.PageMode = Name.UseOutlines
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
