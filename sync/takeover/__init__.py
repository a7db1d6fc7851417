"""Couplings that Couplet did not make itself, or lost: taken over from the native connector, or made again. Nothing is written to a record.

Begin with `chain.py`: a job goes from page to page, sorts the pairs that it is given, and couples those that nothing speaks against.
"""
