"""The fifty queries that `bench/search.py` asks: every form of the query language, Chinese and English."""

QUERIES = tuple(
    """
delay
notice
contract delay
possession OR access
delay -notice
(delay OR access) AND contract
the
payment claim engineer site
工
工期
发包人
承包人 索赔
"notice of delay"
"delay to the contract"
"the site"
工期延误
“施工现场移交”
监理工程师通知
合同变更
"付款发票"
"access site"~5
"delay notice"~10
"工期 索赔"~10
delay*
*ment
poss*on
d?lay
ac* site
工?延误
notic* delay
posession~1
contarct~2
工期延误~1
kind:invoice
kind:minutes date:2022
date:[2023-01-01 TO 2023-06-30] delay
amount:[1000 TO 5000]
amount:>=8000 notice
party:harbour
party:"harbour 17"
claim:CLM-001 工期
ref:GC/L/0145
language:zh 工期 -延误
event:CLM-00* delay
-date:2021 payment
name:file title:document
ref 017
C-2023/017
1,250.00
*
""".strip().split("\n")
)
