"""Runs and models in MLflow; the only package that imports MLflow.

Read `tracker` for what a training sees, `run` for how a run is opened, `outbox` and `shipping` for how its records
reach the store, `registry` and `pull` for models.
"""
