"""A study, the description of one portfolio in one TOML file: its sections, what they must agree on, its reading."""

from riskbench.data.study.study import STUDY_FILE, Study, find_study, load_study

__all__ = ["STUDY_FILE", "Study", "find_study", "load_study"]
