"""Numbers that a person answers for a collection with.

An exploration or a model comes in; findings go out, each with what it was measured against.
"""
