"""The words that column names are made of, in several languages, by what they say of the column.

A new word goes into its list. A phrase of a list matches whole words in a row; `recover*` matches what begins so,
`ever#` what has digits there, and `=bucket` the whole name. Chinese is written without spaces, so its phrases match
anywhere.
"""

PROTECTED = {
    "sex": "sex gender female male geschlecht sexe genre sexo genero sesso genere plec płec cinsiyet geslacht "
    "jenis_kelamin kelamin kjonn kjønn sukupuoli pohlavi gioi_tinh пол 性别 性別 성별 الجنس جنس "
    "salutation anrede civilite",
    "age": "age alter altersgruppe altersklasse edad idade eta wiek leeftijd umur usia alder возраст "
    "年龄 年齡 年齢 나이 العمر عمر السن",
    "birth": "birth birthday birthdate birthyear dob yob born geburt geburtsdatum geburtstag geburtsjahr naissance "
    "nacimiento nascimento nascita urodzenia рождения 出生 生日 生年",
    "marital_status": "marital marriage married divorced widow widowed matrimonial personal_status civil_status "
    "family_status familienstand zivilstand etat_civil estado_civil stato_civile stan_cywilny burgerlijke_staat "
    "medeni_durum situation_familiale семейное брак 婚姻 الحالة_الاجتماعية",
    "children": "children child kids kinder enfants hijos filhos figli дети 子女",
    "race": "race racial rasse raza raca раса 种族 種族",
    "ethnicity": "ethnic ethnicity ethnie ethnique etnia caste tribe национальность 民族",
    "religion": "religion religious konfession glaube religione religiao вероисповедание религия 宗教 الديانة",
    "political_opinion": "political political_party party_affiliation party_member",
    "sexual_orientation": "sexual_orientation lgbt lgbtq",
    "nationality": "nationality citizenship citizen foreigner foreign_worker foreign_national immigrant immigration "
    "migrant country_of_origin origin_country geburtsland herkunftsland visa_type visa_status residence_permit "
    "staatsangehorigkeit staatsburgerschaft nationalitat nationalite nacionalidad ciudadania гражданство 国籍 國籍 "
    "الجنسية جنسية",
    "language": "language mother_tongue sprache muttersprache langue idioma lengua lingua язык 语言 語言",
    "disability": "disability disabled behinderung handicap invalidite discapacidad инвалидность 残疾 殘疾",
    "health": "health illness disease smoker diagnosis gesundheit gesundheitszustand salud sante здоровье",
    "pregnancy": "pregnant pregnancy",
    "military_service": "veteran military_status",
    "retirement": "retired retiree pensioner rentner",
    "public_assistance": "public_assistance welfare food_stamps social_benefit social_benefits sozialhilfe",
}
# An age of these is not that of a person, unless the name says whose it is.
THINGS = (
    "account acc loan credit trade tradeline file oldest newest car vehicle auto property house building company firm "
    "business relationship card device job employment policy contract asset collateral equipment machine konto fahrzeug"
)
PERSONS = "applicant borrower age_at"

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
# A text of these names a person however few its levels are. A `name` among other words may be a product's.
PERSON = {
    "a name": "=name =names =nom =nombre =nome first_name last_name full_name middle_name maiden_name given_name "
    "family_name firstname lastname fullname surname vorname nachname prenom apellido apellidos cognome фио имя "
    "фамилия 姓名 person_name customer_name client_name borrower_name applicant_name member_name contact_name "
    "spouse_name guarantor_name officer_name agent_name manager_name advisor_name underwriter_name officer employee "
    "employee_name staff_name teller caseworker relationship_manager account_manager sachbearbeiter =staff "
    "=agent =manager =advisor =adviser =underwriter =spouse =guarantor",
    **{what: PERSONAL[what] for what in PERSONAL if what not in ("a name", "a place", "free text", "an employer")},
}
NO_PERSON = (
    "product bank branch company merchant dealer type kind flag status state city country county region province "
    "district domain brand model os class category group band level size count tenure has own verified provided"
)

LEAKAGE = {
    "recoveries": "recov* rec_amt rec_amount взыскан* 回收",
    "collections": "collect* dca debt_sold sold_debt lawsuit* inkasso mahn* recouvrement cobranza 催收",
    "a charge-off": "charge_off charged_off charge*off chargedoff write_off written_off write*off writeoff write_down "
    "writedown wo_amt wo_amount wo_date wo_flag wo_balance abschreibung",
    "what was set aside for losses": "impair* provision provisions stage#",
    "what was paid later": "pymnt* payment_total total_payment* total_paid paid_total amount_paid last_payment* "
    "next_payment* final_payment* total_rec* repaid repayment* payments_made payments_received n_payments num_payments "
    "paid_off paid_to_date prepaid prepay* rueckzahlung remboursement reembolso",
    "late payment": "days_late late_days late_payment* late_fee* times_late missed_* ruckstand* rueckstand* atraso* "
    "延滞",
    "help in distress": "workout forbearance hardship* restructur* moratorium",
    "how the loan ended": "status loan_status closed close_date closing settled settlement outcome result performance "
    "terminat* litigation legal foreclos* reposses* insolven* target label",
    "default": "default defaulted defaults dpd days_past_due past_due overdue arrears bad good_bad gb_flag gb_ind =gb "
    "npl lgd loss fpd spd ever# =bucket dpd_bucket delinquency_bucket current_bucket max_bucket worst_bucket ausfall* "
    "verzug* impago* impaye* mora просроч* 逾期 违约 違約",
    "what was still owed later": "out_prncp* outstanding remaining_principal remaining_balance current_balance "
    "curr_balance closing_balance balance_at",
}
# Words that turn these into something else: a history before the decision, or the state of a person or a home.
BEFORE = (
    "previous prev prior hist history historical before earlier existing within inq inquiry enquiries last#* tl accts "
    "bureau schufa"
)
STATES = (
    "employment employ emp work job home house housing residence residential dwelling account checking savings civil "
    "marital occupation student"
)
# A span of time is that of a bureau's history with these, but that of an outcome with a default (`default_12m`).
SPAN = "#m #mths #months #_m #_mths #_months #y #yrs #years #_yrs #_years"
COUNTED = ("collections", "late payment")

DECIDED = "what was decided"
PRICE = {
    "a price": "rate rates apr int_rt interest pricing price margin spread fee fees total_due zins zinssatz taux tasa "
    "taxa процент ставка 利率",
    "an instalment": "installment instalment installments instalments emi rate_amount annuity monthly_payment "
    "mensualite cuota",
    "a grade or score": "grade subgrade score scores scoring scorecard rating riskband risk_band risk_class risk_grade "
    "risk_tier risk_segment risk_level credit_tier model_output predicted prediction pd",
    "what was approved": "funded funded_amnt approved_amount sanctioned disbursed granted limit_assigned "
    "assigned_limit",
    DECIDED: "decision approval approved declined rejected override overridden underwriter credit_policy",
}
# A score of somebody else is no price of the lender's own, nor is a rate of something else.
OTHERS = (
    "other others bureau external ext fico schufa cibil experian equifax transunion crif vantage exchange heart "
    "unemployment employment inflation growth tax utili* util saving savings installment_rate instalment_rate"
)

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

# Words that are written together: a word that is made of these alone is cut between them.
STEMS = (
    "age edad customer client cliente borrower applicant person member group grp band class family civil estado "
    "marital status loan credit account policy vehicle total amount amt due paid late days missed payment payments "
    "interest int rate score grade card tier risk decision flag approved approval default bad good target outcome "
    "current closing balance recovery date of birth sex gender charge charged write off past id name first last full"
)
