"""Two schedules of Airflow 3: looks every five minutes, and a notebook every month by the operator of papermill.

`RISKBENCH_HOME` is the folder of the project; `riskbench` is on the path of the worker. The notebook runs in a kernel
of the environment of riskbench, which Airflow's own environment need not share.
"""

import datetime as dt
import os

from airflow.providers.papermill.operators.papermill import PapermillOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

HOME = os.environ["RISKBENCH_HOME"]
STUDY, RUN = "microloan", "monthly"  # the study, and the run below reports/ that the notebook writes into
COMMON = {
    "start_date": dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    "catchup": False,  # a look is about now; those that were missed are not made up for
    "max_active_runs": 1,
    "default_args": {"retries": 2, "retry_delay": dt.timedelta(minutes=1)},
}

with DAG("riskbench_looks", schedule="*/5 * * * *", **COMMON) as looks:
    monitor = BashOperator(task_id="monitor", cwd=HOME, append_env=True, bash_command="riskbench monitor --once")
    check = BashOperator(
        task_id="check",
        cwd=HOME,
        append_env=True,
        bash_command="riskbench alerts check",
        trigger_rule="all_done",  # above all when the look has failed
    )
    monitor >> check

with DAG("riskbench_month", schedule="0 5 1 * *", **COMMON) as month:
    PapermillOperator(
        task_id="intake",
        input_nb=f"{HOME}/notebooks/10_intake.ipynb",
        output_nb=f"{HOME}/reports/{RUN}/intake.ipynb",
        parameters={"study": STUDY, "run": RUN},
        kernel_name="riskbench-airflow",
    )
