"""Why a reviewer decides: a list of reasons, so that reviews can be counted. Their codes stand in the log."""

from dataclasses import dataclass
from typing import Literal

from riskbench.scorecard.reason_texts import Language

Verdict = Literal["approve", "decline"]
OTHER = "other"


@dataclass(frozen=True)
class Code:
    """One reason, and for which verdicts it may stand."""

    code: str
    en: str
    zh: str
    fits: tuple[Verdict, ...]

    def said(self, language: Language) -> str:
        """The reason in words."""
        return self.zh if language == "zh" else self.en


BOTH: tuple[Verdict, ...] = ("approve", "decline")
CODES = (
    Code("income_verified", "income verified by documents", "收入已经凭证核实", ("approve",)),
    Code("inputs_verified", "inputs checked with their source, and right", "输入数据已与来源核对无误", BOTH),
    Code("good_history", "good history with us, unknown to the model", "有模型未见的良好记录", ("approve",)),
    Code("security", "guarantor or collateral", "有担保人或抵押", ("approve",)),
    Code("smaller_amount", "a smaller amount can be afforded", "较小金额可以负担", ("approve",)),
    Code("not_affordable", "the instalments cannot be afforded", "无力负担还款", ("decline",)),
    Code("income_not_verified", "income could not be verified", "收入无法核实", ("decline",)),
    Code("inputs_wrong", "inputs are wrong: to be applied for again", "输入数据有误，需重新申请", ("decline",)),
    Code("suspected_fraud", "identity or documents are in doubt", "身份或材料存疑", ("decline",)),
    Code("adverse", "adverse information, unknown to the model", "有模型未见的不利信息", ("decline",)),
    Code(OTHER, "other: say which in your own words", "其他（请在说明中填写）", BOTH),
)
BY_CODE = {code.code: code for code in CODES}
