"""Documents written for these tests, as (kind, text): all kinds but pictures, Chinese and English."""

from __future__ import annotations

DOCUMENTS: list[tuple[str, str]] = [
    (
        "correspondence",
        """\
Harbour Civil Ltd
12 Quay Road, Northport
Date: 14 March 2023
Our ref: GC/L/0145

Northport Authority
1 Port Street

Dear Sirs,

Contract C-2023/017: Refusal of access to Area B

We refer to the minutes of meeting of 10 March 2023 and the inspection report attached. Access was refused.
The invoice for the delay will follow under Clause 20.1 of the Contract.

Yours faithfully,
For and on behalf of Harbour Civil Ltd
A. Lim
Project Manager
""",
    ),
    (
        "correspondence",
        """\
关于B区未按期移交场地的函

港务〔2023〕15号
北港港务局：
根据施工合同第2.1条约定，贵方应于2023年3月14日前移交B区场地。截至目前，贵方仍未移交，已造成我方工期延误。
请贵方尽快移交，并保留索赔的权利。
特此函告。

港务土木工程有限公司
2023年3月15日
""",
    ),
    (
        "correspondence",
        """\
MEMORANDUM
To: All site staff
From: Project Manager
Date: 3 May 2023
Subject: Safety induction
All staff must attend the safety induction on Monday before starting work.
""",
    ),
    (
        "correspondence",
        """\
监理通知单
工程名称：北港码头工程 编号：JL-012
致：港务土木工程有限公司（承包单位）
事由：关于3#泊位混凝土浇筑质量问题
内容：经检查发现3#泊位胸墙混凝土存在蜂窝麻面，请你方立即整改并回复。
项目监理机构（章）
总监理工程师：李明
日期：2023年4月2日
""",
    ),
    (
        "correspondence",
        """\
索赔意向通知书
致：北港港务局
根据施工合同通用条款第19.1条的约定，由于贵方延迟移交场地的原因，我方向贵方提出索赔意向，请予核准。
承包人：港务土木工程有限公司
项目经理：王建国
2023年3月20日
""",
    ),
    (
        "correspondence",
        """\
工作联系单
编号：LX-2023-045
致：监理部
事由：图纸会审
请安排图纸会审时间。
签发人：张工
""",
    ),
    (
        "correspondence",
        """\
NOTICE OF CLAIM
Pursuant to Sub-Clause 20.2 the Contractor hereby gives notice of a claim for extension of time.
The event giving rise to the claim is the late possession of Area B on 14 March 2023.
""",
    ),
    (
        "correspondence",
        """\
Hi Wei,

Thanks for your message. The pump will be delivered on Friday, please confirm that the crane is available.

Best regards
Sam
""",
    ),
    (
        "correspondence",
        """\
尊敬的王先生：
您好！您反映的车辆变速箱异响问题我司已收到，经研究决定不予保修，具体原因如下……
此致
敬礼
东方汽车销售服务有限公司
2023年6月1日
""",
    ),
    (
        "correspondence",
        """\
FACSIMILE TRANSMISSION
To: Northport Authority  Fax: 555 1234
From: Harbour Civil Ltd
Pages: 3
Re: Concrete delivery
Please find attached the delivery tickets.
""",
    ),
    (
        "correspondence",
        """\
From: Chen Wei <chen@harbour.example>
Sent: Monday, 3 April 2023 10:22
To: A. Lim <lim@northport.example>
Subject: Minutes of meeting No. 5 and invoice 77

Please see attached the minutes and the invoice.
""",
    ),
    (
        "minutes",
        """\
MINUTES OF PROGRESS MEETING NO. 12
Date: 14 March 2023
Venue: Site office
Present:
A. Lim - Harbour Civil Ltd
B. Chan - Northport Authority
Apologies: C. Wong
1. Matters arising
The contract programme was discussed. Action: HCL
2. Any other business
Next meeting: 21 March 2023
""",
    ),
    (
        "minutes",
        """\
北港码头工程第12次监理例会会议纪要
会议时间：2023年3月14日
会议地点：项目部会议室
主持人：李明
参会人员：王建国、张伟、刘洋
会议内容：
一、上周进度情况
施工单位汇报了合同工程进展。
二、存在问题
会议要求各方加快场地移交。
记录人：赵敏
""",
    ),
    (
        "minutes",
        """\
# Technical Steering Committee

## Attendees
* Jane Doe
* John Smith

## Agenda
* Approve previous minutes
* Release planning

## Notes
Motion to approve carried; seconded by John.
""",
    ),
    (
        "minutes",
        """\
工程协调会会议记录
时间：2023年5月6日上午9时
出席：建设单位张某、监理单位李某、施工单位王某
议题：关于检测报告问题的处理
会议决定：委托第三方检测。
""",
    ),
    (
        "invoice",
        """\
TAX INVOICE
Crane Hire Services Ltd
Invoice No: INV-2023-077
Bill to: Harbour Civil Ltd
Description Qty Unit Price Amount
Crane hire 5 1,200.00 6,000.00
VAT 20% 1,200.00
Total due 7,200.00
Payment terms: 30 days
""",
    ),
    (
        "invoice",
        """\
上海增值税专用发票
发票代码：031001900111 发票号码：12345678
开票日期：2023年3月14日
购买方 名称：港务土木工程有限公司
货物或应税劳务名称 规格型号 单位 数量 单价 金额 税率 税额
塔吊租赁费 月 1 86400.00 86400.00 13% 11232.00
价税合计（大写）玖万柒仟陆佰叁拾贰元整 （小写）¥97632.00
销售方 名称：上海机械租赁有限公司
""",
    ),
    (
        "invoice",
        """\
收款收据
NO. 0045678
今收到 王小明 交来 维修费
人民币（大写）叁仟元整 ¥3000.00
收款单位：东方汽修厂
经手人：张三
""",
    ),
    (
        "invoice",
        """\
QUICK MART
12 High Street
Milk 1.20
Bread 2.30
Eggs 3.10
SUBTOTAL 6.60
CASH 10.00
CHANGE 3.40
""",
    ),
    (
        "invoice",
        """\
工程款支付申请表
致：监理部
我方已完成3月份工程量，申请支付工程款共计（大写）捌佰万元（小写：8000000.00元），请予审核。
承包单位：港务土木工程有限公司
""",
    ),
    (
        "inspection_report",
        """\
TEST REPORT
Report No: TR-2023-0456
Client: Harbour Civil Ltd
Specimen: concrete cube 150 mm
Date tested: 14 April 2023
Test method: BS EN 12390-3
Result: 38.5 MPa
Conclusion: the compressive strength conforms to the specification.
Tested by: J. Smith
""",
    ),
    (
        "inspection_report",
        """\
混凝土抗压强度检测报告
报告编号：JC-2023-0456
委托单位：港务土木工程有限公司
检测依据：GB/T 50081-2019
检测日期：2023年4月14日
检测结果：抗压强度38.5MPa
检测结论：合格
检测人：张伟 审核：李明 批准：王强
""",
    ),
    (
        "inspection_report",
        """\
现场查勘记录
保险单号：PDAA202344010000
出险时间：2023年7月1日 查勘时间：2023年7月2日
查勘地点：北港码头
出险原因：暴雨
损失情况：围堰受损约30米，设备浸水
查勘人：刘洋
""",
    ),
    (
        "inspection_report",
        """\
DEFECT INSPECTION
Inspector: R. Patel
Date of inspection: 5 June 2023
Location: Block C
Findings:
1. Cracks in slab
2. Corrosion of rebar
Recommendations: repair with epoxy injection
""",
    ),
    (
        "inspection_report",
        """\
Vehicle damage assessment report
Vehicle: Toyota Corolla
Plate: AB12 CDE
Damage: front bumper broken, right headlight broken
Estimated cost of repair 2,300.00
Assessor: K. Brown
""",
    ),
    (
        "contract",
        """\
SUBCONTRACT AGREEMENT
THIS AGREEMENT is made on 1 February 2023 between Harbour Civil Ltd (the "Contractor")
and Deep Piling Ltd (the "Subcontractor").
WHEREAS the Contractor has entered into a contract with Northport Authority;
NOW THEREFORE the parties agree as follows:
1. Definitions
2. The Subcontractor shall execute the Works
3. Governing law
IN WITNESS WHEREOF the parties have executed this Agreement.
""",
    ),
    (
        "contract",
        """\
建设工程施工合同
发包人（甲方）：北港港务局
承包人（乙方）：港务土木工程有限公司
根据《中华人民共和国民法典》，遵循平等、自愿的原则，双方就北港码头工程施工事项协商一致，订立本合同。
第一条 工程概况
第二条 合同工期
第三条 合同价款
本合同一式四份，双方签字盖章后生效。
""",
    ),
    (
        "contract",
        """\
PURCHASE ORDER
PO No: 4500012345
Supplier: Steel Supply Ltd
Deliver to: Site office, Northport
Item Description Qty Unit price Amount
1 Rebar 16 mm 20 t 900.00 18,000.00
Terms and conditions overleaf apply.
""",
    ),
    (
        "contract",
        """\
机动车商业保险保险单
保险单号：PDAA202344010000
被保险人：王小明
保险期间：自2023年1月1日起至2023年12月31日止
保险金额：500000元 保险费：4500元
特别约定：第一受益人为银行。
""",
    ),
    (
        "contract",
        """\
补充协议
甲方：北港港务局
乙方：港务土木工程有限公司
经双方协商，就工期延长事宜达成如下协议：
一、工期延长30天。
二、本协议与原合同具有同等法律效力。
""",
    ),
    (
        "work_record",
        """\
SITE DIARY
Date: 14 March 2023  Weather: heavy rain  Temperature: 12 C
Labour on site: 24 men
Plant: 2 excavators, 1 crane
Work done: no work in Area B, access refused by the Employer
Delays: 8 hours standing time
Foreman: J. Tan
""",
    ),
    (
        "work_record",
        """\
施工日志
日期：2023年3月14日 天气：小雨 气温：8-12℃
施工部位：B区围堰
出勤人数：24人
机械设备：挖掘机2台，塔吊1台
施工情况：因业主未移交场地，B区停工，人员窝工。
记录员：赵敏
""",
    ),
    (
        "work_record",
        """\
REPAIR ORDER
RO No: 88123
Customer: John Doe
VIN: 1HGCM82633A004352 Odometer: 45,210 km
Complaint: gearbox noise when cold
Cause: worn synchroniser
Correction: replaced synchroniser ring
Labour hours 3.5  Parts used: ring 55.00
Technician: M. Evans
""",
    ),
    (
        "work_record",
        """\
汽车维修工单
工单号：WO-2023-0456 车牌号：粤B·D12345
进厂日期：2023年5月6日 行驶里程：45210公里
故障描述：变速箱异响
维修项目：更换同步器
工时费：300.00 配件费：550.00 合计：850.00
维修技师：陈师傅 送修人：王小明
""",
    ),
    (
        "work_record",
        """\
DELIVERY NOTE
DN No: 5567
Ready mixed concrete C35/45, 8 m3
Truck: ABC 1234  Arrived 09:15  Pour location: Pier 3
Received by: J. Tan
""",
    ),
    (
        "work_record",
        """\
Weekly progress report No. 14
Progress this week: 45 piles driven (planned 60)
Delays: rain on 3 days, late drawings
Manpower: 56
Plant: 3 piling rigs
""",
    ),
    (
        "work_record",
        """\
设备维修保养记录表
设备名称：塔吊QTZ80 设备编号：TD-02
保养日期：2023年4月1日
保养内容：检查钢丝绳，更换机油
保养人：李师傅
""",
    ),
    (
        "other",
        """\
The quick brown fox jumps over the lazy dog.
""",
    ),
    (
        "other",
        """\
今天下午三点二十分。
""",
    ),
    (
        "other",
        """\
# mylib

A small library for parsing.

## Installation

    pip install mylib

## Usage

    import mylib

## License
MIT
""",
    ),
    (
        "other",
        """\
Deep Learning for Document Layout
Jane Doe, University of Somewhere
Abstract
In this paper we propose a model for layout analysis.
1 Introduction
Documents are ... [1]
References
[1] Smith et al. Proceedings of ...
""",
    ),
    (
        "other",
        """\
Let's meet on 3 April 2023 at noon.
""",
    ),
    (
        "contract",
        """\
BILL OF QUANTITIES
Item Description Unit Quantity Rate Amount
1 Excavation m3 1000
2 Concrete m3 500
""",
    ),
]
