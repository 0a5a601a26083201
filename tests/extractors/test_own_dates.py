"""The date that a document bears itself, among many that it cites, in its form's footer, and in mails that it quotes.

Every document here is of 14 March 2023.
"""

from __future__ import annotations

import datetime

import pytest

from extractors.document import PageText, assemble
from extractors.facts.dates import document_date, find

DAY = datetime.date(2023, 3, 14)
SENT = {
    "utc": "Tue, 14 Mar 2023 01:00:00 +0000",
    "east": "Tue, 14 Mar 2023 23:10:00 +0800",
}
CORRESPONDENCE = [
    """Harbour Civil Ltd
Our ref: GC/L/0145
Your ref: NA/220/23 of 28 February 2023
14 March 2023

Dear Sirs,
We refer to your letters of 1 March 2023, 3 March 2023 and 7 March 2023, the
Engineer's determination dated 8 February 2023, the minutes of 9 February 2023,
the Contract dated 4 January 2022, invoice dated 10 March 2023 and certificate of 2 March 2023.
Access was refused on 10 March 2023 and on 11 March 2023.
Please reply by 28 March 2023.
Yours faithfully
Form QA-07 rev. 12/03/2019
""",
    """NOTICE OF CLAIM
To: Northport Authority
Contract dated 4 January 2022
Date of event: 10 March 2023
We give notice that on 10 March 2023 access was refused.
Signed: R. Harbour        Date: 14 March 2023
QA-07 Rev 3 12/03/2019
""",
    """Ref: your fax dated 2 March 2023
London, 14 March 2023
Dear Mr Jones
As discussed on 13 March 2023
Printed on 20 March 2023 10:20
""",
    """北港务局：
贵局2023年3月3日《关于…的通知》（北港〔2023〕12号）收悉。根据2022年1月4日签订的合同，我司于2023年3月10日停工，
并于2023年3月11日、3月12日两次催告。请于2023年3月28日前答复。
附件：2023年3月9日会议纪要
                 海港土木有限公司
                 二〇二三年三月十四日
抄送：衡正监理公司（2023年3月15日收）
QA-07 版本日期：2019年3月12日
""",
    """表单编号：HC-12  版本：B  生效日期：2019-03-12
工作联系单
编号：LX-023
日期：2023年3月14日
事由：关于2023年3月10日停电
""",
    """工程联系函
致：某公司
收文日期：2023年3月16日
我方2023年3月10日……
发文日期：2023年3月14日
""",
    """From: A <a@x.com>
Sent: Tuesday, 14 March 2023 09:12
To: B
Subject: RE: Access

Thanks, noted.

From: B <b@x.com>
Sent: Monday, 13 March 2023 17:00
To: A
Subject: Access
On 10 March 2023 ...
-----Original Message-----
From: A
Sent: Friday, March 10, 2023 8:00 AM
""",
    """发件人: 张三
发送时间: 2023年3月14日 9:12
收件人: 李四
主题: 回复: 停工

收到。

发件人: 李四
发送时间: 2023年3月13日 17:00
收件人: 张三
主题: 停工
""",
    """FAX TRANSMISSION
TO: Northport FROM: Harbour
DATE: 14/03/2023   PAGES: 3
15-MAR-2023 08:12 FROM HARBOUR TO 0207946 P.1/3
Your fax of 13/03/2023
""",
    """MEMORANDUM
To: File
From: RH
Date: 14 March 2023
Re: Meeting of 10 March 2023 with the Engineer
""",
    """RECEIVED
16 MAR 2023
Harbour Civil Ltd
14 March 2023
Dear Sirs
""",
    """14 MAR 2023
Your letter of 1 March 2023
Our meeting: 10 March 2023
Dear Sir,
""",
    """Ref. No.: 12/2023                       Date: 14th March, 2023
To, The Engineer
Sub: Delay. Ref: 1) Your letter no. 44 dated 01.03.2023 2) Our letter no. 55 dated 02.03.2023 3) MOM dated 05.03.2023
Sir,
With reference to the above
""",
    """NOTICE UNDER CLAUSE 20.1
Notice No. 12
Dated: 14/03/2023
Event date: 01/03/2023
Awareness date: 02/03/2023
QA/F/07 Rev.02 (12.03.2019)
""",
    """Certified true copy 20 March 2023
Harbour Civil Ltd
14 March 2023
Dear Sirs,
We write.
""",
    """关于催款的函
贵司2023年3月3日来函收悉，双方于2022年1月4日签订合同。
请于2023年3月28日前付款。
海港公司（盖章）
2023年3月14日
联系人：王五 电话：0755-2023-0512
""",
    """海港公司文件
海港〔2023〕12号
签发人：王五
关于……的通知
根据2023年2月1日会议……自2023年4月1日起施行。
2023年3月14日
（此件公开发布）
海港公司办公室 2023年3月15日印发
""",
    """Subject: FW: Access
Date: Tue, 14 Mar 2023 09:12:44 +0800
From: a@x.com

---------- Forwarded message ---------
From: b
Date: Mon, 13 Mar 2023 at 17:00
Subject: Access
""",
]
MINUTES = [
    """MINUTES OF PROGRESS MEETING No. 12
Date of issue: 17 March 2023
Held on: 14 March 2023 at 10:00 in the site office
Next meeting: 21 March 2023
Distribution 18 March 2023
""",
    """Progress Meeting No. 12
Issued 17 March 2023
Date of meeting 14 March 2023
Previous meeting: 7 March 2023
""",
    """第十二次工地例会会议纪要
签发日期：2023年3月17日
会议时间：2023年3月14日上午9:00
会议地点：现场会议室
下次会议：2023年3月21日
""",
    """会议纪要
编号：HY-12  印发日期：2023-03-17
2023年3月14日，总监在现场主持召开第十二次例会。
上次会议（2023年3月7日）遗留问题：……
""",
    """Minutes of the meeting held in the offices of Northport on Tuesday, 14 March 2023
Minutes issued: 20 March 2023
1. The minutes of 7 March 2023 were approved.
""",
    """CITY COUNCIL
REGULAR MEETING
MARCH 14, 2023
The minutes of February 28, 2023 were approved.
Next meeting will be March 28, 2023
Approved April 4, 2023
""",
    """Draft prepared 15/03/2023
Site meeting 7
Meeting date: 14/03/2023   Time: 10:00
Next meeting date: 21/03/2023
""",
    """MEETING MINUTES
Project: Harbour        Contract date: 04/01/2022
Meeting: Progress 12    Date: 14/03/2023
Prepared by: RH         Issue date: 17/03/2023
Action  Owner  Due
Fix pump HCL 20/03/2023
Send programme HCL 22/03/2023
Submit NCR HCL 24/03/2023
""",
    """专题会议纪要
时间：2023年3月14日14:30
主持人：张三
一、上次会议纪要（2023年3月7日）已落实。
二、2023年3月20日前完成。
整理：李四 2023年3月15日
""",
    """Board of Trustees
Minutes
Approved April 11, 2023
March 14, 2023 - 7:00 pm
Call to order.
""",
    """14/03/2023
Attendance list
Safety meeting
Document QA-07, revision date 12/03/2019
""",
    """Minutes (issued 17 March 2023, revised 20 March 2023)
of the site meeting on 14 March 2023
""",
]
INVOICE = [
    """INVOICE
Delivery date: 10/03/2023
Invoice No. 123
Date: 14/03/2023
Due date: 13/04/2023
PO date 01/02/2023
""",
    """INVOICE 4711
Order placed 01.03.2023  Delivered 10.03.2023
Tax point 14.03.2023
Payment terms: due 13.04.2023
Period of service: 01.02.2023 - 28.02.2023
""",
    """Invoice
Billing period 02/01/2023 to 02/28/2023
Invoice Date  Due Date
03/14/2023    04/13/2023
""",
    """增值税电子普通发票
开票日期：2023年03月14日
送货日期：2023年3月10日  到期日：2023年4月13日
""",
    """ACME SHOP
Member since 01/01/2019
Points expire 31/12/2023
14/03/23 18:42
TOTAL 8.00
Return by 28/03/23
""",
    """发票
合同签订日期：2022年1月4日
交货日期：2023-03-10
日期：2023-03-14
付款期限：2023-04-13
""",
    """STATEMENT OF ACCOUNT
Statement date 14 March 2023
01/02/2023 Invoice 12 100.00
10/02/2023 Invoice 13 100.00
28/02/2023 Payment 50.00
Payment due 31 March 2023
""",
    """Tax Invoice
Invoice no INV-7
Invoice date 14 Mar 2023
Due 13 Apr 2023
Subscription 01 Mar 2023 - 31 Mar 2023
Account opened 1 Jan 2019
""",
    """CREDIT NOTE
Date 14/03/2023
Original invoice 20/02/2023
""",
    """RECEIPT
CHECK-IN: 10/03/2023 CHECK-OUT: 14/03/2023
PRINTED: 14/03/2023 11:20
""",
    """车辆维修结算单
进厂日期：2023-03-10      结算日期：2023-03-14
""",
    """FATURA 12
Data de emissão: 14-03-2023
Vencimento: 13-04-2023
""",
    """收据
入账日期：2023-03-10
收款日期：2023-03-14
有效期至：2023-12-31
""",
    """Payment certificate No. 5
Valuation date 28 February 2023
Date of issue 14 March 2023
Final date for payment 4 April 2023
""",
]
INSPECTION_REPORT = [
    """TEST REPORT
Sample received: 02/03/2023
Date of casting: 01/02/2023
Date of test: 10/03/2023
Date of report: 14/03/2023
Form L-12 Issue 3 Date 05/06/2019
""",
    """TEST CERTIFICATE
Received 02.03.2023   Tested 10.03.2023   Issued 14.03.2023
Calibration due 01.06.2023
""",
    """混凝土抗压强度检测报告
委托日期：2023年2月1日 成型日期：2023年2月8日
检测日期：2023年3月8日 报告日期：2023年3月14日
批准：张三  审核：李四
""",
    """检测报告
收样日期 2023-03-02
检测日期 2023-03-03~2023-03-10
签发日期 2023-03-14
设备检定有效期至2023-12-31
""",
    """SURVEY REPORT
Date of instruction: 1 March 2023
Date of survey: 10 March 2023
Date of loss: 25 February 2023
London, 14 March 2023
""",
    """REPORT OF INSPECTION
Report No. 12     Date: 14.03.2023
Inspected on: 10.03.2023
Last inspection: 10.03.2022  Next inspection: 10.03.2024
Issue 4 / 12.03.2019
""",
    """质量检查记录
检查时间：2023年3月14日
整改期限：2023年3月20日
复查日期：2023年3月21日
表号：ZJ-07（2019年3月12日修订）
""",
    """鉴定报告
委托日期：2023年2月1日
受理日期：2023年2月3日
鉴定日期：2023年2月10日至3月10日
鉴定人签名：张三
二〇二三年三月十四日
""",
    """CALIBRATION CERTIFICATE
Date of receipt 2 Mar 2023
Date of calibration 10 Mar 2023
Date of issue 14 Mar 2023
Recommended due date 10 Mar 2024
""",
]
WORK_RECORD = [
    """SITE DIARY
Date: Tuesday 14 March 2023
Weather: wet
Pour planned for 16 March 2023. Steel delivered 13 March 2023.
Signed 15 March 2023
Form D-1 (rev. 12/03/2019)
""",
    """施工日志
2023年3月14日 星期二 晴
今日浇筑……3月16日计划……
记录人：王五 2023年3月15日
""",
    """DAILY REPORT No. 73
Report date: 14/03/2023   Prepared: 15/03/2023
Contract start: 04/01/2022   Completion: 30/11/2023
""",
    """REPAIR ORDER
Date in: 10/03/2023  Promised: 13/03/2023
RO date: 14/03/2023
Date of manufacture 05/2020  Warranty start 01/06/2020
""",
    """JOB CARD
Vehicle first registered 05/06/2019
Opened: 14/03/2023 08:10   Closed: 16/03/2023 17:00
Next service due 14/03/2024
""",
    """Diary of R. Reave
Tuesday 14th March
2023-03-14
Gate locked. Called on 13/03/2023.
""",
    """MAINTENANCE LOG SHEET  Form M-3 / Issue 2 / 12-03-2019
Machine: CR-2
Date of service: 14-03-2023
Next service: 14-06-2023
""",
    """维修工单
进厂日期：2023-03-14 09:20
预计交车：2023-03-16
出厂日期：2023-03-16
购车日期：2020-05-01
""",
]
CONTRACT = [
    """CONTRACT AGREEMENT
Conditions of Contract, First Edition 1999, printed 12 May 2005
THIS AGREEMENT is made the 14th day of March 2023
BETWEEN ...
Letter of Acceptance dated 1 March 2023; Tender dated 10 January 2023
Commencement Date: 1 April 2023
""",
    """建设工程施工合同（GF-2017-0201）
计划开工日期：2023年4月1日 计划竣工日期：2024年12月31日
招标文件2023年1月10日
发包人（盖章）： 承包人（盖章）：
签订日期：2023年3月14日
""",
    """SUBCONTRACT
between A and B
Date: 14 March 2023
Main Contract dated 4 January 2022
Base date: 1 December 2022
Term: 1 April 2023 to 31 March 2024
""",
    """保险单
保险期间：2023年4月1日至2024年3月31日
签单日期：2023年3月14日
条款版本：2019年3月版
""",
    """补充协议
鉴于双方于2022年1月4日签订《施工合同》，现达成补充协议如下。
甲方（盖章）
乙方（盖章）
2023年3月14日
""",
]
OTHER = [
    """QA-07
Rev 12/03/2019
CERTIFICATE OF INSURANCE
Date of issue: 14/03/2023
Period of insurance: 01/04/2023 to 31/03/2024
""",
    """变更令
版本日期：2019-03-12
签发日期：2023-03-14
要求完成日期：2023-05-01
""",
    """Report
© 2021 Some Institute. Last updated 5 May 2021
14 March 2023
The flood of 10 March 2023
""",
    """Certificate No 12
This is to certify that on 10 March 2023 ...
Given at Hamburg this 14th day of March 2023
""",
    """PERMIT TO WORK
Valid from 14/03/2023 08:00 to 14/03/2023 18:00
Issued: 14/03/2023
HSE-07 Rev 1 12/03/2019
""",
]
MAILS = [
    """Thanks, noted.

On 13 March 2023 at 17:00, B wrote:
> On Fri, 10 Mar 2023 A wrote:
>> text
""",
    """Hi,
see below. Deadline 28 March 2023.
Regards
-------- 转发邮件信息 --------
发件人：b
发送日期：2023-03-13 17:00
""",
]


