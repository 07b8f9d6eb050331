"""What caseflow does in a second, beside what other ways of doing the same work do on the same machine in the same run.

`python -m benchmarks [NAME …] [--quick]` prints one JSON object a line. Absolute figures drift with the machine; the
ratios are what counts.
"""
