"""Files and texts to begin from, all of our own making, and the words that their formats know."""

from __future__ import annotations

import base64
import gzip
import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from extractors.detect import DOCX, PPTX, XLSX
from tests.extractors import test_epub, test_legacy, test_office, test_opendocument, test_outlook, test_pptx
from tests.extractors.compound_files import compound
from tests.extractors.test_archive import zipped
from tests.extractors.test_packed import sevenzipped, tarred

SAMPLES = Path(__file__).parents[2] / "sample_docs" / "documents"

LETTER = (
    "Harbour Civil Ltd\nTo: Northport Authority\nDate: 14 March 2023\nOur ref: GC/L/0145\n\nDear Sir,\n"
    "Access to Area B was refused from 3 to 5 April 2023 (see Clause 2.1 and letter NP/L/0031 of 12.03.2023).\n"
    "We claim US$1.25 million, i.e. USD 1,250,000.00, within 28 days after 3 March 2023.\n"
)
CHINESE = (
    "致：北港发展有限公司\n发文字号：建函〔2023〕17号\n日期：二〇二三年三月十四日\n合计人民币（大写）壹佰贰拾叁万肆仟伍佰陆拾元整"
    "（￥1,234,560.00）\n甲方：宏安建设工程有限公司\n2023年3月5日至3月17日停工，次日复工，第2.1条。\n"
)
INVOICE = (
    "TAX INVOICE\tINV-2023/0042\nABC Trading Sdn Bhd (123456-A)\nDescription\tQty\tAmount\nBricks\t10\t1,000.00\n"
    "Subtotal\t1,000.00\nGST 6%\t60.00\nTotal RM 1,060.00\nCash 1,100.00 Change 40.00\nTerms: 30 days\n"
)
MINUTES = "Minutes of Meeting No. 12\nDate: 02/03/2023 10:00 am\nPresent: Mr. Li Wei (HCL), Ms A. Wong\nNext meeting: next Friday\n"
MAIL = (
    b"From: =?gb2312?B?s8LT8Q==?= <a@example.com>\r\nTo: b@example.com\r\nDate: Tue, 14 Mar 2023 09:12:44 +0800\r\n"
    b'Subject: Re: Area B\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="=_b1"\r\n\r\n--=_b1\r\n'
    b"Content-Type: text/plain; charset=gb2312; format=flowed\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"=D1=D3=C6=DA late \r\nby two days=\r\n\r\n--=_b1\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.encodebytes(b"<p>late<table><tr><td>1<td>2</table>")
    + b"\r\n--=_b1\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nhello\r\n--=_b1\r\nContent-Type: application/pdf;"
    b" name*0*=utf-8''%E5%BB%B6; name*1=a.pdf\r\nContent-Disposition: attachment\r\n\r\n%PDF-1.4\r\n--=_b1--\r\n"
)
RTF = (
    rb"{\rtf1\ansi\ansicpg936{\fonttbl{\f0\fcharset134 SimSun;}{\f1\fcharset0 Arial;}}{\info{\title Notice}}\pard\f0 "
    rb"\'d1\'d3\'c6\'da\u24310\'3f\u26399?\par\trowd\cellx100\intbl a\cell b\cell\row\pard{\*\bkmkstart x}\v hidden\v0"
    rb"{\pict\bin4 abcd}\page{\field{\*\fldinst HYPERLINK}{\fldrslt link}}\par}"
)
HTML = (
    '<!doctype html><html><head><meta charset="utf-8"><title>Notice</title></head><body><p>late<table><tr><th>a<td>b'
    '<tr><td colspan=2>c</table><ol start=3><li>x<li>y</ol><div style="display:none">no</div><pre> a\n b</pre>'
    '<img src="http://127.0.0.1/x.png" alt="plan"><!-- c --><script>1</script>&amp;&#x5ef6;</body></html>'
)


def _msg() -> bytes:
    inner = test_outlook.message(p0037="inner", p1000="hello")
    attached = test_outlook.folder(8, p3705=5)
    attached["__substg1.0_3701000D"] = inner
    tree = test_outlook.sent_item(
        p1013=b"<p>late</p>", p1009=test_outlook.EXAMPLE, p007D="From: a@example.com\r\n"
    )
    tree["__recip_version1.0_#00000000"] = test_outlook.recipient("Li", "li@example.com", 1)
    tree["__attach_version1.0_#00000000"] = test_outlook.attachment("a.pdf", b"%PDF-1.4")
    tree["__attach_version1.0_#00000001"] = attached
    return compound(tree)