def own_date(text: str, kind: str, metadata: tuple[tuple[str, str], ...] = ()) -> datetime.date | None:
    facts = find(assemble([PageText(text, 595, 842)], "text/plain", metadata), kind)
    assert [fact.role for fact in facts].count("document") <= 1
    return document_date(facts)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *(("correspondence", text) for text in CORRESPONDENCE),
        *(("minutes", text) for text in MINUTES),
        *(("invoice", text) for text in INVOICE),
        *(("inspection_report", text) for text in INSPECTION_REPORT),
        *(("work_record", text) for text in WORK_RECORD),
        *(("contract", text) for text in CONTRACT),
        *(("other", text) for text in OTHER),
    ],
)
def test_the_own_date_among_others(kind: str, text: str) -> None:
    assert own_date(text, kind) == DAY


@pytest.mark.parametrize("sent", SENT.values(), ids=SENT)
@pytest.mark.parametrize("text", MAILS)
def test_a_mail_is_of_the_day_on_which_it_was_sent(text: str, sent: str) -> None:
    assert own_date(text, "correspondence", (("Date", sent),)) == DAY


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (
            "correspondence",
            "Dear Sirs,\nWe refer to your letter of 3 March 2023.\nForm QA-07 rev. 12/03/2019\n",
        ),
        ("minutes", "上次会议纪要（2023年3月7日）已落实。\n"),
        ("minutes", "Matters arising\nThe next meeting will be held on 21 March 2023 in the site office.\n"),
        ("contract", "鉴于双方于2022年1月4日签订的《施工合同》，现补充如下。\n"),
        ("other", "版本日期：2019-03-12\n变更令\n"),
    ],
)
def test_a_document_that_tells_only_of_others_bears_no_date(kind: str, text: str) -> None:
    assert own_date(text, kind) is None


def test_minutes_without_the_day_of_the_meeting_bear_that_of_their_issue() -> None:
    assert (
        own_date("MINUTES OF MEETING No. 4\nDate of issue: 14 March 2023\nMatters arising\n", "minutes")
        == DAY
    )


def test_a_row_of_heads_tells_which_date_is_whose() -> None:
    assert (
        own_date("Invoice\nDue Date  Invoice Date  Period\n13/04/2023  14/03/2023  28/02/2023\n", "invoice")
        == DAY
    )
