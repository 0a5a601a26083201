"""What workers need before their first document, loaded once in the server that they are forked from.

Importing this module understands a few words, in both languages: for that all word lists are read. Without it each
worker would spend a third of a second on them.
"""

from __future__ import annotations

from extractors.document import PageText, assemble
from extractors.extract import understand
from extractors.readers.paging import HEIGHT, WIDTH

_WORDS = "Invoice No. 1\nDate: 1 March 2024\nTotal: USD 1.00\n发票\n日期：2024年3月1日\n合计：￥1.00\n"

understand(assemble([PageText(_WORDS, WIDTH, HEIGHT)], "text/plain"))
