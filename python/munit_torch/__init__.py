"""Trains munit's runs on PyTorch, on one or many processes; see the README."""

__version__ = "0.1.0"
