"""The tables, declared once: name, column, type, meaning. Positions of categories become words here."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from riskbench.data.synthetic.columns import Columns
from riskbench.data.synthetic.names import FAMILY, FEMALE, MALE
from riskbench.privacy.identifiers import PHONE_DIGITS, PHONE_PREFIX

TEXT, REAL, WHOLE, FLAG, DATE = pa.string(), pa.float64(), pa.int32(), pa.bool_(), pa.date32()


@dataclass(frozen=True)
class Column:
    """One column of a table, with its meaning for the data dictionary."""

    name: str
    type: pa.DataType
    meaning: str


CUSTOMER = Column("customer_id", TEXT, "the customer")
APPLICATION = Column("application_id", TEXT, "the application")

TABLES: dict[str, tuple[Column, ...]] = {
    "customers": (
        CUSTOMER,
        Column("full_name", TEXT, "name; a direct identifier"),
        Column("national_id", TEXT, "eleven digits with a check digit (ISO/IEC 7064 MOD 11,10); a direct identifier"),
        Column("phone", TEXT, "+999 7 and eight digits; a direct identifier"),
        Column("sex", TEXT, "female or male; protected"),
        Column("birth_date", DATE, "date of birth; protected as age"),
        Column("region", TEXT, "one of eight regions"),
        Column("minority_language", FLAG, "speaks the minority's language (about 0.5 %); protected"),
        Column("marital_status", TEXT, "single, married, divorced or widowed; protected"),
        Column("onboarded_on", DATE, "day of registration, not after the first application"),
    ),
    "applications": (
        APPLICATION,
        CUSTOMER,
        Column("applied_at", DATE, "day of the application: the decision time"),
        Column("applied_hour", WHOLE, "hour of the day, 0 to 23"),
        Column("product", TEXT, "instalment, or payday_plus from month 22 on"),
        Column("channel", TEXT, "app, agent, branch or web"),
        Column("purpose", TEXT, "stated purpose of the loan"),
        Column("amount_requested", REAL, "amount asked for, currency units"),
        Column("term_months", WHOLE, "number of instalments, thirty days apart, 1 to 6"),
        Column("postcode_income_index", REAL, "income of the postcode, 100 is average; a proxy of minority_language"),
        Column("collections_calls", WHOLE, "calls by collections, counted AFTER the decision: leakage"),
    ),
    "income": (
        APPLICATION,
        Column("monthly_income", REAL, "stated net income a month, currency units"),
        Column("annual_income", REAL, "stated net income a year: twelve times the month, rounded (redundant)"),
        Column("monthly_expense", REAL, "stated expenses a month, currency units"),
        Column("employment", TEXT, "salaried, public, self_employed, informal or retired"),
        Column("employer_months", REAL, "months in this employment; mostly missing for the self-employed"),
    ),
    "device": (
        APPLICATION,
        Column("device_id", TEXT, "the device; missing for agent and branch, as are all columns of this table"),
        Column("os", TEXT, "android or ios"),
        Column("device_age_months", REAL, "age of the device, months"),
        Column("apps_finance", REAL, "number of finance apps"),
        Column("night_share", REAL, "share of use between midnight and five, 0 to 1"),
        Column("same_device_customers", REAL, "customers who applied from this device in thirty days (velocity)"),
    ),
    "social": (
        APPLICATION,
        Column("consented", FLAG, "consents to the use of contacts; the others are missing without"),
        Column("contacts", REAL, "number of contacts"),
        Column("referrals_bad_share", REAL, "share of referred customers who went bad, 0 to 1"),
    ),
    "bureau": (
        CUSTOMER,
        Column("reported_at", DATE, "day of the report: known from then on"),
        Column("open_loans", REAL, "open loans; -999: the bureau has no file, in every column"),
        Column("delinquencies_12m", REAL, "delinquencies in twelve months"),
        Column("utilisation", REAL, "used share of credit lines, 0 to 1.1; missing without an open loan"),
        Column("enquiries_6m", REAL, "enquiries in six months; missing more often where there were many"),
        Column("months_since_oldest", REAL, "age of the oldest entry, months"),
    ),
    "payments": (
        CUSTOMER,
        Column("month_end", DATE, "last day of the month: known from then on"),
        Column("inflow", REAL, "paid in, currency units"),
        Column("outflow", REAL, "paid out, currency units"),
        Column("txn_count", WHOLE, "number of transactions"),
        Column("low_balance_days", WHOLE, "days with a balance near zero, 0 to 30"),
    ),
    "previous_loans": (
        CUSTOMER,
        Column("opened_at", DATE, "day on which another lender opened the loan"),
        Column("reported_at", DATE, "day of the report: known to this lender from then on"),
        Column("amount", REAL, "amount, currency units"),
        Column("worst_dpd", WHOLE, "most days past due so far"),
        Column("status", TEXT, "open, closed or defaulted"),
    ),
    "macro": (
        Column("month_end", DATE, "last day of the month"),
        Column("unemployment", REAL, "percent"),
        Column("inflation", REAL, "percent, against the year before"),
        Column("published_at", DATE, "day of publication, about six weeks later: known from then on"),
    ),
    "decisions": (
        APPLICATION,
        Column("decided_at", DATE, "day of the decision, and of booking"),
        Column("legacy_score", WHOLE, "score of the rules in use; larger is safer; set by the lender"),
        Column("policy_decision", TEXT, "approve, refer or decline, by the rules"),
        Column("decision", TEXT, "approve or decline, after review of the referred"),
        Column("approved_amount", REAL, "amount offered; missing when declined"),
        Column("monthly_rate", REAL, "price, interest a month as a share; set by the lender; missing when declined"),
        Column("funded", FLAG, "whether a loan was booked (some offers are not taken)"),
    ),
    "repayments": (
        APPLICATION,
        Column("month_on_book", WHOLE, "1 to 6, each thirty days"),
        Column("due_date", DATE, "last day of that month on book: known from then on"),
        Column("due", REAL, "due on that day, currency units"),
        Column("paid", REAL, "paid within the month, currency units"),
        Column("past_due", REAL, "owed and unpaid at the end of that day, currency units"),
        Column("dpd", WHOLE, "most days past due reached within the month"),
        Column("status", TEXT, "current, late, settled_early, rolled_over, written_off or fraud"),
    ),
}  # fmt: skip
TRUTH = (
    APPLICATION,
    Column("true_pd", REAL, "probability of 30 or more days past due within six months, before fraud"),
    Column("would_default", FLAG, "whether the application defaults, if booked; drawn from true_pd"),
    Column("fraudulent", FLAG, "whether nobody means to pay, if booked"),
)

DECISIONS = ("approve", "refer", "decline")
CATEGORIES = {
    ("customers", "sex"): ("male", "female"),
    ("customers", "region"): ("Aldermark", "Brennick", "Corvane", "Dunmere", "Estwold", "Farrow", "Grenholt", "Hallin"),
    ("customers", "marital_status"): ("single", "married", "divorced", "widowed"),
    ("applications", "product"): ("instalment", "payday_plus"),
    ("applications", "channel"): ("app", "agent", "branch", "web"),
    ("applications", "purpose"): ("household", "business", "education", "medical", "vehicle", "debt"),
    ("income", "employment"): ("salaried", "public", "self_employed", "informal", "retired"),
    ("device", "os"): ("android", "ios"),
    ("previous_loans", "status"): ("open", "closed", "defaulted"),
    ("decisions", "policy_decision"): DECISIONS,
    ("decisions", "decision"): DECISIONS,
    ("repayments", "status"): ("current", "late", "settled_early", "rolled_over", "written_off", "fraud"),
}


def arrow_schema(columns: tuple[Column, ...]) -> pa.Schema:
    """The Parquet schema of a table."""
    return pa.schema([pa.field(column.name, column.type) for column in columns])


def to_arrow(table: str, columns: Columns) -> pa.Table:
    """Numbers to the declared table: identifiers written out, categories by name, NaN and position -1 as missing."""
    declared = TRUTH if table == "truth" else TABLES[table]
    arrays = [_array(table, column, columns) for column in declared]
    return pa.Table.from_arrays(arrays, schema=arrow_schema(declared))


def _array(table: str, column: Column, columns: Columns) -> pa.Array:
    if column.name == "full_name":
        return _full_names(columns)
    values = columns[column.name]
    if column.name == "customer_id":
        return _numbered("C", values, 9)
    if column.name == "application_id":
        return _numbered("A", values, 9)
    if column.name == "phone":
        return _numbered(PHONE_PREFIX, values, PHONE_DIGITS)
    if column.name == "device_id":
        return _hexadecimal(values)
    if words := CATEGORIES.get((table, column.name)):
        return pa.array(words).take(pa.array(values, mask=values < 0))
    return pa.array(values, from_pandas=True).cast(column.type)


def _numbered(prefix: str, numbers: np.ndarray, digits: int) -> pa.Array:
    padded = pc.utf8_lpad(pa.array(numbers).cast(TEXT), digits, "0")
    return pc.binary_join_element_wise(prefix, padded, "")


def _hexadecimal(numbers: np.ndarray) -> pa.Array:
    text = numbers.astype(">i8").tobytes().hex().encode()
    offsets = np.arange(0, len(text) + 1, 16, dtype=np.int32)
    validity = pa.array(numbers >= 0).buffers()[1]
    return pa.StringArray.from_buffers(len(numbers), pa.py_buffer(offsets), pa.py_buffer(text), validity)


def _full_names(columns: Columns) -> pa.Array:
    given = pa.array(MALE + FEMALE).take(pa.array(columns["given_name"] + len(MALE) * columns["sex"]))
    return pc.binary_join_element_wise(given, pa.array(FAMILY).take(pa.array(columns["family_name"])), " ")
