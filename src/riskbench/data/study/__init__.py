"""A study, one portfolio described in one TOML file: what its parts say, what they must agree on, its reading."""

from riskbench.data.study.study import STUDY_FILE, Study, find_study, load_study

__all__ = ["STUDY_FILE", "Study", "find_study", "load_study"]
