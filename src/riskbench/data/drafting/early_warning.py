"""Neutral rules of early warning to begin with: on the watch itself, the population, and matured loans."""

from collections.abc import Sequence

HEAD = """\
# Rules of early warning of the study "{name}", drafted alike for every study. Nobody has decided any of it: see which
# you would act on, and remove the others. docs/warnings.md explains each kind.
# `false_alarm` says how often a rule rings when nothing has happened, all its subjects together: "once in 120 looks" of
# a monthly rule is once in ten years. `q` is the same for many features at once: .05 is once in 20 looks. A rule with a
# tolerance or a floor rings more rarely than it says: page "Warnings" of a run tells how rarely, by the limits that its
# rules have there, as the expected share of false alarms. Rules without `false_alarm` or `q` state a fact.
schema_version: 1

# Name the months that were quiet, and the page of warnings counts false alarms in them:
#   stable: {{first: "2026-01", last: "2026-06", because: nothing was changed and nobody complained}}

rules:
"""

RULES = """\
  - name: monitoring_ran
    kind: job
    severity: alarm
    job: monitor
    within: 6h
    advice: see why riskbench monitor did not run; until it does nobody is warned

  - name: clocks_agree
    kind: clock
    severity: warning
    ahead: 5m
    behind: 1d
    advice: set the clocks of the machines that decide, and see what arrived late

  - name: customer_again
    kind: duplicates
    severity: notice
    by: customer
    within: 1d
    at_least: 3                      # applications
    advice: see whether the inputs were changed until the answer pleased

  - name: applications_a_month
    kind: volume
    severity: notice
    period: month
    tolerance: 0.2                   # a fifth more or fewer than the periods before let expect
    false_alarm: once in 120 looks
    advice: ask what was advertised, what broke, or who else has begun to lend

  - name: missing_values
    kind: null_rate
    severity: warning
    period: month
    tolerance: 0.05
    false_alarm: once in 120 looks
    advice: ask the owner of the source whether it delivers less, and of whom

  - name: values_outside
    kind: out_of_range
    severity: notice
    period: month
    tolerance: 0.01
    false_alarm: once in 120 looks
    advice: see which values are new, and whether the card may judge them

  - name: approved
    kind: approval
    severity: warning
    period: month
    tolerance: 0.05
    false_alarm: once in 120 looks
    advice: see on the page of monitoring which features moved, and whether limits of the portfolio still hold

  - name: mean_score
    kind: mean_score
    severity: warning
    period: month
    tolerance: 2                     # points
    false_alarm: once in 120 looks
    advice: see whether the mix or the score within it moved, and have the owner of the card look at it

  - name: score_drift
    kind: drift
    severity: alarm
    of: score
    period: month
    false_alarm: once in 120 looks
    advice: have the card validated on the new population before its next regular review

  - name: feature_drift
    kind: drift
    severity: warning
    of: features
    period: month
    q: 0.05
    advice: see which feature moved and why; a feature that means something else now must leave the card

  - name: expected_bad_rate
    kind: label_free
    severity: warning
    period: month
    tolerance: 0.02
    false_alarm: once in 120 looks
    advice: see who applies now; that the same applicants pay worse than before shows in outcomes alone

  - name: matured_vintage
    kind: vintage
    severity: warning
    period: month
    age: final
    tolerance: 0.1                   # a tenth more bads than PDs let expect
    false_alarm: once in 120 looks
    advice: hold the vintage against its reasons and segments on the page of outcomes
"""

GROUP = """
  - name: approval_by_{name}
    kind: disparity
    severity: alarm
    period: month
    attribute: {name}
    at_least: 0.8
    false_alarm: once in 120 looks
    advice: have compliance look at the page on fairness before anything is changed
"""


def write_warnings(name: str, groups: Sequence[str]) -> str:
    """The rules of a drafted study, with one for each of its protected groups.

    >>> write_warnings("mine", ["sex"]).count("- name:")
    13
    """
    return HEAD.format(name=name) + RULES + "".join(GROUP.format(name=group) for group in groups)
