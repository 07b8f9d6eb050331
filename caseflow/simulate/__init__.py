"""A played world for the demo, tests and what-if: invented people who act only through the public doors.

The rates are assumptions (POLICY.md §4); every summary says "simulated".
"""
