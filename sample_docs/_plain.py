"""Blocks as text, CSV, HTML and RTF, in the encodings that turn up in real matters."""

from __future__ import annotations

import csv
import html
import io

from sample_docs._blocks import Block, cell_text, plain_lines


def text_file(blocks: list[Block], encoding: str) -> bytes:
    """Plain text; a byte order mark where the encoding's name asks for one (utf-16, utf-8-sig)."""
    return ("\r\n".join(plain_lines(blocks)) + "\r\n").encode(encoding)


def csv_file(rows: list[list[object]], encoding: str) -> bytes:
    """Comma-separated rows."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode(encoding)


def html_file(blocks: list[Block], title: str, encoding: str, language: str) -> bytes:
    """A saved web page or the body of an HTML mail."""
    body = "\n".join(_html(block) for block in blocks)
    page = (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="{encoding}">\n<title>{html.escape(title)}</title>\n'
        "<style>body{font-family:Georgia,SimSun,serif;max-width:46em;margin:2em auto}td,th{border:1px solid #999;padding:3px 8px}"
        f"table{{border-collapse:collapse}}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )
    return page.encode(encoding)


def _html(block: Block) -> str:
    text = html.escape(block.text).replace("&lt;br&gt;", "<br>")
    if block.kind in {"title", "h"}:
        level = 1 if block.kind == "title" else 2
        return f"<h{level}>{text}</h{level}>"
    if block.kind in {"table", "fields"}:
        rows = (
            "".join(
                f"<td>{html.escape(cell_text(cell)[0]).replace('&lt;br&gt;', '<br>')}</td>" for cell in row
            )
            for row in block.rows
        )
        return "<table>\n" + "\n".join(f"<tr>{row}</tr>" for row in rows) + "\n</table>"
    if block.kind == "p":
        return f"<p>{text}</p>"
    if block.kind in {"b", "u"}:
        return f"<p><b>{text}</b></p>"
    if block.kind == "rule":
        return "<hr>"
    return "<p>" + "<br>\n".join(html.escape(line) for line in plain_lines([block])) + "</p>"


def rtf_file(blocks: list[Block]) -> bytes:
    """Rich text as a word processor of the nineties writes it: every foreign character escaped."""
    parts = [r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\froman Times New Roman;}{\f1\fnil SimSun;}}\fs22"]
    for block in blocks:
        before, after = (r"\b ", r"\b0") if block.kind in {"title", "h", "b", "u"} else ("", "")
        for line in plain_lines([block]):
            tabbed = _rtf(line).replace("    ", r"\tab ")
            parts.append(rf"\pard {before}{tabbed}{after}\par")
        parts.append(r"\pard\par")
    return ("\r\n".join(parts) + "}").encode("ascii")


def _rtf(text: str) -> str:
    return "".join(_rtf_char(char) for char in text)


def _rtf_char(char: str) -> str:
    if char in "\\{}":
        return "\\" + char
    code = ord(char)
    if code < 128:
        return char
    return rf"\u{code if code < 32768 else code - 65536}?"
