"""
A long differential run: random rule sets on which every engine there is must give the same answers.

`python -m tests.campaign --state FILE --cases N` runs it; the same command goes on where it was stopped.
"""
