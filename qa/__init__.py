"""A question -> the sentence that answers, in its passage, in its report. Builds on `index`; knows no page.

Nothing heavy is imported here; start with `from qa.engine import Engine`.
"""
