"""What a column's name gives away, in several languages, and what it does not."""

import pytest

from riskbench.data.drafting import names


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("SEX", "sex"),
        ("CODE_GENDER", "sex"),
        ("Geschlecht", "sex"),
        ("性别", "sex"),
        ("客户性别", "sex"),
        ("DateOfBirth", "birth"),
        ("Geburtsdatum", "birth"),
        ("дата рождения", "birth"),
        ("âge", "age"),
        ("Alter", "age"),
        ("État civil", "marital_status"),
        ("personal_status_sex", "sex"),
        ("foreign_worker", "nationality"),
        ("religión", "religion"),
        ("Muttersprache", "language"),
        ("Behinderung", "disability"),
    ],
)
def test_protected_attributes_are_known_by_name(name: str, attribute: str) -> None:
    assert names.says_of(name, names.PROTECTED)[0] == attribute


@pytest.mark.parametrize("name", ["mortgage", "usage", "message", "stage", "Essex_branch", "coverage"])
def test_a_word_inside_another_is_no_protected_attribute(name: str) -> None:
    assert names.says_of(name, names.PROTECTED) == ("", "")


@pytest.mark.parametrize(
    "name",
    [
        "loan_status",
        "recoveries",
        "total_pymnt",
        "last_pymnt_d",
        "ChargedOff",
        "charge_off_date",
        "WriteOff",
        "dpd_max",
        "out_prncp",
        "逾期天数",
        "просрочка",
        "closedDate",
    ],
)
def test_what_is_known_only_after_the_decision_is_suspected_by_name(name: str) -> None:
    assert names.says_of(name, names.LEAKAGE)[0]


@pytest.mark.parametrize(
    "name", ["income", "term", "purpose", "PAY_0", "BILL_AMT1", "open_acc", "dti", "badge", "clearance"]
)
def test_plain_features_are_not_suspected_by_name(name: str) -> None:
    assert names.says_of(name, names.LEAKAGE) == ("", "")


@pytest.mark.parametrize("name", ["int_rate", "APR", "sub_grade", "installment", "credit_score", "Zinssatz"])
def test_prices_are_known_by_name(name: str) -> None:
    assert names.says_of(name, names.PRICE)[0]


@pytest.mark.parametrize(
    "name",
    [
        "first_name",
        "Vorname",
        "E-Mail",
        "PhoneNumber",
        "iban",
        "SSN",
        "ip_address",
        "latitude",
        "zip_code",
        "姓名",
        "адрес",
    ],
)
def test_personal_data_are_known_by_name(name: str) -> None:
    assert names.says_of(name, names.PERSONAL)[0]
