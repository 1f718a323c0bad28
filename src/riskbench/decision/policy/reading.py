"""The policy's file: strict YAML, refused where a key is unknown, given twice or leaves anything open."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from riskbench.core.errors import StudyError, broken_rules
from riskbench.decision.policy.policy import Policy


class _UniqueKeys(yaml.SafeLoader):
    """A safe loader that refuses a key given twice; plain YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        if repeated := sorted({key for key in keys if keys.count(key) > 1}):
            raise yaml.constructor.ConstructorError(None, None, f"key {repeated[0]!r} is given twice", node.start_mark)
        return super().construct_mapping(node, deep)


def load_policy(path: Path) -> Policy:
    """Read and check a policy file.

    Raises `StudyError` that names the file, the key and the rule.
    """
    try:
        content = yaml.load(path.read_text("utf-8"), Loader=_UniqueKeys)
    except FileNotFoundError as error:
        raise StudyError(f"no policy file {path}. What to do: write one; that of another study shows how") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise StudyError(f"{path} is not valid YAML: {' '.join(str(error).split())}") from error
    try:
        return Policy.model_validate(content)
    except ValidationError as error:
        raise StudyError(f"{path}: {'; '.join(broken_rules(error, 'policy'))}") from error
