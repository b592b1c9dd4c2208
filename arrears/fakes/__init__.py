"""Invented caseloads: people who do not exist, partner files about them, and known answers beside.

The same seed gives the same bytes. Social Security numbers are ones that were never issued.
"""

from arrears.fakes.make import Made, make
from arrears.fakes.told import MEASURES, table

__all__ = ["MEASURES", "Made", "make", "table"]
