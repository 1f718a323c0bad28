"""The words of a notice in English and in Chinese: what every notice says, and what its decision changes."""

from collections.abc import Mapping

from riskbench.scorecard.reason_texts import Language

Words = Mapping[Language, str]

DECISIONS: Mapping[str, Words] = {
    "decline": {
        "en": "We have decided not to lend you the amount that you applied for.",
        "zh": "经审核，我们决定不批准您的贷款申请。",
    },
    "limit": {
        "en": "We can lend you less than you applied for. The amount is stated in the offer.",
        "zh": "经审核，我们可以批准的金额低于您的申请金额，具体金额以贷款要约所载为准。",
    },
    "refer": {
        "en": "We have not decided yet. A person will look at your application, and you will hear from us.",
        "zh": "您的申请尚未作出决定，将由工作人员进行人工审核，结果另行通知。",
    },
}
HOW: Mapping[str, Words] = {
    "decline": {
        "en": "The decision was taken by a points score and fixed rules, without a person.",
        "zh": "该决定由评分卡和固定规则自动作出，未经人工审核。",
    },
    "limit": {
        "en": "The decision was taken by a points score and fixed rules, without a person.",
        "zh": "该决定由评分卡和固定规则自动作出，未经人工审核。",
    },
    "refer": {
        "en": "A points score and fixed rules asked for a person to decide.",
        "zh": "评分卡和固定规则提示该申请须由人工作出决定。",
    },
}
GREETING: Words = {"en": "To the applicant", "zh": "尊敬的申请人："}
ORDER: Words = {
    "en": "What held the application back most comes first.",
    "zh": "影响最大的原因列在最前。",
}
PERSON: Words = {
    "en": "You can ask for a person to look at it, tell us what you think and contest the decision. Write to: {who}.",
    "zh": "您可以要求人工复核、说明您的意见，并对该决定提出异议。联系：{who}。",
}
DATA: Words = {
    "en": "You can ask which data about you were used and where they come from, and have them put right if they are "
    "wrong. We then decide again.",
    "zh": "您可以查询我们使用了您的哪些信息及其来源；信息有误的，可以要求更正，更正后我们将重新作出决定。",
}
AUTHORITY: Words = {
    "en": "You can complain to the authority that supervises us: {who}.",
    "zh": "您可以向监管机构投诉：{who}。",
}
LENDER: Words = {"en": "{name}, {address}", "zh": "{name}，{address}"}
BLANK: Words = {"en": "[blank: {what}]", "zh": "［待填写：{what}］"}
BLANKS: Mapping[str, Words] = {
    "name": {"en": "name of the lender", "zh": "贷款机构名称"},
    "address": {"en": "address of the lender", "zh": "贷款机构地址"},
    "reviewer": {"en": "who reviews decisions", "zh": "复核部门"},
    "regulator": {"en": "authority and its address", "zh": "监管机构及地址"},
}
