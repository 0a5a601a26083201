"""Parties: names with their roles, from every source, in good and in broken text."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import extractors.facts
from extractors.document import Box, Cell, Document, PageText, assemble, text_of_lines
from extractors.facts.fact import PARTY_ROLES
from extractors.facts.parties import find
from extractors.facts.party_forms import companies_in
from extractors.facts.party_names import is_address, is_person
from extractors.facts.plain import plain

Roles = set[tuple[str, str]]


def document(text: str) -> Document:
    return assemble([PageText(text, 595, 842)], "text/plain")


def roles(text: str, kind: str) -> Roles:
    return {(str(f.value), f.role) for f in find(document(text), kind)}


def laid_out(rows: list[list[tuple[float, str]]]) -> Document:
    """A page whose rows hold (left edge, text); letters are 1 % of the page wide, rows 3 % apart."""
    lines = []
    for n, row in enumerate(rows):
        pieces = []
        for left, text in row:
            for word in text.split():
                right = left + 0.01 * len(word)
                pieces.append((word, Box(left, 0.05 + 0.03 * n, right, 0.066 + 0.03 * n), 0.95))
                left = right + 0.006
        lines.append(pieces)
    text, words = text_of_lines(lines)
    return assemble([PageText(text, 595, 842, "ocr", words=words)], "image/png")


LETTER = """Harbour Civil Ltd
12 Quay Road, Northport
14 March 2023
Our ref: GC/L/0145

Northport Authority
1 Port Street