def _tnef() -> bytes:
    o = test_outlook
    body = o.properties((0x1F, 0x0037, o.wide("延期")), (0x40, 0x0039, o.SENT), (0x102, 0x1009, o.EXAMPLE))
    return o.tnef(
        o.PAGE, o.attribute(1, 0x9003, body), o.file_in_tnef("a.txt", b"hello", o.attribute(2, 0x9005, body))
    )


def _fodt() -> bytes:
    body = test_opendocument.content("text", "<text:h>Title</text:h><text:p>late</text:p>")
    head = '<?xml version="1.0"?>' + body.replace("document-content", "document")
    return head.replace(
        "<office:document ", f'<office:document office:mimetype="{test_opendocument.MIME}text" ', 1
    ).encode()


_TABLE = (
    '<table:table table:name="One"><table:table-row table:number-rows-repeated="2"><table:table-cell '
    'table:number-columns-repeated="2"><text:p>a<text:s text:c="3"/>b</text:p></table:table-cell></table:table-row></table:table>'
)


def _odt() -> bytes:
    note = "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>n</text:p></text:note-body></text:note>"
    return test_opendocument.odt(f"<text:h>Title</text:h><text:p>late{note}</text:p>{_TABLE}")


def _docx() -> bytes:
    cell = f"<w:tc>{test_office.paragraph('a')}</w:tc>"
    table = f"<w:tbl><w:tr>{cell}{cell}</w:tr></w:tbl>"
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    numbering = (
        f'<w:numbering xmlns:w="{test_office.W}"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId '
        'w:val="0"/></w:num></w:numbering>'
    )
    body = f'{test_office.paragraph("Title", numbered)}{table}<w:p><w:r><w:br w:type="page"/><w:t>late</w:t></w:r></w:p>'
    return test_office.docx_of(body, numbering=numbering)


def _xlsx() -> bytes:
    strings = (
        f'<sst xmlns="{test_office.S}"><si><t>first</t></si><si><r><t>sec</t></r><r><t>ond</t></r></si></sst>'
    )
    styles = (
        f'<styleSheet xmlns="{test_office.S}"><numFmts><numFmt numFmtId="170" formatCode="&quot;RM&quot;#,##0.00"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/></cellXfs></styleSheet>'
    )
    rows = (
        '<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" s="1"><v>44999</v></c><c r="C1" s="2"><v>1250.5</v></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>in</t></is></c><c r="B2" t="b"><v>1</v></c></row>'
    )
    return test_office.sheet_of(rows, sharedStrings=strings, styles=styles)


def _pptx() -> bytes:
    row = f"<a:tr><a:tc><a:txBody>{test_pptx.paragraphs('a')}</a:txBody></a:tc></a:tr>"
    table = f"<p:graphicFrame><a:graphic><a:graphicData><a:tbl>{row}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    return test_pptx.deck(
        [test_pptx.slide(test_pptx.shape("Title", kind="title") + table), test_pptx.slide("")]
    )


def _sample(name: str) -> bytes:
    return next(path for path in sorted(SAMPLES.rglob("*")) if path.name == name).read_bytes()


@cache
def _pdf() -> bytes:
    return min((p.read_bytes() for p in SAMPLES.rglob("*.pdf") if b"%%EOF" in p.read_bytes()), key=len)


