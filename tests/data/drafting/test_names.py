"""What a column's name gives away, in several languages, and what it does not."""

import pytest

from riskbench.data.drafting import names, vocabulary


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
        *(
            (name, attribute)
            for attribute, several in {
                "sex": "Female male_flag is_female IsFemale salutation Anrede geslacht jenis_kelamin kjonn kjønn 性別 الجنس",
                "age": "agegrp age_grp ageband customerage CustomerAge edadcliente leeftijd umur 年齡 年齢 العمر",
                "marital_status": "civil_status civilstatus divorced widowed estadocivil family_status "
                "NAME_FAMILY_STATUS الحالة_الاجتماعية",
                "health": "health_status",
                "language": "mother_tongue",
                "nationality": "Geburtsland country_of_origin visa_type الجنسية",
                "military_service": "veteran",
                "political_opinion": "political_party",
                "sexual_orientation": "sexual_orientation",
                "retirement": "retired_flag",
                "public_assistance": "public_assistance welfare",
                "children": "CNT_CHILDREN",
            }.items()
            for name in several.split()
        ),
    ],
)
def test_protected_attributes_are_known_by_name(name: str, attribute: str) -> None:
    assert names.says_of(name, vocabulary.PROTECTED)[0] == attribute


@pytest.mark.parametrize(
    "name",
    [
        "mortgage",
        "usage",
        "message",
        "stage",
        "Essex_branch",
        "coverage",
        "wage",
        "package",
        "storage",
        "percentage",
        "average",
        "education",
    ],
)
def test_a_word_inside_another_is_no_protected_attribute(name: str) -> None:
    assert names.says_of(name, vocabulary.PROTECTED) == ("", "")


@pytest.mark.parametrize(
    "name", ["policy_age", "account_age", "vehicle_age", "accountage", "loanage", "oldest_trade_age"]
)
def test_the_age_of_a_thing_is_told_from_that_of_a_person(name: str) -> None:
    assert names.age_of_a_thing(name)
    assert not names.age_of_a_thing("applicant_age")
    assert not names.age_of_a_thing("age_at_loan")


LEAKS = """
loan_status loanstatus recoveries total_pymnt last_pymnt_d ChargedOff charge_off_date WriteOff dpd_max out_prncp
days_late late_payments n_missed_payments missed_instalments bucket fpd ever30 ever_30 ever_90dpd dpd30plus gb_flag
target_v2 label default_12m bad_12m
current_balance balance_at_close payments_made n_payments paid_off paidoff prepaid_flag prepayment workout_flag
forbearance hardship_flag foreclosed repossession lawsuit debt_sold dca_assigned rec_amt
stage2_flag stage_3 impairment provisions write_down wo_amt
Rueckstand Rückstand Verzugstage impago_flag dias_atraso impayes impayés взыскано просрочка просроченный_долг
逾期天数 違約 closedDate Ausfalldatum insolvency_date
"""


@pytest.mark.parametrize("name", LEAKS.split())
def test_what_is_known_only_after_the_decision_is_suspected_by_name(name: str) -> None:
    assert names.known_later(name)[0]


PLAIN = """
income term purpose PAY_0 BILL_AMT1 open_acc dti badge clearance application_stage income_bucket employment_status
collections_12_mths_ex_med collections_12m chargeoff_within_12_mths late_payments_last_6m last_12_months_dpd
num_tl_120dpd_2m num_accts_ever_120_pd previous_default unemployment_rate utilisation_rate
"""


@pytest.mark.parametrize("name", PLAIN.split())
def test_plain_features_and_a_history_are_not_suspected_by_name(name: str) -> None:
    assert names.known_later(name) == ("", "")


PRICES = """
int_rate APR sub_grade installment credit_score Zinssatz
totaldue total_due interestrate int_rt spread creditscore creditgrade scoreband scorecard_pts model_output risk_tier
risk_segment decision decision_code approval_flag approved_flag underwriter_decision manual_override
credit_limit_assigned monthly_payment met_credit_policy
"""


@pytest.mark.parametrize("name", PRICES.split())
def test_prices_are_known_by_name(name: str) -> None:
    assert names.says_of(name, vocabulary.PRICE)[0]
    assert not names.says(name, vocabulary.OTHERS)
    assert names.known_later(name) == ("", "")


@pytest.mark.parametrize(
    "name", ["unemployment_rate", "utilisation_rate", "savings_rate", "installment_rate", "fico_score"]
)
def test_rates_and_scores_of_others_are_told_from_prices(name: str) -> None:
    assert names.says(name, vocabulary.OTHERS)


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
    assert names.says_of(name, vocabulary.PERSONAL)[0]
