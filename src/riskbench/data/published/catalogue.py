"""Published tables that are known by their content: what each is, and the hashes that its values must have.

Adding a data set is adding one entry to `PUBLIC`; `recognition.py` recognises it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from riskbench.core.errors import CannotRun


@dataclass(frozen=True)
class PublicData:
    """What is known of a published table.

    `columns` are the canonical names in their order, each with what its values are known by: a column of whole numbers
    by their total (published means are checked by these), another by its kind and the first digits of its content's
    hash, for example "text 91b2a0c4". The first is the key, numbered 1 to n where a file has none. Each of `namings`
    gives, in the same order, the names that columns go by elsewhere, alternatives after `|`. `lost` holds cells that
    are empty in copies in circulation, by (column, key), with the published value.
    """

    title: str
    origin: str
    rows: int
    columns: Mapping[str, int | str]
    sha256: str
    namings: Sequence[str] = ()
    openml_id: int | None = None
    lost: Mapping[tuple[str, int], int] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The name of the row key."""
        return next(iter(self.columns))


_TARGETS = "default_next_month|default.payment.next.month|Y|class"

PUBLIC: dict[str, PublicData] = {
    "taiwan": PublicData(
        title="Default of Credit Card Clients (Yeh and Lien, 2009)",
        origin="https://archive.ics.uci.edu/dataset/350",
        rows=30_000,
        columns={
            "ID": 450_015_000,
            "LIMIT_BAL": 5_024_529_680,
            "SEX": 48_112,
            "EDUCATION": 55_594,
            "MARRIAGE": 46_556,
            "AGE": 1_064_565,
            "PAY_0": -501,
            "PAY_2": -4_013,
            "PAY_3": -4_986,
            "PAY_4": -6_620,
            "PAY_5": -7_986,
            "PAY_6": -8_733,
            "BILL_AMT1": 1_536_699_927,
            "BILL_AMT2": 1_475_372_255,
            "BILL_AMT3": 1_410_394_644,
            "BILL_AMT4": 1_297_888_469,
            "BILL_AMT5": 1_209_342_029,
            "BILL_AMT6": 1_166_152_812,
            "PAY_AMT1": 169_907_415,
            "PAY_AMT2": 177_634_905,
            "PAY_AMT3": 156_770_445,
            "PAY_AMT4": 144_782_306,
            "PAY_AMT5": 143_981_629,
            "PAY_AMT6": 156_465_077,
            "default_next_month": 6_636,
        },
        sha256="2ff36584e3b84bb1bd6bdd646bc24310feb7c51f4ad77a42c842fbb0cfdfc166",
        namings=(
            "ID LIMIT_BAL SEX EDUCATION MARRIAGE AGE PAY_0|PAY_1 PAY_2 PAY_3 PAY_4 PAY_5 PAY_6 "
            "BILL_AMT1 BILL_AMT2 BILL_AMT3 BILL_AMT4 BILL_AMT5 BILL_AMT6 "
            f"PAY_AMT1 PAY_AMT2 PAY_AMT3 PAY_AMT4 PAY_AMT5 PAY_AMT6 {_TARGETS}",
            f"ID {' '.join(f'X{n}' for n in range(1, 24))} {_TARGETS}",
            " ".join(f"V{n}" for n in range(1, 26)),
            f"ID {' '.join(f'V{n}' for n in range(1, 24))} V24|{_TARGETS}",
        ),
        openml_id=42477,
        # the totals of the copies that lack these two ages fall short of the published ones by exactly 34 + 37
        lost={("AGE", 3): 34, ("AGE", 4): 37},
    ),
    "lendingclub": PublicData(
        title="LendingClub loans issued June 2007 to December 2011",
        origin="https://github.com/kuhnrl30/LendingClubData",
        rows=42_535,
        columns={
            "loan_key": 904_634_380,
            "issue_d": "date 5ea9b627",
            "loan_amnt": 471_701_350,
            "funded_amnt": 460_296_150,
            "term": 1_795_284,
            "int_rate": "number 909c723e",
            "installment": "number 35b79d62",
            "grade": "text e64b8ad4",
            "sub_grade": "text cdf10aab",
            "purpose": "text f7ce580a",
            "emp_length": "text f6447e57",
            "home_ownership": "text 78e720f6",
            "annual_inc": "number 2dc335cb",
            "verification_status": "text b86730bb",
            "addr_state": "text 1a5c4292",
            "dti": "number 9756aa5f",
            "delinq_2yrs": "number 3fb04583",
            "earliest_cr_line": "date 4ebae7f7",
            "inq_last_6mths": "number 31dead20",
            "mths_since_last_delinq": "number 68b25305",
            "mths_since_last_record": "number dd6222ad",
            "open_acc": "number e3ea4dcb",
            "pub_rec": "number f3f4fb38",
            "pub_rec_bankruptcies": "number a1e3bd67",
            "tax_liens": "number 13da226b",
            "revol_bal": 608_159_514,
            "revol_util": "number 0cc7d4a2",
            "total_acc": "number d44d71af",
            "acc_now_delinq": "number 7afdfcb2",
            "delinq_amnt": "number 401ee339",
            "chargeoff_within_12_mths": "number 634b6a4c",
            "collections_12_mths_ex_med": "number cb5af87d",
            "met_credit_policy": 39_786,
            "loan_status": "text 74e5a288",
            "bad": 6_431,
            "total_pymnt": "number f23b606c",
            "total_rec_prncp": "number 85ed5a5f",
            "total_rec_int": "number ad3d19a1",
            "total_rec_late_fee": "number 29d898b8",
            "recoveries": "number be217ae6",
            "collection_recovery_fee": "number a9167ca4",
            "last_pymnt_d": "date 32eb4230",
            "last_pymnt_amnt": "number 021f1a62",
        },
        sha256="42858ab14bb24b4983edb112f3c8efe6473ba7a679e6b79415144ae7689f8430",
    ),
    "south_german": PublicData(
        title="South German Credit (Grömping, 2019)",
        origin="https://archive.ics.uci.edu/dataset/573",
        rows=1_000,
        columns={
            "id": 500_500,
            "status": 2_577,
            "duration": 20_903,
            "credit_history": 2_545,
            "purpose": 2_828,
            "amount": 3_271_248,
            "savings": 2_105,
            "employment_duration": 3_384,
            "installment_rate": 2_973,
            "personal_status_sex": 2_682,
            "other_debtors": 1_145,
            "present_residence": 2_845,
            "property": 2_358,
            "age": 35_542,
            "other_installment_plans": 2_675,
            "housing": 1_928,
            "number_credits": 1_407,
            "job": 2_904,
            "people_liable": 1_845,
            "telephone": 1_404,
            "foreign_worker": 1_963,
            "credit_risk": 700,
        },
        sha256="1df5dba05b5367d2c80a62c0d36e7e86478824320fa273c2392c6d04a33e0fe9",
        namings=(
            "id laufkont laufzeit moral verw hoehe sparkont beszeit rate famges buerge "
            "wohnzeit verm alter weitkred wohn bishkred beruf pers telef gastarb kredit",
        ),
    ),
    "superlender_loans": PublicData(
        title="SuperLender loans of July 2017",
        origin="Zindi / Data Science Nigeria, Loan Default Prediction Challenge; licence not established",
        rows=4_368,
        columns={
            "loan_id": 1_319_052_818_680,
            "customer_key": 11_954_325,
            "loannumber": 22_593,
            "approveddate": "timestamp a73f152f",
            "creationdate": "timestamp 39f72cf9",
            "loanamount": 77_790_000,
            "totaldue": "number 9075807b",
            "termdays": 127_815,
            "referred": 587,
            "good_bad_flag": "text f2b0da32",
        },
        sha256="b3b8d3d74746d19279eaf1e5634cda56046980141eb03bdc41c4a302c998a756",
    ),
    "superlender_previous_loans": PublicData(
        title="SuperLender previous loans of the same customers",
        origin="Zindi / Data Science Nigeria, Loan Default Prediction Challenge; licence not established",
        rows=18_183,
        columns={
            "loan_id": 5_488_347_155_849,
            "customer_key": 46_488_412,
            "loannumber": 76_175,
            "approveddate": "timestamp f00cf1a8",
            "creationdate": "timestamp d322577d",
            "loanamount": 300_042_000,
            "totaldue": "number 84c63a42",
            "termdays": 485_355,
            "closeddate": "timestamp 3f956157",
            "firstduedate": "date 0d036d6c",
            "firstrepaiddate": "timestamp f2825541",
            "referred": 1_026,
        },
        sha256="8e4d9bfe3bf00f51e14034d09d93eddf6882c37c971739c759e625715210f066",
    ),
    "superlender_customers": PublicData(
        title="SuperLender customers",
        origin="Zindi / Data Science Nigeria, Loan Default Prediction Challenge; licence not established",
        rows=4_334,
        columns={
            "customer_key": 11_802_011,
            "birth_year": 8_598_916,
            "bank_account_type": "text fdc37eeb",
            "bank_name_clients": "text b8a2c12e",
            "employment_status_clients": "text 6b135bcb",
            "level_of_education_clients": "text c7ca5d9a",
        },
        sha256="3869a0ca21c184cc32a6518e9a83aebf95f0af6913d84cc784270ddb8d5211d4",
    ),
}


def known_as(name: str) -> PublicData:
    """What is known of a published table; raises `CannotRun` with the names that there are."""
    if name not in PUBLIC:
        raise CannotRun(f"no published data set {name!r} is known; there are: {', '.join(sorted(PUBLIC))}")
    return PUBLIC[name]