_ODF = "application/vnd.oasis.opendocument."
_SEEDS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "rtf": ("text/rtf", lambda: RTF),
    "eml": ("message/rfc822", lambda: MAIL),
    "mbox": (
        "application/mbox",
        lambda: b"From a Tue Mar 14 09:12:44 2023\r\n" + MAIL + b"\nFrom b Tue Mar 14 09:13 2023\n" + MAIL,
    ),
    "msg": ("application/vnd.ms-outlook", _msg),
    "tnef": ("application/vnd.ms-tnef", _tnef),
    "doc": (
        "application/msword",
        lambda: test_legacy.doc([("Title\r延期\x07a\x07\x07 \x13 X \x14y\x15\r", False), ("end\r", True)]),
    ),
    "ppt": (
        "application/vnd.ms-powerpoint",
        lambda: test_legacy.ppt([("标题\rTitle", "shape", "spoken"), ("Two", "*", "")]),
    ),
    "xls": (
        "application/vnd.ms-excel",
        lambda: test_legacy.xls([(0, 0, "日期"), (0, 2, "Amount"), (1, 0, 44999.0)]),
    ),
    "zip": ("application/zip", lambda: zipped([("a.txt", b"a" * 99), ("../延期.txt", b"b")])),
    "7z": ("application/x-7z-compressed", lambda: sevenzipped({"a.txt": b"a" * 99, "b/c.txt": b"c"})),
    "tar": ("application/x-tar", lambda: tarred({"a.txt": b"a" * 99, "../b": b"b"})),
    "gz": ("application/gzip", lambda: gzip.compress(b"late " * 99)),
    "html": ("text/html", HTML.encode),
    "csv": ("text/csv", lambda: b'date,amount,"no, te"\n2023-03-14,1.00,"a ""b"" c"\n'),
    "txt": ("text/plain", (LETTER + CHINESE).encode),
    "docx": (DOCX, _docx),
    "xlsx": (XLSX, _xlsx),
    "pptx": (PPTX, _pptx),
    "odt": (f"{_ODF}text", _odt),
    "ods": (f"{_ODF}spreadsheet", lambda: test_opendocument.ods(_TABLE)),
    "fodt": (f"{_ODF}text-flat-xml", _fodt),
    "epub": ("application/epub+zip", lambda: test_epub.book(test_epub.whole("one", "two", "gone"))),
    "pdf": ("application/pdf", _pdf),
}
MEDIA_TYPES = {name: kind for name, (kind, _) in _SEEDS.items()}
FILES = {name: make for name, (_, make) in _SEEDS.items()}

PARTS = {
    "document.xml": (DOCX, "docx", "word/document.xml"),
    "numbering.xml": (DOCX, "docx", "word/numbering.xml"),
    "docx.rels": (DOCX, "docx", "word/_rels/document.xml.rels"),
    "sheet.xml": (XLSX, "xlsx", "xl/worksheets/s.xml"),
    "workbook.xml": (XLSX, "xlsx", "xl/workbook.xml"),
    "sharedStrings.xml": (XLSX, "xlsx", "xl/sharedStrings.xml"),
    "styles.xml": (XLSX, "xlsx", "xl/styles.xml"),
    "slide.xml": (PPTX, "pptx", "ppt/slides/slide1.xml"),
    "presentation.xml": (PPTX, "pptx", "ppt/presentation.xml"),
    "odt-content.xml": (f"{_ODF}text", "odt", "content.xml"),
    "ods-content.xml": (f"{_ODF}spreadsheet", "ods", "content.xml"),
    "book.opf": ("application/epub+zip", "epub", "OPS/book.opf"),
}
"""XML parts: the reader's media type, the file that they are put into, the part's name."""