Dear Sirs,
Access to Area B was refused. Deep Piling Ltd stood idle.
Yours faithfully,
For and on behalf of Harbour Civil Ltd
A. Lim
Project Manager
cc: Morven Consulting LLP; Tideway Pumps Ltd"""


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("correspondence", LETTER, {
            ("Harbour Civil Ltd", "sender"), ("Northport Authority", "recipient"), ("A. Lim", "sender"),
            ("Deep Piling Ltd", "mentioned"), ("Morven Consulting LLP", "copied"), ("Tideway Pumps Ltd", "copied"),
        }),
        ("correspondence", "From: Chen Wei <chen@hc.example>\nTo: \"Lim, A.\" <lim@np.example>\nCc: bob@np.example",
         {("Chen Wei", "sender"), ("Lim, A", "recipient"), ("bob@np.example", "copied")}),
        ("correspondence", "关于移交场地的函\n北港港务局：\n贵方未移交场地。\n港务土木工程有限公司\n2023年3月15日",
         {("北港港务局", "recipient"), ("港务土木工程有限公司", "sender")}),
        ("correspondence", "索赔通知书\n致：北港港务局\n由于贵方未移交场地。\n特此通知\n承包人：港务土木工程有限公司",
         {("北港港务局", "recipient"), ("港务土木工程有限公司", "contractor"),
          ("港务土木工程有限公司", "sender")}),
        ("correspondence", "尊敬的王先生：\n您好！\n此致\n敬礼\n东方汽车销售服务有限公司",
         {("王先生", "recipient"), ("东方汽车销售服务有限公司", "sender")}),
        ("correspondence", "致：江嵐建工集團有限公司\n抄送：雲溪新城開發有限公司、衡正監理有限公司",
         {("江嵐建工集團有限公司", "recipient"), ("雲溪新城開發有限公司", "copied"),
          ("衡正監理有限公司", "copied")}),
        ("correspondence", "Date 21 August 2023\nTo Harbour Civil Ltd and Northport Authority\nDear Sirs,",
         {("Harbour Civil Ltd", "recipient"), ("Northport Authority", "recipient")}),
        ("correspondence", "Harbour Civil Ltd\nQuay Road\nNorthport Authority\nPort Street\nDetailed Claim No. 1",
         {("Harbour Civil Ltd", "sender"), ("Northport Authority", "recipient")}),
        ("contract", "发包人（甲方）：北港港务局\n承 包 人（全称）： 港务土木 工程有限公司\n监理人：衡正监理有限公司",
         {("北港港务局", "employer"), ("港务土木工程有限公司", "contractor"), ("衡正监理有限公司", "engineer")}),
        ("contract", "采购合同\n甲方：港务土木工程有限公司\n乙方：恒远建材有限公司",
         {("港务土木工程有限公司", "buyer"), ("恒远建材有限公司", "seller")}),
        ("contract", "车辆买卖合同\n甲方（出卖人）：海岳汽车有限公司\n乙方（买受人）：锦驰租赁有限公司",
         {("海岳汽车有限公司", "seller"), ("锦驰租赁有限公司", "buyer")}),
        ("contract", "BETWEEN\n(1) Northport Authority of Port Street, Northport\n"
                     "(hereinafter called \"the Employer\") and\n"
                     "(2) Harbour Civil Ltd (the “Contractor”) of the other part",
         {("Northport Authority", "employer"), ("Harbour Civil Ltd", "contractor")}),
        ("contract", "北港港务局（以下简称“发包人”）与港务土木工程有限公司（以下简称“承包人”）订立本合同",
         {("北港港务局", "employer"), ("港务土木工程有限公司", "contractor")}),
        ("contract", "保险人：宏安财产保险有限公司\n被保险人：王小明\n投保人: 李华",
         {("宏安财产保险有限公司", "insurer"), ("王小明", "insured"), ("李华", "insured")}),
        ("contract", "Insurer: Anchor Insurance plc\nInsured: Harbour Civil Ltd",
         {("Harbour Civil Ltd", "insured")}),
        ("invoice", "TAX INVOICE\nCrane Hire Services Ltd\n5 Mill Lane\nBill to: Harbour Civil Ltd\nTotal 5.00",
         {("Crane Hire Services Ltd", "seller"), ("Harbour Civil Ltd", "buyer")}),
        ("invoice", "发票\n购买方 名称：港务土木工程有限公司\n合计 5.00\n销售方 名称：恒远建材有限公司\n开票人：张三",
         {("港务土木工程有限公司", "buyer"), ("恒远建材有限公司", "seller")}),
        ("invoice", "MR D.I.Y. TOOLS SDN BHD (750441-W)\nLOT 18, JALAN 6\n43300 KAJANG\nTAX INVOICE\nTOTAL 15.00",
         {("MR D.I.Y. TOOLS SDN BHD", "seller")}),
        ("invoice", "POPULAR BOOKS\nCO. (M) SDN BHD\nNo 8, Jalan 7\n56000 Kuala Lumpur\nTOTAL 9.00",
         {("POPULAR BOOKS CO. (M) SDN BHD", "seller")}),
        ("invoice", "Blue Lagoon\nRestaurant\n12 Beach Road\nTel: 555 1234\nFish 9.00\nTotal 9.00",
         {("Blue Lagoon Restaurant", "seller")}),
        ("invoice", "QUICKLANE FUEL #2217\n900 E MAIN ST\nDUNMORE PA\nTOTAL 24.64", {("QUICKLANE FUEL", "seller")}),
        ("invoice", "12 Foundry Street\nOrder 118\nNaan 3.95\nTotal 3.95\nThank you for dining at Saffron House!",
         {("Saffron House", "seller")}),
        ("invoice", "Welcome to PINE & PETAL GARDENS\nOld Mill Road, Stanbridge\nTrowel 7.99\nTotal 7.99",
         {("PINE & PETAL GARDENS", "seller")}),
        ("invoice", "ORL'S\nLayton Corner\nLAYTON, UT 84041\nTotal 7.99\nTHANK YOU FOR SHOPPING AT ORL'S",
         {("ORL'S", "seller")}),
        ("invoice", "Spring Sale\nBrookmere\nSoap 3.00\nTotal 3.00\nwww.brookmere.example", {("Brookmere", "seller")}),
        ("invoice", "Kettle Foods\n(Thailand) Co., Ltd.\n15, Floor 1, Klong Road\nTAX INVOICE\nTotal 9.00",
         {("Kettle Foods (Thailand) Co., Ltd", "seller")}),
        ("invoice", "Bakkerij Korenaar\nDorpsstraat 2\n1234 AB Waterland\nTotaal 14,10",
         {("Bakkerij Korenaar", "seller")}),
        ("invoice", "Factuur\nVan der Molen Schilders B.V.\nKanaalweg 31\nAan:\nVvE De Zonnehof\nTotaal 9,00",
         {("Van der Molen Schilders B.V.", "seller"), ("VvE De Zonnehof", "buyer")}),
        ("invoice", "TALLERES AURIGA, S.L.\nFactura 7\nCliente: Transportes Mirlo, S.A.\nTotal 9,00",
         {("TALLERES AURIGA, S.L.", "seller"), ("Transportes Mirlo, S.A.", "buyer")}),
        ("invoice", "Faktura\nSprzedawca: Zakład Śrubowy Kowal Sp. z o.o.\nNabywca: Wspólnota Topolowa\nRazem 9,00",
         {("Zakład Śrubowy Kowal Sp. z o.o.", "seller"), ("Wspólnota Topolowa", "buyer")}),
        ("invoice", "CREDIT NOTE\nPellbrook Roofing Ltd\nCredit to: Marlow & Finch\nTotal credit 9.00",
         {("Pellbrook Roofing Ltd", "seller"), ("Marlow & Finch", "buyer")}),
        ("invoice", "收 据\n今收到  青禾装饰工程有限公司\n交来 押金\n￥9.00\n收款单位（盖章）：立达设备租赁有限公司",
         {("青禾装饰工程有限公司", "buyer"), ("立达设备租赁有限公司", "seller")}),
        ("invoice", "运费结算单\n甲方（托运方）：宏拓钢结构有限公司\n乙方（承运方）：远帆运输有限公司\n合计：9.00",
         {("宏拓钢结构有限公司", "buyer"), ("远帆运输有限公司", "seller")}),
        ("contract", "港务土木工程有限公司\n（发包人）与\n衡正监理有限公司\n（监理人）",
         {("港务土木工程有限公司", "employer")}),
        ("invoice", "Facture n° 77\nClient: Jean Dupont\nTotal 9,00\nNETPRINT\nSiège social : 16 rue Mollien",
         {("NETPRINT", "seller")}),
        ("inspection_report", "Sorrel Laboratory\nTEST REPORT\nClient: Harbour Civil Ltd\nTested by: J. Smith",
         {("Sorrel Laboratory", "inspector"), ("Harbour Civil Ltd", "recipient"), ("J. Smith", "inspector")}),
        ("inspection_report", "检测报告\n委托单位：港务土木工程有限公司\n检测人：张伟 审核：李明",
         {("港务土木工程有限公司", "recipient"), ("张伟", "inspector")}),
        ("minutes", "Minutes of meeting\nPresent:\nA. Lim - Harbour Civil Ltd\nJonas van den Berg (chair)\n"
                    "Apologies: C. Wong\nAgenda\nSafe Access",
         {("A. Lim", "attendee"), ("Jonas van den Berg", "attendee"), ("Harbour Civil Ltd", "attendee"),
          ("C. Wong", "mentioned")}),
        ("minutes", "会议纪要\n主持人：李明\n参会人员：王建国、张伟、刘洋\n会议内容：\n一、进度", {
            ("李明", "attendee"), ("王建国", "attendee"), ("张伟", "attendee"), ("刘洋", "attendee")}),
        ("minutes", "会议纪要\n出席：港务土木工程有限公司：陆维新、贺强；衡正监理有限公司：郑伯庸\n议题：进度",
         {("港务土木工程有限公司", "attendee"), ("陆维新", "attendee"), ("贺强", "attendee"),
          ("郑伯庸", "attendee")}),
        ("correspondence", "Harbour Engineers\nLLP\n1 Row\nTo Northport Authority\nDear Sirs,",
         {("Harbour Engineers LLP", "sender"), ("Northport Authority", "recipient")}),
        ("correspondence", "港务土木工程有限公司\n致衡正监理有限公司\n未移交。\n抄送：北港港务局、\n北港建设有限公司",
         {("港务土木工程有限公司", "sender"), ("衡正监理有限公司", "recipient"), ("北港港务局", "copied")}),
        ("correspondence", "港务土木工程有限公司云溪路项目部\n致：衡正监理有限公司\n特此函告。",
         {("港务土木工程有限公司", "sender"), ("衡正监理有限公司", "recipient")}),
        ("correspondence", "From: A. Lim\nHello\n> From: B. Wong", {("A. Lim", "sender"), ("B. Wong", "mentioned")}),
        ("inspection_report", "抗压强度检测报告\n委托单位：港务土木工程有限公司\n代表值 47\n北港检测有限公司",
         {("北港检测有限公司", "inspector"), ("港务土木工程有限公司", "recipient")}),
        ("inspection_report", "Sorrel Water plc\nInspection report\nInstructed by: Harbour Civil Ltd",
         {("Sorrel Water plc", "inspector"), ("Harbour Civil Ltd", "recipient")}),
        ("other", "气象证明\n港务土木工程有限公司：\n雨量三百毫米。\n特此证明。\n北港市气象服务中心\n2023年8月9日",
         {("港务土木工程有限公司", "recipient"), ("北港市气象服务中心", "sender")}),
        ("minutes", "Minutes\nPresent\tA. Lim (Northport Authority); B. Tan, C. Goh (Harbour LLP)\nExcused\tD. Ho",
         {("Northport Authority", "attendee"), ("Harbour LLP", "attendee"), ("A. Lim", "attendee"),
          ("C. Goh", "attendee"), ("D. Ho", "mentioned")}),
        ("minutes", "Minutes\nPresent for NPA\tHelena Lind\nIn part\tSorrel Water plc (J. Penrose), item 3",
         {("Helena Lind", "attendee"), ("Sorrel Water plc", "attendee")}),
        ("minutes", "Minutes\nPresent: Quay Cars Import (Hull) Co., Ltd: Hal Aas; Jay Co.,\nLtd: Gu Lan; Quay Auto Ltd",
         {("Quay Cars Import (Hull) Co., Ltd", "attendee"), ("Quay Auto Ltd", "attendee"), ("Hal Aas", "attendee")}),
        ("invoice", "TIDEWAY PUMPS\nprop. G. Hallett\nINVOICE 2311/087\nHarbour Civil Ltd\nTotal 9.00",
         {("TIDEWAY PUMPS", "seller")}),
        ("work_record", "Harbour Construction Ltd - idle plant\nCrane\t28",
         {("Harbour Construction Ltd", "contractor")}),
        ("work_record", "Harbour Civil Ltd\nSITE DIARY\nWeather: rain", {("Harbour Civil Ltd", "contractor")}),
        ("work_record", "海岳汽车服务有限公司\n维修工单\n车牌号：粤B·D12345", {("海岳汽车服务有限公司", "sender")}),
    ],
)  # fmt: skip
def test_names_and_roles(kind: str, text: str, expected: Roles) -> None:
    assert expected <= roles(text, kind)


# The hard cases of letters, mails, contracts, policies and reports.
HARD = [
    (
        "correspondence",
        "MEMO\nTo: J. Smith, Northport Authority\n"
        "From: A. Lim, Harbour Civil Ltd\nc.c.: Mill Piling Ltd\nText",
        {("A. Lim", "sender"), ("J. Smith", "recipient"), ("Mill Piling Ltd", "copied")},
    ),
    (
        "correspondence",
        "港务土木工程有限公司\n函\n致：衡正监理有限公司 张工\n抄送：北港港务局\n由于…\n港务土木工程有限公司（盖章）\n"
        "2023年3月15日",
        {("北港港务局", "copied"), ("港务土木工程有限公司", "sender"), ("衡正监理有限公司", "recipient")},
    ),
    (
        "contract",
        "建设工程施工合同\n发包人（全称）：北港港务局\n承包人（全称）：港务土木工程有限公司",
        {("北港港务局", "employer"), ("港务土木工程有限公司", "contractor")},
    ),
    (
        "contract",
        "建设工程监理合同\n委托人（全称）：北港港务局\n监理人（全称）：衡正监理有限公司",
        {("北港港务局", "employer"), ("衡正监理有限公司", "engineer")},
    ),
    (
        "contract",
        "房屋租赁合同\n甲方（出租方）：海岳物业有限公司\n乙方（承租方）：锦驰租赁有限公司",
        {("海岳物业有限公司", "employer"), ("锦驰租赁有限公司", "contractor")},
    ),
    (
        "contract",
        "设备采购合同\n买方（甲方）：港务土木工程有限公司\n卖方（乙方）：恒远建材有限公司",
        {("恒远建材有限公司", "seller"), ("港务土木工程有限公司", "buyer")},
    ),
    (
        "contract",
        "劳务分包合同\n甲方：港务土木工程有限公司\n乙方：北港劳务有限公司",
        {("北港劳务有限公司", "subcontractor"), ("港务土木工程有限公司", "contractor")},
    ),
    (
        "contract",
        "SUBCONTRACT AGREEMENT\nParty A: Harbour Civil Ltd\nParty B: Deep Piling Ltd",
        {("Deep Piling Ltd", "subcontractor"), ("Harbour Civil Ltd", "contractor")},
    ),
    (
        "contract",
        "CONTRACT AGREEMENT\nParty A: Northport Authority\nParty B: Harbour Civil Ltd",
        {("Harbour Civil Ltd", "contractor"), ("Northport Authority", "employer")},
    ),
    (
        "contract",
        "SALES CONTRACT\nThe Seller: Merganser Steel Ltd\nThe Buyer: Harbour Civil Ltd",
        {("Harbour Civil Ltd", "buyer"), ("Merganser Steel Ltd", "seller")},
    ),
    (
        "contract",
        "建筑工程一切险保险单\n投保人：港务土木工程有限公司\n被保险人：北港港务局、港务土木工程有限公司\n"
        "保险人：宏安财产保险有限公司",
        {("北港港务局", "insured"), ("宏安财产保险有限公司", "insurer"), ("港务土木工程有限公司", "insured")},
    ),
    (
        "contract",
        "POLICY SCHEDULE\n"
        "Insured: Harbour Civil Ltd and Northport Authority\n"
        "Underwritten by: Anchor Insurance plc",
        {
            ("Anchor Insurance plc", "insurer"),
            ("Harbour Civil Ltd", "insured"),
            ("Northport Authority", "insured"),
        },
    ),
    (
        "inspection_report",
        "检测报告\n委托单位：港务土木工程有限公司\n检测单位：北港检测有限公司\n工程名称：云溪路",
        {("北港检测有限公司", "inspector"), ("港务土木工程有限公司", "recipient")},
    ),
    (
        "inspection_report",
        "北港市建筑材料检测中心\n检验报告\n委托方：港务土木工程有限公司\n监理单位：衡正监理有限公司\n"
        "施工单位：江岚建工集团有限公司",
        {
            ("北港市建筑材料检测中心", "inspector"),
            ("江岚建工集团有限公司", "contractor"),
            ("港务土木工程有限公司", "recipient"),
            ("衡正监理有限公司", "engineer"),
        },
    ),
    (
        "inspection_report",
        "SURVEY REPORT\nPrepared for: Anchor Insurance plc\n"
        "Prepared by: Kestrel Adjusters Ltd\n"
        "Insured: Harbour Civil Ltd",
        {
            ("Anchor Insurance plc", "recipient"),
            ("Harbour Civil Ltd", "insured"),
            ("Kestrel Adjusters Ltd", "inspector"),
        },
    ),
    (
        "correspondence",
        "From: Jane Roe <jane@npa.example> on behalf of Northport Authority <office@npa.example>\n"
        "To: Lim <lim@hc.example>\nSubject: x\n\nHello",
        {("Jane Roe", "sender"), ("Northport Authority", "sender")},
    ),
    (
        "correspondence",
        "From: Jane Roe on behalf of Northport Authority\nTo: Harbour Civil Ltd\n\nHello",
        {("Harbour Civil Ltd", "recipient"), ("Jane Roe", "sender"), ("Northport Authority", "sender")},
    ),
    (
        "correspondence",
        "Morven Consulting LLP\n1 Row\n\nHarbour Civil Ltd\nQuay\n\n"
        "Dear Sirs,\n"
        "We write on behalf of our client Northport Authority.\n"
        "Yours faithfully,\nJ. Tait\nfor Morven Consulting LLP",
        {("Harbour Civil Ltd", "recipient"), ("Morven Consulting LLP", "sender")},
    ),
    (
        "correspondence",
        "发件人：李明 <li@hc.example>\n收件人：王建国 <wang@np.example>\n抄送：赵强\n主题：函\n您好",
        {("李明", "sender"), ("王建国", "recipient"), ("赵强", "copied")},
    ),
    (
        "correspondence",
        "By hand\nNorthport Authority\n1 Port Street\n"
        "For the attention of Mr J. Smith\n\nDear Sir,\nText\n"
        "Yours sincerely,\nA. Lim\nProject Manager\nHarbour Civil Ltd",
        {("A. Lim", "sender"), ("Harbour Civil Ltd", "sender"), ("Northport Authority", "recipient")},
    ),
    (
        "work_record",
        "施工日志\n工程名称：码头\n施工单位：港务土木工程有限公司\n监理单位：衡正监理有限公司\n记录人：王建国",
        {("港务土木工程有限公司", "contractor"), ("衡正监理有限公司", "engineer")},
    ),
    (
        "invoice",
        "INVOICE\nFrom: Crane Hire Ltd\nTo: Harbour Civil Ltd\nTotal: 5.00",
        {("Crane Hire Ltd", "seller"), ("Harbour Civil Ltd", "buyer")},
    ),
    (
        "invoice",
        "Crane Hire Ltd\nINVOICE\nBilled to\nHarbour Civil Ltd\nAttn: J. Smith\nShip to\nSite 4\nTotal 5.00",
        {("Crane Hire Ltd", "seller"), ("Harbour Civil Ltd", "buyer")},
    ),
    (
        "minutes",
        "会议纪要\n参会单位：北港港务局、港务土木工程有限公司、衡正监理有限公司\n"
        "参会人员：王建国（北港港务局）、陆维新（港务土木工程有限公司）\n抄送：江岚建工集团有限公司",
        {
            ("北港港务局", "attendee"),
            ("江岚建工集团有限公司", "copied"),
            ("港务土木工程有限公司", "attendee"),
            ("王建国", "attendee"),
            ("衡正监理有限公司", "attendee"),
            ("陆维新", "attendee"),
        },
    ),
    (
        "correspondence",
        "致：北港港务局（发包人）\n发件人：港务土木工程有限公司（承包人）\n正文",
        {("北港港务局", "recipient"), ("港务土木工程有限公司", "sender")},
    ),
    (
        "contract",
        "保险合同\n甲方（投保人）：港务土木工程有限公司\n乙方（保险人）：宏安财产保险有限公司",
        {("宏安财产保险有限公司", "insurer"), ("港务土木工程有限公司", "insured")},
    ),
    (
        "contract",
        "技术咨询合同\n委托方（甲方）：北港港务局\n受托方（乙方）：衡正咨询有限公司",
        {("北港港务局", "employer"), ("衡正咨询有限公司", "contractor")},
    ),
    (
        "correspondence",
        "宏安财产保险股份有限公司北港市分公司\n拒赔通知书\n海川物流有限公司：\n贵司投保的货运险（保单号：PY1），"
        "被保险人为海川物流有限公司。我司委托德正保险公估有限公司评估。\n特此通知。",
        {
            ("宏安财产保险股份有限公司北港市分公司", "sender"),
            ("宏安财产保险股份有限公司北港市分公司", "insurer"),
            ("海川物流有限公司", "recipient"),
            ("海川物流有限公司", "insured"),
            ("德正保险公估有限公司", "inspector"),
        },
    ),
    (
        "correspondence",
        "工作联系单\n致：中恒建设监理有限公司\n请予回复。\n宏远建筑工程有限公司\n滨河项目经理部（章）\n项目经理：周志强\n"
        "二〇二四年八月十五日\n签收人：\n签收日期：\n",
        {("中恒建设监理有限公司", "recipient"), ("宏远建筑工程有限公司", "sender")},
    ),
]


@pytest.mark.parametrize(("kind", "text", "expected"), HARD)
def test_roles_of_hard_cases(kind: str, text: str, expected: Roles) -> None:
    assert expected <= roles(text, kind)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("correspondence", "To do: check the pump\nFrom there we went on. To: 12.03.2023\nCc: n/a"),
        ("correspondence", "致：\n抄送：无\nTo:\nFrom:\n"),
        ("contract", "承包人应当在七日内通知发包人。监理人有权要求承包人暂停施工。"),
        ("contract", "The Contractor shall notify the Engineer. Employer: 1,250,000.00"),
        ("minutes", "Present:\nAgenda\nSafe Access\nQuorum achieved"),
        ("other", "本公司、贵公司、我项目部、有限公司、公司"),
        ("other", "a limited supply of company cars in the group"),
        ("invoice", "TAX INVOICE\n12345\n03/04/2023\nTotal 9.00\nwww.shop.example"),
        ("photo", "Harbour Civil Ltd"),
        ("correspondence", "NEC4 ENGINEERING AND CONSTRUCTION CONTRACT\nEARLY WARNING NOTICE"),
        ("other", ""),
    ],
)
def test_no_names(kind: str, text: str) -> None:
    assert roles(text, kind) == set()


@pytest.mark.parametrize(
    ("kind", "text", "wrong"),
    [
        ("correspondence", "A Ltd\n致：港务土木有限公司\n函复如下\n抄报：北港建设有限公司",
         ("北港建设有限公司", "sender")),
        ("invoice", "TIDEWAY PUMPS\nprop. G. Hallett\nINVOICE 2311/087\nHarbour Civil Ltd\nTotal 9.00",
         ("Harbour Civil Ltd", "seller")),
        ("minutes", "Minutes\nPresent:\nName   Company   Initials\nSara Lind   Corvane Ltd (Client)   SL",
         ("Corvane Ltd", "seller")),
        ("correspondence", "宏安保险经纪有限公司\n关于保单的函\n此致", ("宏安保险经纪有限公司", "insurer")),
        ("minutes", "Minutes\nPresent: Jay Rental Co., Ltd: Gu Lan", ("Ltd", "attendee")),
        ("correspondence", "Name: D. Reave\nDear Sirs,", ("D. Reave", "buyer")),
        ("correspondence", "Date AHA\nDear Sirs,", ("Date AHA", "recipient")),
        ("invoice", "收 据\n今收到  青禾装饰工程有限公司\n交来 押金\n￥12000.00\n收款单位：立达设备租赁有限公司",
         ("青禾装饰工程有限公司", "seller")),
        ("invoice", "运费结算单\n甲方（托运方）：宏拓钢结构有限公司\n乙方（承运方）：远帆运输有限公司\n合计：9.00",
         ("宏拓钢结构有限公司", "seller")),
        ("invoice", "出租汽车发票\n单位 顺达出租汽车有限公司\n金额 41.00元", ("单位顺达出租汽车有限公司", "seller")),
        ("invoice", "Brookmere\n4 Mill Road\nTotal 3.00\nThank you for visiting us", ("us", "seller")),
        ("invoice", "Brookmere\n4 Mill Road\nTotal 3.00\nTHANK YOU FOR SHOPPING AT OUR STORE", ("OUR STORE", "seller")),
        ("invoice", "Brookmere\nOld Mill Road, Stanbridge\nTotal 3.00", ("Old Mill Road, Stanbridge", "seller")),
    ],
)  # fmt: skip
def test_wrong_roles(kind: str, text: str, wrong: tuple[str, str]) -> None:
    assert wrong not in roles(text, kind)


def test_form_below_the_letterhead_belongs_to_it() -> None:
    doc = laid_out([[(0.1, "Harbour Consulting"), (0.6, "DRAWING LIST")], [(0.1, "LLP"), (0.6, "No. 7")]])
    assert [(f.value, f.role) for f in find(doc, "correspondence")] == [("Harbour Consulting LLP", "sender")]


def test_columns_of_a_table_are_no_one_name() -> None:
    rows = [
        [(0.1, "Present"), (0.5, "Organisation")],
        [(0.1, "Helena Lind"), (0.5, "Kestrel Bay Roads Authority")],
    ]
    found = {(str(f.value), f.role) for f in find(laid_out(rows), "minutes")}
    assert found == {("Helena Lind", "attendee"), ("Kestrel Bay Roads Authority", "attendee")}


def test_damaged_name_in_a_scan_gives_way_to_the_full_one() -> None:
    text = "云溪新城开发建设有限公司\n致：港务土木有限公司\n正文如下\n女城开发建设有限公司\n"
    scan = assemble([PageText(text, 595, 842, "ocr", "tesseract", 0.8)], "image/png")
    typed = assemble([PageText(text, 595, 842)], "text/plain")
    damaged = "女城开发建设有限公司"
    assert damaged not in {f.value for f in find(scan, "correspondence")}
    assert damaged in {f.value for f in find(typed, "correspondence")}


def test_document_without_pages() -> None:
    assert find(Document("", (), "image/png"), "other") == []


@pytest.mark.parametrize(
    "rows",
    [
        [
            [(0.1, "Bill to"), (0.5, "Invoice No:"), (0.7, "INV-7")],
            [(0.1, "Wingtip Toys")],
            [(0.1, "1 Toy Street")],
        ],
        [[(0.1, "Customer"), (0.4, "Wingtip Toys Ltd")], [(0.1, "Job"), (0.4, "WX-7")]],
        [[(0.1, "Sold to"), (0.5, "Ship to")], [(0.1, "Wingtip Toys"), (0.5, "Wingtip Depot")]],
    ],
)
def test_value_below_or_beside_its_label(rows: list[list[tuple[float, str]]]) -> None:
    found = {(str(f.value), f.role) for f in find(laid_out(rows), "invoice")}
    assert {r for n, r in found if n.startswith("Wingtip")} == {"buyer"}
    assert not any(n in ("Job", "Invoice No") for n, _ in found)


def test_value_in_the_cell_beside_its_label() -> None:
    text = "施工单位\t港务土木工程有限公司\n天气\t小雨"
    cells = (Cell(0, 0, 0, 0, 4), Cell(0, 0, 1, 5, 15), Cell(0, 1, 0, 16, 18), Cell(0, 1, 1, 19, 21))
    doc = assemble([PageText(text, 595, 842, cells=cells)], "text/plain")
    assert [(f.value, f.role) for f in find(doc, "work_record")] == [("港务土木工程有限公司", "contractor")]


def test_place_and_reason_of_a_name() -> None:
    text = "Weather: fine\nContractor :  Harbour  Civil Ltd. \n"
    (fact,) = find(document(text), "work_record")
    assert (fact.value, text[fact.start : fact.end]) == ("Harbour Civil Ltd", "Harbour  Civil Ltd")
    assert (fact.why, fact.kind) == ("Contractor", "party")
    assert fact.confidence > 0.8


def test_name_once_for_each_role_and_not_mentioned_besides() -> None:
    text = LETTER + "\nHarbour Civil Ltd wrote again. HARBOUR CIVIL LTD. as well."
    found = [f for f in find(document(text), "correspondence") if str(f.value).lower() == "harbour civil ltd"]
    assert [f.role for f in found] == ["sender"]


def test_mentioned_names_are_capped() -> None:
    text = "\n".join(f"Works by Firm{chr(65 + n // 26)}{chr(97 + n % 26)} Piling Ltd." for n in range(200))
    assert len(find(document(text), "other")) == 40


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "the letter of Harbour Civil Ltd and Northport Authority dated",
            ["Harbour Civil Ltd", "Northport Authority"],
        ),
        ("Smith & Sons Engineering Co., Ltd. came", ["Smith & Sons Engineering Co., Ltd"]),
        ("Bank of China (Hong Kong) Limited", ["Bank of China (Hong Kong) Limited"]),
        ("the Director of Port Works Pte. Ltd., Mr Lim", ["Port Works Pte. Ltd"]),
        ("Ministry of Transport and Works", ["Ministry of Transport and Works"]),
        ("由上海市政设计研究院（集团）有限公司设计", ["上海市政设计研究院（集团）有限公司"]),
        ("发函单位：海纳酒店管理有限公司", ["海纳酒店管理有限公司"]),
        ("由和泰医院投资管理集团有限公司出资，在友谊医院施工", ["和泰医院投资管理集团有限公司", "友谊医院"]),
        ("经平安保险股份有限公司北京分公司查勘", ["平安保险股份有限公司北京分公司"]),
        ("华为技术有限公司与和平建设集团有限公司", ["华为技术有限公司", "和平建设集团有限公司"]),
        ("Morven Consulting Engineers\nLLP\n14 Row", ["Morven Consulting Engineers\nLLP"]),
        ("2023年6月26日港务土木有限公司", ["港务土木有限公司"]),
        ("2023年6月26日项目监理部", []),
        ("limited time, Ltd, 有限公司", []),
    ],
)
def test_companies_in_running_text(text: str, names: list[str]) -> None:
    line = plain(text)
    found = [text[slice(*line.span(c.start, c.end))] for c in companies_in(line) if c.confidence >= 0.5]
    assert found == names


@pytest.mark.parametrize(
    "name", ["Mr A. Lim", "Chen Wei", "Jonas van den Berg", "王建国", "李工", "欧阳总监", "张伟"]
)
def test_persons(name: str) -> None:
    assert is_person(name)


@pytest.mark.parametrize(
    "name", ["Harbour", "港务土木", "access to the site", "", "第三方检测", "12 Quay Road"]
)
def test_not_persons(name: str) -> None:
    assert not is_person(name)


@pytest.mark.parametrize(
    "line",
    [
        "12 Quay Road, Northport 5",
        "NO. 4 & 6, JALAN SS 15",
        "Church Street",
        "NY 11372",
        "和平路12号",
        "Dorpsstraat 2",
        "Old Mill Road, Stanbridge",
        "Piazza Garibaldi 3",
    ],
)
def test_addresses(line: str) -> None:
    assert is_address(line)


@pytest.mark.parametrize(
    "line", ["Harbour Civil Ltd", "Cumberland Farms", "Edwards Drive In", "港务局", "Penny Lane, Inc."]
)
def test_not_addresses(line: str) -> None:
    assert not is_address(line)


def test_vocabulary_is_sound() -> None:
    folder = Path(extractors.facts.__file__).parent
    labels = yaml.safe_load((folder / "party_labels.yaml").read_text(encoding="utf-8"))
    assert set(labels) <= set(PARTY_ROLES)
    phrases = [p for sorts in labels.values() for own in sorts.values() for p in own]
    assert len(phrases) == len(set(phrases))
    assert all(isinstance(p, str) and plain(p).lower == p for p in phrases)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["To: ", "致：", "Ltd", "有限公司", "Harbour ", "港务", "\n", "Present:", "(", "）", " ", "A. Lim"]
        )
        | st.text(max_size=6)
    ),
    st.sampled_from(["correspondence", "invoice", "minutes", "contract", "inspection_report", "work_record", "other"]),
)  # fmt: skip
def test_any_text_gives_sound_facts(parts: list[str], kind: str) -> None:
    doc = document("".join(parts))
    for fact in find(doc, kind):
        assert fact.role in PARTY_ROLES
        assert 0 < fact.confidence <= 1
        assert fact.end <= doc.body_end
        assert "".join(str(fact.value).split()) == "".join(doc.text[fact.start : fact.end].split())
