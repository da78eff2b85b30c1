import importlib

Migration = importlib.import_module("tests.faults.shop.before.0001_initial").Migration
