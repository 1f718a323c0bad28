"""What a warm kernel has imported before it is forked: libraries only, no data, no threads, no connections."""

import os

import fairlearn.metrics
import ibis
import ibis.backends.duckdb
import ipykernel.ipkernel
import ipykernel.kernelapp
import IPython.display
import matplotlib.backends.backend_agg
import matplotlib.backends.backend_svg
import matplotlib.figure
import numpy
import pandas
import pyarrow.parquet
import scipy.stats
import sklearn.calibration
import sklearn.ensemble
import sklearn.kernel_approximation
import sklearn.linear_model
import sklearn.model_selection
import sklearn.pipeline
import sklearn.svm
import statsmodels.api

import riskbench.data.engine
import riskbench.pipeline.stage

LOADED = (
    fairlearn,
    ibis,
    IPython,
    ipykernel,
    matplotlib,
    numpy,
    pandas,
    pyarrow,
    riskbench,
    scipy,
    sklearn,
    statsmodels,
)


def serve(arguments: list[str]) -> None:
    """Turn this process into a Jupyter kernel and serve until it is told to stop."""
    app = ipykernel.kernelapp.IPKernelApp.instance(parent_handle=os.getppid())  # it ends when the fork server does
    app.initialize(arguments)
    app.start()
