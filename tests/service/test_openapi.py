"""The service is asked whatever its own OpenAPI document allows, and much that it forbids."""

import shutil
import subprocess
import sys
from pathlib import Path

import httpx


def test_whatever_is_sent_is_no_fault_and_answered_as_described(serving, tmp_path):
    served = serving()
    tool = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    command = [
        str(tool), "run", f"{served.url}/v1/openapi.json", "--header", f"Authorization: Bearer {served.keys['all']}",
        "--checks", "all", "--max-examples", "4", "--seed", "20261126", "--no-color",
        # a stop, which is among what is sent, makes readiness a 503: that is what it is for
        "--exclude-path", "/health/ready",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-6000:]
    counted = httpx.get(f"{served.url}/metrics").text
    assert 'status="500"' not in counted
    assert 'route="/v1/decisions/{id}/override"' in counted
    assert served.end() == 0
