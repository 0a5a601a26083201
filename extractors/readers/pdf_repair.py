"""A second chance for a damaged PDF: qpdf rebuilds its cross-reference table where pdfium gives up."""

from __future__ import annotations

import shutil
from pathlib import Path

from extractors.errors import Corrupt, Encrypted


def repaired(path: Path, scratch: Path, untrusted_name: str) -> Path:
    """A rebuilt copy of the PDF in the scratch folder. Raises Corrupt when nothing can be saved, or Encrypted."""
    import pikepdf

    whole, copy = scratch / "cut-off.pdf", scratch / "repaired.pdf"
    shutil.copyfile(path, whole)
    with whole.open("ab") as file:
        file.write(b"\n%%EOF\n")  # qpdf overlooks an object that ends where the file does
    try:
        with pikepdf.open(whole) as pdf:
            pdf.save(copy)
    except pikepdf.PasswordError as error:
        raise Encrypted(f"{untrusted_name}: the PDF is protected with a password") from error
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        raise Corrupt(f"{untrusted_name}: the PDF is damaged beyond repair") from error
    finally:
        whole.unlink()
    return copy