_XML = "val id name type count start end xml:space CDATA DOCTYPE ENTITY &amp; &#0; &#xD800; <![CDATA[ ]]> <!-- --> <?x ?> /> 99999999999"
XML_WORDS = tuple(word.encode() for word in _XML.split())
WORDS = tuple(
    word.encode()
    for word in [
        "14 March 2023",
        "3 to 5 April",
        "12.03.2023",
        "2023-03-14",
        "03/04/23",
        "next Friday",
        "28 days after",
        "two days later",
        "三月十四日",
        "二〇二三年",
        "次日",
        "上周五",
        "US$",
        "RM",
        "￥",
        "1,250,000.00",
        "1.25 million",
        "壹佰贰拾叁万",
        "元整",
        "万元",
        "%",
        "Total",
        "合计",
        "小计",
        "GST",
        "甲方：",
        "有限公司",
        "Ltd",
        "Sdn Bhd",
        "Mr.",
        "Dear",
        "To:",
        "From:",
        "Date:",
        "日期：",
        "Our ref:",
        "GC/L/0145",
        "Clause 2.1",
        "第2.1条",
        "〔2023〕17号",
        "INV-",
        "No.",
        "\t",
        "\n",
        "  ",
        "(",
        "（",
        "，",
        "。",
        ":",
        "：",
        "0",
        "1",
        "9",
        "一",
        "万",
        ".",
        ",",
        "-",
        "–",
        "/",
        "\u3000",
        "\u200b",
    ]
)
_OF_RTF = r"\par \u-10179 \'81 \bin9999 \uc99 {\* \cell \row \intbl \f1 \fcharset128 \ansicpg65001 \v \pict \pngblip \objdata { }"
_OF_MAIL = (
    "=?utf-8?Q?=F0?=|--=_b1|\r\n\r\n|charset=|utf-16|utf-7|boundary=|quoted-printable|base64|Content-Type: |"
    "multipart/alternative|message/rfc822|text/html|format=flowed|=E5=BB"
)
_OF_HTML = (
    "<table> <tr> <td> </td> <li> <ol> <pre> <svg> <![CDATA[ &#xD800; &#0; style=display:none <title> <p"
)
DICTIONARIES: dict[str, tuple[bytes, ...]] = {
    "rtf": tuple(word.encode() for word in _OF_RTF.split()),
    "eml": tuple(word.encode() for word in _OF_MAIL.split("|")),
    "html": tuple(word.encode() for word in _OF_HTML.split()),
    "csv": (b'"', b'""', b",", b"\n", b";", b"\t", b"\r"),
    "doc": (
        b"\x13",
        b"\x14",
        b"\x15",
        b"\x07",
        b"\r",
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x40",
        b"\x00\x00\x00\x80",
    ),
    "mbox": (b"\nFrom a 00:00", b"\n>From ", b"\n\n"),
}


def members(name: str) -> Iterator[tuple[str, bytes]]:
    """The members of the seed of that name."""
    with zipfile.ZipFile(io.BytesIO(FILES[name]())) as archive:
        for info in archive.infolist():
            yield info.filename, archive.read(info)


def texts() -> Iterator[bytes]:
    """Documents' texts of several kinds."""
    for text in (LETTER, CHINESE, INVOICE, MINUTES):
        yield text.encode()


def all_files() -> Iterator[bytes]:
    """A small file of every format."""
    for make in FILES.values():
        yield make()


def queries() -> Iterator[bytes]:
    """Queries that use all of the language."""
    yield from (
        b'delay AND (access OR "Area B"~5) -draft kind:invoice date:[2023-01-01 TO 2023-03-31]',
        '工期延误 amount:[1000 TO 5000] ref:GC/L/0145 wild* fuzzy~1 NOT party:"Harbour Civil" 12:30'.encode(),
    )


def settings() -> Iterator[bytes]:
    """A workspace's settings."""
    yield b"workers: 2\nocr:\n  mode: fast\n  languages: [eng, chi_sim]\nlimits: {seconds: 30, pages: 10}\nwatch: {after: move}\n"


def registers() -> Iterator[bytes]:
    """A claims register."""
    yield (SAMPLES.parent / "register.yaml").read_bytes()[:3000]
    yield (
        b'claims:\n  - id: C1\n    title: Late\n    type: construction\n    currency: USD\n    amount: "1250000.00"\n'
        b"    events:\n      - {id: E1, title: Access, start: 2023-03-14, end: 2023-04-30, keywords: [a, b]}\n"
    )


def sidecars() -> Iterator[bytes]:
    """What may stand beside a file in the inbox."""
    yield "claim: CLM-001\nparty: 宏安\nsource: e-mail\nnote: |\n  two\n  lines\nreceived: 2023-03-14T09:12:44+08:00\n".encode()


def headers() -> Iterator[bytes]:
    """Header fields of mails."""
    yield b"=?gb2312?B?0dPG2g==?= =?gb2312?Q?=D1?= plain =?utf-8*en?q?=E5=BB=B6?="
    yield b'attachment; filename*0*=utf-8\'\'%E5%BB%B6; filename*1="a \\"b\\".pdf"; name=x'


def compressed_rtf() -> Iterator[bytes]:
    """RTF as Outlook packs it."""
    yield test_outlook.EXAMPLE
    yield struct.pack("<IIII", 0, 2**32 - 1, 0x75465A4C, 0) + bytes(range(64))
