"""The language of a text."""

from __future__ import annotations

import pytest

from extractors.kinds.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We refer to your letter of 3 May and to the delay of the works.", "en"),
        ("TAX INVOICE\nAmount 12.00", "en"),
        ("根据合同约定，贵方应于三月移交场地。", "zh"),
        ("關於B區未按期移交場地的函", "zh"),
        ("会议纪要 Minutes 2023年3月14日 参会人员 王建国", "zh"),
        ("Dear Mr Wang (王), the works at the harbour are late and we ask for the reasons.", "en"),
        ("Wir beziehen uns auf die Rechnung und bitten um Zahlung nach dem Vertrag.", "de"),
        ("Nous vous prions de bien vouloir régler la facture dans les délais pour le chantier.", "fr"),
        ("La factura se debe pagar en los plazos que establece el contrato para las obras.", "es"),
        ("Il pagamento della fattura non è stato ancora effettuato dal cliente.", "it"),
        ("O pagamento da fatura não foi feito pela empresa dos senhores.", "pt"),
        ("Wij verzoeken u het bedrag van de factuur naar onze rekening te betalen.", "nl"),
        ("Sila bayar jumlah ini kepada syarikat dengan segera pada tarikh yang dinyatakan.", "ms"),
        ("工事の遅延についてお知らせいたします。", "ja"),
        ("공사 지연에 대하여 알려 드립니다.", "ko"),
        ("Сообщаем о задержке строительных работ.", "ru"),
        ("", "und"),
        ("12.50 / 33 %", "und"),
        ("xqzt vrrk", "und"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert language_of(text) == language


def test_only_the_head_of_a_long_text_counts() -> None:
    assert language_of("the works and the site " * 2000 + "合同" * 50_000) == "en"
