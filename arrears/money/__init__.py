"""Calculations in whole cents: withholding, allocation, pay cycles."""
