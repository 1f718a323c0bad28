"""What a column's name says of it: word lists in several languages, matched word by word.

A name is cut into words at punctuation and capitals, without accents and case, so that `DateOfBirth`, `date_of_birth`
and `date of birth` are one. A phrase of a list matches whole words in a row; `recover*` matches what begins so. Chinese
is written without spaces, so its phrases match anywhere.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

PROTECTED = {
    "sex": "sex gender geschlecht sexe genre sexo genero sesso genere plec cinsiyet пол 性别",
    "age": "age alter edad idade eta wiek возраст 年龄",
    "birth": "birth birthday birthdate birthyear dob yob born geburt geburtsdatum geburtstag geburtsjahr naissance "
    "nacimiento nascimento nascita urodzenia рождения 出生 生日",
    "marital_status": "marital marriage married matrimonial personal_status familienstand zivilstand etat_civil "
    "estado_civil situation_familiale семейное брак 婚姻",
    "race": "race racial rasse raza raca раса 种族",
    "ethnicity": "ethnic ethnicity ethnie ethnique etnia caste tribe национальность 民族",
    "religion": "religion religious konfession glaube religione religiao вероисповедание религия 宗教",
    "nationality": "nationality citizenship citizen foreigner foreign_worker foreign_national immigrant migrant "
    "staatsangehorigkeit staatsburgerschaft nationalitat nationalite nacionalidad ciudadania гражданство 国籍",
    "language": "language sprache muttersprache langue idioma lengua lingua язык 语言",
    "disability": "disability disabled behinderung handicap invalidite discapacidad инвалидность 残疾",
    "pregnancy": "pregnant pregnancy",
}
# An age of these is not that of a person.
THINGS = (
    "account acc loan credit trade tradeline file oldest newest car vehicle auto property house building company firm "
    "business relationship card device job employment konto fahrzeug"
)

PERSONAL = {
    "a name": "name firstname lastname fullname surname vorname nachname nom prenom nombre apellido apellidos nome "
    "cognome фио имя фамилия 姓名",
    "an e-mail address": "email e_mail mail correo courriel почта 邮箱",
    "a phone number": "phone telephone telefon telefono mobile_number mobile_no mobile_phone cellphone tel msisdn "
    "телефон 手机 电话",
    "an address": "address addr street strasse adresse direccion endereco indirizzo адрес 地址",
    "a place": "zip zipcode zip_code postcode postal postal_code plz gps lat latitude lon lng longitude geohash 邮编",
    "an account or card": "iban bic account_number account_no card_number card_no kontonummer kartennummer",
    "a national number": "ssn social_security national_id nationalid passport id_card identity_card tax_id taxid tin "
    "nin bvn cnic aadhaar curp rfc cpf dni nif nie personnummer ausweis паспорт снилс инн 身份证",
    "a device or address of the net": "ip ip_address ipaddress imei imsi mac mac_address device_id cookie "
    "user_agent url",
    "free text": "comment comments note notes remark remarks desc description bemerkung kommentar комментарий 备注",
    "an employer": "employer emp_title arbeitgeber employeur empleador работодатель",
}

LEAKAGE = {
    "recoveries": "recover*",
    "collections": "collect* inkasso mahn* recouvrement cobranza 催收",
    "a charge-off": "charge_off charged_off charge*off chargedoff write_off written_off write*off writeoff "
    "abschreibung",
    "what was paid later": "pymnt* payment_total total_payment* total_paid paid_total amount_paid last_payment* "
    "next_payment* final_payment* total_rec* repaid repayment* rueckzahlung remboursement reembolso",
    "how the loan ended": "status loan_status closed close_date closing settled settlement outcome result performance "
    "terminat* litigation legal",
    "default": "default defaulted defaults dpd days_past_due past_due overdue arrears bad good_bad npl lgd loss "
    "ausfall verzug impaye mora просрочка 逾期 违约",
    "what was still owed later": "out_prncp* outstanding remaining_principal remaining_balance",
}
# Words that turn these into something else: a history before the decision, or the state of a person or a home.
BEFORE = "previous prev prior hist history historical before earlier existing within inq inquiry enquiries"
STATES = (
    "employment employ emp work job home house housing residence residential dwelling account checking savings civil "
    "marital occupation student"
)

PRICE = {
    "a price": "rate rates apr interest pricing price margin fee fees zins zinssatz taux tasa taxa процент ставка 利率",
    "an instalment": "installment instalment installments instalments emi rate_amount annuity mensualite cuota",
    "a grade or score": "grade subgrade score scores scoring rating riskband risk_band risk_class risk_grade pd",
    "what was approved": "funded funded_amnt approved_amount sanctioned disbursed granted",
}
# A score of somebody else is no price of the lender's own.
OTHERS = "other others bureau external ext fico schufa cibil experian equifax transunion crif vantage exchange heart"

KEY = "id uuid guid key nr no number num row index ref reference code hash loan_id application_id 编号 номер"
CUSTOMER = (
    "customer client member borrower applicant cust user person kunde kunden kundennummer kundennr cliente "
    "clienti klient debtor клиент 客户"
)
AMOUNT = (
    "loan_amount loan_amnt loanamount amount_requested requested_amount credit_amount loan_amt amt_credit amount amnt "
    "principal credit_limit limit limit_bal kreditbetrag kredithohe betrag darlehen montant monto importe valor "
    "importo сумма 金额"
)
NOT_THE_AMOUNT = (
    "bill pay paid payment balance revol delinq past prev previous income salary due monthly annual annuity goods "
    "total tax collateral savings"
)


def words(name: str) -> tuple[str, ...]:
    """The words of a column's name, folded; digits at the end of a word say which one it is and are left out.

    >>> words("DateOfBirth"), words("LIMIT_BAL"), words("état civil 2")
    (('date', 'of', 'birth'), ('limit', 'bal'), ('etat', 'civil'))
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    parts = (re.sub(r"[0-9]+$", "", part) for part in re.split(r"[\W_]+", fold(spaced)))
    return tuple(part for part in parts if part)


def fold(text: str) -> str:
    """Without accents and case: `É` is `e`, `ß` is `ss`, and Cyrillic `й` is `и`."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def says(name: str, phrases: str) -> str:
    """The first phrase of a list that the name holds, else an empty text.

    >>> says("total_rec_prncp", "recover* total_rec*"), says("corporate", "rate"), says("客户编号", "客户")
    ('total_rec*', '', '客户')
    """
    own = f"_{'_'.join(words(name))}_"
    return next((phrase for phrase, pattern in _patterns(phrases) if pattern.search(own)), "")


def says_of(name: str, lists: Mapping[str, str]) -> tuple[str, str]:
    """The first entry of `lists` of which the name holds a phrase, and that phrase; else two empty texts."""
    for meaning, phrases in lists.items():
        if phrase := says(name, phrases):
            return meaning, phrase
    return "", ""


@cache
def _patterns(phrases: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((phrase, _pattern(phrase)) for phrase in phrases.split())


def _pattern(phrase: str) -> re.Pattern[str]:
    text = re.escape(fold(phrase)).replace(r"\*", "[^_]*")
    anywhere = any("\u4e00" <= c <= "\u9fff" for c in phrase)
    return re.compile(text if anywhere else f"_{text}_")
